"""The figures of load balancing groups and of the whole site, computed anew when something of them has changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from .control.figures import group_state
from .control.household import Household
from .model.configuration import SiteConfig
from .model.groups import GroupState
from .model.limits import Current
from .model.phases import ALL_PHASES, PhaseCurrents
from .model.stations import Station
from .model.tree import ROOT, Node, Tree

type _Of = tuple[object, ...]


class GroupFigures:
    """What the circuits of a site are using and have left."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: dict[str, tuple[_Of, GroupState]] = {}

    def of(
        self,
        site: SiteConfig,
        form: SiteConfig,
        node_id: str,
        stations: Mapping[str, Station],
        tree: Tree,
        household: Household | None,
        now: datetime,
        house_on: Callable[[PhaseCurrents], PhaseCurrents],
    ) -> GroupState:
        """Return a circuit's figures. Raises `KeyError` where there is no such circuit.

        `form` is the site as it was set up; `house_on` makes of what the house draws at most what is believed of it.
        """
        members = [stations[identity] for identity in site.stations_below(node_id)]
        of: _Of = (site, form, tree, *members)
        known = self._known.get(node_id)
        # To compare what is in them would cost as much as the figures.
        if known is None or [*map(id, known[0])] != [*map(id, of)]:
            state = replace(
                group_state(site, node_id, stations), rating=form.limit_of(node_id)
            )
            state = _shared(state, site, tree.nodes.get(node_id))
            known = self._known[node_id] = (of, state)
        if household is None:
            return known[1]
        state = _measured(known[1], household, now)
        if node_id == ROOT and state.house is not None:
            state = replace(state, house=house_on(state.house))
        return state


def _shared(state: GroupState, site: SiteConfig, node: Node | None) -> GroupState:
    """Return figures with how it is shared, and what of its room is left."""
    group = site.groups.get(state.id)
    strategy = site.strategy if group is None else group.strategy
    shadow = site.shadow if group is None else group.shadow
    state = replace(state, strategy=strategy, shadow=shadow)
    current = None if node is None else node.room.current
    if current is None:
        # A limit in watts may be used on any line.
        left_a = state.available_w / site.voltage_v
        return replace(state, headroom=PhaseCurrents.even(left_a, site.phases))
    left = [
        max(0.0, current[phase] - state.used[phase]) if phase in site.phases else 0.0
        for phase in ALL_PHASES
    ]
    overload = isinstance(state.limit, Current) and any(
        state.used[phase] > state.limit.a + 0.5 for phase in site.phases
    )
    return replace(state, headroom=PhaseCurrents(*left), overload=overload)


def _measured(state: GroupState, household: Household, now: datetime) -> GroupState:
    """Return figures with what the circuit's meter says."""
    figures, meter = household.figures(now), household.state(now)
    if figures.headroom is None:
        return replace(state, meter=meter)
    return replace(
        state,
        meter=meter,
        headroom=figures.headroom,
        overload=figures.overload,
        risk=figures.risk,
        house=figures.background,
    )
