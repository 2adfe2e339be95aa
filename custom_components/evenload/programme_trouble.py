"""Repair issues for a grid programme: it cannot be heard for long, an event is not understood, or clocks differ."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.grid.server import Trouble
from .programme import Programme

# Servers are away for a while, and clocks are set.
PATIENCE = timedelta(minutes=10)
# Within so much an interval begins when it was meant to.
CLOCKS_DIFFER_S = 60.0

SILENT = {
    Trouble.UNREACHABLE: "programme_unreachable",
    Trouble.REFUSED: "programme_refused",
    Trouble.NO_PROGRAMME: "programme_no_programme",
    Trouble.NOT_UNDERSTOOD: "programme_not_understood",
}
EVENT = "programme_event_refused"
CLOCK = "programme_clock"


class ProgrammeTrouble:
    """Keeps the issues of one programme."""

    def __init__(
        self, hass: HomeAssistant, entry: EvenloadConfigEntry, programme: Programme
    ) -> None:
        """Show nothing yet."""
        self._hass = hass
        self._entry = entry
        self._programme = programme
        self._shown: dict[str, dict[str, str]] = {}
        self._differ_since: datetime | None = None

    def look(self) -> None:
        """Show what has lasted, and take back what is over."""
        standing, now = self._programme.standing, dt_util.utcnow()
        wanted: dict[str, dict[str, str]] = {}
        since, trouble = standing.since, standing.trouble
        if trouble is not None and since is not None and now - since >= PATIENCE:
            wanted[SILENT[trouble]] = {
                "since": dt_util.as_local(since).isoformat(" ", "minutes"),
                "detail": standing.detail[:300],
            }
        if standing.refused:
            one = standing.refused[0]
            wanted[EVENT] = {"event": one.id, "detail": one.why[:300]}
        if (clock_s := standing.clock_s) is None or abs(clock_s) < CLOCKS_DIFFER_S:
            self._differ_since = None
        else:
            self._differ_since = self._differ_since or now
            if now - self._differ_since >= PATIENCE:
                wanted[CLOCK] = {"seconds": str(round(clock_s))}
        for issue in self._shown.keys() - wanted.keys():
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(issue))
        for issue, placeholders in wanted.items():
            # Of a clock only that it differs is news.
            if issue not in self._shown or (
                issue == EVENT and self._shown[issue] != placeholders
            ):
                self._show(issue, placeholders)
        self._shown = wanted

    def stop(self) -> None:
        """Show nothing any more."""
        for issue in self._shown:
            ir.async_delete_issue(self._hass, DOMAIN, self._issue_id(issue))
        self._shown = {}

    def _show(self, issue: str, placeholders: dict[str, str]) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id(issue),
            is_fixable=False,
            severity=IssueSeverity.WARNING,
            translation_key=issue,
            translation_placeholders={"name": self._programme.title, **placeholders},
        )

    def _issue_id(self, issue: str) -> str:
        return f"{issue}_{self._entry.entry_id}_{self._programme.id}"
