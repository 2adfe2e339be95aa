"""A restart while the source of prices is away: what was published holds, and whoever waits for a cheaper hour goes on waiting."""

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.conftest import station
from tests.homeassistant.planning_home import HOUR, PRICES, tell_prices
from tests.homeassistant.real_site import entry_of
from tests.homeassistant.test_prices_missing import SAID

engine, site = real_site.engine, real_site.site

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A home with a sensor that lists six hours."""
    hass.config.currency = "EUR"
    hour = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    tell_prices(hass, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, begin=hour)
    garage = station("garage", "Garage")
    return entry_of(hass, garage, options={"outlook": SAID})


@pytest.mark.parametrize("away", ["unavailable", None])
async def test_published_prices_hold_over_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site, away: str | None
) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)
    before = site.outlook.import_price
    assert before is not None
    assert before.at(before.start + 4 * HOUR) == pytest.approx(0.72)
    # Its integration has yet to begin, or fails to.
    if away is None:
        hass.states.async_remove(PRICES)
    else:
        hass.states.async_set(PRICES, away)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    reborn: Site = entry.runtime_data
    assert reborn is not site
    prices = hass.states.get("sensor.home_prices")
    assert prices is not None
    assert prices.state == ("missing" if away is None else "silent")
    assert reborn.outlook.import_price == before
