"""What sensors outside say of vehicles and of the grid, and what is made of it."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from tests.homeassistant.conftest import NOW, OPTIONS, config_entry, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_discharging import PERMISSION

GARAGE = EvseKey("garage", 1)
CAR = "sensor.car_battery"
GRID = "sensor.grid_frequency"


def car(hass: HomeAssistant, value: str, **attributes: Any) -> None:
    """Let the vehicle's sensor say something."""
    of_battery = {"unit_of_measurement": "%", "device_class": "battery"}
    hass.states.async_set(CAR, value, of_battery | attributes)


def grid(hass: HomeAssistant, value: str, unit: str = "Hz") -> None:
    """Let the sensor of the frequency say something."""
    hass.states.async_set(GRID, value, {"unit_of_measurement": unit})


@pytest.fixture(autouse=True)
def sensors(hass: HomeAssistant, freezer: Any) -> None:
    """Both have spoken."""
    freezer.move_to(NOW)
    car(hass, "62")
    grid(hass, "49.985")


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with a vehicle that has a sensor of its own."""
    entry = config_entry(
        station("garage", "Garage", v2g={"1": PERMISSION | {"soc_sensor": CAR}}),
        station("drive", "Drive"),
    )
    entry.add_to_hass(hass)
    options = OPTIONS | {"frequency_sensor": GRID, "export_cap_w": 3000}
    hass.config_entries.async_update_entry(entry, options=options)
    return entry


async def test_a_vehicle_s_own_sensor_is_heard(
    hass: HomeAssistant, site: FakeSite
) -> None:
    assert site.said_soc == [(GARAGE, 62)]
    car(hass, "61.5")
    await hass.async_block_till_done()
    assert site.said_soc[-1] == (GARAGE, 61.5)


async def test_what_a_cloud_repeats_is_no_news(
    hass: HomeAssistant, site: FakeSite
) -> None:
    # It would count as fuller than it is by all that it has given since.
    for value in ("62", "unavailable", "62", "unknown", "62.0", "nan"):
        car(hass, value, polled=value)
        await hass.async_block_till_done()
    hass.states.async_set(CAR, "12", {"unit_of_measurement": "km"})
    await hass.async_block_till_done()
    assert site.said_soc == [(GARAGE, 62)]


async def test_it_is_told_again_of_a_vehicle_that_is_plugged_in(
    hass: HomeAssistant, site: FakeSite, freezer: Any
) -> None:
    site.put(Evse(GARAGE, status=EvseStatus.AVAILABLE))
    site.put(Evse(GARAGE, status=EvseStatus.PREPARING))
    site.put(Evse(GARAGE, status=EvseStatus.CHARGING))
    assert site.said_soc == [(GARAGE, 62)] * 2
    # What is half a day old is not.
    freezer.tick(timedelta(hours=13))
    site.put(Evse(GARAGE, status=EvseStatus.AVAILABLE))
    site.put(Evse(GARAGE, status=EvseStatus.PREPARING))
    assert site.said_soc == [(GARAGE, 62)] * 2


async def test_a_sensor_that_was_taken_back_says_nothing_more(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    subentry = entry.subentries["station-garage"]
    data = subentry.data | {"v2g": {"1": PERMISSION}}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    assert site.said_soc[-1] == (GARAGE, None)
    car(hass, "20")
    await hass.async_block_till_done()
    assert site.said_soc[-1] == (GARAGE, None)


async def test_every_report_of_the_frequency_counts(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    assert site.said_frequency == [49.985]
    grid(hass, "49.985")
    grid(hass, "50020", "mHz")
    grid(hass, "unavailable")
    grid(hass, "50", "W")
    await hass.async_block_till_done()
    assert site.said_frequency == [49.985, 49.985, pytest.approx(50.02), None, None]
    hass.config_entries.async_update_entry(entry, options=OPTIONS)
    await hass.async_block_till_done()
    grid(hass, "50")
    await hass.async_block_till_done()
    assert len(site.said_frequency) == 6
    assert site.said_frequency[-1] is None


async def submit(
    hass: HomeAssistant, entry: MockConfigEntry, form: dict[str, Any]
) -> dict[str, Any]:
    """Submit the site's page of discharging."""
    opened = await hass.config_entries.options.async_init(entry.entry_id)
    page = await hass.config_entries.options.async_configure(
        opened["flow_id"], {"next_step_id": "discharging"}
    )
    result = await hass.config_entries.options.async_configure(page["flow_id"], form)
    await hass.async_block_till_done()
    return result


async def test_what_may_flow_into_the_grid(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    assert site.config.export_cap_w == 3000
    result = await submit(
        hass,
        entry,
        {"export_cap_w": 4600, "frequency_sensor": GRID, "frequency_w": 2000},
    )
    assert result["data"]["export_cap_w"] == 4600
    assert site.config.export_cap_w == 4600
    assert ("respond_to_frequency", "", 2000) in site.asked
    # A sensor that was left out is no more.
    result = await submit(hass, entry, {"export_cap_w": 0, "frequency_w": 0})
    assert "frequency_sensor" not in result["data"]
    assert site.config.export_cap_w == 0


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"export_cap_w": 20_000}, {"export_cap_w": "export_cap_out_of_range"}),
        ({"export_cap_w": -1}, {"export_cap_w": "export_cap_out_of_range"}),
        ({"frequency_w": 1000}, {"frequency_w": "frequency_power_out_of_range"}),
        (
            {"frequency_sensor": CAR},
            {"frequency_sensor": "frequency_sensor_wrong_kind"},
        ),
        (
            {"frequency_sensor": "sensor.gone"},
            {"frequency_sensor": "frequency_sensor_missing"},
        ),
    ],
)
async def test_what_is_wrong_is_answered(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    said: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await submit(hass, entry, {"export_cap_w": 0, "frequency_w": 0} | said)
    assert result["errors"] == errors


async def test_diagnostics_tell_of_discharging_without_the_vehicles(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    hass_client: ClientSessionGenerator,
) -> None:
    subentry = entry.subentries["station-garage"]
    permission = PERMISSION | {"soc_sensor": CAR, "evccid": ["0102ABCDEF"]}
    hass.config_entries.async_update_subentry(
        entry, subentry, data=subentry.data | {"v2g": {"1": permission}}
    )
    await hass.async_block_till_done()
    told = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert told["discharging"]["export_cap_w"] == 3000
    assert told["discharging"]["batteries"]["site"]["vehicles"] == 0
    assert told["discharging"]["sensors"][CAR]["state"] == "62"
    assert told["stations"][0]["settings"]["v2g"]["1"]["discharge_w"] == 7400
    assert told["stations"][0]["evses"]["1"]["discharge"]["hindrance"] == "off"
    assert "0102ABCDEF" not in str(told)
