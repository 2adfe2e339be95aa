"""Pauses with a reason: each by itself, and none outlives who asked for it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.pauses import Pause, checked
from custom_components.evenload.engine.model.stations import EvseSettings, EvseStatus
from tests.engine.memory.test_fleet import KEY, T0, House
from tests.engine.virtual import run_virtually


def in_minutes(minutes: float, reason: str = "price") -> Pause:
    """Return a pause from now on."""
    return Pause(reason, T0 + timedelta(minutes=minutes))


async def let_pass(house: House, minutes: float) -> None:
    """Let time pass, for the house and for the event loop."""
    house.later(minutes)
    await asyncio.sleep(minutes * 60)


def reasons(house: House) -> list[str]:
    """Return for what the garage pauses."""
    return [one.reason for one in house.fleet.evse(KEY).paused_for]


def is_paused(house: House) -> bool:
    """Whether the garage is given nothing since it pauses."""
    evse = house.fleet.evse(KEY)
    assert evse.allotment is not None
    paused = evse.allotment.reason is Reason.PAUSED
    assert paused is (evse.allotment.current.a == 0) is not evse.may_charge
    return paused


def virtually(story: Callable[[House], Awaitable[None]]) -> None:
    """Run a story in which a vehicle charges at the garage."""

    async def told() -> None:
        house = House()
        house.connect()
        house.status(EvseStatus.CHARGING)
        assert not is_paused(house)
        await story(house)
        house.fleet.close()

    run_virtually(told())


def test_every_reason_counts_by_itself() -> None:
    async def story(house: House) -> None:
        pauses = house.fleet.pauses
        assert pauses.put(KEY, in_minutes(60))
        assert pauses.put(KEY, in_minutes(60, "holiday"))
        assert reasons(house) == ["holiday", "price"]
        assert pauses.take(KEY, "price")
        assert is_paused(house)
        assert not pauses.take(KEY, "price")
        pauses.take(KEY, "holiday")
        assert not is_paused(house)

    virtually(story)


def test_the_owners_own_word_is_another_one() -> None:
    async def story(house: House) -> None:
        house.fleet.pauses.put(KEY, in_minutes(5))
        house.fleet.set_settings(KEY, EvseSettings(charging_allowed=False))
        await let_pass(house, 6)
        assert reasons(house) == []
        assert is_paused(house)
        house.fleet.pauses.put(KEY, in_minutes(15))
        house.fleet.set_settings(KEY, EvseSettings(charging_allowed=True))
        assert is_paused(house)

    virtually(story)


def test_what_nobody_renews_ends() -> None:
    async def story(house: House) -> None:
        house.fleet.pauses.put(KEY, in_minutes(15))
        house.fleet.pauses.put(KEY, in_minutes(20, "holiday"))
        await let_pass(house, 14)
        house.told.clear()
        await let_pass(house, 2)
        assert KEY in house.told
        assert (reasons(house), is_paused(house)) == (["holiday"], True)
        await let_pass(house, 5)
        assert not is_paused(house)

    virtually(story)


def test_what_is_renewed_goes_on() -> None:
    async def story(house: House) -> None:
        for minutes in range(0, 60, 10):
            new = house.fleet.pauses.put(KEY, in_minutes(minutes + 15))
            assert new is (minutes == 0)
            await let_pass(house, 10)
            assert is_paused(house)
        await let_pass(house, 6)
        assert not is_paused(house)

    virtually(story)


@pytest.mark.parametrize("away", [5, 60])
def test_it_outlives_a_restart_but_not_its_end(away: float) -> None:
    async def story(house: House) -> None:
        house.fleet.pauses.put(KEY, in_minutes(30))
        house.later(away)
        again = house.restarted()
        again.connect()
        assert (reasons(again), is_paused(again)) == (
            (["price"], True) if away < 30 else ([], False)
        )
        await let_pass(again, 30)
        assert not is_paused(again)
        again.fleet.close()

    virtually(story)


@pytest.mark.parametrize(
    ("reason", "minutes", "key"),
    [
        ("", 5, "pause_reason_length"),
        (" \n ", 5, "pause_reason_length"),
        ("x" * 41, 5, "pause_reason_length"),
        ("price", 0, "pause_end_out_of_range"),
        ("price", 60 * 24 * 400, "pause_end_out_of_range"),
    ],
)
def test_what_is_no_pause(reason: str, minutes: float, key: str) -> None:
    with pytest.raises(BadSetting) as caught:
        checked(reason, T0 + timedelta(minutes=minutes), T0)
    assert caught.value.key == key


def test_a_reason_is_one_line() -> None:
    assert checked(" too  dear\n", in_minutes(1).until, T0) == in_minutes(1, "too dear")
