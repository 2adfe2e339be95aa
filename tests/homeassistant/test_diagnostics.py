"""What is told to help, and what is not."""

from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components import evenload
from custom_components.evenload.const import DOMAIN
from custom_components.evenload.devices import evse_identifier
from custom_components.evenload.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.evenload.engine.accounting import StoreState
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.planning import Plan, PlanKind, VehiclePlan
from custom_components.evenload.engine.model.stations import (
    Evse,
    OcppVersion,
    PendingStation,
    StationInfo,
)
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.model.uplink import UplinkState, UplinkStatus
from tests.homeassistant.conftest import (
    NOW,
    OPTIONS,
    config_entry,
    driver,
    group,
    station,
)
from tests.homeassistant.fake_site import FakeSite

TRANSLATIONS = sorted((Path(evenload.__file__).parent / "translations").glob("*.json"))
GARAGE = EvseKey("garage", 1)
SECRETS = ("SERIAL77", "89310410", "20404", "METER55", "04A1B2C3", "192.168.1.50")


@pytest.fixture
async def busy(site: FakeSite) -> FakeSite:
    """A site with something to hide."""
    info = StationInfo("Alfen", "Eve", "SERIAL77", "6.1", "89310410", "20404")
    site.put_station("garage", connected=True, info=info)
    transaction = Transaction("17", GARAGE, NOW, "04A1B2C3", 0, 0, NOW)
    session = Session(GARAGE, NOW, (transaction,))
    site.put(Evse(GARAGE, transaction=transaction, session=session))
    site.told_frames["garage"] = [
        {
            "at": "12:00:00",
            "direction": "in",
            "frame": '[2,"1","StartTransaction",{"idTag":"04A1B2C3"}]',
        }
    ]
    return site


def check(diagnostics: dict[str, Any]) -> str:
    """Return the diagnostics as they are saved, without a secret in them."""
    text = json_dumps(diagnostics)
    assert [secret for secret in SECRETS if secret in text] == []
    return text


async def test_a_site_tells_what_helps_and_keeps_secrets(
    hass: HomeAssistant, entry: MockConfigEntry, busy: FakeSite
) -> None:
    info = StationInfo(meter_serial="METER55")
    busy.knock(PendingStation("CP-9", "192.168.1.50", OcppVersion.V16, NOW, info))
    text = check(await async_get_config_entry_diagnostics(hass, entry))
    for told in ("Alfen", "StartTransaction", "main_fuse_a", "group-yard", "CP-9"):
        assert told in text


@pytest.mark.parametrize("second", [False, True])
async def test_a_device_tells_of_its_station_only(
    hass: HomeAssistant, entry: MockConfigEntry, busy: FakeSite, second: bool
) -> None:
    devices = dr.async_get(hass)
    device = devices.async_get_device_by_identifier((DOMAIN, "garage"), "site")
    for key in [EvseKey("garage", 2)] * second:
        busy.put(Evse(key))
        device = devices.async_get_child_device_by_identifier(
            evse_identifier(key), "site"
        )
    text = check(await async_get_device_diagnostics(hass, entry, device))
    assert "StartTransaction" in text
    assert "drive" not in text


async def test_a_station_tells_what_is_known_of_its_make_and_what_its_owner_set(
    hass: HomeAssistant, entry: MockConfigEntry, busy: FakeSite
) -> None:
    busy.put_station("garage", info=StationInfo("go-e", "go-eCharger_V4", "1", "055.5"))
    stations = (await async_get_config_entry_diagnostics(hass, entry))["stations"]
    told = next(one for one in stations if one["identity"] == "garage")
    assert told["make"]["titles"] == ["go-e Charger and Fronius Wattpilot"]
    assert len(told["make"]["oddities"]) == 3
    assert told["make"]["treatment"] == {
        "units": ["A"],
        "repeats_after_pause": True,
        "phase_switching": False,
    }
    assert told["settings"]["phases"] == "3"
    assert told["capabilities"]["rungs"] == {}


async def test_a_station_that_is_away_has_its_last_frames(
    hass: HomeAssistant, entry: MockConfigEntry, busy: FakeSite
) -> None:
    busy.put_station("garage", connected=False)
    text = check(await async_get_config_entry_diagnostics(hass, entry))
    assert "StartTransaction" in text


HOUSE_W = (1500.0, 1500.0, 400.0)
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def plan() -> Plan:
    """Return a plan that charges for two quarters of three."""
    vehicle = VehiclePlan(
        power_w=(7400.0, 7400.0, 0.0), energy_wh=3700.4, departs_at=AT, cost=1.25
    )
    return Plan(
        made_at=AT,
        start=AT,
        kind=PlanKind.BEST_FOUND,
        vehicles={GARAGE: vehicle},
        grid_w=HOUSE_W,
        without=("sun_w",),
    )


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with a driver, and a station that is known above."""
    above = {
        "url": "wss://csms.example/secret-path-77",
        "username": "user-4711",
        "password": "hidden-in-uplink",
        "version": "2_0_1",
        "decides": ["limits"],
    }
    entry = config_entry(
        station("garage", "Garage", uplink=above),
        station("drive", "Drive", maximum_a=16, uplink=above),
        group("Yard", "garage", "drive"),
        driver("Anna Example", "04DEADBEEF", "04C0FFEE"),
    )
    entry.add_to_hass(hass)
    return entry


async def test_what_is_planned_is_told_in_short(
    hass: HomeAssistant, entry: MockConfigEntry, busy: FakeSite
) -> None:
    busy.tell_plan(plan())
    told = await async_get_config_entry_diagnostics(hass, entry)
    check(told)
    planning = told["planning"]
    assert (planning["trouble"], planning["took_s"]) == (None, 0.25)
    assert planning["plan"]["kind"] == "best_found"
    assert planning["plan"]["without"] == ["sun_w"]
    assert planning["plan"]["grid_w"] == "1500 x 2, 400 x 1"
    vehicle = planning["plan"]["vehicles"]["garage_1"]
    assert vehicle["power_w"] == "7400 x 2, 0 x 1"
    assert vehicle["energy_wh"] == 3700


async def test_systems_above_drivers_and_sessions_are_told_without_names_and_keys(
    hass: HomeAssistant, entry: MockConfigEntry, busy: FakeSite
) -> None:
    busy.above["garage"] = UplinkStatus(UplinkState.REFUSED, 12, AT, "HTTP 401")
    busy.store = StoreState(usable=True, set_aside="old.db", salvaged=3)
    told = await async_get_config_entry_diagnostics(hass, entry)
    text = check(told)
    uplink = told["uplinks"]["garage"]
    assert (uplink["host"], uplink["encrypted"]) == ("csms.example", True)
    assert (uplink["state"], uplink["queued"]) == ("refused", 12)
    assert (uplink["decides"], uplink["detail"]) == (["limits"], "HTTP 401")
    assert told["drivers"] == {"drivers": 1, "cards": 2}
    assert told["sessions"]["state"]["set_aside"] == "old.db"
    for secret in ("secret-path", "user-4711", "hidden-in", "Anna", "DEADBEEF"):
        assert secret not in text


async def test_system_health_says_how_the_site_is(
    hass: HomeAssistant, entry: MockConfigEntry, busy: FakeSite
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    busy.put_station("garage", version=OcppVersion.V16)
    busy.above["garage"] = UplinkStatus(UplinkState.CONNECTED)
    busy.above["drive"] = UplinkStatus(UplinkState.CONNECTING)
    busy.store = StoreState(usable=True, set_aside="old.db", salvaged=3)
    busy.tell_plan(plan())
    told = await get_system_health_info(hass, DOMAIN)
    assert told.pop("version").count(".") >= 1
    assert told.pop("last_plan").endswith(" best_found (0.2 s)")
    assert told == {
        "ports": "9000",
        "encrypted_ports": "",
        "encryption_failures": 0,
        "stations": 2,
        "stations_connected": 1,
        "versions": "1.6",
        "main_fuse": "25 A",
        "limit": "25 A",
        "lines": "",
        "meter_age": "",
        "sessions_size": "–",
        "sessions_damaged": "old.db",
        "sessions_usable": True,
        "uplinks": "1/2",
    }


async def test_system_health_says_what_flows_and_how_old_that_is(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    meter_sensors: None,
    site: FakeSite,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    lines = {line: f"sensor.grid_{line}" for line in ("l1", "l2", "l3")}
    meter = {"kind": "currents", "inverted": False, "includes_stations": True}
    hass.config_entries.async_update_entry(
        entry, options=OPTIONS | {"meter": meter | lines}
    )
    await hass.async_block_till_done()
    site.put_group(
        ROOT,
        limit=Current(20),
        rating=Current(25),
        used=PhaseCurrents(6.04, 0, 0),
        headroom=PhaseCurrents(9, 12, -1),
    )
    await site.set_cap(Power(4200))
    for sensor in lines.values():
        hass.states.async_set(sensor, "4", {"unit_of_measurement": "A"})
    freezer.tick(30)
    hass.states.async_set("sensor.grid_l2", "5", {"unit_of_measurement": "A"})
    told = await get_system_health_info(hass, DOMAIN)
    assert (told["main_fuse"], told["limit"]) == ("25 A", "20 A / 4200 W")
    assert told["lines"] == "L1 6.0 A (+9.0 A), L2 0.0 A (+12.0 A), L3 0.0 A (+0.0 A)"
    # That of the line that has been silent for longest.
    assert told["meter_age"] == "30 s"
    hass.states.async_remove("sensor.grid_l2")
    told = await get_system_health_info(hass, DOMAIN)
    assert told["meter_age"] == "–"


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
async def test_every_line_of_system_health_has_words(
    hass: HomeAssistant, site: FakeSite, path: Path
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    told = await get_system_health_info(hass, DOMAIN)
    assert json.loads(path.read_text())["system_health"]["info"].keys() == told.keys()
