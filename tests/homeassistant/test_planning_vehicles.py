"""What is known of vehicles, and when they leave: from their own sensors, helpers and calendars, or typed in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.planning_inputs.cars import Car, found_cars
from custom_components.evenload.planning_inputs.departures import async_departure
from custom_components.evenload.planning_inputs.trouble import (
    InputState,
    InputTroubleError,
)
from custom_components.evenload.planning_inputs.vehicle_config import vehicle_config
from custom_components.evenload.planning_inputs.vehicles import facts

# A Sunday; four in the afternoon in Amsterdam.
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: Any) -> None:
    """A home in Amsterdam."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")


def say(hass: HomeAssistant, entity_id: str, state: str, unit: str = "%") -> None:
    """Let a sensor say something."""
    hass.states.async_set(entity_id, state, {"unit_of_measurement": unit})


SOC, CAPACITY = "sensor.soc", "sensor.capacity"
CAR = {"soc_sensor": SOC, "capacity_kwh": 60, "efficiency": 88}


def test_what_is_typed_in(hass: HomeAssistant) -> None:
    known, trouble = facts(hass, vehicle_config({"capacity_kwh": 60}), NOW)
    assert (known.capacity_wh, known.soc_percent, known.efficiency) == (
        60_000,
        None,
        0.9,
    )
    assert trouble is None


def test_what_its_sensors_say(hass: HomeAssistant) -> None:
    say(hass, SOC, "62.5")
    say(hass, CAPACITY, "77", "kWh")
    known, trouble = facts(
        hass, vehicle_config(CAR | {"capacity_sensor": CAPACITY}), NOW
    )
    assert (known.capacity_wh, known.soc_percent, known.efficiency) == (
        77_000,
        62.5,
        0.88,
    )
    assert trouble is None


def test_what_the_form_of_discharging_knows_need_not_be_said_twice(
    hass: HomeAssistant,
) -> None:
    config = vehicle_config({}, {"soc_sensor": SOC, "capacity_kwh": 40})
    assert (config.soc_sensor, config.capacity_wh) == (SOC, 40_000)


@pytest.mark.parametrize(
    ("state", "unit", "expected"),
    [
        (None, "%", InputState.MISSING),
        ("unavailable", "%", InputState.SILENT),
        ("unknown", "%", InputState.SILENT),
        ("full", "%", InputState.UNREADABLE),
        ("nan", "%", InputState.UNREADABLE),
        ("101", "%", InputState.OUT_OF_RANGE),
        ("-1", "%", InputState.OUT_OF_RANGE),
        ("310", "km", InputState.OTHER_UNIT),
    ],
)
def test_a_state_of_charge_that_cannot_be_is_none(
    hass: HomeAssistant, state: str | None, unit: str, expected: InputState
) -> None:
    if state is not None:
        say(hass, SOC, state, unit)
    known, trouble = facts(hass, vehicle_config(CAR), NOW)
    assert (known.soc_percent, known.capacity_wh) == (None, 60_000)
    assert trouble is not None
    assert trouble.state is expected


@pytest.mark.parametrize(
    ("state", "unit", "expected"),
    [("0.5", "kWh", InputState.OUT_OF_RANGE), ("77", "V", InputState.OTHER_UNIT)],
)
def test_a_battery_that_cannot_be_is_none(
    hass: HomeAssistant, state: str, unit: str, expected: InputState
) -> None:
    say(hass, CAPACITY, state, unit)
    known, trouble = facts(hass, vehicle_config({"capacity_sensor": CAPACITY}), NOW)
    assert known.capacity_wh is None
    assert trouble is not None
    assert trouble.state is expected


def test_what_was_said_long_ago_is_not_known(hass: HomeAssistant) -> None:
    say(hass, SOC, "62")
    known, trouble = facts(hass, vehicle_config(CAR), NOW + timedelta(hours=13))
    assert known.soc_percent is None
    assert trouble is None


async def leaves(hass: HomeAssistant, **said: Any) -> str | None:
    """Return when a vehicle leaves, in local time."""
    found = await async_departure(hass, vehicle_config(said).departure, NOW)
    zone = hass.config.time_zone
    assert zone == "Europe/Amsterdam"
    return found and f"{found + timedelta(hours=1):%a %d %H:%M}"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, None),
        ({"departure_time": "07:30:00"}, "Mon 23 07:30"),
        ({"departure_time": "18:00:00"}, "Sun 22 18:00"),
        ({"departure_time": "07:30:00", "departure_days": ["sat"]}, "Sat 28 07:30"),
        ({"departure_time": "07:30:00", "departure_days": ["sun"]}, "Sun 29 07:30"),
    ],
)
async def test_times_of_the_week(
    hass: HomeAssistant, said: dict[str, Any], expected: str | None
) -> None:
    assert await leaves(hass, **said) == expected


@pytest.mark.parametrize(
    ("entity_id", "state", "expected"),
    [
        ("datetime.car", "2026-11-23T05:45:00+00:00", "Mon 23 06:45"),
        ("sensor.next_alarm", "2026-11-23T06:30:00+00:00", "Mon 23 07:30"),
        ("input_datetime.leaves", "2026-11-23 08:00:00", "Mon 23 08:00"),
        ("input_datetime.every_day", "06:15:00", "Mon 23 06:15"),
        ("time.car", "21:00:00", "Sun 22 21:00"),
    ],
)
async def test_entities_that_tell_it(
    hass: HomeAssistant, entity_id: str, state: str, expected: str
) -> None:
    hass.states.async_set(entity_id, state)
    assert await leaves(hass, departure_entity=entity_id) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, InputState.MISSING),
        ("unknown", InputState.SILENT),
        ("soon", InputState.UNREADABLE),
        ("2026-11-23", InputState.UNREADABLE),
        ("2026-11-22 07:00:00", InputState.OVER),
    ],
)
async def test_an_entity_that_tells_no_departure(
    hass: HomeAssistant, state: str | None, expected: InputState
) -> None:
    if state is not None:
        hass.states.async_set("input_datetime.leaves", state)
    with pytest.raises(InputTroubleError) as caught:
        await leaves(hass, departure_entity="input_datetime.leaves")
    assert caught.value.state is expected
    # Another source counts all the same.
    assert await leaves(
        hass, departure_entity="input_datetime.leaves", departure_time="07:30:00"
    )


def calendar(hass: HomeAssistant, *events: dict[str, str] | Exception) -> None:
    """Let a calendar have events."""
    hass.states.async_set("calendar.family", "off")

    async def handle(call: ServiceCall) -> ServiceResponse:
        assert call.data["entity_id"] == "calendar.family"
        for event in events:
            if isinstance(event, Exception):
                raise event
        return {"calendar.family": {"events": list(events)}}

    hass.services.async_register(
        "calendar", "get_events", handle, supports_response=SupportsResponse.ONLY
    )


def event(start: str, title: str) -> dict[str, str]:
    """Return an event."""
    return {"start": start, "end": "2026-12-01", "summary": title}


async def test_events_of_a_calendar(hass: HomeAssistant) -> None:
    calendar(
        hass,
        event("2026-11-22", "Holiday: office closed"),
        event("2026-11-22T15:00:00+01:00", "Office"),
        event("2026-11-24T09:00:00+01:00", "Office"),
        event("2026-11-23T20:00:00+01:00", "Choir"),
    )
    family = {"calendar": "calendar.family"}
    # What has begun is over, and whole days are no departure.
    assert await leaves(hass, **family) == "Mon 23 20:00"
    assert (
        await leaves(hass, **family, calendar_word="office", calendar_lead_min=45)
        == "Tue 24 08:15"
    )
    assert await leaves(hass, **family, calendar_word="dentist") is None
    # Whatever comes first.
    assert await leaves(hass, **family, departure_time="07:30:00") == "Mon 23 07:30"


@pytest.mark.parametrize("error", [HomeAssistantError("no network"), KeyError("x")])
async def test_a_calendar_that_throws(hass: HomeAssistant, error: Exception) -> None:
    calendar(hass, error)
    with pytest.raises(InputTroubleError) as caught:
        await leaves(hass, calendar="calendar.family")
    assert caught.value.state is InputState.FAILED
    with pytest.raises(InputTroubleError) as caught:
        await leaves(hass, calendar="calendar.gone")
    assert caught.value.state is InputState.MISSING


async def test_cars_are_found(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    entity_registry: er.EntityRegistry,
) -> None:
    entry = MockConfigEntry(domain="maker")
    entry.add_to_hass(hass)

    def device(name: str, *kinds: str) -> None:
        of = device_registry.async_get_or_create(
            config_entry_id=entry.entry_id, identifiers={("maker", name)}
        )
        for kind in kinds:
            entity_registry.async_get_or_create(
                "sensor",
                "maker",
                f"{name}_{kind}",
                config_entry=entry,
                device_id=of.id,
                original_device_class=kind,
                suggested_object_id=f"{name}_{kind}",
            )

    device("phone", "battery", "temperature")
    device("ioniq", "battery", "distance", "energy_storage")
    device("zoe", "distance", "battery")
    ioniq = Car("sensor.ioniq_battery", "sensor.ioniq_energy_storage")
    assert found_cars(hass) == [ioniq, Car("sensor.zoe_battery")]
    assert found_cars(hass, ["sensor.zoe_battery"]) == [ioniq]
