"""Who comes first where there is not enough for all."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from math import inf

from ..model.configuration import Strategy
from ..model.identity import EvseKey
from .claims import Claim

_LAST = datetime.max.replace(tzinfo=UTC)

# Who has waited for so many turns goes before all whose turn is over, whatever they were given before.
_LONG_WAIT_TURNS = 4

# Who could wait for less is not to wait for others.
URGENT_TURNS = 4

# What those that stay can make up for later, each the same: 16 A on one phase, in watts, and for how long at most, in
# hours. Who did not say when it departs stays so long.
_LATER_W = 3680.0
_LATER_H = 12.0

# Who differs by less was served about the same: a turn at 11 kW, in watt hours.
_SAME_WH = 2750.0

type _Rank = tuple[bool | float | datetime | EvseKey, ...]


def in_order(
    strategy: Strategy, claims: Sequence[Claim], now: datetime, maximum_pauses: int
) -> list[Claim]:
    """Return the claims, the first one first; who is boosted leads in every strategy."""
    match strategy:
        case Strategy.EQUAL_SERVE:
            return [
                claim
                for same in by_turns(claims, now, maximum_pauses)
                for claim in same
            ]
        case Strategy.PRIORITY:
            ranked = sorted(
                claims, key=lambda claim: (-claim.demand.weight, came(claim))
            )
        case Strategy.EARLIEST_DEPARTURE:
            ranked = sorted(claims, key=lambda claim: _departure(claim, now))
        case Strategy.STATIC | Strategy.FIRST_COME_FIRST_SERVE:
            ranked = sorted(claims, key=came)
    return _kept_for_a_turn(ranked, now)


def came(claim: Claim) -> _Rank:
    """Order by plugging in."""
    return (claim.demand.plugged_in_at or _LAST, claim.demand.key)


def _departure(claim: Claim, now: datetime) -> _Rank:
    """Order by who cannot wait, then by departure.

    By laxity alone those that are late would take turns in being so, and none of them would be done in time.
    """
    departs_at = claim.demand.departs_at or _LAST
    return (not is_urgent(claim, now), departs_at, *came(claim))


def is_urgent(claim: Claim, now: datetime) -> bool:
    """Whether a vehicle must charge from now on, or soon, to be ready when it departs."""
    return laxity_s(claim, now) < URGENT_TURNS * claim.turn_s


def laxity_s(claim: Claim, now: datetime) -> float:
    """Return how long a vehicle could still wait, in seconds; without a departure forever."""
    demand = claim.demand
    if demand.departs_at is None:
        return inf
    left_s = (demand.departs_at - now).total_seconds()
    most_w = claim.use.most_a * claim.watts
    if demand.needs_wh is None or most_w <= 0:
        return left_s
    return left_s - demand.needs_wh / most_w * 3600.0


def in_turn(claim: Claim, now: datetime) -> bool:
    """Whether it is being served, and its turn is not over."""
    demand = claim.demand
    return (
        demand.is_served
        and demand.since is not None
        and (now - demand.since).total_seconds() < claim.turn_s
    )


def served_wh(claim: Claim, at: datetime, so_far_wh: float) -> float:
    """Return what turns are compared by: what a vehicle will have been served when it departs.

    Who stays longer can make up for what it waits.
    """
    left_h = _LATER_H
    if (departs_at := claim.demand.departs_at) is not None:
        left_h = min(_LATER_H, (departs_at - at).total_seconds() / 3600.0)
    return round(so_far_wh + _LATER_W * max(0.0, left_h))


def by_turns(
    claims: Sequence[Claim], now: datetime, maximum_pauses: int
) -> Iterator[list[Claim]]:
    """Return those that were served about the same, the first to come first."""
    ranked = sorted(
        ((_turn(claim, now, maximum_pauses), claim) for claim in claims),
        key=lambda each: each[0],
    )
    for _, same in groupby(ranked, key=lambda each: each[0][:2]):
        yield [claim for _, claim in same]


def _turn(claim: Claim, now: datetime, maximum_pauses: int) -> _Rank:
    """Order by turns: those that have theirs or were paused too often, then the least served.

    Where two were served the same, the one that waits comes first. Who has waited long does in any case, so that a
    vehicle which takes nothing of what it is given does not keep the place.
    """
    demand = claim.demand
    if demand.boosted:
        return (0.0, *came(claim))
    if demand.is_served:
        if demand.pauses >= maximum_pauses:
            return (1.0, round(demand.served_wh), *came(claim))
        if in_turn(claim, now):
            return (2.0, round(demand.served_wh), *came(claim))
    since = demand.since or demand.plugged_in_at or _LAST
    waited_s = 0.0 if demand.is_served else (now - since).total_seconds()
    foreseen_wh = served_wh(claim, now, demand.served_wh)
    same = foreseen_wh // _SAME_WH
    if waited_s >= _LONG_WAIT_TURNS * claim.turn_s:
        return (3.0, same, foreseen_wh, since, *came(claim))
    return (4.0, same, foreseen_wh, demand.is_served, *came(claim))


def _kept_for_a_turn(ranked: Sequence[Claim], now: datetime) -> list[Claim]:
    """Return the boosted first, then the others, nobody taking the place of somebody whose turn is not over."""
    boosted = [claim for claim in ranked if claim.demand.boosted]
    others = [claim for claim in ranked if not claim.demand.boosted]
    last = max(
        (place for place, claim in enumerate(others) if in_turn(claim, now)), default=-1
    )
    before = others[: last + 1]
    return [
        *boosted,
        *(claim for claim in before if claim.demand.is_served),
        *(claim for claim in before if not claim.demand.is_served),
        *others[last + 1 :],
    ]
