"""Repair issues for a central system above: its connection is refused, or it stays away."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.issue_registry import IssueSeverity
from homeassistant.util import dt as dt_util

from .central_config import central_systems
from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import station_subentry
from .engine.model.uplink import UplinkState, UplinkStatus

REFUSED = "uplink_refused"
AWAY = "uplink_away"

# Who is restarted lets nobody in for a while.
REFUSED_AFTER = timedelta(minutes=5)
AWAY_AFTER = timedelta(days=1)

_LOOK = timedelta(minutes=1)
_MOST_DETAIL = 300

# The answer to a station that is let in neither now nor after a while (OCPP 1.6 §4.2, 2.0.1 B03).
_REJECTED = "Rejected"


class UplinkTrouble:
    """Keeps the issues of all stations and circuits that are known above."""

    def __init__(self, hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
        """Nothing is wrong yet."""
        self._hass = hass
        self._entry = entry
        # Since when each has been dialled in vain, and the issues that are shown.
        self._away: dict[str, datetime] = {}
        self._shown: dict[str, str] = {}

    @callback
    def look(self, _: datetime | None = None) -> None:
        """Show what has lasted, and take back what is over."""
        now = dt_util.utcnow()
        known = dict(self._known())
        for who in {*self._away, *self._shown} - known.keys():
            self._away.pop(who, None)
            self._hide(who)
        for who, (name, status, has_news) in known.items():
            self._look_at(who, name, status, has_news, now)

    @callback
    def stop(self) -> None:
        """Show nothing any more."""
        for who in tuple(self._shown):
            self._hide(who)

    def _known(self) -> Iterator[tuple[str, tuple[str, UplinkStatus, bool]]]:
        """Give what each is called, how its uplink is, and whether there is anything to dial for."""
        site = self._entry.runtime_data
        for identity, station in site.stations.items():
            status = site.uplink(identity)
            subentry = station_subentry(self._entry, identity)
            if status is not None and subentry is not None:
                has_news = station.connected or status.queued > 0
                yield identity, (subentry.title, status, has_news)
        for uplink_id, central in central_systems(self._entry).items():
            status = site.node_uplink(uplink_id)
            if status is not None:
                group = self._entry.subentries.get(central.node)
                below = self._entry.title if group is None else group.title
                yield uplink_id, (f"{below} ({central.name})", status, True)

    def _look_at(
        self, who: str, name: str, status: UplinkStatus, has_news: bool, now: datetime
    ) -> None:
        if status.state is UplinkState.CONNECTING and has_news:
            away_since = self._away.setdefault(who, now)
        else:
            self._away.pop(who, None)
            away_since = now
        refused_since = status.since if _is_refused(status) else None
        if refused_since is not None and now - refused_since >= REFUSED_AFTER:
            self._show(who, REFUSED, name, refused_since, status.detail)
        elif now - away_since >= AWAY_AFTER:
            self._show(who, AWAY, name, away_since, status.detail)
        else:
            self._hide(who)

    def _show(
        self, who: str, issue: str, name: str, since: datetime, detail: str
    ) -> None:
        issue_id = f"{issue}_{self._entry.entry_id}_{who}"
        if self._shown.get(who) == issue_id:
            return
        self._hide(who)
        self._shown[who] = issue_id
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=IssueSeverity.WARNING,
            translation_key=issue,
            translation_placeholders={
                "name": name,
                "since": dt_util.as_local(since).isoformat(" ", "minutes"),
                "detail": detail[:_MOST_DETAIL] or "–",
            },
        )

    def _hide(self, who: str) -> None:
        if issue_id := self._shown.pop(who, None):
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)


def _is_refused(status: UplinkStatus) -> bool:
    if status.state is UplinkState.PENDING:
        return status.detail == _REJECTED
    return status.state is UplinkState.REFUSED


@callback
def async_follow_uplinks(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Look at all uplinks every minute, until the entry is unloaded."""
    trouble = UplinkTrouble(hass, entry)
    entry.async_on_unload(trouble.stop)
    entry.async_on_unload(async_track_time_interval(hass, trouble.look, _LOOK))
