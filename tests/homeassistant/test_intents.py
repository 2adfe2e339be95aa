"""Limits, pauses and questions in every language: what is answered, and what is done."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.model.tree import ROOT
from tests.homeassistant import speaking
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import DRIVE, GARAGE, charge, say

house = speaking.house


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "Limit the garage to ten amps", "Garage is limited to 10 A."),
        ("en", "limit the garage to 10 A.", "Garage is limited to 10 A."),
        ("en", "Charge garage with 10 amperes", "Garage is limited to 10 A."),
        ("de", "Begrenze die Garage auf zehn Ampere", "Garage ist auf 10 A begrenzt."),
        ("de", "Stelle Garage auf 10 A", "Garage ist auf 10 A begrenzt."),
        ("nl", "Beperk de garage tot tien ampère", "Garage is begrensd op 10 A."),
        ("nl", "Zet garage op 10 ampere", "Garage is begrensd op 10 A."),
        (
            "fr",
            "Limite le garage à dix ampères",
            "C'est noté : 10 A au maximum pour Garage.",
        ),
        (
            "fr",
            "réglez la recharge du garage à 10 A",
            "C'est noté : 10 A au maximum pour Garage.",
        ),
    ],
)
async def test_a_limit(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    assert await say(hass, sentence, language) == answer
    assert house.asked[-1] == ("set_maximum", GARAGE, 10)


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "limit the garage to 6.9 kW", "Garage is limited to 6.9 kW."),
        (
            "de",
            "begrenze die Garage auf 6,9 Kilowatt",
            "Garage ist auf 6,9 kW begrenzt.",
        ),
        ("nl", "begrens de garage op 6,9 kW", "Garage is begrensd op 6,9 kW."),
        (
            "fr",
            "limite le garage à 6,9 kW",
            "C'est noté : 6,9 kW au maximum pour Garage.",
        ),
    ],
)
async def test_a_limit_in_kilowatts(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    assert await say(hass, sentence, language) == answer
    assert house.asked[-1] == ("set_maximum", GARAGE, 10)


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        (
            "en",
            "limit the drive to 20 amps",
            "That is not possible: Drive takes between 6 and 16 amps.",
        ),
        (
            "de",
            "begrenze Drive auf drei Ampere",
            "Das geht nicht: Drive nimmt zwischen 6 und 16 Ampere.",
        ),
        (
            "nl",
            "beperk drive tot 20 ampère",
            "Dat kan niet: Drive neemt tussen 6 en 16 ampère.",
        ),
        (
            "fr",
            "limite drive à vingt ampères",
            "Ce n'est pas possible : Drive accepte entre 6 et 16 ampères.",
        ),
        (
            "en",
            "limit the yard to 40 amps",
            "That is not possible: Yard has a limit of 20 A in its settings.",
        ),
        (
            "de",
            "begrenze die Hauptsicherung auf 250 Ampere",
            "Das geht nicht: Home hat in den Einstellungen eine Grenze von 25 A.",
        ),
        (
            "en",
            "limit the garage to many amps",
            "I did not understand the number or the time.",
        ),
    ],
)
async def test_what_cannot_be_has_a_reason(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    assert await say(hass, sentence, language) == answer
    assert house.evse(DRIVE).settings.maximum is None


@pytest.mark.parametrize(
    "sentence", ["limit yard to 12 amps", "limit main fuse to 12 A"]
)
async def test_a_limit_of_a_circuit(
    hass: HomeAssistant, house: FakeSite, sentence: str
) -> None:
    await say(hass, sentence)
    asked = house.asked[-1]
    assert asked in (("set_limit", "group-yard", 12), ("set_limit", ROOT, 12))


@pytest.mark.parametrize(
    ("language", "pause", "paused", "resume", "resumed"),
    [
        (
            "en",
            "pause the charger",
            "Garage is paused.",
            "resume charging at the garage",
            "Garage may charge.",
        ),
        (
            "de",
            "pausiere die Wallbox",
            "Garage pausiert.",
            "lade das Auto weiter",
            "Garage darf laden.",
        ),
        (
            "nl",
            "pauzeer de laadpaal",
            "Garage is gepauzeerd.",
            "hervat het laden van de garage",
            "Garage mag laden.",
        ),
        (
            "fr",
            "mets la voiture en pause",
            "Garage est en pause.",
            "reprends la recharge du garage",
            "Garage peut charger.",
        ),
    ],
)
async def test_pausing_the_one_that_has_a_car(
    hass: HomeAssistant,
    house: FakeSite,
    language: str,
    pause: str,
    paused: str,
    resume: str,
    resumed: str,
) -> None:
    charge(house, GARAGE)
    assert await say(hass, pause, language) == paused
    assert house.asked[-1] == ("set_charging_allowed", GARAGE, False)
    assert await say(hass, resume, language) == resumed
    assert house.asked[-1] == ("set_charging_allowed", GARAGE, True)


async def test_which_one_is_asked_for(hass: HomeAssistant, house: FakeSite) -> None:
    assert await say(hass, "pause the charger") == "Which one: Garage or Drive?"
    assert await say(hass, "pausiere das Auto", "de") == "Welche: Garage oder Drive?"
    assert house.asked == []


async def test_a_group_stands_for_what_is_behind_it(
    hass: HomeAssistant, house: FakeSite
) -> None:
    assert await say(hass, "pause the yard") == "Garage and Drive are paused."


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        (
            "en",
            "How fast is the garage charging and why?",
            "Garage is charging with 6.9 kW. It may draw 10.3 A, because the main fuse carries no more.",
        ),
        (
            "de",
            "Wie schnell lädt die Garage und warum?",
            "Garage lädt mit 6,9 kW. Erlaubt sind 10,3 A, weil die Hauptsicherung nicht mehr hergibt.",
        ),
        (
            "nl",
            "Hoe snel laadt de garage en waarom?",
            "Garage laadt met 6,9 kW. Toegestaan is 10,3 A, omdat de hoofdzekering niet meer aankan.",
        ),
        (
            "fr",
            "À quelle vitesse charge le garage et pourquoi ?",
            "Garage charge à 6,9 kW, avec 10,3 A au maximum, car le disjoncteur principal ne supporte pas plus.",
        ),
    ],
)
async def test_how_fast_and_why(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    allotment = Allotment(GARAGE, Current(10.3), Reason.MAIN_FUSE)
    reading = Reading(power_w=6900)
    charge(house, GARAGE, reading=reading, allotment=allotment)
    assert await say(hass, sentence, language) == answer


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"status": EvseStatus.AVAILABLE}, "No car is plugged in at Garage."),
        ({"status": EvseStatus.FAULTED}, "Garage reports a fault."),
        ({"reading": Reading(power_w=-3000)}, "Garage is feeding back 3 kW."),
        ({}, "Garage is not charging."),
        (
            {"allotment": Allotment(GARAGE, Current(0), Reason.WAITING_FOR_TURN)},
            "Garage is not charging, because it is waiting for its turn.",
        ),
    ],
)
async def test_why_not(
    hass: HomeAssistant, house: FakeSite, changes: dict[str, Any], answer: str
) -> None:
    charge(house, GARAGE, **changes)
    assert await say(hass, "why is the garage not charging?") == answer


async def test_an_absent_station(hass: HomeAssistant, house: FakeSite) -> None:
    assert await say(hass, "how is the garage charging") == "Garage is not connected."


@pytest.mark.parametrize(
    ("language", "pause", "resume"),
    [
        ("en", "Stop charging", "Continue charging"),
        ("de", "Stoppe das Laden", "Setze das Laden fort"),
        ("nl", "Stop het laden", "Hervat het laden"),
        ("fr", "Arrête la recharge", "Reprends la recharge"),
    ],
)
async def test_charging_itself(
    hass: HomeAssistant, house: FakeSite, language: str, pause: str, resume: str
) -> None:
    charge(house, GARAGE)
    await say(hass, pause, language)
    assert house.asked[-1] == ("set_charging_allowed", GARAGE, False)
    await say(hass, resume, language)
    assert house.asked[-1] == ("set_charging_allowed", GARAGE, True)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "limit the charging current to ten amps"),
        ("de", "begrenze das Laden auf zehn Ampere"),
        ("nl", "beperk het laden tot tien ampère"),
        ("fr", "limite la recharge à dix ampères"),
    ],
)
async def test_the_sentences_of_the_blueprint_are_left_to_it(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str
) -> None:
    charge(house, GARAGE)
    await say(hass, sentence, language)
    assert house.asked == []
