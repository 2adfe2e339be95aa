"""The strategies: who is served, in which order, and how much each of them gets."""

from collections.abc import Sequence
from datetime import datetime

from ..model.configuration import Strategy
from ..model.loads import Load
from .circuits import Line, blocking
from .claims import Claim
from .ordering import in_order, in_turn, is_urgent
from .rising import rise


def serve(
    strategy: Strategy, claims: Sequence[Claim], now: datetime, maximum_pauses: int
) -> list[Claim]:
    """Give the claims what fits beside all that flows already; return those that wait, the next one first.

    Those that have something keep it and may get more.
    """
    ordered = in_order(strategy, claims, now, maximum_pauses)
    if strategy is Strategy.FIRST_COME_FIRST_SERVE:
        return _one_after_the_other(ordered)
    if strategy is Strategy.EARLIEST_DEPARTURE:
        return _first_of_each_kind(ordered, now)
    waiting = [claim for claim in ordered if not (claim.current_a or claim.start())]
    if waiting:
        waiting = _on_one_phase(waiting, ordered)
    served = [claim for claim in ordered if claim.current_a]
    if boosted := [claim for claim in served if claim.demand.boosted]:
        rise(boosted)
    rise(served, weighted=strategy is Strategy.PRIORITY)
    return waiting


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
        _rise_by_kind(ordered)
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
    for urgent in (True, False):
        kinds: dict[Load, list[Claim]] = {}
        for waiting in reversed(ordered):
            if is_urgent(waiting, now) is urgent:
                kinds.setdefault(waiting.demand.load, []).append(waiting)
        while first := [able for kind in kinds.values() if (able := _next_able(kind))]:
            if len(first) > 1:
                rise(first)
            else:
                first[0].raise_to_most()
    for claim in ordered:
        if claim.current_a:
            claim.raise_to_most()
    return [claim for claim in ordered if not claim.current_a]


def _rise_by_kind(ordered: Sequence[Claim]) -> None:
    """Let the first of each kind of load rise together, then the next of each."""
    kinds: dict[Load, list[Claim]] = {}
    for claim in reversed(ordered):
        kinds.setdefault(claim.demand.load, []).append(claim)
    while first := [able for kind in kinds.values() if (able := _next_able(kind))]:
        rise(first)


def _next_able(kind: list[Claim]) -> Claim | None:
    """Take the next of a kind that has or can have its minimum; the last of the list comes first."""
    while kind:
        claim = kind.pop()
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
    hopeless: set[Line | None] = set()
    for claim in waiting:
        # What did not help the one before does not help this one.
        if claim.start():
            continue
        if claim.full in hopeless or not _make_room(claim, able):
            hopeless.add(claim.full)
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
