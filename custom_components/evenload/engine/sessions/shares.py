"""How much of what vehicles take comes from the site itself, and how much of what they give goes into the grid.

The house goes first: a vehicle takes what would have been fed in, and what it draws beyond that comes from the grid.
"""

from dataclasses import dataclass
from datetime import datetime

from .curves import QUARTER_S, slot_of

# A meter that has been silent for longer says nothing of what flowed meanwhile.
LONGEST_S = 60.0

# What is less is a standby's.
LEAST_WH = 1.0


@dataclass(slots=True)
class _Flows:
    """What flowed in a quarter hour, in Wh."""

    taken: float = 0.0
    own: float = 0.0
    given: float = 0.0
    fed: float = 0.0


class Shares:
    """Adds up, quarter hour by quarter hour, what flowed while the site's meter spoke."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._flows: dict[int, _Flows] = {}
        self._last: tuple[datetime, float, float] | None = None

    def read(self, at: datetime, grid_w: float, vehicles_w: float) -> None:
        """Take what flows at the grid connection and into all vehicles, from now until the next time."""
        last, self._last = self._last, (at, grid_w, vehicles_w)
        if last is None or not 0 < (at - last[0]).total_seconds() <= LONGEST_S:
            return
        start, end = last[0].timestamp(), at.timestamp()
        while start < end:
            slot = slot_of(start)
            stop = min(end, float((slot + 1) * QUARTER_S))
            self._add(slot, (stop - start) / 3600, last[1], last[2])
            start = stop

    def of(self, slot: int) -> tuple[float | None, float | None]:
        """Return the own share of what was taken and the fed share of what was given; None where that is not known."""
        flows = self._flows.get(slot, _Flows())
        return _share(flows.own, flows.taken), _share(flows.fed, flows.given)

    def forget(self, before: int) -> None:
        """Forget the quarter hours before one."""
        for slot in [slot for slot in self._flows if slot < before]:
            del self._flows[slot]

    def _add(self, slot: int, hours: float, grid_w: float, vehicles_w: float) -> None:
        flows = self._flows.setdefault(slot, _Flows())
        if vehicles_w > 0:
            flows.taken += vehicles_w * hours
            flows.own += max(0.0, vehicles_w - max(0.0, grid_w)) * hours
        elif vehicles_w < 0:
            flows.given -= vehicles_w * hours
            flows.fed += min(-vehicles_w, max(0.0, -grid_w)) * hours


def _share(part_wh: float, whole_wh: float) -> float | None:
    return None if whole_wh < LEAST_WH else min(1.0, part_wh / whole_wh)
