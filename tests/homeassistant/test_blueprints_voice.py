"""The blueprint for what is said: numbers as they are spoken, and answers of one's own."""

from collections.abc import AsyncGenerator

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.evenload.engine.model.limits import Current
from tests.homeassistant.automating import GARAGE, connect
from tests.homeassistant.blueprints import end, use
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import say

MAXIMUM = "number.garage_maximum_current"
SAID = {
    "limit charging to twenty-one amps": 21,
    "could you please limit charging to thirty two amps please": 32,
    "limit charging to seven point five amps": 7.5,
    "begrenze bitte das Laden auf einundzwanzig Ampere": 21,
    "kannst du das Laden auf dreißig Ampere begrenzen": 30,
    "begrenze das Laden auf 7,5 Ampere": 7.5,
    "beperk het laden tot tweeëntwintig ampère": 22,
    "kun je het laden tot zeventien ampère beperken": 17,
    "limite la recharge à vingt et un ampères": 21,
    "peux-tu limiter la recharge à dix-sept ampères": 17,
    "limite la charge à vingt-cinq ampères": 25,
}
TOO_MUCH = {
    "limit charging to ninety nine amps",
    "limit charging to one hundred amps",
    "begrenze das Laden auf neunundneunzig Ampere",
    "beperk het laden tot honderd ampère",
    "limite la charge à quatre-vingt-dix-neuf ampères",
    "limite la charge à soixante et onze ampères",
    "limite la charge à quatre-vingts ampères",
}


@pytest.fixture
async def listening(hass: HomeAssistant, site: FakeSite) -> AsyncGenerator[FakeSite]:
    """A garage that can be spoken to."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    yield await connect(hass, site)
    await end(hass)


async def test_numbers_are_said_in_words(
    hass: HomeAssistant, listening: FakeSite
) -> None:
    await use(hass, "voice_limit", limit=MAXIMUM)
    done = {}
    for sentence in SAID:
        await say(hass, sentence)
        done[sentence] = listening.evse(GARAGE).settings.maximum
    assert done == {sentence: Current(amps) for sentence, amps in SAID.items()}
    for sentence in TOO_MUCH:
        assert await say(hass, sentence) == "Only 6 to 32 amps are possible."


async def test_answers_of_ones_own(hass: HomeAssistant, listening: FakeSite) -> None:
    await use(
        hass,
        "voice_limit",
        limit=MAXIMUM,
        sentences=["limita la carica a {amps} ampere"],
        done_text="Fatto: {amps} ampere.",
        refused_text="Da {least} a {most} ampere.",
    )
    assert await say(hass, "limita la carica a 10 ampere") == "Fatto: 10 ampere."
    answer = await say(hass, "limita la carica a 40 ampere")
    assert answer.startswith("Da 6")
