"""What a site may draw from the grid for a while, as grid programmes ask for it: each says until when."""

from dataclasses import dataclass
from datetime import datetime

from ..model.allotments import Reason
from ..model.configuration import SiteConfig
from ..model.limits import Power
from ..model.phases import PhaseCurrents
from ..model.tree import Room
from .circuit import capped


@dataclass(frozen=True, slots=True)
class _Limit:
    watts: float
    until: datetime


class ImportLimits:
    """One limit for each source. They are not kept over a restart: their sources say them again."""

    def __init__(self) -> None:
        """Begin with none."""
        self._limits: dict[str, _Limit] = {}

    def put(self, source: str, watts: float | None, until: datetime | None) -> None:
        """Take what a source asks for in place of what it asked for before; None: nothing any more."""
        if watts is None or until is None:
            self._limits.pop(source, None)
        else:
            self._limits[source] = _Limit(watts, until)

    def lowest_w(self, now: datetime) -> float | None:
        """Return the limit in force: the lowest that has not ended."""
        running = [one.watts for one in self._limits.values() if one.until > now]
        return min(running, default=None)

    def next_change(self, now: datetime) -> datetime | None:
        """Return when the next of them ends."""
        ends = [one.until for one in self._limits.values()]
        return min((end for end in ends if end > now), default=None)

    def room(
        self, room: Room, site: SiteConfig, house: PhaseCurrents | None, now: datetime
    ) -> Room:
        """Return what is left to the stations: the limit is for all that the site draws, as far as a meter shows it."""
        limit_w = self.lowest_w(now)
        if limit_w is None:
            return room
        house_w = 0.0 if house is None else sum(house) * site.voltage_v
        left = Power(max(0.0, limit_w - house_w))
        return capped(room, left, Reason.GRID_OPERATOR, site.phases)
