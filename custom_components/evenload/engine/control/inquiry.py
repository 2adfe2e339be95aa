"""Asks a station that disobeyed, and went quiet, what it draws by now: until it says, others make room for what it drew."""

from datetime import datetime, timedelta

from ..csms.commands import Commands
from ..model.identity import EvseKey
from ..model.stations import Station
from .commitments import Commitments
from .readback import Act

# After so long without a sample it is asked, and again.
QUIET = timedelta(seconds=60)


class Inquiry:
    """Remembers who was asked when."""

    def __init__(self, commitments: Commitments) -> None:
        """Begin with nobody asked."""
        self._commitments = commitments
        self._asked: dict[EvseKey, datetime] = {}

    def next(self, station: Station, now: datetime) -> tuple[Act | None, float | None]:
        """Return what to ask a station now, or None and after how many seconds to look again."""
        waits: list[float] = []
        for evse in station.evses.values():
            if evse.metered_at is None or not self._commitments.disobeys(evse):
                continue
            last = max(evse.metered_at, self._asked.get(evse.key, evse.metered_at))
            if now >= last + QUIET:
                self._asked[evse.key] = now
                return _ask(evse.key.evse), None
            waits.append((last + QUIET - now).total_seconds())
        return None, min(waits, default=None)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        for key in [key for key in self._asked if key.identity == identity]:
            del self._asked[key]


def _ask(evse: int) -> Act:
    async def ask(commands: Commands) -> None:
        await commands.trigger("MeterValues", evse)

    return ask
