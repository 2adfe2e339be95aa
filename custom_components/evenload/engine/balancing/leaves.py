"""Inside a station: how its EVSEs divide what the station may draw."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from ..model.allotments import Allotment, Demand, Reason, Share
from ..model.configuration import StationConfig
from ..model.identity import EvseKey
from ..model.limits import Current, floor_tenths
from ..model.phases import Phase, PhaseCurrents
from .filling import fill

_LAST = datetime.max.replace(tzinfo=UTC)

_EPSILON_A = 1e-6


def within_station(
    station: StationConfig, share: Share, leaves: Sequence[Demand], *, sum_held: bool
) -> Iterable[Allotment]:
    """Divide a station's share among its EVSEs; `sum_held`: a limit of the station's own keeps their sum.

    Those that charge at the same time share evenly, and what one cannot use goes to the others. Where that is too
    little for all, who came last waits. A station that charges one vehicle at a time gives all to that one.
    """
    able = [leaf for leaf in leaves if leaf.minimum_a <= share.current_a + _EPSILON_A]
    if not able:
        return [_leaf(leaf, share.current_a, share) for leaf in leaves]
    nobody = all(leaf.plugged_in_at is None and not leaf.charging for leaf in leaves)
    if not station.simultaneous:
        # While nobody is there, whoever comes first may begin at once: the others cannot.
        served = able if nobody else sorted(able, key=_turn)[:1]
        parts = dict.fromkeys((leaf.key for leaf in served), share.current_a)
    else:
        parts = _parts(share, able)
        if len(parts) < len(able) and sum_held and nobody:
            parts = dict.fromkeys((leaf.key for leaf in able), share.current_a)
    waits = Reason.WAITING_FOR_TURN if station.simultaneous else Reason.OTHER_EVSE
    return [
        _leaf(leaf, parts[leaf.key], share)
        if leaf.key in parts
        else _without(leaf, share, waits)
        for leaf in leaves
    ]


def _turn(leaf: Demand) -> tuple[object, ...]:
    """Order by who may charge, does, and came first."""
    return (leaf.paused, not leaf.charging, leaf.plugged_in_at or _LAST, leaf.key)


def _parts(share: Share, able: Sequence[Demand]) -> dict[EvseKey, float]:
    """Return the parts of those that can all charge at once, who came last being left out until they can."""
    served = sorted(
        able, key=lambda leaf: (leaf.paused, leaf.plugged_in_at or _LAST, leaf.key)
    )
    while True:
        parts = _even(share.current_a, served)
        if len(served) == 1 or all(
            part_a >= min(leaf.minimum_a, leaf.maximum_a) - _EPSILON_A
            for leaf, part_a in zip(served, parts, strict=True)
        ):
            return {
                leaf.key: part_a for leaf, part_a in zip(served, parts, strict=True)
            }
        served.pop()


def _even(share_a: float, leaves: Sequence[Demand]) -> list[float]:
    """Return everyone's part: the same for all, but nobody more than it can use."""
    names = [str(leaf.key) for leaf in leaves]
    filled = fill(
        {name: leaf.maximum_a for name, leaf in zip(names, leaves, strict=True)},
        dict.fromkeys(names, (Phase.L1,)),
        PhaseCurrents(share_a),
    )
    return [floor_tenths(filled[name].current_a) for name in names]


def _without(demand: Demand, share: Share, waits: Reason) -> Allotment:
    """Return nothing for an EVSE that the share is too little for, or that others go before."""
    if demand.paused:
        return Allotment(demand.key, Current(0.0), Reason.PAUSED)
    if demand.minimum_a > share.current_a + _EPSILON_A:
        return _leaf(demand, share.current_a, share)
    return Allotment(demand.key, Current(0.0), waits)


def _leaf(demand: Demand, current_a: float, share: Share) -> Allotment:
    """Return what one EVSE may draw of a current that is there for it: nothing between 0 and its minimum."""
    if demand.paused:
        return Allotment(demand.key, Current(0.0), Reason.PAUSED)
    own_a = floor_tenths(demand.maximum_a)
    if own_a <= current_a and own_a < share.current_a:
        return Allotment(
            demand.key,
            Current(own_a if own_a >= demand.minimum_a else 0.0),
            Reason.OWN_MAXIMUM,
        )
    if current_a < demand.minimum_a:
        reason = (
            share.reason
            if share.reason is Reason.WAITING_FOR_OTHERS
            else Reason.NOT_ENOUGH
        )
        return Allotment(demand.key, Current(0.0), reason, share.node, share.phase)
    return Allotment(
        demand.key, Current(current_a), share.reason, share.node, share.phase
    )
