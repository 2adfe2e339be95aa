"""A station that is split, killed, cut off or confused tells of the same day: the same energy, and the same cost."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.sessions.days import IDENTITY, T0, Message
from tests.engine.sessions.test_replay import Told
from tests.engine.store.booked import BookedHouse, booked

MINUTE = timedelta(minutes=1)


def visit(power_w: list[int], splits: frozenset[int]) -> list[Message]:
    """One vehicle, a reading each five minutes; the station ends its transaction at some and begins another."""
    messages = [status(T0, EvseStatus.PREPARING)]
    at, wh, number = T0 + MINUTE, 7000.0, 101
    messages.append(start(at, number, wh))
    for nth, watts in enumerate(power_w):
        at += 5 * MINUTE
        wh += watts / 12
        messages.append(Message(at, 1, "meter", number, wh))
        if nth in splits:
            messages.append(end(at, number, wh, "PowerLoss"))
            number += 1
            messages.append(start(at, number, wh))
    messages.append(end(at, number, wh, "Local"))
    return [*messages, status(at + MINUTE, EvseStatus.AVAILABLE)]


def start(at: datetime, number: int, wh: float) -> Message:
    return Message(at, 1, "start", number, wh, token="card")


def end(at: datetime, number: int, wh: float, reason: str) -> Message:
    return Message(at, 1, "end", number, wh, reason=reason, token="card")


def status(at: datetime, status: EvseStatus) -> Message:
    return Message(at, 1, "status", status=status)


def as_told(messages: list[Message]) -> list[Told]:
    return [(message.at + timedelta(seconds=1), message) for message in messages]


def came_to(house: BookedHouse) -> tuple[float, float]:
    """Energy and cost of all that is on record."""
    accounts = [one.account for one in house.records]
    return sum(one.energy_wh for one in accounts), sum(
        one.cost or 0 for one in accounts
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(0, 22_000), min_size=1, max_size=20),
    st.frozensets(st.integers(0, 18), max_size=3),
    st.data(),
)
def test_splits_and_restarts_change_no_figure(
    power_w: list[int], splits: frozenset[int], data: st.DataObject
) -> None:
    straight = asyncio.run(booked(2, as_told(visit(power_w, frozenset()))))
    told = as_told(visit(power_w, splits))
    for again in data.draw(st.lists(st.integers(0, len(told) - 1), max_size=4)):
        later = data.draw(st.integers(again + 1, len(told)))
        told.insert(later, (told[min(later, len(told) - 1)][0], told[again][1]))
    restart = data.draw(st.integers(0, len(told)))
    split = asyncio.run(booked(2, told, restart))
    energy_wh, cost = came_to(split)
    expected_wh, expected = came_to(straight)
    assert energy_wh == pytest.approx(expected_wh, abs=1)
    assert cost == pytest.approx(expected, abs=0.01)
    # It is one visit, whatever the station made of it.
    assert len(split.records) == 1


def test_a_register_that_begins_anew_with_each_transaction() -> None:
    """The vehicle takes 6 kWh in two transactions; the second one counts from 0 (Vestel)."""
    messages = [
        status(T0, EvseStatus.PREPARING),
        start(T0 + MINUTE, 101, 90_000),
        Message(T0 + 16 * MINUTE, 1, "meter", 101, 92_000),
        end(T0 + 31 * MINUTE, 101, 94_000, "Local"),
        start(T0 + 32 * MINUTE, 102, 0),
        Message(T0 + 40 * MINUTE, 1, "meter", 102, 1500),
        # Zero for a moment (Wallbox), and what it showed before.
        Message(T0 + 41 * MINUTE, 1, "meter", 102, 0),
        end(T0 + 46 * MINUTE, 102, 2000, "EVDisconnected"),
    ]
    energy_wh, _ = came_to(asyncio.run(booked(2, as_told(messages))))
    assert energy_wh == pytest.approx(6000)


# To the end, in the middle, and at the beginning.
JUMPS = pytest.mark.parametrize("nths", [range(5, 16), (4, 5, 6), range(1, 3)])


def jumping(hours: int, nths: Sequence[int]) -> list[Told]:
    """An hour of charging, of which some messages come while our clock is wrong by so much."""
    told = as_told(visit([11_000] * 12, frozenset()))
    for nth in nths:
        at, message = told[nth]
        told[nth] = (at + timedelta(hours=hours), message)
    return told


@JUMPS
def test_our_own_clock_is_set_back(nths: Sequence[int]) -> None:
    """What stations tell is of a time to come then, and taken for now: the energy is right, and it is one session."""
    house = asyncio.run(booked(2, jumping(-1, nths)))
    [one] = house.records
    assert one.account.energy_wh == pytest.approx(11_000)
    assert one.account.unpriced_wh == 0
    assert one.ended_at is not None


@JUMPS
@pytest.mark.parametrize("hours", [24, 1])
def test_our_own_clock_jumps(hours: int, nths: Sequence[int]) -> None:
    """Ahead for a while, and back: nothing is lost, and no session is of another time in the end."""
    told = jumping(hours, nths)
    jumped = asyncio.run(booked(2, told))
    straight = asyncio.run(booked(2, as_told(visit([11_000] * 12, frozenset()))))
    assert came_to(jumped) == pytest.approx(came_to(straight), abs=0.01)
    assert jumped.figures() == straight.figures()


def test_two_stations_reading_one_card_have_a_session_each() -> None:
    first = visit([11_000] * 6, frozenset())
    second = [replace(one, evse=2, number=one.number + 100) for one in first]
    messages = sorted([*first, *second], key=lambda one: one.at)
    house = asyncio.run(booked(2, as_told(messages)))
    assert [one.key.evse for one in house.records] == [2, 1]
    assert {one.token for one in house.records} == {"card"}
    assert {one.key.identity for one in house.records} == {IDENTITY}
