"""By which names things are spoken of, and what a voice assistant may not."""

from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    intent,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse
from custom_components.evenload.engine.model.v2x import Hindrance
from custom_components.evenload.voice.words import async_load_words
from tests.homeassistant import speaking
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import DRIVE, GARAGE, at, look_again, say

SWITCH = "switch.garage_charging_allowed"


house = speaking.house


async def test_an_alias_names_the_car(hass: HomeAssistant, house: FakeSite) -> None:
    er.async_get(hass).async_update_entity(SWITCH, aliases=["Ioniq"])
    await look_again(hass)
    assert await say(hass, "Put the Ioniq first") == (
        "Garage charges first until it is unplugged."
    )
    assert house.asked[-1] == ("boost", GARAGE, True)


async def test_an_area_stands_for_its_connectors(
    hass: HomeAssistant, house: FakeSite
) -> None:
    area = ar.async_get(hass).async_create("Carport", aliases={"Shelter"})
    devices = dr.async_get(hass)
    for name in ("garage", "drive"):
        device = devices.async_get_device_by_identifier((DOMAIN, name), "site")
        devices.async_update_device(device.id, area_id=area.id)
    await look_again(hass)
    assert await say(hass, "limit the shelter to 8 amps") == (
        "Garage and Drive are limited to 8 A each."
    )
    assert house.asked[-2:] == [("set_maximum", GARAGE, 8), ("set_maximum", DRIVE, 8)]


async def test_a_renamed_device_is_known(hass: HomeAssistant, house: FakeSite) -> None:
    devices = dr.async_get(hass)
    device = devices.async_get_device_by_identifier((DOMAIN, "garage"), "site")
    devices.async_update_device(device.id, name_by_user="Zoë's (old) box")
    await look_again(hass)
    await say(hass, "limit zoë's old box to 8 amps")
    assert house.asked[-1] == ("set_maximum", GARAGE, 8)


async def test_a_station_stands_for_all_its_connectors(
    hass: HomeAssistant, house: FakeSite
) -> None:
    house.put(Evse(EvseKey("garage", 2)))
    await look_again(hass)
    await say(hass, "limit garage to 8 amps")
    assert {key for _, key, _ in house.asked} == {GARAGE, EvseKey("garage", 2)}
    await say(hass, "limit garage 2 to 9 amps")
    assert house.asked[-1] == ("set_maximum", EvseKey("garage", 2), 9)


async def test_other_sentences_are_left_alone(
    hass: HomeAssistant, house: FakeSite
) -> None:
    ar.async_get(hass).async_create("Kitchen")
    calls = async_mock_service(hass, "switch", "turn_off")
    await look_again(hass)
    await say(hass, "turn off garage charging allowed")
    assert calls
    for sentence in ("limit the bedroom to 10 amps", "pause the kitchen", "hello"):
        assert "Garage" not in await say(hass, sentence)
    assert house.asked == []


async def test_what_is_not_exposed_is_not_known(
    hass: HomeAssistant, house: FakeSite
) -> None:
    for entity in er.async_entries_for_config_entry(er.async_get(hass), "site"):
        if entity.unique_id.startswith("garage_"):
            async_expose_entity(hass, "conversation", entity.entity_id, False)
    await look_again(hass)
    await say(hass, "limit the garage to 10 amps")
    # Nor may it be reached by way of its group.
    await say(hass, "limit the yard to 10 amps")
    assert house.asked == []
    await say(hass, "limit the drive to 10 amps")
    assert house.asked == [("set_maximum", DRIVE, 10)]


async def test_what_only_shows_is_not_changed(
    hass: HomeAssistant, house: FakeSite
) -> None:
    for entity in er.async_entries_for_config_entry(er.async_get(hass), "site"):
        if entity.unique_id.startswith("garage_"):
            shows = entity.domain == "sensor"
            async_expose_entity(hass, "conversation", entity.entity_id, shows)
    await look_again(hass)
    assert await say(hass, "how is the garage charging") == "Garage is not connected."
    answer = await say(hass, "pausiere die Garage", "de")
    assert answer.startswith("Garage darf nicht per Sprache geändert werden.")
    assert house.asked == []


async def test_nothing_is_heard_when_the_site_is_gone(
    hass: HomeAssistant, house: FakeSite, entry: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    await look_again(hass)
    assert "Garage" not in await say(hass, "limit the garage to 10 amps")
    response = await intent.async_handle(hass, DOMAIN, "EvenloadWhy", {})
    assert response.response_type is intent.IntentResponseType.ERROR
    assert await hass.config_entries.async_setup(entry.entry_id)
    await look_again(hass)
    assert await say(hass, "limit garage to 10 amps") == "Garage is limited to 10 A."


async def test_an_unknown_name_is_refused_in_the_language_that_is_spoken(
    hass: HomeAssistant, house: FakeSite
) -> None:
    response = await intent.async_handle(
        hass, DOMAIN, "EvenloadWhy", {"name": {"value": "Tesla"}}, language="de-CH"
    )
    assert response.speech["plain"]["speech"] == (
        "Ich kenne keine Ladestation oder Gruppe namens Tesla."
    )


@pytest.mark.parametrize(
    ("operation", "slots", "asked"),
    [
        ("EvenloadSetLimit", {"amount": 8}, ("set_maximum", GARAGE, 8)),
        ("EvenloadChargeFirst", {}, ("boost", GARAGE, True)),
        ("EvenloadSetDeparture", {"hour": 19}, ("set_departure", GARAGE, at(19))),
    ],
)
async def test_sentences_of_ones_own_need_not_say_all(
    hass: HomeAssistant,
    house: FakeSite,
    operation: str,
    slots: dict[str, Any],
    asked: tuple[Any, ...],
) -> None:
    said = {
        key: {"value": value} for key, value in (slots | {"name": "garage"}).items()
    }
    await intent.async_handle(hass, DOMAIN, operation, said)
    assert house.asked[-1] == asked


async def test_every_language_says_the_same(hass: HomeAssistant) -> None:
    vocabulary = await async_load_words(hass)
    assert vocabulary.keys() == {"en", "de", "fr", "nl"}

    def shape(data: Any) -> Any:
        return {key: set(data[key]) for key in ("answers", "refusals")}

    english = vocabulary["en"].data
    for words in vocabulary.values():
        assert words.data.keys() == english.keys()
        assert shape(words.data) == shape(english)
        assert words.data["lists"]["unit"].keys() == english["lists"]["unit"].keys()
        assert words.data["frames"].keys() == english["frames"].keys()
        assert words.data["reasons"].keys() == set(Reason)
        assert words.data["hindrances"].keys() == set(Hindrance)
        assert words.data["sentences"].keys() == english["sentences"].keys()
        for name, rows in words.data["sentences"].items():
            assert all(
                row.keys() - {"slots"} <= english["frames"].keys() for row in rows
            )
            said = [row.get("slots") for row in rows]
            assert said == [row.get("slots") for row in english["sentences"][name]]


async def test_the_main_fuse_is_not_a_group(
    hass: HomeAssistant, house: FakeSite
) -> None:
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, "site"):
        known = entity.unique_id.startswith("group-yard_")
        async_expose_entity(hass, "conversation", entity.entity_id, known)
    await look_again(hass)
    await say(hass, "limit the main fuse to 10 amps")
    assert house.asked == []
    await say(hass, "limit the yard to 10 amps")
    assert house.asked == [("set_limit", "group-yard", 10)]
