"""How long: pauses and departures that are said by a while, and what is answered of days to come."""

from homeassistant.core import HomeAssistant
import pytest

from tests.homeassistant import speaking
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import GARAGE, at, say

house = speaking.house
VOICE = "voice"


@pytest.mark.parametrize(
    ("language", "sentence", "until", "answer"),
    [
        (
            "en",
            "pause the garage for two hours",
            at(19, 30),
            "Garage is paused until 19:30.",
        ),
        ("en", "pause the garage until nine", at(21), "Garage is paused until 21:00."),
        (
            "de",
            "Pausiere die Garage für eine halbe Stunde",
            at(18),
            "Garage pausiert bis 18:00 Uhr.",
        ),
        (
            "nl",
            "Pauzeer de garage anderhalf uur",
            at(19),
            "Garage is gepauzeerd tot 19:00 uur.",
        ),
        (
            "fr",
            "Mets le garage en pause pendant une heure",
            at(18, 30),
            "Garage est en pause jusqu'à 18:30.",
        ),
        (
            "en",
            "pause the garage for 100 hours",
            at(21, 30, day=26),
            "Garage is paused until Thursday at 21:30.",
        ),
        (
            "de",
            "Pausiere die Garage für 100 Stunden",
            at(21, 30, day=26),
            "Garage pausiert bis Donnerstag um 21:30 Uhr.",
        ),
        (
            "nl",
            "Pauzeer de garage 100 uur",
            at(21, 30, day=26),
            "Garage is gepauzeerd tot donderdag om 21:30 uur.",
        ),
        (
            "fr",
            "Mets le garage en pause pendant 100 heures",
            at(21, 30, day=26),
            "Garage est en pause jusqu'à jeudi à 21:30.",
        ),
    ],
)
async def test_a_pause_with_an_end(
    hass: HomeAssistant,
    house: FakeSite,
    language: str,
    sentence: str,
    until: object,
    answer: str,
) -> None:
    assert await say(hass, sentence, language) == answer
    assert house.asked == [("pause", GARAGE, VOICE, until)]


@pytest.mark.parametrize(
    "sentence",
    [
        "pause the garage for zero minutes",
        "discharge the garage for 0 minutes",
        "the garage leaves in 0 hours",
    ],
)
async def test_no_time_at_all(
    hass: HomeAssistant, house: FakeSite, sentence: str
) -> None:
    assert await say(hass, sentence) == "That time is over already."
    assert house.asked == []


async def test_such_a_pause_ends_when_it_is_said(
    hass: HomeAssistant, house: FakeSite
) -> None:
    await say(hass, "pause the garage for two hours")
    assert await say(hass, "resume the garage") == "Garage may charge."
    assert house.asked[-1] == ("resume", GARAGE, VOICE)
    assert house.evse(GARAGE).paused_for == ()


async def test_leaving_in_a_while(hass: HomeAssistant, house: FakeSite) -> None:
    answer = await say(hass, "the garage leaves in two hours")
    assert answer == "Garage leaves at 19:30."
    assert house.asked[-1] == ("set_departure", GARAGE, at(19, 30))
