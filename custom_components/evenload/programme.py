"""One grid programme while it runs: it asks the server, and keeps what it said and how that went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
import logging
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .engine.grid.events import Ask, GridEvent, Refused
from .engine.grid.holding import Holding, Price, holding, prices
from .engine.grid.reading import Reader
from .engine.grid.reports import due_reports, filled
from .engine.grid.server import Answer, Door, ProgrammeError, Trouble
from .engine.grid.storage import Diary
from .engine.grid.times import Malformed
from .programme_config import (
    CONF_DISPATCH_SIGN,
    DISCHARGES,
    poll_s,
    server_of,
    target_of,
)
from .programme_door import async_open

_LOGGER = logging.getLogger(__name__)

# So many reports that were sent are remembered; more are not due at a time.
MOST_SENT = 500


@dataclass(slots=True)
class Standing:
    """How a programme and its server stand: whether it was heard when it was asked last, and since when that is so."""

    connected: bool | None = None
    since: datetime | None = None
    heard_at: datetime | None = None
    trouble: Trouble | None = None
    detail: str = ""
    refused: tuple[Refused, ...] = ()
    # How far the server's clock is ahead of ours.
    clock_s: float | None = None
    reports: Trouble | None = None


class Programme:
    """Asks, remembers, and says what holds; others act on it."""

    def __init__(
        self, hass: HomeAssistant, subentry: ConfigSubentry, kept: dict[str, Any]
    ) -> None:
        """Take up what was kept of an earlier run: what was announced then still holds."""
        self.id = subentry.subentry_id
        self.title = subentry.title
        self.data = subentry.data
        self.server = server_of(subentry.data)
        self.target = target_of(subentry.data)
        self.poll_s = poll_s(subentry.data)
        self.standing = Standing()
        self.diary = Diary()
        self.events: tuple[GridEvent, ...] = ()
        self.holding = Holding()
        self._hass = hass
        self._door: Door | None = None
        self._busy = False
        self._reporting = False
        self._paper: list[Any] = kept.get("events", [])
        self._programme: dict[str, Any] = kept.get("programme", {})
        self._sent: list[str] = kept.get("sent", [])
        self._heard = {
            event_id: at
            for event_id, text in kept.get("heard", {}).items()
            if (at := dt_util.parse_datetime(text)) is not None
        }
        if (text := kept.get("heard_at")) is not None:
            self.standing.heard_at = dt_util.parse_datetime(text)
        self._understand()

    @property
    def kept(self) -> dict[str, Any]:
        """What must survive a restart."""
        heard_at = self.standing.heard_at
        return {
            "events": self._paper,
            "programme": self._programme,
            "sent": self._sent[-MOST_SENT:],
            "heard": {key: at.isoformat() for key, at in self._heard.items()},
            "heard_at": None if heard_at is None else heard_at.isoformat(),
        }

    async def poll(self, changed: Callable[[], None]) -> None:
        """Ask the server, unless it still owes an answer."""
        if self._busy:
            return
        self._busy = True
        try:
            if self._door is None:
                self._door = await async_open(self._hass, self.server)
            answer = await self._hass.async_add_executor_job(self._door.ask)
            self._take(answer)
        except ProgrammeError as err:
            self._failed(err)
        finally:
            self._busy = False
        changed()

    async def report(self) -> None:
        """Send the reports that are due; those that cannot be sent are tried again later."""
        if self._door is None or not self.standing.connected or self._reporting:
            return
        self._reporting = True
        try:
            await self._report(self._door)
        finally:
            self._reporting = False

    async def _report(self, door: Door) -> None:
        now = dt_util.utcnow()
        for event in self.events:
            for due in due_reports(event, self.id, now):
                if due.key in self._sent:
                    continue
                report = filled(due, self.diary)
                try:
                    await self._hass.async_add_executor_job(door.send, report)
                except ProgrammeError as err:
                    _LOGGER.debug("%s took no report: %s", self.title, err)
                    self.standing.reports = err.trouble
                    return
                self.standing.reports = None
                self._sent.append(due.key)
        del self._sent[:-MOST_SENT]

    async def close(self) -> None:
        """Let go of the server."""
        if (door := self._door) is not None:
            self._door = None
            await self._hass.async_add_executor_job(door.close)

    def look(self) -> None:
        """Work out what holds now."""
        now = dt_util.utcnow()
        heard_at = self.standing.heard_at or now
        self.holding = holding(self.events, self.id, now, heard_at)

    def prices(self, ask: Ask) -> tuple[Price, ...]:
        """Return the prices from now on."""
        return prices(self.events, self.id, dt_util.utcnow(), ask)

    # Inside

    def _take(self, answer: Answer) -> None:
        now = dt_util.utcnow()
        self._paper, self._programme = answer.events, answer.programme
        self._understand()
        self.standing.heard_at = now
        self.standing.trouble, self.standing.detail = None, ""
        if answer.clock is not None:
            self.standing.clock_s = (answer.clock - now).total_seconds()
        self._stand(True, now)

    def _failed(self, err: ProgrammeError) -> None:
        if self.standing.connected is not False:
            _LOGGER.warning("Grid programme %s cannot be heard: %s", self.title, err)
        self.standing.trouble, self.standing.detail = err.trouble, err.detail
        self._stand(False, dt_util.utcnow())

    def _stand(self, connected: bool, now: datetime) -> None:
        standing = self.standing
        if connected and standing.connected is False:
            _LOGGER.info("Grid programme %s is heard again", self.title)
        if standing.connected is not connected:
            standing.connected, standing.since = connected, now

    def _understand(self) -> None:
        """Read the papers. One that is wrong costs no other, and is told once."""
        descriptors = self._programme.get("payloadDescriptors")
        described = descriptors if isinstance(descriptors, list) else []
        reader = Reader(
            discharge_is_positive=self.data["advanced"][CONF_DISPATCH_SIGN]
            == DISCHARGES,
            ven_name=self.server.ven_name,
            resource_name=self.server.resource_name,
            descriptors=tuple(one for one in described if isinstance(one, dict)),
        )
        try:
            self.events, refused = reader.events(
                self._paper, self._heard, dt_util.utcnow()
            )
        except Malformed:
            self.events, refused = (), ()
        for one in refused:
            if one not in self.standing.refused:
                _LOGGER.warning("%s: event %s: %s", self.title, one.id, one.why)
        self.standing.refused = refused
        self._heard = {event.id: event.heard_at for event in self.events}
        self.look()
