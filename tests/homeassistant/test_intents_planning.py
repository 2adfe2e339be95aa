"""How far and by when, spoken: what is set, and what is answered of when it is done and what it costs."""

from dataclasses import replace
from datetime import datetime

from homeassistant.core import HomeAssistant
import pytest

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.planning import (
    ChargeGoal,
    ChargeMode,
    Outlook,
    Plan,
    PlanKind,
    VehicleFacts,
    VehiclePlan,
)
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.homeassistant import speaking
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import GARAGE, at, charge, say

house = speaking.house


def plan(site: FakeSite, *, cost: float | None, full_at: datetime | None) -> None:
    """Put a plan for the garage in force."""
    site.set_outlook(Outlook(currency="EUR"))
    vehicle = VehiclePlan(power_w=(7000.0,), cost=cost, full_at=full_at)
    site.tell_plan(
        Plan(
            made_at=at(17),
            start=at(17),
            kind=PlanKind.OPTIMAL,
            vehicles={GARAGE: vehicle},
        )
    )


def asked(site: FakeSite) -> list[object]:
    """Return what was asked of the garage, in order."""
    return [value for _, key, value in site.asked if key == GARAGE]


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        (
            "en",
            "Charge the garage to eighty percent by seven",
            "Garage charges to 80 % and leaves tomorrow at 7:00.",
        ),
        (
            "en",
            "charge garage by 7:00 to 80%",
            "Garage charges to 80 % and leaves tomorrow at 7:00.",
        ),
        (
            "de",
            "Lade die Garage auf achtzig Prozent bis sieben Uhr",
            "Garage lädt auf 80 % und fährt morgen um 7:00 Uhr ab.",
        ),
        (
            "de",
            "lade die Garage bis 7 Uhr auf 80 %",
            "Garage lädt auf 80 % und fährt morgen um 7:00 Uhr ab.",
        ),
        (
            "nl",
            "Laad de garage tot tachtig procent voor zeven uur",
            "Garage laadt tot 80 % en vertrekt morgen om 7:00.",
        ),
        (
            "fr",
            "Charge le garage à quatre-vingts pour cent avant sept heures",
            "Garage charge jusqu'à 80 % et part demain à 7:00.",
        ),
    ],
)
async def test_so_far_by_then_is_planned(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    said = await say(hass, sentence, language)
    assert said.split(" 7:00")[0] == answer.split(" 7:00", maxsplit=1)[0]
    goal = ChargeGoal(mode=ChargeMode.CHEAPEST, soc_percent=80.0)
    assert asked(house) == [goal, at(7, day=23)]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "charge the garage fully by six in the evening"),
        ("de", "lade die Garage bis 18 Uhr voll"),
        ("nl", "laad de garage vol voor 18 uur"),
        ("fr", "charge le garage complètement avant 18 heures"),
    ],
)
async def test_full_is_when_the_car_says_so(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str
) -> None:
    await say(hass, sentence, language)
    assert asked(house) == [ChargeGoal(mode=ChargeMode.CHEAPEST), at(18)]


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "Charge the garage to 80 percent", "Garage charges to 80 %."),
        ("de", "lade die Garage auf 80 Prozent", "Garage lädt auf 80 %."),
        ("nl", "laad de garage tot 80 procent", "Garage laadt tot 80 %."),
        ("fr", "charge le garage à 80 pour cent", "Garage charge jusqu'à 80 %."),
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ChargeMode.FAST, ChargeMode.FAST),
        (ChargeMode.SOLAR, ChargeMode.SOLAR),
        (ChargeMode.OFF, ChargeMode.FAST),
    ],
)
async def test_so_far_keeps_the_mode(
    hass: HomeAssistant,
    house: FakeSite,
    language: str,
    sentence: str,
    answer: str,
    before: ChargeMode,
    after: ChargeMode,
) -> None:
    evse = house.evse(GARAGE)
    house.put(
        replace(evse, settings=replace(evse.settings, goal=ChargeGoal(mode=before)))
    )
    assert await say(hass, sentence, language) == answer
    assert asked(house) == [ChargeGoal(mode=after, soc_percent=80.0)]


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "How long until the garage is full", "Garage is charged tomorrow"),
        ("en", "when will garage be ready", "Garage is charged tomorrow"),
        ("de", "Wann ist die Garage voll", "Garage ist morgen um 3:15 Uhr geladen"),
        ("de", "Wie lange dauert es, bis die Garage voll ist", "Garage ist morgen"),
        ("nl", "Wanneer is de garage vol", "Garage is morgen"),
        ("fr", "Quand le garage sera-t-il plein", "Garage aura fini de charger demain"),
    ],
)
async def test_when_it_is_done(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    charge(house, GARAGE)
    plan(house, cost=None, full_at=at(3, 15, day=23))
    said = await say(hass, sentence, language)
    assert said.startswith(answer)
    assert "3:15" in said


async def test_without_a_plan_it_is_reckoned_from_what_flows(
    hass: HomeAssistant, house: FakeSite
) -> None:
    charge(house, GARAGE, reading=Reading(power_w=10_000.0))
    question = "how long until the garage is full"
    assert (await say(hass, question)).startswith("I do not know when Garage is")
    facts = VehicleFacts(capacity_wh=60_000.0, soc_percent=70.0)
    house.set_vehicle(GARAGE, facts)
    # 18 kWh with 9 kW that are stored, from half past five on.
    assert await say(hass, question) == "Garage is charged at 19:30."


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        (
            "en",
            "How long until the garage is full",
            "Garage leaves with 14 kWh less than it should have.",
        ),
        (
            "de",
            "Wann ist die Garage voll",
            "Garage fährt mit 14 kWh weniger ab, als es sein sollten.",
        ),
        (
            "nl",
            "Wanneer is de garage vol",
            "Garage vertrekt met 14 kWh minder dan de bedoeling is.",
        ),
        (
            "fr",
            "Quand le garage sera-t-il plein",
            "Garage partira avec 14 kWh de moins que prévu.",
        ),
    ],
)
async def test_what_it_will_miss(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    charge(house, GARAGE, reading=Reading(power_w=10_000.0))
    plan(house, cost=None, full_at=None)
    house.missing_wh[GARAGE] = 13_800.0
    assert await say(hass, sentence, language) == answer


async def test_nobody_who_is_done_and_nobody_there(
    hass: HomeAssistant, house: FakeSite
) -> None:
    question = "when is the garage full"
    charge(house, GARAGE, status=EvseStatus.AVAILABLE)
    assert await say(hass, question) == "No car is plugged in at Garage."
    charge(
        house,
        GARAGE,
        status=EvseStatus.SUSPENDED_EVSE,
        allotment=Allotment(GARAGE, Current(0.0), Reason.GOAL_REACHED),
    )
    assert await say(hass, question) == "Garage has as much as you wanted."


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        (
            "en",
            "What will charging the garage cost",
            "Charging at Garage will cost about 1.23 euros.",
        ),
        (
            "de",
            "Was kostet das Laden an der Garage",
            "Das Laden an Garage kostet etwa 1,23 Euro.",
        ),
        (
            "nl",
            "Wat kost het laden van de garage",
            "Het laden bij Garage kost ongeveer 1,23 euro.",
        ),
        (
            "fr",
            "Combien coûte la recharge du garage",
            "Pour Garage, la recharge coûtera environ 1,23 euros.",
        ),
    ],
)
async def test_what_it_costs(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str, answer: str
) -> None:
    charge(house, GARAGE)
    plan(house, cost=1.234, full_at=None)
    assert await say(hass, sentence, language) == answer


async def test_what_it_costs_so_far_and_what_it_earns(
    hass: HomeAssistant, house: FakeSite
) -> None:
    question = "what will it cost to charge the garage"
    charge(house, GARAGE)
    await house.set_charge_goal(GARAGE, ChargeGoal(soc_percent=80))
    plan(house, cost=1.234, full_at=None)
    answer = "Charging at Garage to 80 % will cost about 1.23 euros."
    assert await say(hass, question) == answer
    plan(house, cost=-11.3, full_at=None)
    answer = "What is planned for Garage earns about 11.30 euros."
    assert await say(hass, question) == answer


async def test_what_it_costs_of_the_only_car(
    hass: HomeAssistant, house: FakeSite
) -> None:
    charge(house, GARAGE)
    plan(house, cost=1.0, full_at=None)
    assert (await say(hass, "What will it cost")).endswith("1.00 euros.")
    house.tell_plan(None)
    assert (await say(hass, "what will it cost")).startswith("I do not know what")
