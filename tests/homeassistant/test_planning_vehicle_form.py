"""The form of vehicles: a car that is found is offered, and what is wrong answered."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse
from tests.homeassistant.discharging_pages import GARAGE, go_on, open_page, suggested
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.planning_home import NOW


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: Any) -> None:
    """A home in Amsterdam, with sensors."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    hass.states.async_set("sensor.range", "310", {"unit_of_measurement": "km"})
    hass.states.async_set("calendar.family", "off")


VEHICLES = GARAGE | {"vehicles": True}


async def test_a_car_that_was_found_is_offered(
    hass: HomeAssistant,
    site: FakeSite,
    entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    maker = MockConfigEntry(domain="maker")
    maker.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=maker.entry_id, identifiers={("maker", "car")}
    )
    for name, kind in (("battery", "battery"), ("range", "distance")):
        entity_registry.async_get_or_create(
            "sensor",
            "maker",
            name,
            config_entry=maker,
            device_id=device.id,
            original_device_class=kind,
            suggested_object_id=f"ioniq_{name}",
        )
    hass.states.async_set("sensor.ioniq_battery", "62", {"unit_of_measurement": "%"})
    page = await open_page(hass, VEHICLES)
    assert page["step_id"] == "vehicle"
    assert suggested(page) == {"soc_sensor": "sensor.ioniq_battery"}
    said = {
        "soc_sensor": "sensor.ioniq_battery",
        "capacity_kwh": 60,
        "departure_time": "07:30:00",
        "departure_days": ["mon"],
        "calendar": "calendar.family",
    }
    found = await go_on(hass, page, said)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert found["reason"] == "reconfigure_successful"
    data = entry.subentries["station-garage"].data
    assert said.items() <= data["cars"]["1"].items()
    known = next(iter(site.vehicles.values()))
    assert (known.soc_percent, known.capacity_wh) == (62, 60_000)
    # And nothing is known any more.
    found = await open_page(hass, GARAGE)
    assert found["reason"] == "reconfigure_successful"
    assert "cars" not in entry.subentries["station-garage"].data
    assert next(iter(site.vehicles.values())).soc_percent is None


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"soc_sensor": "sensor.gone"}, {"soc_sensor": "soc_sensor_missing"}),
        ({"soc_sensor": "sensor.range"}, {"soc_sensor": "soc_sensor_wrong_kind"}),
        ({"soc_sensor": "sensor.garage_power"}, {"soc_sensor": "soc_sensor_own"}),
        ({"capacity_kwh": 0}, {"capacity_kwh": "capacity_out_of_range"}),
        (
            {"capacity_sensor": "sensor.garage_energy"},
            {"capacity_sensor": "capacity_sensor_own"},
        ),
        ({"efficiency": 20}, {"efficiency": "efficiency_out_of_range"}),
        ({"calendar_lead_min": -5}, {"calendar_lead_min": "lead_out_of_range"}),
        ({"calendar": "calendar.gone"}, {"base": "vehicle_entity_missing"}),
        ({"departure_entity": "time.gone"}, {"base": "vehicle_entity_missing"}),
    ],
)
async def test_what_is_wrong_with_a_vehicle_is_answered(
    hass: HomeAssistant, said: dict[str, Any], errors: dict[str, str]
) -> None:
    page = await go_on(hass, await open_page(hass, VEHICLES), said)
    assert page["errors"] == errors
    found = await go_on(hass, page, {"capacity_kwh": 60})
    assert found["reason"] == "reconfigure_successful"


async def test_vehicles_first_and_then_discharging(
    hass: HomeAssistant, site: FakeSite, entry: MockConfigEntry
) -> None:
    page = await open_page(hass, VEHICLES | {"discharging": True})
    page = await go_on(hass, page, {"capacity_kwh": 60})
    assert page["step_id"] == "discharging"
    assert entry.subentries["station-garage"].data["cars"]["1"]["capacity_kwh"] == 60


async def test_each_connector_has_its_vehicle(
    hass: HomeAssistant, site: FakeSite, entry: MockConfigEntry
) -> None:
    site.put(Evse(key=EvseKey("garage", 2)))
    page = await open_page(hass, VEHICLES)
    assert page["step_id"] == "vehicle_connectors"
    page = await go_on(hass, page, {"connectors_vehicles": ["2", "1"]})
    assert page["description_placeholders"]["connector"] == "1"
    page = await go_on(hass, page, {"capacity_kwh": 60})
    assert page["description_placeholders"]["connector"] == "2"
    await go_on(hass, page, {"capacity_kwh": 40})
    cars = entry.subentries["station-garage"].data["cars"]
    assert {number: row["capacity_kwh"] for number, row in cars.items()} == {
        "1": 60,
        "2": 40,
    }
    # One that is not chosen any more is forgotten.
    page = await open_page(hass, VEHICLES)
    assert suggested(page) == {"connectors_vehicles": ["1", "2"]}
    page = await go_on(hass, page, {"connectors_vehicles": ["2"]})
    assert suggested(page)["capacity_kwh"] == 40
    await go_on(hass, page, {"capacity_kwh": 41})
    assert entry.subentries["station-garage"].data["cars"].keys() == {"2"}
