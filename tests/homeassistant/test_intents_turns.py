"""Turns, departures, and what is left, in every language."""

from datetime import datetime

from homeassistant.core import HomeAssistant
import pytest

from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.tree import ROOT
from tests.homeassistant import speaking
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import GARAGE, at, say

house = speaking.house


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        (
            "en",
            "Put the garage first",
            "Garage charges first until it is unplugged.",
        ),
        ("de", "Lade die Garage zuerst", "Garage lädt zuerst, bis abgesteckt wird."),
        (
            "nl",
            "Geef de garage voorrang",
            "Garage laadt als eerste, tot de stekker eruit gaat.",
        ),
        (
            "fr",
            "Donne la priorité au garage",
            "Garage charge en premier, jusqu'à ce que la voiture soit débranchée.",
        ),
    ],
)
async def test_first(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    assert await say(hass, sentence, language) == answer
    assert house.asked[-1] == ("boost", GARAGE, True)


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "What is left on the main fuse?", "12 A are left on Home."),
        (
            "de",
            "Was ist auf der Hauptsicherung noch übrig?",
            "Auf Home sind noch 12 A frei.",
        ),
        ("nl", "Wat is er over op de hoofdzekering?", "Op Home is nog 12 A over."),
        (
            "fr",
            "Combien reste-t-il sur le disjoncteur principal ?",
            "Il reste 12 A sur Home.",
        ),
    ],
)
async def test_what_is_left(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    house.put_group(ROOT, headroom=PhaseCurrents.even(12))
    assert await say(hass, sentence, language) == answer


async def test_what_is_left_differs_by_phase(
    hass: HomeAssistant, house: FakeSite
) -> None:
    house.put_group("group-yard", headroom=PhaseCurrents(12, 3.5, 8))
    answer = await say(hass, "how much is left on the yard")
    assert answer == "On Yard, 12 A on L1, 3.5 A on L2 and 8 A on L3 are left."


@pytest.mark.parametrize(
    ("language", "sentence", "when", "answer"),
    [
        (
            "en",
            "set the departure of the garage to seven",
            at(7, day=23),
            "Garage leaves tomorrow at 7:00.",
        ),
        (
            "en",
            "set the departure of the garage to 7:30 pm",
            at(19, 30),
            "Garage leaves at 19:30.",
        ),
        (
            "en",
            "the garage leaves at half past six in the morning",
            at(6, 30, day=23),
            "",
        ),
        (
            "de",
            "setze die Abfahrt von der Garage auf halb acht",
            at(7, 30, day=23),
            "Garage fährt morgen um 7:30 Uhr ab.",
        ),
        ("de", "stelle die Abfahrt vom Garage auf 21 Uhr 15", at(21, 15), ""),
        (
            "nl",
            "zet het vertrek van de garage op kwart voor zeven",
            at(6, 45, day=23),
            "Garage vertrekt morgen om 6:45 uur.",
        ),
        (
            "fr",
            "règle le départ du garage à sept heures moins le quart",
            at(6, 45, day=23),
            "Garage part demain à 6:45.",
        ),
        ("fr", "le garage part à 19h30", at(19, 30), "Garage part à 19:30."),
        ("en", "the garage leaves tonight at nine", at(21), "Garage leaves at 21:00."),
        ("en", "the garage leaves today at seven", at(19), "Garage leaves at 19:00."),
        ("en", "the garage leaves at noon tomorrow", at(12, day=23), ""),
        ("de", "die Garage fährt morgen um halb acht", at(7, 30, day=23), ""),
        ("de", "die Garage fährt heute Nacht um zwei", at(2, day=23), ""),
        ("nl", "de garage vertrekt vanavond om half acht", at(19, 30), ""),
        ("fr", "le garage part demain à sept heures", at(7, day=23), ""),
        ("fr", "le garage part à minuit", at(0, day=23), ""),
    ],
)
async def test_departures(
    hass: HomeAssistant,
    house: FakeSite,
    language: str,
    sentence: str,
    when: datetime,
    answer: str,
) -> None:
    assert (await say(hass, sentence, language)).startswith(answer)
    assert house.asked[-1] == ("set_departure", GARAGE, when)


async def test_a_time_of_today_that_is_over(
    hass: HomeAssistant, house: FakeSite
) -> None:
    answer = await say(hass, "the garage leaves today at ten past five")
    assert answer == "That time is over already."
    assert house.asked == []
