"""A month lived through: what vehicles may have, what the fuse leaves of that, and what it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Demand
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)

from .month import EFFICIENCY, Month, moment
from .ways import Stay

# What a kWh costs that is missing at departure: as much as on the road.
ROAD_PRICE = 0.60


class Way(Protocol):
    """A way to charge."""

    def caps_w(self, quarter: int, stays: Sequence[Stay]) -> Mapping[EvseKey, float]:
        """Return the most that each vehicle may have in a quarter; who is not named has nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a month came to: what the vehicles' energy cost, beside a house without them, and what they missed."""

    cost: float
    missing_kwh: float
    energy_kwh: float

    @property
    def weighed(self) -> float:
        """The cost, with what was missing bought on the road."""
        return self.cost + ROAD_PRICE * self.missing_kwh


def live(month: Month, way: Way, strategy: Strategy = Strategy.EQUAL_SERVE) -> Outcome:
    """Let a month pass. The balancer has the last word in every quarter."""
    powers_w = [0.0] * month.quarters
    stays: list[Stay] = []
    missing_wh = 0.0
    coming = list(reversed(month.visits))
    for quarter in range(month.quarters):
        missing_wh += sum(
            stay.left_wh for stay in stays if stay.visit.departs <= quarter
        )
        stays = [stay for stay in stays if stay.visit.departs > quarter]
        while coming and coming[-1].arrives <= quarter:
            stays.append(Stay(coming.pop()))
        wanting = [stay for stay in stays if stay.left_wh > 1.0]
        for stay, power_w in _given(month, way, strategy, quarter, wanting):
            takes_w = min(power_w, stay.left_wh / EFFICIENCY * 4)
            stay.got_wh += takes_w / 4 * EFFICIENCY
            stay.charging = takes_w > 0
            powers_w[quarter] += takes_w
    return _outcome(month, powers_w, missing_wh)


def _given(
    month: Month,
    way: Way,
    strategy: Strategy,
    quarter: int,
    wanting: Sequence[Stay],
) -> list[tuple[Stay, float]]:
    """Return what each gets: what it may have, as far as the fuse goes on each line."""
    if not wanting:
        return []
    caps_w = way.caps_w(quarter, wanting)
    beside_a = (month.house_w[quarter] - month.sun_w[quarter]) / 3 / 230.0
    room = Room(PhaseCurrents.even(max(0.0, month.fuse_a - beside_a)))
    nodes = [Node(ROOT, "", NodeKind.SITE, None, room, strategy)]
    nodes += [
        Node(station_node(stay.visit.key.identity), "", NodeKind.STATION, ROOT)
        for stay in wanting
    ]
    tree = Tree({node.id: node for node in nodes})
    demands = [_demand(stay, caps_w.get(stay.visit.key, 0.0)) for stay in wanting]
    found = allot(tree, demands, moment(quarter))
    return [
        (stay, found[stay.visit.key].current.a * stay.visit.load.watts)
        for stay in wanting
    ]


def _demand(stay: Stay, cap_w: float) -> Demand:
    visit = stay.visit
    cap_a = cap_w / visit.load.watts
    return Demand(
        visit.key,
        max(cap_a, 6.0),
        6.0,
        visit.load.phases,
        plugged_in_at=moment(visit.arrives),
        wants=cap_w > 0,
        paused=cap_w <= 0,
        charging=stay.charging,
        load=visit.load,
        departs_at=moment(visit.departs),
        needs_wh=stay.left_wh / EFFICIENCY,
        served_wh=stay.got_wh,
    )


def lived_best(month: Month, powers_w: Mapping[EvseKey, Sequence[float]]) -> Outcome:
    """Return what a month would have come to with these powers."""
    needs = {visit.key: visit.needs_wh for visit in month.visits}
    missing_wh = sum(
        max(0.0, needs[key] - sum(powers) / 4 * EFFICIENCY)
        for key, powers in powers_w.items()
    )
    sums = [sum(powers) for powers in zip(*powers_w.values(), strict=True)]
    return _outcome(month, sums, missing_wh)


def _outcome(month: Month, powers_w: Sequence[float], missing_wh: float) -> Outcome:
    cost = 0.0
    for quarter, power_w in enumerate(powers_w):
        base_w = month.house_w[quarter] - month.sun_w[quarter]
        cost += _bill(month, quarter, base_w + power_w) - _bill(month, quarter, base_w)
    return Outcome(cost, missing_wh / 1000, sum(powers_w) / 4000)


def _bill(month: Month, quarter: int, power_w: float) -> float:
    price = month.buy[quarter] if power_w > 0 else month.sell[quarter]
    return power_w / 4000 * price
