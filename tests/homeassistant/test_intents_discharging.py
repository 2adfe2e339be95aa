"""Discharging by voice: until when, and why not."""

from dataclasses import replace
from datetime import datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.model.v2x import DischargeState, Hindrance
from tests.homeassistant import discharging_home
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import DRIVE, GARAGE, at, charge, listen, say

entry = discharging_home.entry


@pytest.fixture
async def house(
    hass: HomeAssistant, site: FakeSite, freezer: FrozenDateTimeFactory
) -> FakeSite:
    """A home that understands sentences, with a car that can feed back."""
    await listen(hass, freezer)
    charge(site, GARAGE, discharge=DischargeState(hindrance=None))
    return site


@pytest.mark.parametrize(
    ("language", "sentence", "until", "answer"),
    [
        (
            "en",
            "Discharge the car until nine",
            at(21),
            "Garage feeds back until 21:00.",
        ),
        ("en", "discharge garage until 9:30 pm", at(21, 30), "Garage feeds back"),
        ("en", "discharge the garage until four", at(4, day=23), "Garage feeds back"),
        (
            "de",
            "Entlade das Auto bis neun",
            at(21),
            "Garage speist bis 21:00 Uhr zurück.",
        ),
        ("de", "entlade die Garage bis halb zehn", at(21, 30), "Garage speist"),
        (
            "nl",
            "Ontlaad de auto tot negen uur",
            at(21),
            "Garage levert terug tot 21:00 uur.",
        ),
        ("nl", "ontlaad de garage tot half tien", at(21, 30), "Garage levert"),
        (
            "fr",
            "Décharge la voiture jusqu'à neuf heures",
            at(21),
            "Garage restitue de l'énergie jusqu'à 21:00.",
        ),
        (
            "fr",
            "décharge le garage jusqu’à neuf heures et demie du soir",
            at(21, 30),
            "Garage restitue",
        ),
    ],
)
async def test_until(
    hass: HomeAssistant,
    house: FakeSite,
    language: str,
    sentence: str,
    until: datetime,
    answer: str,
) -> None:
    assert (await say(hass, sentence, language)).startswith(answer)
    assert house.asked[-1] == ("discharge_until", GARAGE, until, None, None)


async def test_what_hinders_it_is_said(hass: HomeAssistant, house: FakeSite) -> None:
    hindered = DischargeState(hindrance=Hindrance.SOC_AT_MINIMUM)
    house.put(replace(house.evse(GARAGE), discharge=hindered))
    assert await say(hass, "discharge the garage until 21:00") == (
        "Garage is to feed back until 21:00, but does not now, because the car is as empty as you allow."
    )


async def test_it_is_ended(hass: HomeAssistant, house: FakeSite) -> None:
    answer = await say(hass, "Stop discharging")
    assert answer == "Garage feeds back no more."
    assert house.asked[-1] == ("end_discharge", GARAGE)


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        (
            "en",
            "discharge the drive until 9 p.m.",
            "That is not possible: discharging is not set up for Drive.",
        ),
        (
            "de",
            "entlade Drive bis neun Uhr",
            "Das geht nicht: Entladen ist für Drive nicht eingerichtet.",
        ),
        (
            "nl",
            "ontlaad drive tot negen",
            "Dat kan niet: ontladen is niet ingesteld voor Drive.",
        ),
        (
            "fr",
            "décharge drive jusqu'à neuf heures",
            "Ce n'est pas possible : la décharge n'est pas configurée pour Drive.",
        ),
    ],
)
async def test_who_may_not(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    assert await say(hass, sentence, language) == answer


async def test_all_of_them_or_none(hass: HomeAssistant, house: FakeSite) -> None:
    """Who hears that it cannot be does not look whether the house feeds back all the same."""
    charge(house, DRIVE)
    assert await say(hass, "discharge all cars until nine") == (
        "That is not possible: discharging is not set up for Drive."
    )
    assert house.asked == []


async def test_nobody_is_there(hass: HomeAssistant, house: FakeSite) -> None:
    charge(house, GARAGE, status=EvseStatus.AVAILABLE)
    assert await say(hass, "discharge the garage until nine") == (
        "That is not possible: no car is plugged in at Garage."
    )


async def test_an_hour_that_there_is_not(hass: HomeAssistant, house: FakeSite) -> None:
    assert await say(hass, "discharge the garage until teatime") == (
        "I did not understand the number or the time."
    )
    assert house.asked == []
