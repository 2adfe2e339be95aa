"""What is told to help, and what is not."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.devices import evse_identifier
from custom_components.evenload.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import (
    Evse,
    OcppVersion,
    PendingStation,
    StationInfo,
)
from custom_components.evenload.engine.model.transactions import Session, Transaction
from tests.homeassistant.conftest import NOW
from tests.homeassistant.fake_site import FakeSite

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


async def test_system_health_counts_stations(
    hass: HomeAssistant, busy: FakeSite
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    busy.put_station("garage", version=OcppVersion.V16)
    assert await get_system_health_info(hass, DOMAIN) == {
        "ports": "9000",
        "stations": 2,
        "stations_connected": 1,
        "versions": "1.6",
        "encrypted_ports": "",
        "encryption_failures": 0,
    }
