"""What a group's form refuses, and with which sentence."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.balancing.checks import (
    check_group,
    check_site_strategy,
)
from custom_components.evenload.engine.model.configuration import (
    EvseConfig,
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import CurrentType, Phase

STATIONS = {name: StationConfig(name, f"Station {name}") for name in "ABC"}
SINGLE = {"S": StationConfig("S", "Single", (Phase.L1,))}
DC_ONLY = {
    name: StationConfig(name, name, evses={1: EvseConfig(CurrentType.DC)})
    for name in "DE"
}
OTHER = GroupConfig("other", "Other", Current(10), ("C",))
HOME = SiteConfig(
    "Home",
    Current(25),
    stations={**STATIONS, **SINGLE, **DC_ONLY},
    groups={"other": OTHER},
)


@pytest.mark.parametrize(
    ("limit", "members", "key", "placeholders"),
    [
        (Current(20), "", "no_members", {}),
        (Current(20), "AX", "unknown_member", {"member": "X"}),
        (Current(20), "AC", "station_in_other_group", {"station": "Station C", "group": "Other"}),
        (Current(0), "AB", "limit_not_positive", {}),
        (Current(-1), "AB", "limit_not_positive", {}),
        (Power(0), "AB", "limit_not_positive", {}),
        (Current(25.1), "AB", "limit_above_main_fuse", {"main_fuse": "25 A"}),
        (Current(1e6), "AB", "limit_too_large", {"maximum": "1000 A"}),
        (Power(17251), "AB", "limit_above_main_fuse", {"main_fuse": "17250 W"}),
        (Current(10), "AB", "share_below_minimum", {"share": "5 A", "minimum": "6 A", "fits": "1", "needed": "12 A"}),
        (Power(8000), "AB", "share_below_minimum", {"share": "4000 W", "minimum": "4140 W", "fits": "1", "needed": "8280 W"}),
        # A vehicle that charges with direct current needs 1.4 kW: 2.3 A on three phases, losses included.
        (Current(4.5), "DE", "share_below_minimum", {"share": "2.2 A", "minimum": "2.3 A", "fits": "1", "needed": "4.6 A"}),
        (Current(9), "AD", "share_below_minimum", {"share": "4.5 A", "minimum": "6 A", "fits": "1", "needed": "12 A"}),
    ],
)  # fmt: skip  # a table
def test_refused(
    limit: Limit, members: str, key: str, placeholders: dict[str, str]
) -> None:
    """A group that would not be safe, or would strand its members, is refused with what would do."""
    with pytest.raises(BadSetting) as refused:
        check_group(HOME, GroupConfig("new", "New", limit, tuple(members)))
    assert refused.value.key == key
    assert refused.value.placeholders == placeholders


@pytest.mark.parametrize(
    ("limit", "members", "group_id"),
    [
        (Current(12), "AB", "new"),
        (Power(8280), "AB", "new"),
        (Current(4.6), "DE", "new"),
        (Power(3112), "DE", "new"),
        # A single-phase station is content with less power.
        (Power(1380), "S", "new"),
        # A group may be saved again as it is.
        (Current(10), "C", "other"),
    ],
)
def test_accepted(limit: Limit, members: str, group_id: str) -> None:
    """What lets every member charge is accepted."""
    check_group(HOME, GroupConfig(group_id, "New", limit, tuple(members)))


GARAGE = GroupConfig("garage", "Garage", Current(16), ("A", "B"), Strategy.EQUAL_SERVE)
TREE = SiteConfig("Home", Current(25), stations=STATIONS, groups={"garage": GARAGE})


@pytest.mark.parametrize(
    ("group", "key", "placeholders"),
    [
        # Not static: one vehicle at a time is enough.
        (GroupConfig("x", "X", Current(5.9), ("C",), Strategy.EQUAL_SERVE), "limit_below_minimum", {"minimum": "6 A"}),
        (GroupConfig("x", "X", Power(4000), ("C",), Strategy.PRIORITY), "limit_below_minimum", {"minimum": "4140 W"}),
        (GroupConfig("x", "X", Current(20), ("C",), parent="garage"), "limit_above_parent", {"group": "Garage", "limit": "16 A"}),
        # 16 A on three phases carry 11 kW.
        (GroupConfig("x", "X", Power(11100), ("C",), parent="garage"), "limit_above_parent", {"limit": "16 A"}),
        (GroupConfig("x", "X", Current(16), ("C",), parent="nobody"), "unknown_parent", {}),
        (replace(GARAGE, parent="garage"), "group_in_circle", {"group": "Garage"}),
        # A group of groups, whose shares are fixed: the garage and a station.
        (GroupConfig("garage", "Garage", Current(10), ("A", "B")), "share_below_minimum", {"share": "5 A"}),
    ],
)  # fmt: skip  # a table
def test_refused_in_a_tree(
    group: GroupConfig, key: str, placeholders: dict[str, str]
) -> None:
    """What hangs on another group has to fit it."""
    with pytest.raises(BadSetting) as refused:
        check_group(TREE, group)
    assert refused.value.key == key
    assert placeholders.items() <= refused.value.placeholders.items()


def test_a_circle_of_three_is_found() -> None:
    """By whatever way it goes round."""
    row = GroupConfig("row", "Row", Current(16), ("C",), parent="garage")
    with pytest.raises(BadSetting) as refused:
        check_group(
            replace(TREE, groups={"garage": GARAGE, "row": row}),
            replace(GARAGE, parent="row"),
        )
    assert refused.value.placeholders == {"group": "Row"}


def test_a_group_of_groups_needs_no_stations() -> None:
    """Neither one that has groups behind it, nor one that is made for them."""
    top = GroupConfig("top", "Top", Current(20), ())
    row = replace(GARAGE, parent="top")
    check_group(replace(TREE, groups={"garage": row}), top)
    check_group(TREE, top, may_be_empty=True)
    # Its fixed shares are for the groups behind it: here all that the garage needs is one vehicle.
    with pytest.raises(BadSetting) as refused:
        check_group(
            replace(TREE, groups={"garage": row}), replace(top, limit=Current(5))
        )
    assert refused.value.key == "limit_below_child"


def test_fixed_shares_of_the_main_fuse() -> None:
    """Each station outside a group, and each group, gets one."""
    check_site_strategy(replace(TREE, strategy=Strategy.STATIC))
    many = {str(n): StationConfig(str(n), str(n)) for n in range(5)}
    with pytest.raises(BadSetting) as refused:
        check_site_strategy(replace(TREE, strategy=Strategy.STATIC, stations=many))
    assert refused.value.placeholders["share"] == "5 A"
