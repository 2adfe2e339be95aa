"""A question back, all of them at once, in another way, and how full."""

from datetime import timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.planning import ChargeMode, VehicleFacts
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.homeassistant import speaking
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import DRIVE, GARAGE, charge, say

house = speaking.house


async def talk(
    hass: HomeAssistant, text: str, conversation_id: str | None, language: str = "en"
) -> tuple[str, str | None]:
    """Say something in a conversation; return the answer, and which conversation it is."""
    result = await conversation.async_converse(
        hass, text, conversation_id, Context(), language=language
    )
    return result.response.speech["plain"]["speech"], result.conversation_id


@pytest.mark.parametrize(
    ("language", "sentence", "question", "answer", "done"),
    [
        (
            "en",
            "pause the charger",
            "Which one: Garage or Drive?",
            "I mean the garage",
            "Garage is paused.",
        ),
        (
            "de",
            "Pausiere die Wallbox",
            "Welche: Garage oder Drive?",
            "Die Garage bitte",
            "Garage pausiert.",
        ),
        (
            "nl",
            "Pauzeer de laadpaal",
            "Welke: Garage of Drive?",
            "De garage",
            "Garage is gepauzeerd.",
        ),
        (
            "fr",
            "Mets la borne en pause",
            "Laquelle : Garage ou Drive ?",
            "le garage",
            "Garage est en pause.",
        ),
    ],
)
async def test_the_name_alone_answers(
    hass: HomeAssistant,
    house: FakeSite,
    language: str,
    sentence: str,
    question: str,
    answer: str,
    done: str,
) -> None:
    charge(house, GARAGE)
    charge(house, DRIVE)
    await hass.config.async_update(language=language)
    await hass.async_block_till_done()
    asked, where = await talk(hass, sentence, None, language)
    assert asked == question
    assert (await talk(hass, answer, where, language))[0] == done
    assert house.asked == [("set_charging_allowed", GARAGE, False)]


async def test_with_what_was_said_before(hass: HomeAssistant, house: FakeSite) -> None:
    charge(house, GARAGE)
    charge(house, DRIVE)
    _, where = await talk(hass, "limit the car to ten amps", None)
    again, _ = await talk(hass, "the car", where)
    assert again == "Which one: Garage or Drive?"
    assert (await talk(hass, "drive", where))[0] == "Drive is limited to 10 A."
    # It was answered.
    answer, _ = await talk(hass, "garage", where)
    assert "limited" not in answer
    assert house.asked == [("set_maximum", DRIVE, 10)]


async def test_a_name_is_an_answer_only_where_it_was_asked_for_and_for_a_while(
    hass: HomeAssistant, house: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    charge(house, GARAGE)
    charge(house, DRIVE)
    _, where = await talk(hass, "pause the car", None)
    await talk(hass, "the garage", "another")
    assert house.asked == []
    freezer.tick(timedelta(minutes=2))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()
    await talk(hass, "the garage", where)
    assert house.asked == []


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "Pause all chargers", "Garage and Drive are paused."),
        ("de", "Pausiere alle Ladestationen", "Garage und Drive pausieren."),
        ("nl", "Pauzeer alle laadpalen", "Garage en Drive zijn gepauzeerd."),
        ("fr", "Mets toutes les bornes en pause", "Garage et Drive sont en pause."),
    ],
)
async def test_all_of_them(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    assert await say(hass, sentence, language) == answer
    assert [asked[1] for asked in house.asked] == [GARAGE, DRIVE]


async def test_all_have_a_limit_or_none(hass: HomeAssistant, house: FakeSite) -> None:
    # The drive takes no more than 16 A.
    refused = await say(hass, "limit all chargers to 20 amps")
    assert refused.startswith("That is not possible: Drive")
    assert house.asked == []
    answer = await say(hass, "limit the chargers to 10 amps")
    assert answer == "Garage and Drive are limited to 10 A each."


async def test_which_cars_charge(hass: HomeAssistant, house: FakeSite) -> None:
    for key in (GARAGE, DRIVE):
        charge(house, key, status=EvseStatus.AVAILABLE)
    question = "which cars are charging"
    assert await say(hass, question) == "No car is plugged in at Garage and Drive."


async def test_a_limit_is_taken_away(hass: HomeAssistant, house: FakeSite) -> None:
    answer = await say(hass, "remove the limit of the drive")
    assert answer == "Drive may draw up to 16 A again."
    assert house.asked[-1] == ("set_maximum", DRIVE, 16)
    answer = await say(hass, "take the limit off the yard")
    assert answer == "Yard may draw up to 20 A again."
    assert house.asked[-1] == ("set_limit", "group-yard", 20)


@pytest.mark.parametrize(
    ("sentence", "mode", "answer"),
    [
        (
            "charge the garage only with the sun",
            ChargeMode.SOLAR,
            "Garage charges with the sun only.",
        ),
        (
            "charge the garage when it is cheapest",
            ChargeMode.CHEAPEST,
            "Garage charges when it is cheapest.",
        ),
        (
            "charge the garage fast",
            ChargeMode.FAST,
            "Garage charges as fast as it can.",
        ),
    ],
)
async def test_in_another_way(
    hass: HomeAssistant, house: FakeSite, sentence: str, mode: ChargeMode, answer: str
) -> None:
    assert await say(hass, sentence) == answer
    assert house.goal(GARAGE).mode is mode


async def test_the_sun_needs_a_meter(hass: HomeAssistant, house: FakeSite) -> None:
    no = BadSetting("sun_needs_meter")
    with patch.object(FakeSite, "check_charge_goal", side_effect=no):
        answer = await say(hass, "charge all cars with the sun")
    assert answer.startswith("That is not possible: Garage has no household meter")
    assert house.asked == []


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "how full is the garage", "The car at Garage is 43 % full."),
        ("de", "wie voll ist die Garage", "Das Auto an Garage ist zu 43 % voll."),
        ("nl", "hoe vol is de garage", "De auto bij Garage is 43 % vol."),
        (
            "fr",
            "quel est le niveau de charge du garage",
            "La voiture sur Garage est chargée à 43 %.",
        ),
    ],
)
async def test_how_full(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    charge(house, GARAGE)
    house.set_vehicle(GARAGE, VehicleFacts(soc_percent=43.2))
    assert await say(hass, sentence, language) == answer


async def test_how_full_nobody_knows(hass: HomeAssistant, house: FakeSite) -> None:
    charge(house, GARAGE)
    answer = await say(hass, "how full is the car")
    assert answer.startswith("I do not know how full the car at Garage is")


async def test_who_is_not_known_of_hides_nothing_of_the_others(
    hass: HomeAssistant, house: FakeSite
) -> None:
    charge(house, GARAGE)
    charge(house, DRIVE)
    house.set_vehicle(DRIVE, VehicleFacts(soc_percent=43.2))
    answer = await say(hass, "how full are the cars")
    assert answer.startswith("I do not know how full the car at Garage is")
    assert answer.endswith("The car at Drive is 43 % full.")
