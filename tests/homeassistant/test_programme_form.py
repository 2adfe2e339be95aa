"""The form of a grid programme asks the programme before it is kept."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.homeassistant import programme_home
from tests.homeassistant.conftest import config_entry, group, station
from tests.homeassistant.programme_home import set_up, settled
from tests.openadr_vtn import Vtn

business, entry = programme_home.business, programme_home.entry
programme, vtn = programme_home.programme, programme_home.vtn

ADVANCED = {
    "dispatch_sign": "charges",
    "poll_s": 60,
    "ven_name": "home",
    "resource_name": "cars",
    "allow_http": True,
}


def answers(vtn: Vtn, **said: Any) -> dict[str, Any]:
    advanced = ADVANCED | said.pop("advanced", {})
    return {
        "name": "Flex",
        "url": f" {vtn.url}/ ",
        "version": "v3_0_1" if vtn.edition == "3.0.1" else "v3_1",
        "programme": "flex",
        "client_id": "ven",
        "client_secret": "secret",
        "target": "site",
        "advanced": advanced,
        **said,
    }


async def asked_for(hass: HomeAssistant, given: dict[str, Any]) -> dict[str, Any]:
    flows = hass.config_entries.subentries
    result = await flows.async_init(
        ("site", "grid_programme"), context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    return await flows.async_configure(result["flow_id"], given)


@pytest.fixture
async def bare(hass: HomeAssistant) -> MockConfigEntry:
    """A site without a programme."""
    entry = config_entry(station("garage", "Garage"), group("Yard", "garage"))
    entry.add_to_hass(hass)
    await set_up(hass, entry)
    return entry


@pytest.mark.parametrize("target", ["site", "group-yard", "garage_1"])
async def test_a_programme_is_added(
    hass: HomeAssistant, vtn: Vtn, programme: str, bare: MockConfigEntry, target: str
) -> None:
    result = await asked_for(hass, answers(vtn, target=target))
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await settled(hass)
    (made,) = bare.get_subentries_of_type("grid_programme")
    assert (made.title, made.data["target"]) == ("Flex", target)
    assert hass.states.get("sensor.flex_connection").state == "connected"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"name": " "}, "name_missing"),
        ({"url": "vtn"}, "programme_url_invalid"),
        ({"url": "http://["}, "programme_url_invalid"),
        ({"url": "http://vtn.example/openadr3"}, "programme_not_encrypted"),
        ({"advanced": {"allow_http": False}}, "programme_not_encrypted"),
        ({"advanced": {"token_url": "token"}}, "programme_token_url_invalid"),
        ({"advanced": {"token_url": "http://a.example/t"}}, "programme_not_encrypted"),
        ({"client_secret": ""}, "programme_half_a_login"),
        ({"client_id": ""}, "programme_half_a_login"),
        ({"programme": " "}, "programme_missing"),
        ({"advanced": {"poll_s": 5}}, "poll_out_of_range"),
        ({"advanced": {"poll_s": 900}}, "poll_out_of_range"),
        ({"client_secret": "wrong"}, "programme_refused"),
        ({"client_id": "", "client_secret": ""}, "programme_refused"),
        ({"programme": "other"}, "programme_no_programme"),
        ({"url": "http://127.0.0.1:9"}, "programme_unreachable"),
    ],
)
async def test_what_is_wrong_is_said_and_can_be_mended(
    hass: HomeAssistant,
    vtn: Vtn,
    programme: str,
    bare: MockConfigEntry,
    said: dict[str, Any],
    error: str,
) -> None:
    result = await asked_for(hass, answers(vtn, **said))
    assert result["type"] is FlowResultType.FORM
    assert list(result["errors"].values()) == [error]
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], answers(vtn)
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settled(hass)


async def test_a_programme_is_changed_and_keeps_its_secret(
    hass: HomeAssistant, entry: MockConfigEntry, vtn: Vtn, programme: str
) -> None:
    await set_up(hass, entry)
    flows = hass.config_entries.subentries
    result = await flows.async_init(
        ("site", "grid_programme"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": "programme-flex"},
    )
    suggested = {
        str(key): (key.description or {}).get("suggested_value")
        for key in result["data_schema"].schema
    }
    assert (suggested["client_id"], suggested["client_secret"]) == ("ven", None)
    given = answers(vtn, name="Renamed", advanced={"poll_s": 30})
    del given["client_secret"]
    result = await flows.async_configure(result["flow_id"], given)
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "reconfigure_successful",
    )
    await settled(hass)
    (changed,) = entry.get_subentries_of_type("grid_programme")
    assert changed.title == "Renamed"
    assert changed.data["client_secret"] == "secret"
    assert hass.states.get("sensor.flex_connection").state == "connected"
