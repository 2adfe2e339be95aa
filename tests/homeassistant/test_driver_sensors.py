"""What each driver has charged this month, on the real engine: from the session's end on, until the month turns."""

from datetime import timedelta

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload import driver_sensors
from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.errors import StoreUnusable
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.conftest import driver, station
from tests.homeassistant.real_site import entry_of, until
from tests.homeassistant.test_sessions_real import BEGUN, CARD, expect_prices, replay

engine, site = real_site.engine, real_site.site

ANNAS = "sensor.anna_energy_this_month", "sensor.anna_cost_this_month"
BENS = "sensor.ben_energy_this_month", "sensor.ben_cost_this_month"


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let stations of this machine dial in, before anything is set up."""


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with two drivers, and a third one who charges for free."""
    return entry_of(
        hass,
        station("garage", "Garage"),
        driver("Anna", CARD),
        driver("Ben", "BEN"),
        driver("Carl", "CARL", more={"counted": False}),
    )


@pytest.fixture(autouse=True)
def month(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be no first of the month, whenever this runs."""
    monkeypatch.setattr(driver_sensors, "_begin", lambda: BEGUN - timedelta(days=1))


async def test_a_session_counts_for_its_driver_until_the_month_turns(
    hass: HomeAssistant, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_prices(site)
    for entity_id in (*ANNAS, *BENS):
        await until(hass, entity_id, "0.0")
    garage = await replay(site)
    await until(hass, ANNAS[1], "1.2")
    energy = hass.states.get(ANNAS[0])
    assert float(energy.state) == 4
    assert energy.attributes["sessions"] == 1
    assert hass.states.get(ANNAS[1]).attributes["unit_of_measurement"] == "EUR"
    assert [hass.states.get(one).state for one in BENS] == ["0.0", "0.0"]

    turned = dt_util.utcnow()
    monkeypatch.setattr(driver_sensors, "_begin", lambda: turned)
    async_fire_time_changed(hass, turned + timedelta(minutes=15, seconds=31))
    for entity_id in ANNAS:
        await until(hass, entity_id, "0.0")
    reset = hass.states.get(ANNAS[0]).attributes["last_reset"]
    assert reset == turned.isoformat()
    await garage.hang_up()


async def test_who_charges_for_free_has_no_cost(
    hass: HomeAssistant, site: Site, entry: MockConfigEntry
) -> None:
    expect_prices(site)
    garage = await replay(site)
    await until(hass, ANNAS[1], "1.2")
    flows = hass.config_entries.subentries
    form = await flows.async_init(
        ("site", "driver"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": "driver-anna"},
    )
    said = {"name": "Anna", "tokens": [CARD], "more": {"counted": False}}
    await flows.async_configure(form["flow_id"], said)
    await until(hass, ANNAS[1], "0.0")
    assert float(hass.states.get(ANNAS[0]).state) == 4
    await garage.hang_up()


@pytest.mark.usefixtures("site")
async def test_a_driver_is_a_device_that_comes_and_goes_with_it(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    devices, entities = dr.async_get(hass), er.async_get(hass)
    names = (DOMAIN, "driver-ben")
    device = devices.async_get_device_by_identifier(names, "site")
    assert (device.name, device.model) == ("Ben", "Driver")
    unique_id = "driver-ben_cost_this_month"
    assert entities.async_get_entity_id("sensor", DOMAIN, unique_id) == BENS[1]
    assert hass.config_entries.async_remove_subentry(entry, "driver-ben")
    await hass.async_block_till_done()
    assert hass.states.get(BENS[0]) is None
    assert devices.async_get_device_by_identifier(names, "site") is None


async def test_without_a_record_nothing_is_claimed(
    hass: HomeAssistant, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await until(hass, ANNAS[0], "0.0")

    async def broken(_: object) -> None:
        raise StoreUnusable

    monkeypatch.setattr(site, "session_totals", broken)
    later = dt_util.utcnow() + timedelta(minutes=15, seconds=31)
    async_fire_time_changed(hass, later)
    for entity_id in ANNAS:
        await until(hass, entity_id, STATE_UNAVAILABLE)
