"""Blueprints for guests, and for what is said."""

from collections.abc import AsyncGenerator
from typing import Any

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.evenload.engine.model.limits import Current
from tests.homeassistant.automating import GARAGE, connect
from tests.homeassistant.blueprints import end, restart, use
from tests.homeassistant.fake_site import FakeSite

MAXIMUM = "number.garage_maximum_current"


@pytest.fixture
async def online(hass: HomeAssistant, site: FakeSite) -> AsyncGenerator[FakeSite]:
    """A site whose stations are connected and free."""
    yield await connect(hass, site)
    await end(hass)


def show(hass: HomeAssistant, entity_id: str, state: str) -> None:
    """Let an entity show something."""
    hass.states.async_set(entity_id, state)


# Guests


async def test_guests_come_and_go(hass: HomeAssistant, online: FakeSite) -> None:
    show(hass, "input_boolean.guests", "off")
    await use(
        hass,
        "guest_mode",
        guests="input_boolean.guests",
        switches=["switch.garage_charging_allowed"],
        maxima=[MAXIMUM],
        current=8,
    )
    await restart(hass)
    for state, allowed, maximum in (
        ("off", False, 32),
        ("on", True, 8),
        ("off", False, 32),
        ("unavailable", False, 32),
    ):
        show(hass, "input_boolean.guests", state)
        await hass.async_block_till_done()
        assert online.evse(GARAGE).may_charge is allowed, state
        shown = hass.states.get(MAXIMUM)
        assert shown
        assert float(shown.state) == maximum


# What is said


async def say(hass: HomeAssistant, text: str, language: str = "en") -> str:
    """Say something; returns the answer."""
    result = await conversation.async_converse(
        hass, text, None, Context(), language=language
    )
    speech: dict[str, Any] = result.response.speech
    return str(speech["plain"]["speech"])


@pytest.fixture
async def listening(hass: HomeAssistant, online: FakeSite) -> FakeSite:
    """A garage that does what it is told."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    await use(hass, "voice_limit", limit=MAXIMUM)
    return online


@pytest.mark.parametrize(
    ("language", "text", "amps", "answer"),
    [
        ("en", "limit charging to ten amps", 10, "Charging is limited to 10 amps."),
        ("en", "Set the charging current to 16 amps.", 16, "Charging is limited to"),
        ("de", "Begrenze das Laden auf zwölf Ampere", 12, "Das Laden ist auf 12"),
        ("nl", "Beperk het laden tot 8 ampère", 8, "Het laden is beperkt tot 8"),
        ("fr", "Limite la recharge à seize ampères", 16, "La recharge est limitée"),
    ],
)
async def test_a_limit_is_said(
    hass: HomeAssistant,
    listening: FakeSite,
    language: str,
    text: str,
    amps: int,
    answer: str,
) -> None:
    assert (await say(hass, text, language)).startswith(answer)
    assert listening.evse(GARAGE).settings.maximum == Current(amps)


@pytest.mark.parametrize(
    ("language", "text", "answer"),
    [
        ("en", "limit charging to 40 amps", "Only 6 to 32 amps are possible."),
        ("en", "limit charging to a few amps", "I did not understand the number."),
        ("de", "begrenze das Laden auf 3 Ampere", "Möglich sind 6 bis 32 Ampere."),
        ("nl", "zet het laden op zeven en een half ampère", "Ik heb het getal niet"),
        ("fr", "limite la charge à 3 ampères", "Il faut de 6 à 32 ampères."),
    ],
)
async def test_what_is_not_possible_gets_an_answer(
    hass: HomeAssistant, listening: FakeSite, language: str, text: str, answer: str
) -> None:
    assert (await say(hass, text, language)).startswith(answer)
    assert listening.evse(GARAGE).settings.maximum is None


async def test_nobody_is_there_to_listen(
    hass: HomeAssistant, listening: FakeSite
) -> None:
    hass.states.async_set(MAXIMUM, "unavailable")
    answer = await say(hass, "limit charging to ten amps")
    assert answer == "Not now: Evenload is not ready."
    assert listening.evse(GARAGE).settings.maximum is None
