"""Stations that dial in uninvited: one card each, one click to adopt them, and peace when they are ignored."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_INTEGRATION_DISCOVERY
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.discovery import MAXIMUM_CARDS, UnknownStation
from custom_components.evenload.engine.model.stations import (
    OcppVersion,
    PendingStation,
    StationInfo,
)
from tests.homeassistant.conftest import OPTIONS, station
from tests.homeassistant.fake_site import FakeSite

INFO = StationInfo(vendor="Alfen", model="Eve Single", serial="ACE123")


def pending(identity: str, info: StationInfo | None = INFO) -> PendingStation:
    """Return a station that waits."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return PendingStation(identity, "192.168.1.50", OcppVersion.V16, at, info)


def cards(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return the cards that are shown."""
    return hass.config_entries.flow.async_progress_by_handler(
        DOMAIN, match_context={"source": SOURCE_INTEGRATION_DISCOVERY}
    )


def names(hass: HomeAssistant) -> list[str]:
    """Return what is written on the cards."""
    return sorted(card["context"]["title_placeholders"]["name"] for card in cards(hass))


async def knock(hass: HomeAssistant, site: FakeSite, station: PendingStation) -> None:
    """Let a station dial in."""
    site.knock(station)
    await hass.async_block_till_done()


async def test_one_click_adopts_a_station(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    await knock(hass, site, pending("CP-9"))
    assert names(hass) == ["Alfen Eve Single (CP-9)"]
    [card] = cards(hass)
    form = await hass.config_entries.flow.async_configure(card["flow_id"])
    assert form["step_id"] == "discovery_confirm"
    assert form["description_placeholders"] == {
        "identity": "CP-9",
        "vendor": "Alfen",
        "model": "Eve Single",
        "serial": "ACE123",
        "certificate": "–",
    }
    suggestions = {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description
    }
    assert suggestions == {"name": "Alfen Eve Single", "phases": "3"}

    result = await hass.config_entries.flow.async_configure(
        card["flow_id"], suggestions
    )
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "station_added"
    assert cards(hass) == []
    assert site.config.stations["CP-9"].name == "Alfen Eve Single"
    assert hass.states.get("sensor.alfen_eve_single_status")
    assert entry.runtime_data is site


async def test_a_wrong_answer_can_be_put_right(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await knock(hass, site, pending("CP-9", info=None))
    [card] = cards(hass)
    answer = {"name": "Barn", "phases": "3", "maximum_a": 3}
    result = await hass.config_entries.flow.async_configure(card["flow_id"], answer)
    assert result["errors"] == {"maximum_a": "maximum_out_of_range"}
    assert result["description_placeholders"]["vendor"] == "–"
    # Nothing has to be entered twice.
    [name] = [key for key in result["data_schema"].schema if key == "name"]
    assert name.description == {"suggested_value": "Barn"}

    result = await hass.config_entries.flow.async_configure(
        card["flow_id"], answer | {"maximum_a": 16}
    )
    assert result["reason"] == "station_added"


async def test_ignoring_a_station_lasts(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    await knock(hass, site, pending("CP-9"))
    await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_IGNORE},
        data={"unique_id": "CP-9", "title": "Alfen"},
    )
    await hass.async_block_till_done()
    assert cards(hass) == []

    await knock(hass, site, pending("CP-9"))
    assert cards(hass) == []
    assert await hass.config_entries.async_reload(entry.entry_id)


async def test_a_card_that_comes_all_the_same_is_not_shown(
    hass: HomeAssistant, site: FakeSite
) -> None:
    MockConfigEntry(domain=DOMAIN, source=SOURCE_IGNORE, unique_id="CP-9").add_to_hass(
        hass
    )
    for identity, reason in (
        ("CP-9", "already_configured"),
        ("garage", "station_already_added"),
    ):
        result = await hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data=UnknownStation("site", identity),
        )
        assert result["reason"] == reason


async def test_a_bounded_number_of_cards_is_shown(
    hass: HomeAssistant, site: FakeSite
) -> None:
    for number in range(MAXIMUM_CARDS + 3):
        await knock(hass, site, pending(f"CP-{number}"))
    assert len(cards(hass)) == MAXIMUM_CARDS


async def test_a_station_that_speaks_late_gets_a_better_card(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await knock(hass, site, pending("CP-9", info=None))
    assert names(hass) == ["CP-9"]
    await knock(hass, site, pending("CP-9"))
    await knock(hass, site, pending("CP-9"))
    assert names(hass) == ["Alfen Eve Single (CP-9)"]


async def test_a_card_goes_with_its_station(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    await knock(hass, site, pending("CP-7"))
    await knock(hass, site, pending("CP-8"))
    site.forget("CP-7")
    await knock(hass, site, pending("CP-9"))
    assert len(cards(hass)) == 2

    assert await hass.config_entries.async_unload(entry.entry_id)
    assert cards(hass) == []


async def test_a_station_that_was_added_otherwise_is_not_added_twice(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    await knock(hass, site, pending("CP-9"))
    [card] = cards(hass)
    MockConfigEntry(
        domain=DOMAIN,
        data={"port": 9001},
        options=OPTIONS,
        subentries_data=[station("CP-9", "Elsewhere")],
    ).add_to_hass(hass)

    result = await hass.config_entries.flow.async_configure(
        card["flow_id"], {"name": "Barn"}
    )
    assert result["reason"] == "station_already_added"
    await knock(hass, site, pending("CP-9"))
    assert cards(hass) == []


async def test_a_card_of_a_removed_site_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data=UnknownStation("gone", "CP-9"),
    )
    assert result["reason"] == "site_removed"
