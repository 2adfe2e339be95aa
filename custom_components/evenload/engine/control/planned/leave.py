"""What a mode or a plan lets through at one EVSE, and what is left of its demand. It only ever lowers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from ...model.allotments import Allotment, Demand, Reason
from ...model.identity import EvseKey
from ...model.tree import Tree


@dataclass(frozen=True, slots=True)
class Leave:
    """At most so much, in amperes per phase (None: all), or (`paused`) nothing, and why; `until`: when that is expected to end.

    `single`: it is enough for one phase only, and the vehicle may use one.
    """

    reason: Reason
    maximum_a: float | None = None
    paused: bool = False
    until: datetime | None = None
    single: bool = False


class Leaves(Protocol):
    """What is let through at the EVSEs that ask for something; who is not named may have all."""

    def __call__(
        self, demands: Sequence[Demand], tree: Tree, *, choosing: bool
    ) -> Mapping[EvseKey, Leave]:
        """Return it; `choosing`: this is only about how many phases vehicles are to use."""


def no_leaves(
    demands: Sequence[Demand], tree: Tree, *, choosing: bool
) -> Mapping[EvseKey, Leave]:
    """Let everything through."""
    return {}


def let_through(demand: Demand, leave: Leave | None) -> Demand:
    """Return what is left of a demand. Its minimum stays what it is: less than that is nothing."""
    if leave is None or demand.paused or demand.fixed_a is not None:
        return demand
    if leave.paused:
        return replace(demand, paused=True, most=leave.reason, until=leave.until)
    if leave.maximum_a is None or leave.maximum_a >= demand.maximum_a:
        return demand
    most_a = min(demand.maximum_a, max(leave.maximum_a, demand.minimum_a))
    return replace(demand, maximum_a=most_a, most=leave.reason, until=leave.until)


def on_one_phase(
    allotments: Mapping[EvseKey, Allotment], leaves: Mapping[EvseKey, Leave]
) -> Mapping[EvseKey, Allotment]:
    """Return allotments that say of those who are let have enough for one phase only that they are to use one."""
    single = {key for key, leave in leaves.items() if leave.single}
    if not single:
        return allotments
    return {
        key: replace(allotment, single=True) if key in single else allotment
        for key, allotment in allotments.items()
    }
