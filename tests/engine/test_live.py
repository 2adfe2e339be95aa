"""What an owner changes at a circuit without opening its form."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.live import (
    LiveNode,
    check_live_limit,
    check_live_strategy,
    still_live,
    with_live,
)
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.limits import Current, Power

YARD = GroupConfig("yard", "Yard", Current(16), ("A", "B"), Strategy.EQUAL_SERVE)
HALL = GroupConfig("hall", "Hall", Power(9000), ("C",), Strategy.EQUAL_SERVE)
HOME = SiteConfig(
    "Home",
    Current(25),
    stations={name: StationConfig(name, name) for name in "ABC"},
    groups={"yard": YARD, "hall": HALL},
)


def test_what_is_live_holds_and_never_above_the_form() -> None:
    site = with_live(
        HOME,
        {
            "": LiveNode(limit=20, strategy=Strategy.PRIORITY, shadow=True),
            "yard": LiveNode(limit=99, strategy=Strategy.STATIC),
            "hall": LiveNode(limit=5000, shadow=True),
        },
    )
    assert (site.main_fuse, site.strategy) == (Current(20), Strategy.PRIORITY)
    assert site.shadow
    assert site.groups["yard"] == replace(YARD, strategy=Strategy.STATIC)
    assert site.groups["hall"] == replace(HALL, limit=Power(5000), shadow=True)
    assert with_live(HOME, {}) == HOME


@pytest.mark.parametrize("value", [-1, 16.1, float("nan"), float("inf")])
def test_a_live_limit_is_at_most_the_forms(value: float) -> None:
    with pytest.raises(BadSetting, match="live_limit_out_of_range") as refused:
        check_live_limit(HOME, "yard", value)
    assert refused.value.placeholders == {"maximum": "16 A"}
    check_live_limit(HOME, "yard", 0)
    check_live_limit(HOME, "hall", 9000)
    check_live_limit(HOME, "", 25)


def test_a_live_strategy_lets_somebody_charge() -> None:
    check_live_strategy(HOME, "yard", Strategy.STATIC)
    small = replace(HOME, groups={"yard": replace(YARD, limit=Current(11))})
    with pytest.raises(BadSetting, match="share_below_minimum"):
        check_live_strategy(small, "yard", Strategy.STATIC)


def test_what_a_form_says_anew_holds_from_then_on() -> None:
    live = {
        "yard": LiveNode(strategy=Strategy.PRIORITY, limit=10, shadow=True),
        "hall": LiveNode(limit=4000),
    }
    renamed = replace(HOME, groups={**HOME.groups, "yard": replace(YARD, name="Y")})
    assert still_live(HOME, renamed, live) == live

    changed = replace(YARD, limit=Current(20))
    after = replace(HOME, groups={"yard": changed})
    assert still_live(HOME, after, live) == {
        "yard": LiveNode(strategy=Strategy.PRIORITY, shadow=True)
    }
