"""Blueprints for guests, for evenings, and for what is said."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import V2gMode
from tests.homeassistant.automating import GARAGE, connect
from tests.homeassistant.blueprints import end, restart, use
from tests.homeassistant.fake_site import FakeSite

MODES = ["select.garage_discharging_mode", "select.drive_discharging_mode"]
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
        ("off", False, None),
        ("on", True, Current(8)),
        ("off", False, None),
        ("unavailable", False, None),
    ):
        show(hass, "input_boolean.guests", state)
        await hass.async_block_till_done()
        settings = online.evse(GARAGE).settings
        assert settings.charging_allowed is allowed, state
        assert settings.maximum in (maximum, maximum or Current(32)), state


# The evening


@pytest.fixture
async def evening(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> AsyncGenerator[list[ServiceCall]]:
    """Two vehicles that carry the house on weekday evenings; what they were told."""
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    at(hass, freezer, 16)
    for mode in MODES:
        show(hass, mode, "charge_only")
    told = async_mock_service(hass, "select", "select_option")
    days = ["mon", "tue", "wed", "thu", "fri"]
    await use(hass, "v2h_evening_peak", modes=MODES, days=days)
    yield told
    await end(hass)


def at(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hour: int, day: int = 2
) -> None:
    """Let it be this hour in November 2026, which begins on a Sunday."""
    local = dt_util.get_default_time_zone()
    freezer.move_to(datetime(2026, 11, day, hour, 0, 1, tzinfo=local))
    async_fire_time_changed(hass)


async def test_vehicles_carry_the_house_in_the_evening(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, evening: list[ServiceCall]
) -> None:
    at(hass, freezer, 17)
    await hass.async_block_till_done()
    assert evening[0].data == {"entity_id": MODES, "option": "house"}
    show(hass, MODES[0], "house")
    # Its owner has decided otherwise.
    show(hass, MODES[1], "setpoint")
    at(hass, freezer, 21)
    await hass.async_block_till_done()
    assert evening[1].data == {"entity_id": MODES[:1], "option": "charge_only"}
    assert len(evening) == 2


async def test_on_other_days_they_rest(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, evening: list[ServiceCall]
) -> None:
    at(hass, freezer, 17, day=8)
    await hass.async_block_till_done()
    assert not evening


@pytest.mark.parametrize(
    ("hour", "before", "told"),
    [
        (19, "charge_only", ["house"]),
        (19, "house", []),
        (22, "house", ["charge_only"]),
        (22, "charge_only", []),
    ],
)
async def test_home_assistant_was_away_in_the_evening(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hour: int,
    before: str,
    told: list[str],
) -> None:
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    at(hass, freezer, hour)
    show(hass, MODES[0], before)
    calls = async_mock_service(hass, "select", "select_option")
    await use(hass, "v2h_evening_peak", modes=MODES[:1])
    await restart(hass)
    await hass.async_block_till_done()
    assert [call.data["option"] for call in calls] == told
    await end(hass)


def test_the_modes_are_those_of_the_choice() -> None:
    assert {"house", "charge_only", "off"} <= set(V2gMode)


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
