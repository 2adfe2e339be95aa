"""The strategies: who is served, in which order, and how much each of them gets."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heapify, heappop, heapreplace
from math import inf

from ..model.configuration import Strategy
from ..model.loads import Load
from .circuits import Line, add, blocking, first_full
from .claims import Claim
from .ordering import by_turns, in_order, in_turn, is_urgent
from .rising import rise


def serve(
    strategy: Strategy, claims: Sequence[Claim], now: datetime, maximum_pauses: int
) -> list[Claim]:
    """Give the claims what fits beside all that flows already; return those that wait, the next one first.

    Those that have something keep it and may get more.
    """
    if strategy is Strategy.EQUAL_SERVE:
        return _in_turns(list(by_turns(claims, now, maximum_pauses)))
    ordered = in_order(strategy, claims, now, maximum_pauses)
    if strategy is Strategy.FIRST_COME_FIRST_SERVE:
        return _one_after_the_other(ordered)
    if strategy is Strategy.EARLIEST_DEPARTURE:
        return _first_of_each_kind(ordered, now)
    for claim in ordered:
        if not claim.current_a:
            claim.start()
    return _together(ordered, weighted=strategy is Strategy.PRIORITY)


def _together(ordered: Sequence[Claim], *, weighted: bool) -> list[Claim]:
    """Raise those that have their minimum, all alike or by their weights."""
    waiting = [claim for claim in ordered if not claim.current_a]
    if waiting:
        waiting = _on_one_phase(waiting, ordered)
    served = [claim for claim in ordered if claim.current_a]
    if boosted := [claim for claim in served if claim.demand.boosted]:
        rise(boosted)
    rise(served, weighted=weighted)
    return waiting


def _in_turns(turns: Sequence[Sequence[Claim]]) -> list[Claim]:
    """Give all their minimum, the least served first, and of those that were served about the same who fits best."""
    for same in turns:
        _start_where_room_is([claim for claim in same if not claim.current_a])
    return _together([claim for same in turns for claim in same], weighted=False)


def _start_where_room_is(claims: Sequence[Claim]) -> None:
    """Start claims in their order, but those on idle lines before those on lines that are nearly full.

    Two on the same line would leave the others idle: phases that are used alike carry the most.
    """
    kinds: dict[int, list[Claim]] = {}
    for claim in reversed(claims):
        kinds.setdefault(id(claim.use.lines), []).append(claim)
    if len(kinds) == 1 or _all_fit(kinds.values()):
        for claim in claims:
            claim.start()
        return
    next_ones = [
        (_fullest(kind[-1]), place, kind)
        for place, kind in enumerate(reversed(kinds.values()))
    ]
    heapify(next_ones)
    while next_ones:
        then, place, kind = next_ones[0]
        # Others have begun since: it may be another one's turn.
        if (now := _fullest(kind[-1])) > then:
            heapreplace(next_ones, (now, place, kind))
            continue
        kind.pop().start()
        if kind:
            heapreplace(next_ones, (_fullest(kind[-1]), place, kind))
        else:
            heappop(next_ones)


def _all_fit(kinds: Iterable[Sequence[Claim]]) -> bool:
    """Whether there is room for the minimum of all: then it does not matter who begins."""
    wanted = [
        (kind[0].use.lines, sum(claim.least_a for claim in kind)) for kind in kinds
    ]
    for lines, current_a in wanted:
        add(lines, current_a)
    fit = all(abs(line.flow) <= line.room for lines, _ in wanted for line, _ in lines)
    for lines, current_a in wanted:
        add(lines, -current_a)
    return fit


def _fullest(claim: Claim) -> float:
    """Return how full the fullest line is that a claim flows through, if it starts."""
    return max(
        (
            abs(line.flow + claim.least_a * ampere) / line.room
            if line.room > 0
            else inf
            for line, ampere in claim.use.lines
        ),
        default=0.0,
    )


def _one_after_the_other(ordered: Sequence[Claim]) -> list[Claim]:
    """Give each its most before the next one gets anything.

    Between lines, the most of one on a pair of lines can leave next to nothing for the other pairs, though together
    they carry half as much again. There the first of each pair rise together.
    """
    if any(part.imag for claim in ordered for part in claim.demand.load.on):
        boosted = [claim for claim in ordered if claim.demand.boosted]
        for claim in boosted:
            if claim.current_a or claim.start():
                claim.raise_to_most()
        for first in _first_ones(ordered):
            _raise(first)
    waiting = []
    for claim in ordered:
        if claim.current_a or claim.start():
            claim.raise_to_most()
        else:
            waiting.append(claim)
    return waiting


def _first_of_each_kind(ordered: Sequence[Claim], now: datetime) -> list[Claim]:
    """Let the first of each kind of load rise together, then the next of each: who cannot wait before who can.

    One after the other would fill the lines of the first and leave the others idle. Loads on different lines, and the
    more so those between lines, together carry up to half as much again.
    """
    for claim in ordered:
        if claim.demand.boosted and (claim.current_a or claim.start()):
            claim.raise_to_most()
    for claim in ordered:
        if not claim.current_a and in_turn(claim, now):
            claim.start()
    urgent: list[Claim] = []
    patient: list[Claim] = []
    for claim in ordered:
        (urgent if is_urgent(claim, now) else patient).append(claim)
    for those in (urgent, patient):
        for first in _first_ones(those):
            _raise(first)
    for claim in ordered:
        if 0.0 < claim.current_a < claim.use.most_a:
            claim.raise_to_most()
    return [claim for claim in ordered if not claim.current_a]


def _first_ones(ordered: Sequence[Claim]) -> Iterator[list[Claim]]:
    """Return the first of each kind of load that can have its minimum, then the next of each, who is first before."""
    kinds: dict[Load, list[tuple[int, Claim]]] = {}
    for place in range(len(ordered) - 1, -1, -1):
        claim = ordered[place]
        kinds.setdefault(claim.demand.load, []).append((place, claim))
    while queues := [kind for kind in kinds.values() if kind]:
        queues.sort(key=lambda kind: kind[-1][0])
        if first := [able for kind in queues if (able := _next_able(kind))]:
            yield first


def _raise(first: Sequence[Claim]) -> None:
    """Let a few rise together; mostly each can have all that it wants, and then nothing need be filled."""
    if len(first) == 1:
        first[0].raise_to_most()
        return
    before_a = [claim.current_a for claim in first]
    for claim in first:
        own_a = claim.use.most_a - claim.current_a
        if own_a > first_full(claim.use.lines)[0]:
            break
        claim.take(own_a)
        claim.current_a, claim.full = claim.use.most_a, claim.use.by
    else:
        return
    for claim, current_a in zip(first, before_a, strict=True):
        if claim.current_a != current_a:
            claim.take(current_a - claim.current_a)
            claim.current_a = current_a
    rise(first)


def _next_able(kind: list[tuple[int, Claim]]) -> Claim | None:
    """Take the next of a kind that has or can have its minimum; the last of the list comes first."""
    while kind:
        _, claim = kind.pop()
        if claim.current_a or claim.start():
            return claim
    return None


def _on_one_phase(waiting: Sequence[Claim], ordered: Sequence[Claim]) -> list[Claim]:
    """Let those that can do with one phase, the last ones first, where that makes room for who would have to wait."""
    able = [
        claim
        for claim in ordered
        if claim.current_a == claim.least_a
        and claim.other is not None
        and not claim.single
        and claim.other.most_a >= claim.least_a
    ]
    still: list[Claim] = []
    hopeless: set[tuple[Line | None, Load, Load | None]] = set()
    for claim in waiting:
        if claim.start():
            continue
        # What did not help one does not help another one of its kind.
        kind = (claim.full, claim.demand.load, claim.demand.single)
        if kind in hopeless or not _make_room(claim, able):
            hopeless.add(kind)
            still.append(claim)
    return still


def _make_room(claim: Claim, able: list[Claim]) -> bool:
    """Switch others until it can start, or none."""
    switched: list[Claim] = []
    while able and not claim.current_a:
        other = able.pop()
        other.release()
        other.switch()
        if blocking(other.use.lines, other.least_a) is None:
            switched.append(other)
        else:
            other.switch()
        other.take(other.least_a)
        claim.start()
    if claim.current_a:
        return True
    for other in switched:
        other.release()
        other.switch()
        other.take(other.least_a)
    able.extend(reversed(switched))
    return False
