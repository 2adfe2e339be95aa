"""What connectors show and can be told that may feed back: it comes with the owner's permission, and goes with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from custom_components.evenload.engine.model.v2x import (
    Battery,
    DischargeState,
    Hindrance,
    V2gMode,
)
from custom_components.evenload.engine.model.v2x_ability import (
    Method,
    OperationMode,
    V2xAbility,
)
from tests.homeassistant.conftest import NOW, config_entry, group, station
from tests.homeassistant.fake_site import FakeSite

GARAGE = EvseKey("garage", 1)
PERMISSION = {
    "discharge_w": 7400,
    "where": "house",
    "minimum_soc": 30,
    "told": "as_it_says",
    "confirmed_at": NOW.isoformat(),
}
OF_CONNECTOR = (
    "binary_sensor.garage_discharging",
    "button.garage_test_discharging",
    "number.garage_discharge_limit",
    "number.garage_minimum_state_of_charge",
    "select.garage_discharging_mode",
    "sensor.garage_discharges_until",
    "sensor.garage_energy_left_to_discharge",
    "sensor.garage_not_discharging_because",
    "sensor.garage_power_is_set_by",
    "sensor.garage_setpoint",
)
OF_BATTERY = (
    "energy_available_from_vehicles",
    "energy_wanted_by_vehicles",
    "power_available_from_vehicles",
    "power_that_vehicles_can_take",
)


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with a vehicle that may feed back, one that may not, and a group of each."""
    entry = config_entry(
        station("garage", "Garage", v2g={"1": PERMISSION}),
        station("drive", "Drive"),
        group("Yard", "garage"),
        group("Street", "drive"),
    )
    entry.add_to_hass(hass)
    return entry


def state(hass: HomeAssistant, entity_id: str) -> str | None:
    found = hass.states.get(entity_id)
    return None if found is None else found.state


async def press(hass: HomeAssistant, platform: str, service: str, **data: Any) -> None:
    await hass.services.async_call(platform, service, data, blocking=True)


async def permit(
    hass: HomeAssistant, entry: MockConfigEntry, v2g: Mapping[str, Any]
) -> None:
    """Change what the garage's form says."""
    subentry = entry.subentries["station-garage"]
    data = {key: value for key, value in subentry.data.items() if key != "v2g"}
    hass.config_entries.async_update_subentry(
        entry, subentry, data=data | ({"v2g": v2g} if v2g else {})
    )
    await hass.async_block_till_done()


async def test_it_comes_and_goes_with_the_permission(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    everything = {
        *OF_CONNECTOR,
        *(f"sensor.{place}_{key}" for place in ("home", "yard") for key in OF_BATTERY),
    }
    for there in (True, False, True):
        await permit(hass, entry, {"1": PERMISSION} if there else {})
        for entity_id in everything:
            assert (hass.states.get(entity_id) is not None) == there, entity_id
        registry = er.async_get(hass)
        assert all(bool(registry.async_get(one)) == there for one in everything)
    for entity_id in everything:
        for nobody in ("drive", "street"):
            other = entity_id.replace("garage", nobody).replace("yard", nobody)
            assert other in everything or hass.states.get(other) is None, other


async def test_what_a_vehicle_does_is_seen(hass: HomeAssistant, site: FakeSite) -> None:
    site.put_station("garage", connected=True)
    assert state(hass, "sensor.garage_not_discharging_because") == "off"
    assert state(hass, "binary_sensor.garage_discharging") == "unknown"
    site.put(
        Evse(
            GARAGE,
            status=EvseStatus.CHARGING,
            reading=Reading(
                power_w=-2950, energy_export_wh=41_500, energy_import_wh=9e5
            ),
            discharge=DischargeState(
                mode=V2gMode.HOUSE,
                setpoint_w=-3000,
                hindrance=None,
                soc_percent=61.5,
                until=NOW + timedelta(hours=1),
                source="action",
                left_wh=2500,
                operation_mode=OperationMode.LOCAL_LOAD_BALANCING,
            ),
        )
    )
    await hass.async_block_till_done()
    assert state(hass, "sensor.garage_power") == "-2950"
    assert state(hass, "binary_sensor.garage_discharging") == "on"
    assert state(hass, "sensor.garage_setpoint") == "-3000"
    assert state(hass, "sensor.garage_power_is_set_by") == "local_load_balancing"
    assert state(hass, "sensor.garage_not_discharging_because") == "nothing"
    until = hass.states.get("sensor.garage_discharges_until")
    assert until.state == "2026-11-01T13:00:00+00:00"
    assert until.attributes["source"] == "action"
    assert state(hass, "sensor.garage_energy_left_to_discharge") == "2.5"
    assert state(hass, "sensor.garage_vehicle_battery") == "61.5"
    # Both registers together make a battery of the Energy dashboard.
    for name, kwh in (("energy_fed_back", "41.5"), ("energy", "900.0")):
        register = hass.states.get(f"sensor.garage_{name}")
        assert register.state == kwh
        assert register.attributes["device_class"] == "energy"
        assert register.attributes["state_class"] == "total_increasing"


@pytest.mark.parametrize("hindrance", Hindrance)
async def test_every_hindrance_is_a_state(
    hass: HomeAssistant, site: FakeSite, hindrance: Hindrance
) -> None:
    site.put(Evse(GARAGE, discharge=DischargeState(hindrance=hindrance)))
    await hass.async_block_till_done()
    assert state(hass, "sensor.garage_not_discharging_because") == hindrance


async def test_the_owner_chooses_a_mode_also_while_the_station_is_away(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    mode = "select.garage_discharging_mode"
    assert state(hass, mode) == "off"
    options = hass.states.get(mode).attributes["options"]
    assert options == ["off", "charge_only", "house", "setpoint"]
    await press(hass, "select", "select_option", entity_id=mode, option="house")
    assert site.asked[-1] == ("set_v2g_mode", GARAGE, V2gMode.HOUSE)
    assert state(hass, mode) == "house"
    assert "Discharging mode of connector garage_1 is house" in caplog.text


async def test_the_owner_sets_limits(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    limit, least = (
        "number.garage_discharge_limit",
        "number.garage_minimum_state_of_charge",
    )
    assert (state(hass, limit), state(hass, least)) == ("7400.0", "30.0")
    assert hass.states.get(limit).attributes["max"] == 7400
    assert hass.states.get(least).attributes["min"] == 5
    await press(hass, "number", "set_value", entity_id=limit, value=3000)
    await press(hass, "number", "set_value", entity_id=least, value=45)
    assert (state(hass, limit), state(hass, least)) == ("3000.0", "45.0")
    assert site.evse(GARAGE).settings.discharge_limit_w == 3000
    assert site.evse(GARAGE).settings.minimum_soc_percent == 45
    # The form has the last word.
    await permit(hass, entry, {"1": PERMISSION | {"discharge_w": 2000}})
    assert state(hass, limit) == "2000.0"
    assert hass.states.get(limit).attributes["max"] == 2000


async def test_a_group_is_one_battery(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    site.batteries["group-yard"] = Battery(
        available_wh=24_600, wanted_wh=10_000, discharge_w=7400, charge_w=11_000.4
    )
    site.shout_group("group-yard")
    await hass.async_block_till_done()
    assert state(hass, "sensor.yard_energy_available_from_vehicles") == "24.6"
    assert state(hass, "sensor.yard_energy_wanted_by_vehicles") == "10.0"
    assert state(hass, "sensor.yard_power_available_from_vehicles") == "7400"
    assert state(hass, "sensor.yard_power_that_vehicles_can_take") == "11000"
    assert state(hass, "sensor.home_energy_available_from_vehicles") == "0.0"
    # A group that was removed takes its battery along.
    hass.config_entries.async_remove_subentry(entry, "group-yard")
    site.shout_group("group-yard")
    await hass.async_block_till_done()
    assert hass.states.get("sensor.yard_energy_available_from_vehicles") is None


async def test_a_test_of_discharging(hass: HomeAssistant, site: FakeSite) -> None:
    button = {"entity_id": "button.garage_test_discharging"}
    site.put_station("garage", connected=True)
    site.measures = (0, -1400)
    await press(hass, "button", "press", **button)
    assert site.asked[-1] == ("probe_discharge", GARAGE)

    site.proves, site.measures = False, (800, 12)
    with pytest.raises(HomeAssistantError, match="the lowest was 12 W"):
        await press(hass, "button", "press", **button)
    site.measures = ()
    with pytest.raises(HomeAssistantError, match="reported no power"):
        await press(hass, "button", "press", **button)


async def test_a_test_that_cannot_be_says_what_stands_in_its_way(
    hass: HomeAssistant, site: FakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: EvseKey) -> bool:
        raise BadSetting("discharge_hindered", reason="soc_unknown")

    site.put_station("garage", connected=True)
    monkeypatch.setattr(site, "probe_discharge", refuse)
    with pytest.raises(ServiceValidationError, match="State of charge is not known"):
        await press(hass, "button", "press", entity_id="button.garage_test_discharging")


async def test_what_the_owner_allows_is_logged(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    await permit(
        hass, entry, {"1": PERMISSION | {"where": "grid", "evccid": ["0102AB"]}}
    )
    hass.config_entries.async_update_entry(
        entry, options=entry.options | {"export_cap_w": 4000}
    )
    await permit(hass, entry, {})
    said = [one.getMessage() for one in caplog.records if "discharging" in one.name]
    assert said == [
        "Connector garage_1 may feed back 7400 W also into the grid, down to 30 %",
        "Into the grid may flow 4000 W",
        "Connector garage_1 may feed back no more",
    ]
    assert "0102AB" not in caplog.text


async def test_what_a_test_has_shown_is_told(
    hass: HomeAssistant, site: FakeSite
) -> None:
    told: list[tuple[str, Any]] = []

    @callback
    def listen(event: Any) -> None:
        if event.data["entity_id"] == "event.garage_activity":
            attributes = event.data["new_state"].attributes
            told.append((attributes["event_type"], attributes.get("power_w")))

    hass.bus.async_listen("state_changed", listen)
    evse = Evse(GARAGE, reading=Reading(power_w=-1380))
    site.put(evse)
    for ability in (
        V2xAbility(proven=(Method.NEGATIVE_LIMIT,)),
        V2xAbility(proven=(Method.NEGATIVE_LIMIT,), minimum_w=1000),
        V2xAbility(disproven=(Method.NEGATIVE_LIMIT,)),
    ):
        site.put_station("garage", capabilities=Capabilities(v2x={1: ability}))
    refuses = DischargeState(hindrance=Hindrance.STATION_REFUSES)
    site.put(replace(evse, discharge=refuses))
    site.put(replace(evse, discharge=replace(refuses, soc_percent=50)))
    await hass.async_block_till_done()
    assert told == [
        ("discharging_proven", -1380),
        ("discharging_disproven", -1380),
        ("discharging_refused", None),
    ]
