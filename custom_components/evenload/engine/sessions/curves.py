"""How the energy of a transaction rose: from readings in any order, with rubbish among them, to energy per quarter hour.

Pure: the same readings make the same curve, however often and in whatever order they came. It begins at nothing, ends at
what the transaction came to, and never falls; in between as many readings are believed as can be true together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from math import inf

from ..model.energy import FLOOR_WH, MAXIMUM_POWER_W, is_plausible

QUARTER_S = 900

# Seconds since 1970, and Wh or W.
type Point = tuple[float, float]
type Slots = dict[int, float]

# Registers are told with three decimals of a kWh, and sums of ours are not exact.
SAME_WH = 1.0

# So many readings are looked at together: about the root of a month's.
_BLOCK = 64

# Between samples of power that are further apart, no more is counted than the lower of them.
LONGEST_GAP_S = 900.0


def slot_of(at: float) -> int:
    """Return the number of the quarter hour in which a moment lies."""
    return int(at // QUARTER_S)


def rise(start: float, end: float, total_wh: float, read: Iterable[Point]) -> Slots:
    """Return the energy in each quarter hour between two moments; `read` is what had risen since the start."""
    points = sorted(
        point
        for point in set(read)
        if start < point[0] < end and -SAME_WH <= point[1] <= total_wh + SAME_WH
    )
    within = [(at, min(max(wh, 0.0), total_wh)) for at, wh in points]
    return _spread(_believed([(start, 0.0), *within, (end, total_wh)]))


def rise_of_register(start: float, end: float, read: Iterable[Point]) -> Slots:
    """Return what a register rose by between two moments, in each quarter hour; what it showed before is where it began."""
    points = sorted(set(read))
    before = [point for point in points if point[0] <= start]
    within = [point for point in points if start < point[0] <= end]
    if not within:
        return {}
    if before and _can_follow(before[-1], within[0]):
        within = [(start, before[-1][1]), *within]
    return _spread(_longest(within))


def integral(start: float, end: float, samples: Iterable[Point]) -> tuple[Slots, Slots]:
    """Return the energy in and out that samples of power come to, in each quarter hour."""
    energy_in: Slots = {}
    energy_out: Slots = {}
    within = sorted(point for point in set(samples) if start <= point[0] <= end)
    for before, after in pairwise(within):
        if after[0] - before[0] > LONGEST_GAP_S:
            lower_w = min(before[1], after[1], key=abs)
            before, after = (before[0], lower_w), (after[0], lower_w)
        for left, right in _cut(before, after):
            wh = (left[1] + right[1]) / 2 * (right[0] - left[0]) / 3600
            slots = energy_in if wh >= 0 else energy_out
            slot = slot_of(left[0])
            slots[slot] = slots.get(slot, 0.0) + abs(wh)
    return energy_in, energy_out


def added(*many: Slots) -> Slots:
    """Return several in one."""
    total: Slots = {}
    for slots in many:
        for slot, wh in slots.items():
            total[slot] = total.get(slot, 0.0) + wh
    return total


def _believed(points: Sequence[Point]) -> Sequence[Point]:
    """Return the readings that can be true together with the first and the last of them."""
    if all(_can_follow(*pair) for pair in pairwise(points)):
        return points
    first, *within, last = points
    likely = [
        point
        for point in within
        if _can_follow(first, point) and _can_follow(point, last)
    ]
    return [first, *_longest(likely), last]


def _longest(points: Sequence[Point]) -> Sequence[Point]:
    """Return the longest chain in which each can follow the one before; of equals the one with less energy."""
    if all(_can_follow(*pair) for pair in pairwise(points)):
        return points
    # Of each: how many are in the chain that ends with it, where that begins, and which comes before it.
    chains: list[tuple[int, float]] = []
    befores: list[int] = []
    blocks: list[_Block] = []
    for number, point in enumerate(points):
        best, before = (1, point[1]), -1
        for block in reversed(blocks):
            if not block.may_lead(point, best):
                continue
            for earlier in reversed(block.numbers):
                length, begins_wh = chains[earlier]
                longer = (length + 1, begins_wh)
                if longer > best and _can_follow(points[earlier], point):
                    best, before = longer, earlier
        chains.append(best)
        befores.append(before)
        if not blocks or len(blocks[-1].numbers) == _BLOCK:
            blocks.append(_Block(range(number, number)))
        blocks[-1].add(point, best)
    at = max(
        range(len(points)), key=lambda n: (chains[n][0], chains[n][1] - points[n][1])
    )
    chain: list[Point] = []
    while at >= 0:
        chain.append(points[at])
        at = befores[at]
    return chain[::-1]


@dataclass(slots=True)
class _Block:
    """Some readings in a row: a month of them is looked through by blocks, of which most cannot matter."""

    numbers: range
    best: tuple[int, float] = (0, 0.0)
    least_wh: float = inf
    # What could be shown at time 0 by whoever rose as fast as can be.
    highest_wh: float = -inf

    def add(self, point: Point, chain: tuple[int, float]) -> None:
        """Take the next one, with the chain that ends with it."""
        self.numbers = range(self.numbers.start, self.numbers.stop + 1)
        self.best = max(self.best, chain)
        self.least_wh = min(self.least_wh, point[1])
        self.highest_wh = max(self.highest_wh, _traced_back(point))

    def may_lead(self, point: Point, best: tuple[int, float]) -> bool:
        """Whether a chain that ends here may be longer, with this point, than what was found."""
        return (
            (self.best[0] + 1, self.best[1]) > best
            and self.least_wh <= point[1]
            and self.highest_wh >= _traced_back(point) - FLOOR_WH - SAME_WH
        )


def _traced_back(point: Point) -> float:
    return point[1] - point[0] / 3600 * MAXIMUM_POWER_W


def _can_follow(before: Point, after: Point) -> bool:
    elapsed = timedelta(seconds=after[0] - before[0])
    return is_plausible(after[1] - before[1], elapsed)


def _spread(points: Sequence[Point]) -> Slots:
    """Return what a curve rises by in each quarter hour."""
    slots: Slots = {}
    for before, after in pairwise(points):
        # A clock that stood still has nothing to cut.
        for left, right in list(_cut(before, after)) or [(before, after)]:
            if wh := right[1] - left[1]:
                slot = slot_of(left[0])
                slots[slot] = slots.get(slot, 0.0) + wh
    return slots


def _cut(before: Point, after: Point) -> Iterator[tuple[Point, Point]]:
    """Cut the line between two points where quarter hours end."""
    left = before
    span = after[0] - before[0]
    for slot in range(slot_of(before[0]) + 1, slot_of(after[0]) + 1):
        at = float(slot * QUARTER_S)
        if not before[0] < at < after[0]:
            continue
        part = (at - before[0]) / span
        right = (at, before[1] + (after[1] - before[1]) * part)
        yield left, right
        left = right
    if after[0] > left[0]:
        yield left, after
