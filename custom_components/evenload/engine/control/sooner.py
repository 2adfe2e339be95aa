"""Who waits though there is room: it has to be there for a while before it counts, and that is said instead of whose turn it is."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..model.allotments import Allotment, Demand, Reason
from ..model.identity import EvseKey
from ..model.tree import Tree

# What is said of who gets nothing because others have it.
_WAITS = frozenset({Reason.NOT_ENOUGH, Reason.WAITING_FOR_TURN})


def waits_for_room(
    allotments: Mapping[EvseKey, Allotment], tree: Tree, *, is_watching: bool
) -> bool:
    """Whether anybody waits where there may be room that does not count yet.

    `is_watching`: some vehicle leaves a line alone, but not for long enough yet.
    """
    waiting = [one for one in allotments.values() if _waits(one)]
    if not waiting or is_watching:
        return bool(waiting)
    slow = {
        node.name
        for node in tree.nodes.values()
        if Reason.RAISING_SLOWLY in {*node.room.reasons, node.room.power_reason}
    }
    return any(one.node in slow for one in waiting)


def said_of(
    allotments: Mapping[EvseKey, Allotment], soon: Mapping[EvseKey, Allotment]
) -> dict[EvseKey, Allotment]:
    """Return allotments in which who waits for that alone is told so; `soon` is what all get when all room counts."""
    return {
        key: replace(one, reason=Reason.RAISING_SLOWLY, position=None, turn_at=None)
        if _waits(one) and soon[key].current.a > 0
        else one
        for key, one in allotments.items()
    }


def on_phases_known(demands: Iterable[Demand]) -> tuple[Demand, ...]:
    """Return demands of vehicles whose number of phases is decided."""
    return tuple(
        replace(one, single=None, is_single=False)
        if one.single is not None or one.is_single
        else one
        for one in demands
    )


def _waits(allotment: Allotment) -> bool:
    return allotment.reason in _WAITS and not allotment.current.a
