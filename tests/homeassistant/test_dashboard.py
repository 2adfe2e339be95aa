"""The dashboard's files are served, ask nothing of the outside, and speak all of our languages."""

from collections.abc import Generator
import json
from pathlib import Path
import re
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.evenload.const import DOMAIN, SIGNAL_CHANGED
from custom_components.evenload.dashboard import FOLDER, MAIN, edition
from custom_components.evenload.engine.model.household import MeterState
from custom_components.evenload.engine.model.phases import PhaseCurrents
from tests.homeassistant.fake_site import FakeSite

FILES = sorted(FOLDER.iterdir())
SOURCES = {file.name: file.read_text() for file in FILES}
LANGUAGES = {"de", "en", "fr", "nl"}
# It names a kind of drawing; nothing is fetched from it.
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.fixture
def frontend(hass: HomeAssistant) -> Generator[set[str]]:
    """What browsers are told to load, in a Home Assistant that has a frontend."""
    hass.config.components.add("frontend")
    told: set[str] = set()
    with patch(
        "homeassistant.components.frontend.add_extra_js_url",
        lambda _, url: told.add(url),
    ):
        yield told


async def test_every_file_is_served_at_an_address_that_changes_with_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frontend: set[str],
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "http", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    client = await hass_client_no_auth()
    assert frontend == {f"/{DOMAIN}/{edition()}/{MAIN}"}
    for name, source in SOURCES.items():
        response = await client.get(f"/{DOMAIN}/{edition()}/{name}")
        assert response.status == 200
        assert response.content_type == "text/javascript"
        assert "max-age" in response.headers["Cache-Control"]
        assert await response.text() == source


def test_another_file_is_another_edition(tmp_path: Path) -> None:
    with patch("custom_components.evenload.dashboard.FOLDER", tmp_path):
        editions = {edition()}
        for text in ("a", "b"):
            (tmp_path / "some.js").write_text(text)
            editions.add(edition())
    assert len(editions) == 3


async def test_without_a_frontend_nothing_is_served(
    hass: HomeAssistant, site: FakeSite
) -> None:
    assert "http" not in hass.config.components
    assert site.is_open


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_is_asked_of_the_outside(name: str) -> None:
    source = SOURCES[name].replace(NAMESPACE, "")
    assert "//" not in re.sub(
        r"^\s*//.*$|/\*.*?\*/", "", source, flags=re.MULTILINE | re.DOTALL
    )
    imported = re.findall(r"(?:from|import)\s*\(?\s*\"([^\"]+)\"", source)
    assert all(path.removeprefix("./") in SOURCES for path in imported)
    assert all(path.startswith("./") for path in imported)
    assert not re.search(
        r"\b(fetch|XMLHttpRequest|WebSocket|eval|import\.meta)\b", source
    )


@pytest.mark.parametrize("name", SOURCES)
def test_states_are_never_written_as_markup(name: str) -> None:
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", SOURCES[name]
    )


@pytest.mark.parametrize("name", SOURCES)
def test_no_entity_is_found_by_its_id(name: str) -> None:
    assert not re.search(
        r"[\"'`](sensor|number|switch|select|datetime)\.", SOURCES[name]
    )


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_is_one_concept(name: str) -> None:
    assert len(SOURCES[name].splitlines()) <= 250


def words_of_all_languages() -> dict[str, dict[str, str]]:
    """Return our own words by language."""
    texts: dict[str, dict[str, str]] = {}
    for line in SOURCES["words.js"].splitlines():
        if match := re.fullmatch(r"  (\w\w): \{", line):
            words = texts.setdefault(match[1], {})
        elif match := re.fullmatch(r"    (\w+): \"(.+)\",", line):
            words[match[1]] = match[2]
    return texts


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_one_word_for_one_thing(language: str) -> None:
    words = words_of_all_languages()[language]
    folder = Path(FOLDER).parent / "translations"
    translations = json.loads((folder / f"{language}.json").read_text())
    sensors = translations["entity"]["sensor"]
    assert f"{words['house']} L1" == sensors["house_l1"]["name"]
    assert f"{words['left']} L1" == sensors["headroom_l1"]["name"]
    assert words["power"] == sensors["power"]["name"]
    site = translations["config"]["step"]["user"]["data"]["phases"]
    assert site.lower() in words["card_circuit_about"].lower()


def test_every_language_has_all_words_and_every_word_is_used() -> None:
    texts = words_of_all_languages()
    assert texts.keys() == LANGUAGES
    used = {
        word for source in SOURCES.values() for word in re.findall(r"\"(\w+)\"", source)
    }
    for language, words in texts.items():
        assert list(words) == list(texts["en"]) == sorted(words), language
        for key, text in words.items():
            placeholders = re.findall(r"\{\w+\}", text)
            assert sorted(placeholders) == sorted(
                re.findall(r"\{\w+\}", texts["en"][key])
            )
            assert key in used, key


async def test_what_connectors_carry_is_told(
    hass: HomeAssistant, site: FakeSite, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "evenload/wirings"})
    answer = await client.receive_json()
    registry = dr.async_get(hass)
    garage = registry.async_get_device_by_identifier((DOMAIN, "garage"), "site")
    assert garage
    assert answer["result"][garage.id] == {
        "lines": ["l1", "l2", "l3"],
        "watts_per_ampere": 690.0,
        "watts_fed_per_ampere": 690.0,
    }
    assert len(answer["result"]) == 2


async def test_what_the_house_takes_is_shown_where_a_meter_tells_it(
    hass: HomeAssistant, site: FakeSite
) -> None:
    site.put_group("", meter=MeterState.FRESH, house=PhaseCurrents(4, -1.5, 0))
    async_dispatcher_send(hass, SIGNAL_CHANGED.format("site"))
    await hass.async_block_till_done()
    shown = [hass.states.get(f"sensor.home_house_l{number}") for number in (1, 2, 3)]
    assert [state and state.state for state in shown] == ["4.0", "-1.5", "0.0"]
    assert hass.states.get("sensor.yard_house_l1") is None
