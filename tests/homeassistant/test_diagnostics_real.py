"""Diagnostics of the real engine: the last 200 frames of a station, and in them nothing that opens doors or names people."""

from collections.abc import AsyncGenerator
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_dumps
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.diagnostics import async_get_config_entry_diagnostics
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.real_site import Station, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

engine, entry, site = real_site.engine, real_site.entry, real_site.site

# What a station may say, and what of it must not be read by others.
NASTY: list[tuple[str, dict[str, Any], list[str]]] = [
    ("Authorize", {"idTag": "04DEADBEEF01"}, ["04DEADBEEF01"]),
    # A name in other letters, and a token of somebody else's in it.
    ("Authorize", {"IDTAG": "04deadbeef02", "idTag": "x"}, ["04deadbeef02"]),
    (
        "DataTransfer",
        {
            "vendorId": "Maker",
            "messageId": "settings",
            "data": json.dumps(
                {
                    "wifi": {"ssid": "MyHomeNet", "password": "hunter2hunter2"},
                    "list": [{"key": "AuthorizationKey", "value": "0123456789abcdef"}],
                }
            ),
        },
        ["MyHomeNet", "hunter2hunter2", "0123456789abcdef"],
    ),
    (
        # JSON in JSON in JSON.
        "DataTransfer",
        {
            "vendorId": "Maker",
            "data": json.dumps({"inner": json.dumps({"apiToken": "tok-in-a-tok"})}),
        },
        ["tok-in-a-tok"],
    ),
    (
        "DataTransfer",
        {"vendorId": "Maker", "data": json.dumps([{"evccId": "AA:BB:CC:DD:EE:FF"}])},
        ["AA:BB:CC:DD:EE:FF"],
    ),
    (
        "DiagnosticsStatusNotification",
        {"status": "Uploading", "location": "ftp://user:geheim@example.org/x"},
        ["geheim"],
    ),
    (
        "SignCertificate",
        {"csr": "-----BEGIN CERTIFICATE REQUEST-----MIICSECRET"},
        ["MIICSECRET"],
    ),
    (
        "StatusNotification",
        {
            "connectorId": 1,
            "errorCode": "NoError",
            "status": "Available",
            "info": json.dumps({"meterSerialNumber": "METER99", "imsi": "262011234"}),
        },
        ["METER99", "262011234"],
    ),
]


@pytest.fixture
async def garage(hass: HomeAssistant, site: Site) -> AsyncGenerator[Station]:
    """A station that is there."""
    garage = await Station.dial(site, "garage")
    await until(hass, "binary_sensor.garage_connection", "on")
    yield garage
    await garage.hang_up()


@pytest.mark.parametrize(("action", "payload", "secrets"), NASTY)
async def test_a_secret_in_a_frame_is_blotted_out(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    garage: Station,
    action: str,
    payload: dict[str, Any],
    secrets: list[str],
) -> None:
    await garage.send(action, payload)
    text = json_dumps(await async_get_config_entry_diagnostics(hass, entry))
    assert action in text
    assert [secret for secret in secrets if secret in text] == []
    # Of the station itself neither.
    assert "ACE1" not in text


async def test_the_last_200_frames_are_there(
    hass: HomeAssistant, entry: MockConfigEntry, garage: Station
) -> None:
    for number in range(150):
        await garage.say("DataTransfer", vendorId="Maker", messageId=f"number-{number}")
    told = await async_get_config_entry_diagnostics(hass, entry)
    (station,) = [one for one in told["stations"] if one["identity"] == "garage"]
    frames = station["frames"]
    assert len(frames) == 200
    assert "number-149" in json_dumps(frames[-2:])
    assert "number-0" not in json_dumps(frames)
    assert {frame["direction"] for frame in frames} == {"in", "out"}
    assert [frame["at"] for frame in frames] == sorted(frame["at"] for frame in frames)


async def test_what_is_no_frame_is_told_by_its_length(
    hass: HomeAssistant, entry: MockConfigEntry, garage: Station
) -> None:
    await garage.mumble("my password is hunter2hunter2")
    await garage.say("Heartbeat")
    text = json_dumps(await async_get_config_entry_diagnostics(hass, entry))
    assert "hunter2hunter2" not in text
    assert "29 characters that are not JSON" in text
