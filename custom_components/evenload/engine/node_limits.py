"""What those above circuits allow: caps on all that is behind one, limits at single EVSEs, and what is to flow."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .control.planned.leave import Leave
from .model.allotments import Demand, Reason
from .model.identity import EvseKey
from .model.limits import Limit, Power
from .model.tree import ROOT
from .model.uplink import Domain, Role
from .model.v2x import V2gMode
from .node_dispatching import NodeDispatching
from .nodes_above import NodesAbove

if TYPE_CHECKING:
    from .upstream_node import NodeHouse


class NodeLimits:
    """Those of all circuits of a site; it only ever lowers."""

    def __init__(self, above: NodesAbove) -> None:
        """Have circuits capped by what these houses were told."""
        self._fleet, self._houses, self._now = above.fleet, above.houses, above.now
        self._change_at: datetime | None = None
        self._dispatching = NodeDispatching(above)
        above.fleet.sharing.circuits.caps_above = self._caps
        above.fleet.sharing.circuits.caps_change_at = lambda: self._change_at

    def close(self) -> None:
        """Have nothing renewed any more."""
        self._dispatching.close()

    def leaves(
        self, demands: Sequence[Demand]
    ) -> tuple[Mapping[EvseKey, Leave], datetime | None]:
        """Return what those above let through at each EVSE, and when that changes."""
        now, found = self._now(), dict[EvseKey, Leave]()
        changes: list[datetime] = []
        for house in self._houses.values():
            below = frozenset(self._stations_below(house.config.node))
            if not house.decides(Domain.LIMITS):
                continue
            for demand in demands:
                if demand.key.identity not in below:
                    continue
                most_a, change = self._most_a(house, demand, now)
                if change is not None:
                    changes.append(change)
                known = found.get(demand.key)
                if most_a is not None and (
                    known is None or most_a < (known.maximum_a or 0.0)
                ):
                    is_little = most_a < demand.minimum_a
                    found[demand.key] = Leave(
                        Reason.UPSTREAM,
                        None if is_little else most_a,
                        paused=is_little,
                        until=change,
                    )
        return found, min(changes, default=None)

    def _most_a(
        self, house: NodeHouse, demand: Demand, now: datetime
    ) -> tuple[float | None, datetime | None]:
        """Return the most that an EVSE may have, in amperes per phase, and when that changes; None: all."""
        wanted_w, change = house.wanted(0, now)
        limits, changes = list[Limit](), [change]
        follows = self._follows(demand.key)
        if wanted_w is not None and wanted_w <= 0 and not follows:
            # What is to be fed back is for those who can: nobody else draws meanwhile.
            limits.append(Power(0.0))
        if house.config.role is Role.STATION:
            number = house.members.number(demand.key)
            own, change = house.bound(number, now)
            wanted_w, change_too = house.wanted(number, now)
            limits += own
            changes += [change, change_too]
            if wanted_w is not None and not follows:
                limits.append(Power(max(0.0, wanted_w)))
        kind = self._fleet.enforcer.commitments.kind(demand.key)
        return (
            min(map(kind.amperes, limits), default=None),
            min((at for at in changes if at is not None), default=None),
        )

    def _follows(self, key: EvseKey) -> bool:
        """Whether a vehicle goes by a setpoint, or may: then no limit stands for that."""
        is_set_up = key.evse in self._fleet.config.stations[key.identity].v2g
        mode = self._fleet.evse(key).settings.v2g_mode
        return (is_set_up and mode is V2gMode.PROGRAMME) or (
            key in self._fleet.sharing.stances()
        )

    def _caps(self) -> Sequence[tuple[str, Limit]]:
        """Return what circuits may draw, and let those who feed back follow what is to flow."""
        now, found = self._now(), list[tuple[str, Limit]]()
        changes: list[datetime] = []
        for house in self._houses.values():
            if house.decides(Domain.LIMITS):
                limits, change = house.caps(now)
                found += [(house.config.node, limit) for limit in limits]
                if change is not None:
                    changes.append(change)
        self._change_at = min(changes, default=None)
        self._dispatching.look_soon()
        return found

    def _stations_below(self, node: str) -> tuple[str, ...]:
        config = self._fleet.config
        is_there = node == ROOT or node in config.groups
        return config.stations_below(node) if is_there else ()
