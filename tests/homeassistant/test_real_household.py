"""A meter's sensor and the real engine: from a state of Home Assistant to a frame, and to what the owner sees."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.conftest import station
from tests.homeassistant.real_site import Station, until
from tests.homeassistant.test_controls import act
from tests.homeassistant.test_household import CURRENTS, say

GARAGE = EvseKey("garage", 1)

pytestmark = pytest.mark.usefixtures("socket_enabled")


engine, site = real_site.engine, real_site.site


def measure(hass: HomeAssistant, *currents_a: float) -> None:
    """Let the house draw these currents, the stations' among them."""
    for line, current_a in enumerate(currents_a, 1):
        say(hass, f"grid_l{line}", current_a)


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A house that draws 5 A, with one station."""
    measure(hass, 5, 5, 5)
    return real_site.entry_of(
        hass,
        station("garage", "Garage", maximum_a=16),
        options={"meter": CURRENTS | {"fallback_a": 16}},
    )


def limits_sent(site: Site) -> int:
    """Return how many limits have left for the garage."""
    return sum(
        frame["direction"] == "out" and "SetChargingProfile" in frame["frame"]
        for frame in site.frames("garage")
    )


async def quiet(site: Site) -> None:
    """Wait until the garage was asked all that there is to ask: it is asked one thing at a time."""
    async with asyncio.timeout(10):
        known: list[dict[str, str]] = []
        while known != (known := site.frames("garage")):
            await asyncio.sleep(0.3)


async def test_an_overload_leaves_in_the_turn_in_which_its_sensor_speaks(
    hass: HomeAssistant, site: Site
) -> None:
    garage = await Station.dial(site, "garage")
    await garage.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Preparing"
    )
    await garage.say(
        "StartTransaction",
        connectorId=1,
        idTag="A",
        meterStart=0,
        timestamp="2026-11-22T09:00:00Z",
    )
    await garage.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Charging"
    )
    await until(hass, "sensor.home_meter", "fresh")
    await until(hass, "sensor.garage_allowed_current", "16.0")
    await quiet(site)

    before = limits_sent(site)
    measure(hass, 5, 45, 5)
    # Nothing was awaited since the sensor spoke: it is decided, and the station's writer has its turn next.
    await asyncio.sleep(0)
    assert limits_sent(site) == before + 1
    # Only then is it shown.
    await asyncio.sleep(0)
    assert site.evse(GARAGE).allotment == Allotment(
        GARAGE, Current(0), Reason.NOT_ENOUGH, "Home", Phase.L2
    )
    await until(hass, "sensor.garage_limited_by", "not_enough")
    await until(hass, "sensor.garage_limiting_phase", "l2")
    await until(hass, "binary_sensor.home_overload", "on")
    await garage.hang_up()


async def test_what_is_changed_while_it_works_is_known_after_a_restart(
    hass: HomeAssistant, site: Site
) -> None:
    await act(
        hass, "select.select_option", "select.home_how_to_share", option="priority"
    )
    await hass.async_block_till_done()
    await act(hass, "number.set_value", "number.garage_priority", value=8)
    await act(hass, "number.set_value", "number.home_limit", value=20)
    await act(hass, "switch.turn_on", "switch.home_watch_only")
    await act(hass, "switch.turn_on", "switch.garage_charge_first")

    await hass.config_entries.async_reload("site")
    await hass.async_block_till_done()
    for entity_id, state in (
        ("select.home_how_to_share", "priority"),
        ("number.garage_priority", "8"),
        ("number.home_limit", "20.0"),
        ("switch.home_watch_only", "on"),
        ("switch.garage_charge_first", "on"),
    ):
        assert hass.states.get(entity_id).state == state, entity_id
