"""How owners protect their stations in forms."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.json import json_dumps
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.errors import (
    BadSetting,
    NotConnected,
    StationRefused,
    StationSilent,
)
from custom_components.evenload.engine.model.security import Keys, SecurityProfile
from custom_components.evenload.engine.model.stations import (
    OcppVersion,
    PendingStation,
    StationInfo,
)
from tests.homeassistant.conftest import NOW, config_entry, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_subentry_flows import open_form, submit

TLS = {"certificate": "/ssl/chain.pem", "private_key": "/ssl/key.pem"}
FORM = {"name": "Garage", "phases": "3", "maximum_a": 32}


@pytest.fixture
def entry(hass: HomeAssistant, request: pytest.FixtureRequest) -> MockConfigEntry:
    """A site with one station; a test may say more of its connection."""
    data = getattr(request, "param", {})
    entry = config_entry(station("garage", "Garage"), **data)
    entry.add_to_hass(hass)
    return entry


def protected(profile: int, password: str | None = None) -> dict[str, Any]:
    """The form of a station whose section says this."""
    section: dict[str, Any] = {"security_profile": str(profile)}
    if password is not None:
        section["password"] = password
    return {**FORM, "security": section}


async def change(hass: HomeAssistant, form: dict[str, Any]) -> dict[str, Any]:
    return await submit(hass, await open_form(hass, "station", "station-garage"), form)


def saved(entry: MockConfigEntry) -> dict[str, Any]:
    return dict(entry.subentries["station-garage"].data)


async def test_a_password_is_entered_and_not_saved_here(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    result = await change(hass, protected(1, "set in the station"))
    assert result["reason"] == "reconfigure_successful"
    site.security.keep_password.assert_awaited_once_with("garage", "set in the station")
    assert saved(entry)["security_profile"] == 1
    assert "set in the station" not in json_dumps(entry.as_dict())
    config = site.config.stations["garage"]
    assert config.security is SecurityProfile.PASSWORD


async def test_a_station_that_is_connected_is_given_one(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    assert (await change(hass, protected(1)))["reason"] == "reconfigure_successful"
    site.security.offer_password.assert_awaited_once_with("garage")
    # One that is known, or on its way, is kept.
    for keys in (Keys(password="hash"), Keys(offered=("hash",))):
        site.security.known["garage"] = keys
        await change(hass, protected(1))
    site.security.offer_password.assert_awaited_once()


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (NotConnected("garage"), "password_needed"),
        (StationRefused("garage", "ChangeConfiguration", "Rejected"), "password_refused"),
        (StationSilent("garage", "ChangeConfiguration"), "password_unanswered"),
        (OSError("disk full"), "not_saved"),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_said_and_changes_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    error: Exception,
    key: str,
) -> None:
    before = saved(entry)
    site.security.offer_password.side_effect = error
    result = await change(hass, protected(1))
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {"base": key}
    assert saved(entry) == before
    result = await submit(hass, result, protected(0))
    assert result["reason"] == "reconfigure_successful"


async def test_a_password_that_no_station_can_have(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    site.security.keep_password.side_effect = BadSetting(
        "password_unsuitable", minimum="16", maximum="64"
    )
    result = await change(hass, protected(1, "short"))
    assert result["errors"] == {"base": "password_unsuitable"}
    assert result["description_placeholders"]["minimum"] == "16"


@pytest.mark.parametrize(
    ("entry", "profile", "key"),
    [({}, 2, "no_encrypted_port"), ({}, 3, "no_encrypted_port"), (TLS, 3, "no_client_ca")],
    indirect=["entry"],
)  # fmt: skip
async def test_the_site_must_be_able_to_ask_for_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    profile: int,
    key: str,
) -> None:
    result = await change(hass, protected(profile, "set in the station"))
    assert result["errors"] == {"base": key}
    site.security.keep_password.assert_not_awaited()


@pytest.mark.parametrize("entry", [TLS | {"client_ca": "/ssl/ca.pem"}], indirect=True)
async def test_a_station_is_known_by_its_certificate(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    await change(hass, protected(3))
    site.security.pin_shown.assert_awaited_once_with("garage")
    assert site.config.stations["garage"].security is SecurityProfile.CERTIFICATE


async def test_protection_is_taken_away(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    await change(hass, protected(0))
    site.security.forget_password.assert_not_awaited()
    site.security.known["garage"] = Keys(offered=("hash",))
    await change(hass, protected(0))
    site.security.forget_password.assert_awaited_once_with("garage")
    # A form that says nothing of it changes nothing.
    await change(hass, FORM)
    site.security.forget_password.assert_awaited_once()
    assert saved(entry)["security_profile"] == 0


async def test_the_form_shows_what_is_required_by_now(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    site.security.least["garage"] = SecurityProfile.PASSWORD
    form = await open_form(hass, "station", "station-garage")
    [section] = [
        field for key, field in form["data_schema"].schema.items() if key == "security"
    ]
    suggested = {
        str(key): (key.description or {}).get("suggested_value")
        for key in section.schema.schema
    }
    assert suggested == {"security_profile": "1", "password": None}


async def test_a_site_that_does_not_run_protects_nobody(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await change(hass, protected(1, "set in the station"))
    assert result["errors"] == {"base": "site_not_running"}
    result = await submit(hass, result, protected(0))
    assert result["reason"] == "reconfigure_successful"


@pytest.mark.parametrize("shows", [False, True])
async def test_adopting_offers_protection(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite, shows: bool
) -> None:
    if shows:
        site.security.showing.add("CP-9")
    pin = "0a1b" * 16
    info = StationInfo("Alfen", "Eve")
    waiting = PendingStation("CP-9", "10.0.0.9", OcppVersion.V16, NOW, info, pin=pin)
    site.knock(waiting)
    await hass.async_block_till_done()
    [card] = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    form = await hass.config_entries.flow.async_configure(card["flow_id"])
    assert form["description_placeholders"]["certificate"].startswith("0A:1B:0A:1B")
    result = await hass.config_entries.flow.async_configure(
        card["flow_id"], protected(1)
    )
    assert result["reason"] == "station_added"
    asked = site.security.keep_shown_password if shows else site.security.offer_password
    asked.assert_awaited_once_with("CP-9")
    await hass.async_block_till_done()
    assert site.config.stations["CP-9"].security is SecurityProfile.PASSWORD
