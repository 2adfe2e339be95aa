"""A register with its last readings: what is told late is counted as if it had been told in time.

What the register makes of a reading depends on those before it. So a reading of the past is put in its place, and
what followed it is read again. What is shown to the owner never falls.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from ..model.energy import is_plausible
from ..model.readings import is_late
from .registers import PATIENCE, Register, first

# So many readings are remembered, and so many are kept over a restart.
REMEMBERED = 128
KEPT = 48

# What lies between readings this close together, and rose with them, changes nothing: no plug was pulled in between.
CLOSE = timedelta(minutes=20)

# Less than this is the rounding of our own sums.
SAME_WH = 0.001

type Point = tuple[datetime, float]


@dataclass(frozen=True, slots=True)
class History:
    """One register of one EVSE. `total_wh` is what is shown."""

    register: Register
    total_wh: float
    # Before the first of the readings that are remembered.
    before: Register | None = None
    readings: tuple[Point, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether it has not moved, as far as is remembered: then it may be none at all."""
        shown_wh = self.register.raw_wh
        return (self.before is None or self.before.raw_wh == shown_wh) and all(
            wh == shown_wh for _, wh in self.readings
        )

    def after(self, raw_wh: float, at: datetime) -> History:
        """Return it after another reading, wherever it belongs; told again, it changes nothing."""
        point = (at, raw_wh)
        place = bisect_left(self.readings, point)
        if place == len(self.readings):
            return self._going_on(point)
        if self.readings[place] == point:
            return self
        if not is_late(at, self.readings[-1][0]) and at < self.readings[-1][0]:
            # The clock was set back by so much that the readings before are no neighbours of this one.
            return self._begun_after(self.register, point)
        if place == 0 and self.before is not None:
            return self
        readings = (*self.readings[:place], point, *self.readings[place:])
        return self._read_again(readings)

    def kept(self) -> History:
        """Return it as it is kept over a restart: with the readings that matter."""
        return _shortened(self, thinned(self.readings, self.before), KEPT)

    def _going_on(self, point: Point) -> History:
        at, raw_wh = point
        register = self.register.after(raw_wh, at)
        if register is self.register:
            return self
        return _bounded(
            replace(
                self,
                register=register,
                total_wh=max(self.total_wh, register.total_wh),
                readings=(*self.readings, point),
            )
        )

    def _begun_after(self, register: Register, point: Point) -> History:
        changed = register.after(point[1], point[0])
        total_wh = max(self.total_wh, changed.total_wh)
        return History(changed, total_wh, register, (point,))

    def _read_again(self, readings: tuple[Point, ...]) -> History:
        register = _read(self.before, readings)
        if register is None:
            return self
        total_wh = max(self.total_wh, register.total_wh)
        return _bounded(
            replace(self, register=register, total_wh=total_wh, readings=readings)
        )


def begun(raw_wh: float, at: datetime) -> History:
    """Return what is known of a register that was read for the first time."""
    return History(first(raw_wh, at), raw_wh, None, ((at, raw_wh),))


def _bounded(history: History) -> History:
    """Return it with no more readings than are remembered; those of long ago are thinned first."""
    if len(history.readings) <= REMEMBERED:
        return history
    older, newer = (
        history.readings[: -REMEMBERED // 2],
        history.readings[-REMEMBERED // 2 :],
    )
    return _shortened(
        history, (*thinned(older, history.before), *newer), REMEMBERED * 3 // 4
    )


def _shortened(history: History, readings: tuple[Point, ...], most: int) -> History:
    """Return it with no more than so many of these readings; the register has gone on from the older ones."""
    forgotten, readings = readings[:-most], readings[-most:]
    return replace(history, before=_read(history.before, forgotten), readings=readings)


def _read(register: Register | None, readings: Iterable[Point]) -> Register | None:
    for at, raw_wh in readings:
        register = first(raw_wh, at) if register is None else register.after(raw_wh, at)
    return register


def thinned(
    readings: tuple[Point, ...], before: Register | None = None
) -> tuple[Point, ...]:
    """Return readings without those between others, of which a steady rise needs no more than its ends.

    Of each rise the first few stay: so many make a register believed that began anew. Of one that did, those stay as well
    without which it would look as if it had come back.
    """
    may_come_back = _may_come_back(readings, before)
    kept: list[Point] = []
    states: list[Register | None] = []
    register, risen = before, 0
    for number, point in enumerate(readings):
        risen = risen + 1 if kept and _rises(readings[number - 1], point) else 0
        if may_come_back:
            register = _read(register, (point,))
        if (
            risen > PATIENCE
            and point[0] - kept[-2][0] <= CLOSE
            and (not may_come_back or _are_alike(_read(states[-2], (point,)), register))
        ):
            kept[-1], states[-1] = point, register
        else:
            kept.append(point)
            states.append(register)
    return tuple(kept)


def _may_come_back(readings: tuple[Point, ...], before: Register | None) -> bool:
    """Whether it began anew: then how a reading is read depends on those just before it."""
    if before is not None and (before.left or before.doubt):
        return True
    return any(after[1] < earlier[1] for earlier, after in pairwise(readings))


def _are_alike(one: Register | None, other: Register | None) -> bool:
    """Whether two registers that showed the same count the same and go on alike."""
    if one is None or other is None:
        return one is other
    return abs(one.total_wh - other.total_wh) < SAME_WH and (
        one.doubt,
        one.left is None,
    ) == (other.doubt, other.left is None)


def _rises(before: Point, after: Point) -> bool:
    return is_plausible(after[1] - before[1], after[0] - before[0])
