"""A site with a vehicle that may feed back, and one that may not."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant.conftest import config_entry, station
from tests.homeassistant.test_discharging import PERMISSION


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Garage may, Drive may not."""
    entry = config_entry(
        station("garage", "Garage", v2g={"1": PERMISSION}), station("drive", "Drive")
    )
    entry.add_to_hass(hass)
    return entry
