"""Why an EVSE may draw what it may: the constraint that binds it, and the circuit where that is."""

from collections.abc import Sequence, Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

from ..model.allotments import Allotment, Reason
from ..model.configuration import Strategy
from ..model.limits import Current
from .circuits import TOLERANCE, Line, Lines
from .claims import Claim, tenths
from .ordering import served_wh


def explained(claim: Claim, strategy: Strategy) -> Allotment:
    """Return what a claim came to; `strategy` is what it is shared by."""
    demand, line = claim.demand, claim.full
    if not demand.wants and strategy is not Strategy.STATIC:
        return _without_vehicle(claim)
    if not claim.is_able:
        line = claim.use.by
        return _bound(claim, demand.most if line is None else Reason.NOT_ENOUGH, line)
    if claim.current_a:
        return _bound(claim, demand.most if line is None else line.reason, line)
    if (narrow := _too_narrow(claim, beside_fixed=False)) is not None:
        return _bound(claim, Reason.NOT_ENOUGH, narrow)
    if (narrow := _too_narrow(claim, beside_fixed=True)) is not None:
        return _bound(claim, Reason.WAITING_FOR_OTHERS, narrow)
    if not demand.wants:
        return _without_vehicle(claim)
    if strategy is Strategy.STATIC:
        return _bound(claim, Reason.WAITING_FOR_OTHERS, line)
    return _bound(claim, Reason.WAITING_FOR_TURN, line)


def _without_vehicle(claim: Claim) -> Allotment:
    """Explain what is kept for whoever comes, or for a vehicle that is done and may change its mind."""
    demand, line = claim.demand, claim.full
    if claim.current_a:
        if line is not None:
            return _bound(claim, line.reason, line)
        if claim.current_a == tenths(demand.maximum_a):
            return _bound(claim, demand.most, None)
    away = demand.plugged_in_at is None
    return _bound(
        claim, Reason.NOT_PLUGGED_IN if away else Reason.VEHICLE_TAKES_NO_MORE, None
    )


def _bound(claim: Claim, reason: Reason, line: Line | None) -> Allotment:
    node, phase = (None, None) if line is None else (line.node, line.phase)
    return Allotment(
        claim.demand.key,
        Current(tenths(claim.current_a)),
        reason,
        node,
        phase,
        claim.single,
    )


def _too_narrow(claim: Claim, *, beside_fixed: bool) -> Line | None:
    """Return the line that has no room for the minimum, even if nobody else that can be told drew anything."""
    ways = [claim.use] if claim.other is None else [claim.use, claim.other]
    found = [
        _narrow_line(way.lines, claim.least_a, beside_fixed=beside_fixed)
        for way in ways
        if way.most_a >= claim.least_a
    ]
    return None if None in found else found[0]


def _narrow_line(lines: Lines, current_a: float, *, beside_fixed: bool) -> Line | None:
    for line, ampere in lines:
        fixed = line.fixed if beside_fixed else 0.0
        if abs(fixed + current_a * ampere) > line.room + TOLERANCE:
            return line
    return None


def queued(
    waiting: Sequence[tuple[Claim, Allotment]],
    served: Sequence[Claim],
    now: datetime,
    *,
    turns: bool,
    maximum_pauses: int,
) -> list[Allotment]:
    """Return the allotments of those that wait with their place in the queue at the same circuit.

    With turns, the time is when the turn of so many of those that hold the place ends.
    """
    places: dict[str, int] = {}
    full = {claim.full for claim, _ in waiting if claim.full is not None}
    ends = _turn_ends(full, served, now, maximum_pauses) if turns else {}
    found = []
    for claim, allotment in waiting:
        line = claim.full
        if allotment.reason is not Reason.WAITING_FOR_TURN or line is None:
            found.append(allotment)
            continue
        place = places[line.node] = places.get(line.node, 0) + 1
        at = _turn_at(claim, ends.get(line, ()), place)
        found.append(replace(allotment, position=place, turn_at=at))
    return found


def _turn_ends(
    lines: AbstractSet[Line],
    served: Sequence[Claim],
    now: datetime,
    maximum_pauses: int,
) -> dict[Line, list[tuple[datetime, float]]]:
    """Return when those on each line that may be paused have had their turn, and what they will have been served."""
    ends: dict[Line, list[tuple[datetime, float]]] = {line: [] for line in lines}
    for claim in served if lines else ():
        demand = claim.demand
        if demand.boosted or (demand.is_served and demand.pauses >= maximum_pauses):
            continue
        since = demand.since if demand.is_served and demand.since is not None else now
        end = since + timedelta(seconds=claim.turn_s)
        if end > now:
            hours = (end - now) / timedelta(hours=1)
            then_wh = demand.served_wh + claim.current_a * claim.watts * hours
            then_wh = served_wh(claim, end, then_wh)
            for line, _ in claim.use.lines:
                if line in ends:
                    ends[line].append((end, then_wh))
    for found in ends.values():
        found.sort()
    return ends


def _turn_at(
    claim: Claim, ends: Sequence[tuple[datetime, float]], place: int
) -> datetime | None:
    """Return when its turn comes, unless who has the place will still have been served less, and so goes on."""
    if place > len(ends):
        return None
    end, then_wh = ends[place - 1]
    mine_wh = served_wh(claim, end, claim.demand.served_wh)
    return end if mine_wh <= then_wh else None
