"""A sensor of the meter that says nothing: the engine hears of it in the same turn."""

from homeassistant.core import HomeAssistant
import pytest

from tests.homeassistant.test_household import CURRENTS, say, site_with

pytestmark = pytest.mark.usefixtures("meter_sensors")


@pytest.mark.parametrize("nothing", ["unavailable", "unknown", "nan"])
async def test_one_line_that_says_nothing_is_told_at_once(
    hass: HomeAssistant, nothing: str
) -> None:
    site = await site_with(hass, CURRENTS)
    assert not site.silent_meters
    say(hass, "grid_l2", nothing)
    assert site.silent_meters == {""}
    say(hass, "grid_l1", 3.0)
    assert site.silent_meters == {""}
    say(hass, "grid_l2", 4.0)
    assert not site.silent_meters


async def test_a_sensor_that_is_removed_says_nothing(hass: HomeAssistant) -> None:
    site = await site_with(hass, CURRENTS)
    hass.states.async_remove("sensor.grid_l3")
    assert site.silent_meters == {""}
