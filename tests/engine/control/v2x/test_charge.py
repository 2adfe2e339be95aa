"""How full a vehicle is believed to be."""

from datetime import datetime, timedelta

import pytest

from custom_components.evenload.engine.control.v2x.charge import (
    ONE_WAY_EFFICIENCY,
    SOC_AGE,
    Charges,
)
from custom_components.evenload.engine.control.v2x.permission import is_low
from custom_components.evenload.engine.model.identity import EvseKey
from tests.engine.virtual import BEGINNING

KEY = EvseKey("A", 1)


def at(minutes: float) -> datetime:
    """Return a moment."""
    return BEGINNING + timedelta(minutes=minutes)


def test_zero_while_nothing_flows_says_nothing() -> None:
    charges = Charges()
    charges.say(KEY, 0.0, at(0), power_w=0.0)
    assert charges.soc(KEY, None, at(0)) is None
    charges.say(KEY, 55.0, at(1), power_w=0.0)
    charges.say(KEY, 0.0, at(2), power_w=0.0)
    assert charges.soc(KEY, None, at(2)) == 55.0


def test_one_percent_is_believed_when_it_is_said_again_and_again() -> None:
    charges = Charges()
    charges.say(KEY, 55.0, at(0))
    for minute in (1, 2):
        charges.say(KEY, 1.0, at(minute))
        assert charges.soc(KEY, None, at(minute)) == 55.0
    charges.say(KEY, 1.0, at(3))
    assert charges.soc(KEY, None, at(3)) == 1.0


@pytest.mark.parametrize("value", [-1.0, 101.0, 65535.0, float("nan")])
def test_what_cannot_be_is_none(value: float) -> None:
    charges = Charges()
    charges.say(KEY, value, at(0))
    assert charges.soc(KEY, None, at(0)) is None


def test_what_came_out_since_is_taken_off_and_what_went_in_is_not_put_on() -> None:
    charges = Charges()
    charges.say(KEY, 50.0, at(0))
    charges.gave(KEY, 6000.0 * ONE_WAY_EFFICIENCY)
    assert charges.soc(KEY, 60_000.0, at(1)) == pytest.approx(40.0)
    # Of a vehicle whose battery nobody knows more is taken off.
    assert charges.soc(KEY, None, at(1)) == pytest.approx(10.0)
    charges.gave(KEY, -20_000.0)
    assert charges.soc(KEY, 60_000.0, at(1)) == 50.0


def test_what_is_lost_on_the_way_is_counted_both_ways() -> None:
    charges = Charges()
    charges.say(KEY, 50.0, at(0))
    # 5.1 kWh on the meter at 0.85 are 6 kWh of the battery.
    charges.gave(KEY, 5100.0)
    assert charges.soc(KEY, 60_000.0, at(1)) == pytest.approx(40.0)
    # And of 4 kWh on the meter 3.4 arrive.
    charges.gave(KEY, -4000.0)
    assert charges.soc(KEY, 60_000.0, at(1)) == pytest.approx(45.667, abs=0.01)


def test_what_is_only_repeated_does_not_undo_what_was_given() -> None:
    charges = Charges()
    charges.say(KEY, 50.0, at(0))
    charges.gave(KEY, 6000.0 * ONE_WAY_EFFICIENCY)
    charges.say(KEY, 50.0, at(1))
    assert charges.soc(KEY, 60_000.0, at(1)) == pytest.approx(40.0)
    # Its sensor falls silent for a while, and says the same again.
    charges.doubt(KEY)
    assert charges.soc(KEY, 60_000.0, at(2)) is None
    charges.say(KEY, 50.0, at(3))
    assert charges.soc(KEY, 60_000.0, at(3)) == pytest.approx(40.0)
    charges.say(KEY, 49.0, at(4))
    assert charges.soc(KEY, 60_000.0, at(4)) == 49.0


def test_what_was_given_survives_a_restart() -> None:
    before, after = Charges(), Charges()
    before.say(KEY, 50.0, at(0))
    before.gave(KEY, 6000.0 * ONE_WAY_EFFICIENCY)
    after.restore(before.kept(), {str(KEY): KEY})
    assert after.soc(KEY, 60_000.0, at(1)) is None
    assert after.kept() == before.kept()
    after.say(KEY, 50.0, at(1))
    assert after.soc(KEY, 60_000.0, at(1)) == pytest.approx(40.0)


def test_it_grows_old_only_while_energy_comes_out() -> None:
    charges = Charges()
    charges.say(KEY, 50.0, at(0))
    later = at(0) + 2 * SOC_AGE
    assert charges.soc(KEY, None, later) == 50.0
    charges.gave(KEY, 100.0)
    assert charges.soc(KEY, None, later) is None


def test_it_grows_old_from_when_anything_is_told_to_be_given() -> None:
    charges = Charges()
    charges.say(KEY, 50.0, at(0))
    charges.told(KEY, at(600))
    assert charges.soc(KEY, None, at(659)) == 50.0
    assert charges.soc(KEY, None, at(661)) is None
    charges.say(KEY, 49.0, at(662))
    assert charges.soc(KEY, None, at(900)) == 49.0


@pytest.mark.parametrize(
    ("soc", "was_low", "expected"),
    [
        (30.0, False, True),
        (30.9, False, True),
        (31.0, False, False),
        (31.5, True, True),
        (32.0, True, False),
    ],
)
def test_it_stops_above_its_minimum_and_has_to_rise_before_it_begins_again(
    soc: float, was_low: bool, expected: bool
) -> None:
    assert is_low(soc, 30.0, was_low=was_low) is expected
