"""The Caltech car park as acnportal describes it, and as our tree of circuits. Nothing is built while it is open.

Its stations are between two lines each, behind a delta-wye transformer that is limited on both sides; two pods of
eight have a breaker of their own.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.loads import DeltaWye, Load, between_lines
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)

if TYPE_CHECKING:
    from acnportal.acnsim.interface import InfrastructureInfo

# 480 V between the lines of the grid, 120 V from ours to neutral.
TRANSFORMER = DeltaWye(4.0)
SECONDARY = "secondary"
PODS = ("CC Pod", "AV Pod")

# By acnportal's phase angle. 208 V are 120 V to neutral, give or take a tenth.
_BETWEEN = {
    30: (Phase.L1, Phase.L2),
    -90: (Phase.L2, Phase.L3),
    150: (Phase.L3, Phase.L1),
}


class CarPark:
    """The car park's tree, and of each station its load and its pilots: none where it takes any."""

    def __init__(self, infrastructure: InfrastructureInfo, strategy: Strategy) -> None:
        """Build the tree; raises `ValueError` where it is not the network that acnportal limits."""
        self.names: list[str] = list(infrastructure.station_ids)
        volts = dict(zip(self.names, infrastructure.voltages, strict=True))
        angles = dict(zip(self.names, infrastructure.phases, strict=True))
        self.loads: dict[str, Load] = {
            name: between_lines(
                *_BETWEEN[round(angles[name])], float(volts[name]) / 3**0.5
            )
            for name in self.names
        }
        self.pilots: dict[str, Sequence[float]] = {
            name: [] if continuous else [float(pilot) for pilot in pilots]
            for name, pilots, continuous in zip(
                self.names,
                infrastructure.allowable_pilots,
                infrastructure.is_continuous,
                strict=True,
            )
        }
        self.limits_a: dict[str, float] = dict(
            zip(
                infrastructure.constraint_ids,
                map(float, infrastructure.constraint_limits),
                strict=True,
            )
        )
        limits = self.limits_a
        rows = dict(
            zip(
                infrastructure.constraint_ids,
                infrastructure.constraint_matrix,
                strict=True,
            )
        )
        nodes = [
            Node(
                ROOT,
                "Primary",
                NodeKind.SITE,
                None,
                Room(_on_all(limits, "Primary")),
                strategy,
            ),
            Node(
                SECONDARY,
                "Secondary",
                NodeKind.GROUP,
                ROOT,
                Room(_on_all(limits, "Secondary")),
                transformer=TRANSFORMER,
            ),
        ]
        for pod in PODS:
            room = Room(PhaseCurrents(limits[pod], limits[pod], 0.0))
            nodes.append(Node(pod, pod, NodeKind.GROUP, SECONDARY, room))
        for index, name in enumerate(self.names):
            parent = next((pod for pod in PODS if rows[pod][index]), SECONDARY)
            nodes.append(Node(station_node(name), name, NodeKind.STATION, parent))
        self.tree = Tree({node.id: node for node in nodes})
        self._compare(infrastructure)

    def flows(self, currents_a: dict[str, float]) -> dict[str, complex]:
        """Return what flows on every limited line, by the names that acnportal gives them."""
        below = [
            sum(self.loads[n].on[k] * a for n, a in currents_a.items())
            for k in range(3)
        ]
        above = TRANSFORMER.above(Load((below[0], below[1], below[2]), 0.0)).on
        flows = {
            f"Secondary {line}": flow for line, flow in zip("ABC", below, strict=True)
        }
        flows |= {
            f"Primary {line}": flow for line, flow in zip("ABC", above, strict=True)
        }
        for pod in PODS:
            flows[pod] = sum(
                self.loads[name].on[0] * current_a
                for name, current_a in currents_a.items()
                if self.tree.nodes[station_node(name)].parent == pod
            )
        return flows

    def _compare(self, infrastructure: InfrastructureInfo) -> None:
        """Make sure that the tree is the matrix: what flows at random currents is the same on every row."""
        random = np.random.default_rng(1)
        turn = np.exp(1j * np.deg2rad(infrastructure.phases))
        for _ in range(10):
            currents_a = random.uniform(0.0, 32.0, len(self.names))
            theirs = infrastructure.constraint_matrix @ (currents_a * turn)
            ours = self.flows(dict(zip(self.names, currents_a, strict=True)))
            for name, flow in zip(infrastructure.constraint_ids, theirs, strict=True):
                if abs(abs(flow) - abs(ours[name])) > 1e-6:
                    raise ValueError(
                        f"{name} is {abs(flow)} A, not {abs(ours[name])} A"
                    )


def _on_all(limits: dict[str, float], side: str) -> PhaseCurrents:
    return PhaseCurrents(*(limits[f"{side} {line}"] for line in "ABC"))
