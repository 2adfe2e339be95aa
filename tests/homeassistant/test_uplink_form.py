"""The central system above a station: set up in its form, dialled at once, shown, and its password kept to itself."""

import asyncio
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.configuration import site_config
from custom_components.evenload.diagnostics import async_get_config_entry_diagnostics
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.site import Site
from tests.csms_above import Csms
from tests.homeassistant import real_site
from tests.homeassistant.real_site import Station

engine, entry, site = real_site.engine, real_site.entry, real_site.site


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let stations of this machine dial in, before anything is set up."""


STATION = {
    "name": "Garage",
    "phases": "3",
    "maximum_a": 32,
    "discharging": False,
    "vehicles_known": False,
    "security": {"security_profile": "0"},
}


async def change(hass: HomeAssistant, **uplink: Any) -> Any:
    flows = hass.config_entries.subentries
    form = await flows.async_init(
        ("site", "station"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": "station-garage"},
    )
    fields = {str(key) for key in form["data_schema"].schema}
    said = {key: value for key, value in STATION.items() if key in fields}
    section = {"version": "1_6", "decides": [], **uplink}
    return await flows.async_configure(form["flow_id"], said | {"uplink": section})


async def test_a_station_is_known_above_as_soon_as_that_is_saved(
    hass: HomeAssistant, site: Site, entry: MockConfigEntry
) -> None:
    async with Csms("1.6") as csms:
        garage = await Station.dial(site, "garage")
        result = await change(
            hass, url=csms.url, identity="PARK-7", password="secret", decides=["limits"]
        )
        assert result["type"] is FlowResultType.ABORT
        await csms.heard.until("BootNotification")
        config = site_config(entry).stations["garage"].uplink
        assert config is not None
        assert (config.identity, config.version) == ("PARK-7", OcppVersion.V16)
        assert config.decides == {Domain.LIMITS}
        async with asyncio.timeout(5):
            while (
                state := hass.states.get("sensor.garage_central_system")
            ) is None or state.state != "connected":
                await asyncio.sleep(0.05)
        said = str(await async_get_config_entry_diagnostics(hass, entry))
        assert "secret" not in said
        # Saved again without a password, which the form does not show, it stays.
        await change(hass, url=csms.url, identity="PARK-7")
        config = site_config(entry).stations["garage"].uplink
        assert config is not None
        assert config.password == "secret"
        await change(hass)
        await hass.async_block_till_done()
        async with asyncio.timeout(5):
            while site.uplink("garage") is not None:
                await asyncio.sleep(0.02)
        await garage.hang_up()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"url": "https://csms.example"}, "uplink_url_invalid"),
        ({"url": "ws://["}, "uplink_url_invalid"),
        ({"url": "ws://csms.example", "identity": "a/b"}, "uplink_identity_invalid"),
        (
            {"url": "ws://csms.example", "certificate": "/config/c.pem"},
            "uplink_certificate_incomplete",
        ),
    ],
)
async def test_what_cannot_be_is_said(
    hass: HomeAssistant, site: Site, said: dict[str, Any], error: str
) -> None:
    result = await change(hass, **said)
    assert result["errors"] == {"base": error}
