"""The room at every node, and the tree: limits, meters, the grid operator's cap, nested groups."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.control.rooms import (
    circuit_of,
    households_of,
    rooms_of,
    tree_of,
)
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from custom_components.evenload.engine.model.tree import (
    ROOT,
    NodeKind,
    Room,
    station_node,
)
from tests.engine.control.household.meter import METER, at, even

STATIONS = {
    "A": StationConfig("A", "Garage", maximum=Current(16.0)),
    "B": StationConfig("B", "Drive", (Phase.L2,), Current(32.0)),
    "C": StationConfig("C", "Yard", simultaneous=False),
    "D": StationConfig("D", "Gate"),
}
OUTER = GroupConfig("outer", "Barn", Current(20.0), ("A",), Strategy.EQUAL_SERVE)
INNER = GroupConfig("inner", "Corner", Power(9000.0), ("B", "C"), parent="outer")
SITE = SiteConfig(
    "Home",
    Current(35.0),
    strategy=Strategy.PRIORITY,
    stations=STATIONS,
    groups={"inner": INNER, "outer": OUTER},
)


def rooms(site: SiteConfig = SITE, cap: Limit | None = None) -> dict[str, Room]:
    return rooms_of(site, households_of(site), {}, at(0), cap)


def test_limits_without_meters_are_the_rooms() -> None:
    found = rooms()
    assert found[ROOT].current == even(35)
    assert found[ROOT].reasons == (Reason.MAIN_FUSE,) * 3
    assert found["outer"].current == even(20)
    assert found["outer"].reasons == (Reason.GROUP_LIMIT,) * 3
    assert found["inner"].current is None
    assert found["inner"].power_w == 9000
    garage = found[station_node("B")]
    assert garage.current == PhaseCurrents(0, 32, 0)
    assert garage.reasons[1] is Reason.OWN_MAXIMUM


def test_tree_has_parents_before_children() -> None:
    tree = tree_of(SITE, rooms())
    assert [node.kind for node in tree.nodes.values()] == [
        NodeKind.SITE,
        *[NodeKind.GROUP] * 2,
        *[NodeKind.STATION] * 4,
    ]
    path = [node.id for node in tree.path(station_node("C"))]
    assert path == [station_node("C"), "inner", "outer", ROOT]
    assert tree.nodes[station_node("C")].exclusive
    assert tree.nodes[station_node("D")].parent == ROOT
    assert tree.nodes[station_node("D")].strategy is None
    assert tree.nodes[ROOT].strategy is Strategy.PRIORITY
    # One group and one station each.
    assert tree.nodes[ROOT].members == 2
    assert tree.nodes["outer"].members == 2
    assert tree.nodes["inner"].members == 2


@pytest.mark.parametrize("parent", ["inner", "gone"])
def test_parents_that_lead_nowhere_hang_on_the_site(parent: str) -> None:
    groups = {"inner": INNER, "outer": replace(OUTER, parent=parent)}
    site = replace(SITE, groups=groups)
    tree = tree_of(site, rooms(site))
    for node in tree.nodes:
        assert tree.path(node)[-1].id == ROOT


def test_lost_meter_leaves_the_fallback() -> None:
    site = replace(
        SITE,
        meter=METER,
        groups={"inner": replace(INNER, meter=replace(METER, fallback=Power(4200)))},
    )
    households = households_of(site)
    found = rooms_of(site, households, {}, at(0))
    assert found[ROOT].current == even(6)
    assert found[ROOT].reasons == (Reason.METER_LOST,) * 3
    assert found["inner"].power_w == 4200
    assert found["inner"].power_reason is Reason.METER_LOST
    assert not any(household.may_raise(at(0)) for household in households.values())


def test_fallback_is_never_more_than_the_limit() -> None:
    site = replace(SITE, meter=replace(METER, fallback=Current(63.0)))
    found = rooms_of(site, households_of(site), {}, at(0))
    assert found[ROOT].current == even(35)
    assert found[ROOT].reasons == (Reason.MAIN_FUSE,) * 3


def test_grid_operator_caps_all_stations_together() -> None:
    found = rooms(cap=Power(4200))[ROOT]
    assert found.current == even(35)
    assert found.power_w == 4200
    assert found.power_reason is Reason.GRID_OPERATOR

    found = rooms(cap=Current(8))[ROOT]
    assert found.current == even(8)
    assert found.reasons == (Reason.GRID_OPERATOR,) * 3

    found = rooms(cap=Current(50))[ROOT]
    assert found.current == even(35)
    assert found.reasons == (Reason.MAIN_FUSE,) * 3


def test_cap_in_amperes_on_one_phase_only_says_so_there() -> None:
    site = replace(SITE, phases=(Phase.L1,), groups={}, stations={})
    found = rooms(site, Current(8))[ROOT]
    assert found.current == PhaseCurrents(8, 0, 0)


def test_households_keep_what_they_know_when_settings_change() -> None:
    site = replace(SITE, meter=METER)
    known = households_of(site)
    changed = replace(site, main_fuse=Current(25.0))
    again = households_of(changed, known)
    assert again[ROOT] is known[ROOT]
    assert again[ROOT].circuit == circuit_of(changed, ROOT)
    assert not households_of(SITE, known)
