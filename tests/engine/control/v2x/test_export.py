"""What may be fed back in all: into the grid and behind every circuit, whoever is away."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.model.configuration import GroupConfig
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.v2x import (
    SETPOINT_LASTS_S,
    Hindrance,
    V2gMode,
)
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.test_dispatch import ask, house_of, powers
from tests.engine.control.v2x.v2g_house import DIALECT, V2G, V2gHouse, site_of
from tests.engine.virtual import run_virtually

LIMITS = [(Power(3000.0), 3000), (Current(10.0), 2300), (Power(0.0), 0)]


@pytest.mark.parametrize(("limit", "expected_w"), LIMITS)
def test_a_circuit_carries_no_more_back_than_forth(
    limit: Limit, expected_w: float
) -> None:
    """The house draws far more, and none of it is counted on; nobody knows on how many phases the vehicle is."""

    async def story() -> None:
        site = site_of("A", v2g=replace(V2G, to_grid=True), export_cap_w=20_000.0)
        site = replace(site, groups={"g": GroupConfig("g", "g", limit, ("A",))})
        house = V2gHouse(site, [Bidirectional("A")], lambda _: 9000.0)
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "A_1", -6000)
        await house.live(80)
        assert -powers(house)["A"] == pytest.approx(expected_w, abs=60)
        if not expected_w:
            assert house.state().hindrance is Hindrance.EXPORT_CAP

    run_virtually(story())


def test_who_is_away_counts_until_its_setpoint_lapses() -> None:
    async def story() -> None:
        house = house_of("A", "B", load_w=1000, cap_w=3000)
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "", -8000)
        await house.live(80)
        assert sum(powers(house).values()) == pytest.approx(-3950, abs=80)
        house.disconnect("A")
        for _ in range(SETPOINT_LASTS_S + 20):
            await house.live(1)
            assert house.grid_w[-1] > -3100
        assert powers(house)["A"] >= 0
        assert powers(house)["B"] == pytest.approx(-3950, abs=80)

    run_virtually(story())


def test_what_the_sun_feeds_in_is_counted_against_the_cap() -> None:
    async def story() -> None:
        house = house_of("A", load_w=-2000, cap_w=3000)
        await house.begin(V2gMode.SETPOINT)
        await house.live(70)
        ask(house, "A_1", -6000)
        await house.live(80)
        assert powers(house)["A"] == pytest.approx(-950, abs=60)

    run_virtually(story())


@pytest.mark.parametrize("by_fuse", [True, False])
def test_a_house_that_needs_enough_is_not_said_to_need_little(by_fuse: bool) -> None:
    """What is allowed is less than the vehicle does anything with: the fuse in either direction, or its owner's limit."""

    async def story() -> None:
        site = site_of(v2g=replace(V2G, dialect=replace(DIALECT, minimum_w=1400.0)))
        house = V2gHouse(site, [Bidirectional("A")], lambda _: 4000.0)
        await house.begin()
        await house.live(30)
        assert powers(house)["A"] == pytest.approx(-3950, abs=60)
        if by_fuse:
            # 690 W, as nobody knows on how many phases the vehicle is.
            house.fleet.configure(replace(site, main_fuse=Current(3.0)))
        else:
            settings = house.fleet.evse(EvseKey("A", 1)).settings
            settings = replace(settings, discharge_limit_w=500.0)
            house.fleet.set_settings(EvseKey("A", 1), settings)
        await house.live(30)
        assert powers(house)["A"] == 0
        assert house.state().hindrance is Hindrance.TOO_LITTLE_POWER

    run_virtually(story())
