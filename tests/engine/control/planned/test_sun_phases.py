"""With little sun a station that can switch charges on one phase, and goes back when the sun is enough for three."""

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.planning import ChargeMode
from tests.engine.control.planned.planned_house import VOLTAGE_V, PlannedHouse, site_of
from tests.engine.control.test_phase_changes import SwitchingStation
from tests.engine.virtual import run_virtually

LITTLE_W = -2300.0
PLENTY_W = -12 * 3 * VOLTAGE_V


async def begun(mode: ChargeMode, load_w: float) -> PlannedHouse:
    """Return a house whose vehicle follows the sun, after a quarter of an hour with so much."""
    house = PlannedHouse(site_of("A"), [SwitchingStation("A")], lambda _: load_w)
    house.wish("A", mode)
    await house.begin()
    await house.live(900)
    return house


def station_of(house: PlannedHouse) -> SwitchingStation:
    """Return its station."""
    station = house.stations["A"]
    assert isinstance(station, SwitchingStation)
    return station


def test_little_sun_is_for_one_phase_and_plenty_for_three() -> None:
    async def story() -> None:
        house = await begun(ChargeMode.SOLAR, LITTLE_W)
        station = station_of(house)
        assert station.phases == 1
        current_a, reason = house.told("A")
        assert reason is Reason.FOLLOWING_SUN
        assert 9.0 <= current_a <= 10.0
        house.load_w = lambda _: PLENTY_W
        await house.live(900)
        assert station.phases == 3
        assert 11.0 <= house.told("A")[0] <= 12.0
        house.load_w = lambda _: LITTLE_W
        await house.live(900)
        assert station.phases == 1
        assert 9.0 <= house.told("A")[0] <= 10.0
        # There and back and there: contactors moved thrice, and never under load.
        assert (station.moves, station.sparks) == (3, 0)

    run_virtually(story())


def test_the_least_that_always_flows_is_that_of_one_phase() -> None:
    async def story() -> None:
        house = await begun(ChargeMode.MINIMUM_SOLAR, 400.0)
        assert station_of(house).phases == 1
        assert house.told("A") == (6.0, Reason.FOLLOWING_SUN)

    run_virtually(story())


def test_who_wants_three_phases_is_left_on_three() -> None:
    async def story() -> None:
        house = await begun(ChargeMode.FAST, LITTLE_W)
        station = station_of(house)
        assert (station.phases, station.moves) == (3, 0)
        assert house.told("A") == (16.0, Reason.OWN_MAXIMUM)

    run_virtually(story())
