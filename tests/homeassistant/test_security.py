"""One click that protects a station, and what owners see of protection."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.diagnostics import async_get_config_entry_diagnostics
from custom_components.evenload.engine.model.errors import (
    ListenerError,
    StationRefused,
    StationSilent,
)
from custom_components.evenload.engine.model.security import (
    Keys,
    Protection,
    TlsFailure,
)
from custom_components.evenload.engine.security import CertificateFacts
from tests.homeassistant.conftest import config_entry, station
from tests.homeassistant.fake_site import FakeSite


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with one station."""
    entry = config_entry(station("garage", "Garage"))
    entry.add_to_hass(hass)
    return entry


def saved(entry: MockConfigEntry) -> dict[str, Any]:
    return dict(entry.subentries["station-garage"].data)


async def press(hass: HomeAssistant) -> None:
    entity = {"entity_id": "button.garage_protect_with_a_password"}
    await hass.services.async_call("button", "press", entity, blocking=True)
    await hass.async_block_till_done()


async def test_one_click_protects_a_station(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    site.put_station("garage", connected=True)
    registry = er.async_get(hass)
    button = registry.async_get("button.garage_protect_with_a_password")
    assert button.entity_category == "config"
    await press(hass)
    site.security.offer_password.assert_awaited_once_with("garage")
    assert saved(entry)["security_profile"] == 1
    assert entry.runtime_data is site


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (StationRefused("garage", "ChangeConfiguration", "Rejected"), "station_refused"),
        (StationSilent("garage", "ChangeConfiguration"), "station_silent"),
        (OSError("disk full"), "not_saved"),
    ],
)  # fmt: skip
async def test_a_click_in_vain_is_explained(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    error: Exception,
    key: str,
) -> None:
    site.put_station("garage", connected=True)
    site.security.offer_password.side_effect = error
    with pytest.raises(HomeAssistantError) as caught:
        await press(hass)
    assert caught.value.translation_key == key
    assert "security_profile" not in saved(entry)


@pytest.mark.parametrize("protection", list(Protection))
async def test_the_protection_in_use_is_shown(
    hass: HomeAssistant, site: FakeSite, protection: Protection
) -> None:
    site.put_station("garage", connected=True, protection=protection)
    await hass.async_block_till_done()
    assert hass.states.get("sensor.garage_protection").state == protection


async def test_diagnostics_tell_of_protection_and_keep_its_secrets(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    site.security.known["garage"] = Keys("scrypt$hash", ("scrypt$other",), "0a1b2c3d")
    site.security.failures[TlsFailure.DISTRUSTED] = 3
    site.security.facts = CertificateFacts(("home",), datetime(2027, 1, 1, tzinfo=UTC))
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert told["security"]["encryption_failures"] == {"tls_distrusted": 3}
    assert told["stations"][0]["security"] == {
        "required": 0,
        "has_password": True,
        "was_offered_password": True,
        "is_pinned": True,
    }
    text = json_dumps(told)
    assert "2027-01-01" in text
    for secret in ("scrypt", "0a1b2c3d"):
        assert secret not in text


async def test_system_health_counts_failures(
    hass: HomeAssistant, site: FakeSite
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    site.security.encrypted_port = 9443
    site.security.failures[TlsFailure.UNEXPLAINED] = 2
    told = await get_system_health_info(hass, DOMAIN)
    assert (told["encrypted_ports"], told["encryption_failures"]) == ("9443", 2)


async def test_certificates_are_reloaded(hass: HomeAssistant, site: FakeSite) -> None:
    await hass.services.async_call(DOMAIN, "reload_certificates", blocking=True)
    site.security.reload_certificate.assert_awaited_once()
    site.security.reload_certificate.side_effect = ListenerError(
        "invalid_certificate", None, 9000, "no such file"
    )
    with pytest.raises(HomeAssistantError) as caught:
        await hass.services.async_call(DOMAIN, "reload_certificates", blocking=True)
    assert caught.value.translation_placeholders == {
        "port": "9000",
        "detail": "no such file",
    }
