"""How vehicles share what they are to give, or to take, together: as one battery.

Each gets its minimum, and of the rest as much as it weighs, until it has its most or a circuit is full. Where that is too
little for all minimums, who does nothing yet and weighs least goes first: fewer vehicles, each of which does something.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...model.identity import EvseKey


@dataclass(frozen=True, slots=True)
class Start:
    """Who does nothing begins when there is so much of its minimum for it; who does goes on down to `stops_at`."""

    begins_at: float = 1.0
    stops_at: float = 1.0


# What was asked for does not waver; what follows something that does begins late and stops late.
EXACT = Start()
STEADY = Start(begins_at=1.2, stops_at=0.8)

_SAME_W = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One vehicle; all powers are magnitudes, in watts."""

    key: EvseKey
    most_w: float
    least_w: float = 0.0
    weight: float = 1.0
    # It does so already.
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """What vehicles may come to together, each with what a watt of it counts."""

    limit: float
    counts: Mapping[EvseKey, float]

    def used(self, shares: Mapping[EvseKey, float]) -> float:
        """Return what these shares come to."""
        return sum(count * shares.get(key, 0.0) for key, count in self.counts.items())


def divided(
    total_w: float,
    members: Iterable[Member],
    bounds: Sequence[Bound] = (),
    start: Start = STEADY,
) -> dict[EvseKey, float]:
    """Return what each is to give of a total, 0 or more; who is not in it gives nothing."""
    chosen = [one for one in members if one.most_w > 0 and one.most_w >= one.least_w]
    while chosen and not _begins(total_w, chosen, bounds, start):
        chosen.remove(min(chosen, key=_rank))
    if not chosen:
        return {}
    shares = {one.key: one.least_w for one in chosen}
    _fill(total_w, chosen, bounds, shares)
    return {key: share_w for key, share_w in shares.items() if share_w > 0}


def _rank(member: Member) -> tuple[bool, float, EvseKey]:
    """The first is done without first."""
    return (member.is_active, member.weight, member.key)


def _begins(
    total_w: float, chosen: Sequence[Member], bounds: Sequence[Bound], start: Start
) -> bool:
    """Whether there is enough for the minimum of each, and room for it."""
    needed_w = sum(
        one.least_w * (start.stops_at if one.is_active else start.begins_at)
        for one in chosen
    )
    if total_w <= 0 or total_w < needed_w:
        return False
    floors = {one.key: one.least_w for one in chosen}
    return all(bound.used(floors) <= bound.limit + _SAME_W for bound in bounds)


def _fill(
    total_w: float,
    chosen: Sequence[Member],
    bounds: Sequence[Bound],
    shares: dict[EvseKey, float],
) -> None:
    """Raise all by their weight until the total is reached; who cannot be raised any more stays."""
    rising = {one.key: one for one in chosen}
    left_w = total_w - sum(shares.values())
    while rising and left_w > _SAME_W:
        weights = _weights(rising.values())
        whole = sum(weights.values())
        step = left_w / whole
        for key, member in rising.items():
            step = min(step, (member.most_w - shares[key]) / weights[key])
        for bound in bounds:
            pace = bound.used(weights)
            if pace > 0:
                step = min(step, (bound.limit - bound.used(shares)) / pace)
        step = max(0.0, step)
        for key in rising:
            shares[key] += step * weights[key]
        left_w -= step * whole
        full = {
            key
            for key, member in rising.items()
            if shares[key] >= member.most_w - _SAME_W
        }
        for bound in bounds:
            if bound.used(shares) >= bound.limit - _SAME_W:
                full |= {key for key, count in bound.counts.items() if count > 0}
        if not full & rising.keys():
            return
        rising = {key: one for key, one in rising.items() if key not in full}


def _weights(members: Iterable[Member]) -> dict[EvseKey, float]:
    """Return what each weighs: something, so that who weighs nothing is there when nobody else is."""
    found = {one.key: one.weight for one in members}
    least = max(1e-3, max(found.values(), default=0.0) / 1e4)
    return {key: max(weight, least) for key, weight in found.items()}
