"""What is shown of sharing and what the owner can change while it goes on: of groups, of the grid connection, of queues."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.diagnostics import async_get_config_entry_diagnostics
from custom_components.evenload.engine.control.grid_operator import least_cap_w
from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.household import MeterState
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.stations import Evse
from tests.homeassistant.conftest import NOW, OPTIONS, config_entry, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_controls import act
from tests.homeassistant.test_meter_form import METER

GARAGE, DRIVE = EvseKey("garage", 1), EvseKey("drive", 1)


def state(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return what an entity shows."""
    found = hass.states.get(entity_id)
    return None if found is None else found.state


def in_force(hass: HomeAssistant, entity_id: str) -> object:
    """Return what a limit comes to, in watts."""
    found = hass.states.get(entity_id)
    assert found is not None
    return found.attributes["in_force"]


async def reconfigure(
    hass: HomeAssistant, entry: MockConfigEntry, **options: Any
) -> None:
    """Change the options."""
    hass.config_entries.async_update_entry(entry, options=OPTIONS | options)
    await hass.async_block_till_done()


async def test_a_group_that_was_removed_is_not_missed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await reconfigure(hass, entry, phases="1")
    hass.config_entries.async_remove_subentry(entry, "group-yard")
    await hass.async_block_till_done()
    await reconfigure(hass, entry)
    assert state(hass, "sensor.home_room_l3") is not None
    assert "Exception" not in caplog.text


@pytest.mark.parametrize(("name", "node"), [("yard", "group-yard"), ("home", "")])
async def test_a_circuit_is_shown(
    hass: HomeAssistant, site: FakeSite, name: str, node: str
) -> None:
    site.put_group(
        node,
        headroom=PhaseCurrents(3, -1.5, 0),
        overload=True,
        strategy=Strategy.PRIORITY,
        shadow=True,
    )
    rooms = [state(hass, f"sensor.{name}_room_l{n}") for n in (1, 2, 3)]
    assert rooms == ["3.0", "-1.5", "0.0"]
    assert state(hass, f"binary_sensor.{name}_overload") == "on"
    assert state(hass, f"select.{name}_how_to_share") == "priority"
    assert state(hass, f"switch.{name}_watch_only") == "on"
    limit = hass.states.get(f"number.{name}_limit")
    assert limit.attributes["max"] == (25 if name == "home" else 20)
    assert limit.attributes["unit_of_measurement"] == "A"


@pytest.mark.parametrize(("name", "node"), [("yard", "group-yard"), ("home", "")])
async def test_a_circuit_is_changed_while_it_works(
    hass: HomeAssistant, site: FakeSite, name: str, node: str
) -> None:
    how = f"select.{name}_how_to_share"
    await act(hass, "select.select_option", how, option="first_come_first_serve")
    await act(hass, "switch.turn_on", f"switch.{name}_watch_only")
    await act(hass, "switch.turn_off", f"switch.{name}_watch_only")
    await act(hass, "number.set_value", f"number.{name}_limit", value=16)
    assert site.asked == [
        ("set_strategy", node, Strategy.FIRST_COME_FIRST_SERVE),
        ("set_shadow", node, True),
        ("set_shadow", node, False),
        ("set_limit", node, 16),
    ]
    assert state(hass, how) == "first_come_first_serve"
    assert state(hass, f"number.{name}_limit") == "16.0"


async def test_fixed_shares_that_are_too_small_are_refused(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    yard = entry.subentries["group-yard"]
    data = {**yard.data, "limit": 10, "strategy": "equal_serve"}
    hass.config_entries.async_update_subentry(entry, yard, data=data)
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError, match="Each station would get 5 A"):
        await act(
            hass, "select.select_option", "select.yard_how_to_share", option="static"
        )
    assert state(hass, "select.yard_how_to_share") == "equal_serve"


@pytest.mark.usefixtures("meter_sensors")
async def test_a_meter_is_shown_while_there_is_one(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    assert state(hass, "sensor.home_meter") is None
    await reconfigure(hass, entry, meter=METER)
    assert state(hass, "sensor.home_meter") == "lost"
    assert state(hass, "sensor.yard_meter") is None
    for found in MeterState:
        site.put_group("", meter=found)
        assert state(hass, "sensor.home_meter") == found

    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    sensors = diagnostics["meters"]["site"]["sensors"]
    assert sensors["sensor.grid_l2"]["unit"] == "mA"
    assert diagnostics["whole"]["meter"] == "lost"

    await reconfigure(hass, entry)
    assert state(hass, "sensor.home_meter") is None


async def test_a_single_phase_has_room_on_one(hass: HomeAssistant) -> None:
    entry = config_entry(station("garage", "Garage", phases="1"))
    entry.add_to_hass(hass)
    await reconfigure(hass, entry, phases="1")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, "sensor.home_room_l1") == "0.0"
    assert state(hass, "sensor.home_room_l2") is None


async def test_the_grid_operator_s_limit_is_for_automations(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    entity_registry: er.EntityRegistry,
) -> None:
    entity_id = entity_registry.async_get_entity_id("number", DOMAIN, "site_cap")
    assert entity_id == "number.home_limit_of_the_grid_operator"
    assert state(hass, entity_id) is None
    entity_registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    site = entry.runtime_data

    assert state(hass, entity_id) == "17250.0"
    await act(hass, "number.set_value", entity_id, value=4200)
    assert site.cap == Power(4200)
    assert state(hass, entity_id) == "4200.0"
    assert in_force(hass, entity_id) == 4200
    await act(hass, "number.set_value", entity_id, value=17250)
    assert site.cap is None
    assert in_force(hass, entity_id) is None


async def test_what_must_be_left_is_in_force_beside_what_was_asked(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    entity_registry: er.EntityRegistry,
) -> None:
    entity_id = "number.home_limit_of_the_grid_operator"
    entity_registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await act(hass, "number.set_value", entity_id, value=0)
    assert in_force(hass, entity_id) == 0

    result = await hass.config_entries.options.async_init(entry.entry_id)
    configure = hass.config_entries.options.async_configure
    result = await configure(result["flow_id"], {"next_step_id": "grid"})
    result = await configure(result["flow_id"], OPTIONS | {"keep_least": True})
    assert result["type"] == "create_entry"
    await hass.async_block_till_done()
    stations = entry.runtime_data.config.stations
    assert state(hass, entity_id) == "0.0"
    assert in_force(hass, entity_id) == least_cap_w(len(stations)) >= 4200


async def test_a_queue_is_shown_where_there_is_one(
    hass: HomeAssistant, site: FakeSite
) -> None:
    site.put_station("garage", connected=True)
    assert state(hass, "sensor.garage_place_in_the_queue") is None
    waiting = Allotment(
        GARAGE, Current(0), Reason.WAITING_FOR_TURN, position=2, turn_at=NOW
    )
    site.put(Evse(GARAGE, allotment=waiting))
    await hass.async_block_till_done()
    assert state(hass, "sensor.garage_place_in_the_queue") == "2"
    assert state(hass, "sensor.garage_next_turn") == NOW.isoformat()

    site.put(Evse(GARAGE, allotment=replace(waiting, position=None, turn_at=None)))
    assert state(hass, "sensor.garage_place_in_the_queue") == "unknown"
    assert state(hass, "sensor.garage_next_turn") == "unknown"


@pytest.mark.parametrize("reason", Reason)
async def test_every_reason_is_shown(
    hass: HomeAssistant, site: FakeSite, reason: Reason
) -> None:
    site.put_station("garage", connected=True)
    site.put(Evse(GARAGE, allotment=Allotment(GARAGE, Current(0), reason)))
    assert state(hass, "sensor.garage_limited_by") == reason


async def test_priorities_come_where_they_are_asked_for_and_departures_are_there(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    ours = {"number": "number.garage_priority", "datetime": "datetime.garage_departure"}
    assert [state(hass, one) for one in ours.values()] == [None, "unknown"]
    how = "select.yard_how_to_share"
    await act(hass, "select.select_option", how, option="priority")
    await hass.async_block_till_done()
    assert state(hass, ours["number"]) == "5"
    await act(hass, "select.select_option", how, option="earliest_departure")
    await hass.async_block_till_done()
    # What was there once stays, for automations that use it.
    assert state(hass, ours["number"]) == "5"

    await act(hass, "number.set_value", ours["number"], value=9)
    assert state(hass, ours["number"]) == "9"
    departure = dt_util.utcnow().replace(microsecond=0) + timedelta(hours=8)
    await act(hass, "datetime.set_value", ours["datetime"], datetime=departure)
    assert datetime.fromisoformat(state(hass, ours["datetime"]) or "") == departure
    await act(
        hass, "datetime.set_value", ours["datetime"], datetime=NOW.replace(year=2000)
    )
    assert site.evse(GARAGE).settings.departs_at is None

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert state(hass, ours["number"]) == "5"


async def test_a_station_behind_a_group_of_groups_has_a_priority(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    await act(
        hass, "select.select_option", "select.home_how_to_share", option="priority"
    )
    await hass.async_block_till_done()
    assert state(hass, "number.drive_priority") == "5"


async def test_a_connector_is_charged_first(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await act(hass, "switch.turn_on", "switch.garage_charge_first")
    assert site.asked == [("boost", GARAGE, True)]
    assert state(hass, "switch.garage_charge_first") == "on"
    site.put(replace(site.evse(GARAGE), settings=Evse(GARAGE).settings))
    assert state(hass, "switch.garage_charge_first") == "off"


async def call(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Call one of our actions."""
    await hass.services.async_call(DOMAIN, action, data, blocking=True)


async def test_actions_find_connectors(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    site.put(Evse(EvseKey("garage", 2)))
    await hass.async_block_till_done()
    devices = dr.async_get(hass)
    garage = devices.async_get_device_by_identifier((DOMAIN, "garage"), "site")
    site.asked.clear()

    await call(hass, "boost", entity_id="switch.drive_charge_first")
    await call(hass, "boost", device_id=garage.id, on=False)
    await call(hass, "set_priority", entity_id="switch.drive_charge_first", priority=8)
    assert site.asked == [
        ("boost", DRIVE, True),
        ("boost", GARAGE, False),
        ("boost", EvseKey("garage", 2), False),
        ("set_priority", DRIVE, 8),
    ]
    second = hass.states.get("switch.garage_connector_2_charge_first")
    await call(hass, "boost", entity_id=second.entity_id)
    assert site.asked[-1] == ("boost", EvseKey("garage", 2), True)


@pytest.mark.parametrize(
    ("action", "data", "message"),
    [
        ("boost", {"entity_id": "number.yard_limit"}, "Choose a charging station"),
        ("boost", {"entity_id": "light.nobody"}, "Choose a charging station"),
        ("set_priority", {"entity_id": "switch.drive_charge_first", "priority": 11}, "Enter a priority between 1 and 10"),
    ],
)  # fmt: skip  # a table
async def test_actions_say_what_is_wrong(
    hass: HomeAssistant,
    site: FakeSite,
    action: str,
    data: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(ServiceValidationError, match=message):
        await call(hass, action, **data)
