"""Drivers and whom stations let charge, in their forms: kept as said, a card read by a reader, and what is refused."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload import driver_flow
from custom_components.evenload.configuration import site_config
from custom_components.evenload.diagnostics import async_get_config_entry_diagnostics
from custom_components.evenload.engine.model.access import TokenKind
from custom_components.evenload.engine.model.drivers import OWN_TOKEN, TokenPolicy
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.real_site import Station

engine, entry, site = real_site.engine, real_site.entry, real_site.site


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let stations of this machine dial in, before anything is set up."""


ANNA = {"name": " Anna ", "tokens": ["04:a2:b3:c4", "001122aabbcc"], "more": {}}


async def asked(hass: HomeAssistant, **said: Any) -> Any:
    flows = hass.config_entries.subentries
    form = await flows.async_init(("site", "driver"), context={"source": SOURCE_USER})
    assert form["type"] is FlowResultType.FORM, form
    return await flows.async_configure(form["flow_id"], ANNA | said)


async def changed(
    hass: HomeAssistant, kind: str, subentry_id: str, said: dict[str, Any]
) -> Any:
    flows = hass.config_entries.subentries
    form = await flows.async_init(
        ("site", kind),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id},
    )
    return await flows.async_configure(form["flow_id"], said)


STATION = {
    "name": "Garage",
    "phases": "3",
    "maximum_a": 32,
    "discharging": False,
    "security": {"security_profile": "0"},
}


async def admit(hass: HomeAssistant, policy: str, **said: str) -> Any:
    admission = {"policy": policy, **said}
    return await changed(
        hass, "station", "station-garage", STATION | {"admission": admission}
    )


@pytest.mark.usefixtures("site")
async def test_a_driver_is_kept_as_said(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    more = {
        "weekdays": ["mon", "fri"],
        "begins": "06:00:00",
        "ends": "09:00:00",
        "valid_until": "2026-12-31",
        "counted": False,
        "concurrent": True,
    }
    result = await asked(hass, stations=["garage"], more=more)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    [driver] = site_config(entry).drivers.values()
    assert driver.name == "Anna"
    assert [(one.value, one.kind) for one in driver.tokens] == [
        ("04A2B3C4", TokenKind.ISO14443),
        ("001122AABBCC", TokenKind.MAC_ADDRESS),
    ]
    # The last day counts, by the clock of the house.
    assert driver.tokens[0].until == datetime(2027, 1, 1, 8, tzinfo=UTC)
    assert driver.stations == {"garage"}
    assert driver.hours is not None
    assert (driver.hours.begins, driver.hours.weekdays) == (time(6), {0, 4})
    assert (driver.counted, driver.concurrent, driver.blocked) == (False, True, False)


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"name": " "}, {"name": "name_missing"}),
        ({"tokens": ["x" * 300]}, {"tokens": "token_invalid"}),
        ({"tokens": ["04A2B3C4"]}, {"tokens": "token_taken"}),
    ],
)
@pytest.mark.usefixtures("site")
async def test_what_cannot_be_is_said(
    hass: HomeAssistant, said: dict[str, Any], errors: dict[str, str]
) -> None:
    assert (await asked(hass))["type"] is FlowResultType.CREATE_ENTRY
    result = await asked(hass, **({"name": "Ben", "tokens": ["BEN"]} | said))
    assert result["errors"] == errors


async def read_a_card(hass: HomeAssistant, **said: Any) -> dict[str, Any]:
    waiting = await asked(hass, tokens=[], reader="garage", **said)
    assert waiting["type"] is FlowResultType.SHOW_PROGRESS
    assert waiting["description_placeholders"] == {"station": "Garage"}
    return waiting


async def test_a_card_that_is_held_to_a_reader_is_added(
    hass: HomeAssistant, site: Site, entry: MockConfigEntry
) -> None:
    garage = await Station.dial(site, "garage")
    drive = await Station.dial(site, "drive")
    waiting = await read_a_card(hass)
    # Another reader is another one's affair.
    await drive.say("Authorize", idTag="OTHER")
    await garage.say("Authorize", idTag="04a2b3c4d5e6f7")
    await hass.async_block_till_done()
    flows = hass.config_entries.subentries
    form = await flows.async_configure(waiting["flow_id"])
    assert form["type"] is FlowResultType.FORM
    suggested = {
        str(key): (key.description or {}).get("suggested_value")
        for key in form["data_schema"].schema
    }
    assert suggested["tokens"] == ["04A2B3C4D5E6F7"]
    assert suggested["reader"] is None
    result = await flows.async_configure(
        form["flow_id"], {"name": "Anna", "tokens": suggested["tokens"], "more": {}}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    [driver] = site_config(entry).drivers.values()
    assert [one.value for one in driver.tokens] == ["04A2B3C4D5E6F7"]
    for station in (garage, drive):
        await station.hang_up()


async def test_only_a_card_that_is_held_to_it_now_is_added(
    hass: HomeAssistant, site: Site
) -> None:
    """Not the button, not the account without a card, not what a station has recorded while it was offline."""
    garage = await Station.dial(site, "garage")
    waiting = await read_a_card(hass)
    earlier = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    start = {"connectorId": 1, "meterStart": 0}
    await garage.say("StartTransaction", idTag="EARLIER", timestamp=earlier, **start)
    for token in (" ", "a\x07b", OWN_TOKEN):
        await garage.say("Authorize", idTag=token)
    now = datetime.now(UTC).isoformat()
    await garage.say("StartTransaction", idTag="NOW", timestamp=now, **start)
    await hass.async_block_till_done()
    flows = hass.config_entries.subentries
    form = await flows.async_configure(waiting["flow_id"])
    assert form["type"] is FlowResultType.FORM
    [tokens] = [
        key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key == "tokens"
    ]
    assert tokens == ["NOW"]
    await garage.hang_up()


@pytest.fixture
def hasty() -> Iterator[None]:
    with patch.object(driver_flow, "WAITING_S", 0.05):
        yield


@pytest.mark.usefixtures("site", "hasty")
async def test_a_minute_without_a_card_is_said_and_nothing_is_lost(
    hass: HomeAssistant,
) -> None:
    waiting = await read_a_card(hass)
    await asyncio.sleep(0.1)
    await hass.async_block_till_done()
    form = await hass.config_entries.subentries.async_configure(waiting["flow_id"])
    assert form["errors"] == {"base": "no_card_shown"}


@pytest.mark.usefixtures("site")
async def test_a_station_lets_only_drivers_charge(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    refused = await admit(hass, "known")
    assert refused["errors"] == {"base": "no_drivers"}
    await asked(hass)
    assert (await admit(hass, "known"))["type"] is FlowResultType.ABORT
    admission = site_config(entry).stations["garage"].admission
    assert admission.policy is TokenPolicy.KNOWN


@pytest.mark.usefixtures("site")
async def test_charging_without_a_card_is_on_somebodys_account(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await asked(hass)
    [driver] = site_config(entry).drivers
    refused = await admit(hass, "plug_and_charge")
    assert refused["errors"] == {"base": "default_driver_missing"}
    await admit(hass, "plug_and_charge", default_driver=driver)
    admission = site_config(entry).stations["garage"].admission
    assert admission.default_driver == driver


async def test_a_driver_may_charge_in_the_moment_in_which_it_is_added(
    hass: HomeAssistant, site: Site
) -> None:
    """No connection is closed for it, and nobody waits for a restart."""
    garage = await Station.dial(site, "garage")
    await asked(hass)
    await admit(hass, "known")
    await hass.async_block_till_done()
    for tag, status in (("04A2B3C4", "Accepted"), ("STRANGER", "Invalid")):
        answer = await garage.say("Authorize", idTag=tag)
        assert answer["idTagInfo"]["status"] == status
    await garage.hang_up()


@pytest.mark.usefixtures("site")
async def test_diagnostics_tell_neither_who_drives_nor_with_which_card(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await asked(hass)
    said = str(await async_get_config_entry_diagnostics(hass, entry))
    for secret in ("Anna", "04A2B3C4", "001122AABBCC"):
        assert secret not in said
