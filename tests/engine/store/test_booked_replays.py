"""Whatever is told late, twice, out of order or around a restart, the books say what the undisturbed day came to."""

import asyncio

from hypothesis import HealthCheck, given, settings
import pytest

from tests.engine.sessions.days import Day
from tests.engine.sessions.test_replay import Told, as_it_happened, replays
from tests.engine.store.booked import BookedHouse, booked

SLOW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

WH = 1.0
MONEY = 0.01


def assert_alike(straight: BookedHouse, disturbed: BookedHouse) -> None:
    """The same sessions, each with the same energy and cost, in all and in every quarter hour."""
    assert disturbed.figures() == straight.figures()
    order = [
        sorted(house.records, key=lambda one: (one.key, one.started_at, one.id))
        for house in (straight, disturbed)
    ]
    for one, other in zip(*order, strict=True):
        assert other.account.energy_wh == pytest.approx(one.account.energy_wh, abs=WH)
        assert (other.account.cost or 0) == pytest.approx(
            one.account.cost or 0, abs=MONEY
        )
        assert other.account.unpriced_wh == one.account.unpriced_wh == 0
        expected = {
            quarter.start: quarter.import_wh for quarter in one.account.quarters
        }
        found = {quarter.start: quarter.import_wh for quarter in other.account.quarters}
        assert found == pytest.approx(expected, abs=WH)


def compare(version: int, case: tuple[Day, list[Told], int]) -> None:
    day, told, restart = case
    straight = asyncio.run(booked(version, as_it_happened(day)))
    assert_alike(straight, asyncio.run(booked(version, told, restart)))


@SLOW
@given(replays(1))
def test_a_day_of_1_6_comes_to_the_same(case: tuple[Day, list[Told], int]) -> None:
    compare(1, case)


@SLOW
@given(replays(2))
def test_a_day_of_2_x_comes_to_the_same(case: tuple[Day, list[Told], int]) -> None:
    compare(2, case)
