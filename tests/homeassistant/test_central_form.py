"""A central system above the site or a group: added and changed by its form, dialled at once, shown, and its password kept to itself."""

import asyncio
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.configuration import site_config
from custom_components.evenload.diagnostics import async_get_config_entry_diagnostics
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.model.uplink import Domain, Role
from custom_components.evenload.engine.site import Site
from tests.csms_above import Csms
from tests.homeassistant import real_site

engine, entry, site = real_site.engine, real_site.entry, real_site.site


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let the site dial a system of this machine, before anything is set up."""


def answers(**said: Any) -> dict[str, Any]:
    return {
        "name": "Flex",
        "url": "ws://csms.example",
        "identity": "HOME-1",
        "version": "2_0_1",
        "role": "controller",
        "target": "site",
        "decides": ["limits"],
        "advanced": {},
        **said,
    }


async def add(hass: HomeAssistant, **said: Any) -> Any:
    flows = hass.config_entries.subentries
    form = await flows.async_init(
        ("site", "central_system"), context={"source": SOURCE_USER}
    )
    assert form["type"] is FlowResultType.FORM
    result = await flows.async_configure(form["flow_id"], answers(**said))
    await hass.async_block_till_done()
    return result


async def change(hass: HomeAssistant, entry: MockConfigEntry, **said: Any) -> Any:
    flows = hass.config_entries.subentries
    (known,) = entry.get_subentries_of_type("central_system")
    form = await flows.async_init(
        ("site", "central_system"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": known.subentry_id},
    )
    result = await flows.async_configure(form["flow_id"], answers(**said))
    await hass.async_block_till_done()
    return result


async def shown(hass: HomeAssistant, state: str) -> None:
    async with asyncio.timeout(5):
        while (
            found := hass.states.get("sensor.flex_connection")
        ) is None or found.state != state:
            await asyncio.sleep(0.02)


async def test_the_site_is_known_above_as_soon_as_that_is_saved(
    hass: HomeAssistant, site: Site, entry: MockConfigEntry
) -> None:
    async with Csms("2.0.1") as csms:
        secret = {"password": "hush-hush"}
        result = await add(hass, url=csms.url, advanced=secret)
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        [boot] = await csms.heard.until("BootNotification")
        assert boot["charging_station"]["model"] == "Local controller"
        assert csms.authorizations[0] is not None
        await shown(hass, "connected")
        (central,) = site_config(entry).uplinks.values()
        assert (central.node, central.role) == (ROOT, Role.CONTROLLER)
        diagnostics = await async_get_config_entry_diagnostics(hass, entry)
        assert "hush-hush" not in str(diagnostics)
        # Saved again without a password, which the form does not show, it stays.
        result = await change(hass, entry, url=csms.url, name="Flex")
        assert result["type"] is FlowResultType.ABORT
        (central,) = site_config(entry).uplinks.values()
        assert central.uplink.password == "hush-hush"
        # Once it is gone nobody is dialled.
        hass.config_entries.async_remove_subentry(entry, central.id)
        await hass.async_block_till_done()
        async with asyncio.timeout(5):
            while site.node_uplink(central.id) is not None:
                await asyncio.sleep(0.02)
        assert hass.states.get("sensor.flex_connection") is None


async def test_a_group_is_known_as_one_station(
    hass: HomeAssistant, site: Site, entry: MockConfigEntry
) -> None:
    (group,) = entry.get_subentries_of_type("group")
    async with Csms("1.6") as csms:
        await add(
            hass,
            url=csms.url,
            version="1_6",
            role="station",
            target=group.subentry_id,
            decides=["limits", "transactions"],
        )
        [boot] = await csms.heard.until("BootNotification")
        assert boot["charge_point_model"] == "Charging group"
        await shown(hass, "connected")
        (central,) = site_config(entry).uplinks.values()
        assert central.node == group.subentry_id
        assert central.uplink.decides == {Domain.LIMITS, Domain.TRANSACTIONS}


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"name": " "}, "name_missing"),
        ({"url": "https://csms.example"}, "uplink_url_invalid"),
        ({"identity": "a/b"}, "uplink_identity_invalid"),
        (
            {"advanced": {"certificate": "/config/c.pem"}},
            "uplink_certificate_incomplete",
        ),
        ({"version": "1_6"}, "central_controller_version"),
    ],
)
async def test_what_cannot_be_is_said(
    hass: HomeAssistant, site: Site, said: dict[str, Any], error: str
) -> None:
    result = await add(hass, **said)
    assert list(result["errors"].values()) == [error]


async def test_a_controller_is_that_of_the_whole_site(
    hass: HomeAssistant, site: Site, entry: MockConfigEntry
) -> None:
    (group,) = entry.get_subentries_of_type("group")
    result = await add(hass, target=group.subentry_id)
    assert list(result["errors"].values()) == ["central_controller_target"]
