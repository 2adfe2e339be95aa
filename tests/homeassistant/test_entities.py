"""What stations, connectors and groups show."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import (
    Evse,
    EvseStatus,
    StationError,
    StationInfo,
)
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.evse_sensors import EVSE_SENSORS
from custom_components.evenload.station_sensors import STATION_SENSORS
from tests.homeassistant.conftest import NOW, config_entry, station
from tests.homeassistant.fake_site import FakeSite

GARAGE = EvseKey("garage", 1)
READING = Reading(
    at=NOW,
    power_w=7360,
    current_a={Phase.L1: 10.66, Phase.L2: 10.7, Phase.L3: 0.0},
    voltage_v={Phase.L1: 230.4},
    energy_import_wh=1_234_567,
    offered_a=16,
)
SESSION = Session(
    GARAGE,
    NOW,
    (Transaction("17", GARAGE, NOW, "04A1B2C3", 1_232_000, 1_234_567, NOW),),
)
CHARGING = Evse(
    GARAGE,
    status=EvseStatus.CHARGING,
    reading=READING,
    session=SESSION,
    allotment=Allotment(GARAGE, Current(10), Reason.GROUP_LIMIT, "group-yard"),
)


def state(hass: HomeAssistant, entity_id: str) -> str:
    """Return a state that has to be there."""
    found = hass.states.get(entity_id)
    assert found, entity_id
    return found.state


@pytest.fixture
async def online(hass: HomeAssistant, site: FakeSite) -> FakeSite:
    """A site whose garage is connected."""
    site.put_station("garage", connected=True)
    await hass.async_block_till_done()
    return site


@pytest.mark.parametrize(
    ("entity_id", "value"),
    [
        ("binary_sensor.garage_connection", "on"),
        ("sensor.garage_allowed_current", "10.0"),
        ("sensor.garage_current_l1", "10.66"),
        ("sensor.garage_current_l2", "10.7"),
        ("sensor.garage_current_l3", "0.0"),
        ("sensor.garage_energy", "1234.567"),
        ("sensor.garage_error", "no_error"),
        ("sensor.garage_power", "7360"),
        ("sensor.garage_limited_by", "group_limit"),
        ("sensor.garage_session_energy", "2.567"),
        ("sensor.garage_status", "charging"),
        ("number.garage_maximum_current", "32"),
        ("switch.garage_charging_allowed", "on"),
        ("switch.garage_in_service", "on"),
    ],
)
async def test_a_connector_shows_what_it_does(
    hass: HomeAssistant, online: FakeSite, entity_id: str, value: str
) -> None:
    online.put(CHARGING)
    await hass.async_block_till_done()
    shown = float(state(hass, entity_id)) if value[0].isdigit() else None
    expected = float(value) if value[0].isdigit() else None
    assert shown == expected
    assert shown is not None or state(hass, entity_id) == value


@pytest.mark.parametrize(
    ("entity_id", "device_class", "state_class", "unit"),
    [
        ("sensor.garage_allowed_current", "current", "measurement", "A"),
        ("sensor.garage_current_l1", "current", "measurement", "A"),
        ("sensor.garage_energy", "energy", "total_increasing", "kWh"),
        ("sensor.garage_power", "power", "measurement", "W"),
        ("sensor.garage_session_duration", "duration", None, "min"),
        ("sensor.garage_session_energy", "energy", "total_increasing", "kWh"),
        ("sensor.garage_status", "enum", None, None),
        ("sensor.yard_used", "current", "measurement", "A"),
        ("sensor.yard_available", "current", "measurement", "A"),
        ("sensor.yard_charging_vehicles", None, "measurement", "vehicles"),
        ("number.yard_limit", "current", None, "A"),
    ],
)
async def test_home_assistant_knows_what_the_numbers_are(
    hass: HomeAssistant,
    online: FakeSite,
    entity_id: str,
    device_class: str | None,
    state_class: str | None,
    unit: str | None,
) -> None:
    attributes = hass.states.get(entity_id).attributes
    assert attributes.get("device_class") == device_class
    assert attributes.get("state_class") == state_class
    assert attributes.get("unit_of_measurement") == unit


@pytest.mark.parametrize("status", list(EvseStatus))
async def test_every_status_is_a_state_of_its_own(
    hass: HomeAssistant, online: FakeSite, status: EvseStatus
) -> None:
    online.put(Evse(GARAGE, status=status))
    shown = state(hass, "sensor.garage_status")
    assert shown == (
        "out_of_service" if status is EvseStatus.UNAVAILABLE else status.value
    )


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("NoError", "no_error"),
        ("EVCommunicationError", "vehicle_communication_error"),
        ("MakersOwn", "other_error"),
    ],
)
async def test_every_error_has_a_state(
    hass: HomeAssistant, online: FakeSite, code: str, shown: str
) -> None:
    online.put(Evse(GARAGE, error=StationError(code)))
    online.put_station("garage", error=StationError(code))
    assert state(hass, "sensor.garage_error") == shown
    assert state(hass, "sensor.garage_station_error") == shown


async def test_a_station_shows_its_firmware(
    hass: HomeAssistant, online: FakeSite
) -> None:
    assert state(hass, "sensor.garage_firmware") == "unknown"
    assert hass.states.get("sensor.garage_firmware_update") is None

    info = StationInfo(firmware="6.1")
    online.put_station("garage", info=info, firmware_status="Downloading")
    await hass.async_block_till_done()
    assert state(hass, "sensor.garage_firmware") == "6.1"
    assert state(hass, "sensor.garage_firmware_update") == "downloading"
    online.put_station("garage", firmware_status="Unheard")
    assert state(hass, "sensor.garage_firmware_update") == "unknown"


async def test_while_a_station_is_away_only_the_owner_s_settings_are_there(
    hass: HomeAssistant, online: FakeSite
) -> None:
    online.put(CHARGING)
    online.put_station("garage", connected=False)

    there = {
        found.entity_id
        for found in hass.states.async_all()
        if "garage" in found.entity_id and found.state != "unavailable"
    }
    assert there == {
        "binary_sensor.garage_connection",
        "datetime.garage_departure",
        "event.garage_activity",
        "number.garage_charge_to",
        "number.garage_maximum_current",
        "number.garage_price_limit",
        "select.garage_charging_mode",
        # What is over does not change any more.
        "sensor.garage_cost_of_last_session",
        "sensor.garage_energy_of_last_session",
        "switch.garage_charge_first",
        "switch.garage_charging_allowed",
    }
    assert state(hass, "binary_sensor.garage_connection") == "off"

    online.put_station("garage", connected=True)
    assert state(hass, "sensor.garage_status") == "charging"


async def test_a_station_on_one_phase_has_one_current(hass: HomeAssistant) -> None:
    entry = config_entry(station("garage", "Garage", phases="1"))
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    assert hass.states.get("sensor.garage_current_l1")
    assert hass.states.get("sensor.garage_current_l2") is None

    entry.runtime_data.put(CHARGING)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.garage_current_l2") is None


async def test_what_is_rarely_measured_appears_once_it_is_and_stays(
    hass: HomeAssistant, entry: MockConfigEntry, online: FakeSite
) -> None:
    assert hass.states.get("sensor.garage_vehicle_battery") is None
    online.put(replace(CHARGING, reading=replace(READING, soc_percent=61)))
    await hass.async_block_till_done()
    assert state(hass, "sensor.garage_vehicle_battery") == "61"
    allotment = Allotment(GARAGE, Current(8), Reason.MAIN_FUSE, "site", Phase.L2)
    online.put(replace(CHARGING, allotment=allotment))
    await hass.async_block_till_done()
    assert state(hass, "sensor.garage_limiting_phase") == "l2"

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, "sensor.garage_vehicle_battery") == "unavailable"
    assert hass.states.get("sensor.drive_vehicle_battery") is None


async def test_a_session_s_duration_advances_only_while_there_is_one(
    hass: HomeAssistant, online: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    async def wait(seconds: int) -> float:
        freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        return round(float(state(hass, "sensor.garage_session_duration")), 1)

    freezer.move_to(NOW)
    online.put(CHARGING)
    assert await wait(31) == 0.5
    assert await wait(31) == 1.0

    ended = replace(SESSION, ended_at=NOW + timedelta(seconds=90))
    online.put(replace(CHARGING, session=ended))
    assert await wait(600) == 1.5

    online.put(replace(CHARGING, session=None))
    assert state(hass, "sensor.garage_session_duration") == "unknown"


async def test_a_group_shows_what_flows(hass: HomeAssistant, online: FakeSite) -> None:
    online.put_group(
        "group-yard",
        used=PhaseCurrents(10, 12.5, 3),
        used_w=5000,
        available_a=7.5,
        available_w=4000,
        active=2,
        waiting=1,
    )
    shown: dict[str, Any] = {
        name: state(hass, f"sensor.yard_{name}")
        for name in (
            "used",
            "used_l1",
            "used_l2",
            "used_l3",
            "available",
            "charging_vehicles",
            "waiting_vehicles",
        )
    }
    assert shown == {
        "used": "12.5",
        "used_l1": "10.0",
        "used_l2": "12.5",
        "used_l3": "3.0",
        "available": "7.5",
        "charging_vehicles": "2",
        "waiting_vehicles": "1",
    }


async def test_every_entity_has_its_unique_id(
    hass: HomeAssistant, entry: MockConfigEntry, online: FakeSite
) -> None:
    registry = er.async_get(hass)
    ids = {
        (found.domain, found.unique_id)
        for found in er.async_entries_for_config_entry(registry, "site")
    }
    assert {
        ("sensor", "garage_1_power"),
        ("sensor", "garage_1_energy_import"),
        ("sensor", "garage_firmware"),
        ("number", "garage_1_maximum_current"),
        ("number", "group-yard_limit"),
        ("event", "drive_1_activity"),
        ("button", "drive_reset"),
    } <= ids


def test_stations_and_connectors_share_no_key() -> None:
    # Station "garage_1" and connector 1 of "garage" would claim the same unique id.
    assert {row.key for row in EVSE_SENSORS}.isdisjoint(
        row.key for row in STATION_SENSORS
    )
