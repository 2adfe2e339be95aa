"""Protected stations on the real engine: over TLS with a password, and with certificates of their own."""

import asyncio
from pathlib import Path
import ssl
from typing import Any

from homeassistant.components.persistent_notification import (
    _async_get_or_create_notifications as notifications,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from websockets.exceptions import InvalidStatus

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.site import Site
from tests.certificates import LOCAL, authority, sign
from tests.engine.csms.dialler import Dialler
from tests.homeassistant import real_site
from tests.homeassistant.conftest import station
from tests.homeassistant.test_subentry_flows import open_form, submit

pytestmark = pytest.mark.usefixtures("socket_enabled")

CA = authority()
MAKER = authority("Maker CA")
FORM = {"name": "Garage", "phases": "3", "maximum_a": 32}
PASSWORD = "set in the station"


engine, site = real_site.engine, real_site.site


@pytest.fixture
def entry(hass: HomeAssistant, tmp_path: Path) -> MockConfigEntry:
    """A site with a port of each kind."""
    files = sign("home", by=CA, address=LOCAL).write(tmp_path)
    return real_site.entry_of(
        hass,
        station("garage", "Garage"),
        host=LOCAL,
        certificate=files.certificate,
        private_key=files.private_key,
        tls_port=0,
        client_ca=MAKER.write(tmp_path / "maker").certificate,
    )


async def require(hass: HomeAssistant, profile: int, password: str = "") -> None:
    """Fill in the section of the station's form."""
    form = await open_form(hass, "station", "station-garage")
    section = {"security_profile": str(profile), "password": password}
    result = await submit(hass, form, {**FORM, "security": section})
    assert result["reason"] == "reconfigure_successful"


def plain(site: Site, **options: Any) -> Dialler:
    return Dialler(site.port, "garage", **options)


def encrypted(site: Site, **options: Any) -> Dialler:
    tls = options.pop("tls", None) or ssl.create_default_context(cadata=CA.pem.decode())
    return Dialler(site.security.tls_port or 0, "garage", tls=tls, **options)


async def shown(hass: HomeAssistant, state: str) -> None:
    """Wait until the station's protection is shown as this."""
    async with asyncio.timeout(5):
        while (
            found := hass.states.get("sensor.garage_protection")
        ) is None or found.state != state:
            await asyncio.sleep(0.01)


def issues(hass: HomeAssistant) -> set[str]:
    return {name for domain, name in ir.async_get(hass).issues if domain == DOMAIN}


async def test_a_wrong_password_is_the_owners_matter_and_nobody_elses(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    await require(hass, 1, PASSWORD)
    for _ in range(20):
        with pytest.raises(InvalidStatus):
            async with plain(site, password="not the right one"):
                pass
    assert issues(hass) == {"password_wrong_site_garage"}
    # Home Assistant's own login knows nothing of it.
    assert not notifications(hass)
    async with plain(site, password=PASSWORD) as garage:
        assert (await garage.boot())["status"] == "Accepted"
        await shown(hass, "password")
        assert issues(hass) == set()
        assert PASSWORD not in str(entry.as_dict())


async def test_encryption_is_required(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    await require(hass, 2, PASSWORD)
    with pytest.raises(InvalidStatus) as caught:
        async with plain(site, password=PASSWORD):
            pass
    assert caught.value.response.status_code == 403
    assert issues(hass) == {"encryption_missing_site_garage"}
    async with encrypted(site, password=PASSWORD) as garage:
        assert (await garage.boot())["status"] == "Accepted"
        await shown(hass, "encrypted_password")


async def test_a_certificate_is_required(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site, tmp_path: Path
) -> None:
    await require(hass, 3)
    with pytest.raises(InvalidStatus):
        async with encrypted(site):
            pass
    own = sign("garage", by=MAKER).write(tmp_path / "own")
    tls = ssl.create_default_context(cadata=CA.pem.decode())
    tls.load_cert_chain(own.certificate, own.private_key)
    async with encrypted(site, tls=tls) as garage:
        assert (await garage.boot())["status"] == "Accepted"
        await shown(hass, "certificate")


async def test_one_click_and_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    async with plain(site) as garage:
        await garage.boot()
        await shown(hass, "plain")
        entity = {"entity_id": "button.garage_protect_with_a_password"}
        await hass.services.async_call("button", "press", entity, blocking=True)
        [written] = garage.asked("ChangeConfiguration")[:1]
    password = bytes.fromhex(written["value"])
    async with plain(site, password=password):
        await shown(hass, "password")
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    again: Site = entry.runtime_data
    with pytest.raises(InvalidStatus):
        async with plain(again):
            pass
    async with plain(again, password=password):
        await shown(hass, "password")
    assert entry.subentries["station-garage"].data["security_profile"] == 1
