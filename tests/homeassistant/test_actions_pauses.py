"""Pauses with a reason: by whom connectors are paused, until when, and where it is seen."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.limits import Current
from tests.homeassistant.conftest import NOW
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import DRIVE, GARAGE, charge, listen, say
from tests.homeassistant.test_actions_wishes import act


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ({"duration": "00:15:00"}, NOW + timedelta(minutes=15)),
        ({"until": "2026-11-01T13:30:00+00:00"}, NOW + timedelta(minutes=90)),
        ({}, NOW + timedelta(hours=1)),
    ],
)
async def test_a_reason_counts_until_it_ends(
    hass: HomeAssistant,
    site: FakeSite,
    freezer: FrozenDateTimeFactory,
    said: dict[str, str],
    until: Any,
) -> None:
    freezer.move_to(NOW)
    answer = await act(hass, "pause_charging", "garage", reason=" price ", **said)
    paused = [{"reason": "price", "until": until.isoformat()}]
    assert answer["connectors"][0]["paused_for"] == paused
    # The switch is its owner's.
    assert answer["connectors"][0]["charging_allowed"]
    answer = await act(hass, "resume_charging", "garage", reason="price")
    assert answer["connectors"][0]["paused_for"] == []


async def test_the_owner_and_a_reason_are_two(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await act(hass, "pause_charging", "garage", reason="holiday")
    await act(hass, "pause_charging", "garage")
    answer = await act(hass, "resume_charging", "garage")
    assert answer["connectors"][0]["charging_allowed"]
    assert answer["connectors"][0]["paused_for"][0]["reason"] == "holiday"
    assert not site.evse(GARAGE).may_charge
    assert site.evse(DRIVE).may_charge


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"duration": "00:15:00"}, "pause_without_reason"),
        ({"reason": "x" * 41}, "pause_reason_length"),
        ({"reason": "price", "until": "2020-01-01T00:00:00Z"}, "end_passed"),
        ({"reason": "price", "duration": {"days": 400}}, "pause_end_out_of_range"),
    ],
)
async def test_what_is_no_pause_is_said(
    hass: HomeAssistant, site: FakeSite, said: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "pause_charging", "garage", **said)
    assert caught.value.translation_key == key
    assert site.asked == []


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "resume charging at the garage", "an automation has it pause: holiday"),
        ("de", "lade das Auto weiter", "eine Automation lässt pausieren: holiday"),
    ],
)
async def test_who_lets_it_go_on_by_voice_is_told_that_others_do_not(
    hass: HomeAssistant,
    site: FakeSite,
    freezer: FrozenDateTimeFactory,
    language: str,
    sentence: str,
    answer: str,
) -> None:
    await listen(hass, freezer)
    charge(site, GARAGE)
    for reason in ("price", "holiday"):
        await act(hass, "pause_charging", "garage", reason=reason)
    assert answer in await say(hass, sentence, language)
    assert site.asked[-1] == ("set_charging_allowed", GARAGE, True)


async def test_who_pauses_is_seen_beside_why(
    hass: HomeAssistant, site: FakeSite
) -> None:
    site.put_station("garage", connected=True)
    allotment = Allotment(GARAGE, Current(0), Reason.PAUSED)
    site.put(replace(site.evse(GARAGE), allotment=allotment))
    for reason in ("price", "holiday"):
        await act(hass, "pause_charging", "garage", reason=reason)
    shown = hass.states.get("sensor.garage_limited_by")
    assert shown
    assert shown.state == "paused"
    assert shown.attributes["paused_for"] == ["holiday", "price"]
