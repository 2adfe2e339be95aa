"""A meter that tells of some seconds ago is found out by what vehicles were told, and nothing is corrected twice by it."""

import random

import pytest

from custom_components.evenload.engine.control.v2x.meter_lag import MeterLag
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually

LOAD_W = (300.0, 900.0, 1500.0, 2100.0, 2700.0, 2000.0, 2500.0, 3500.0)


def load(second: int) -> float:
    """Return what the house draws."""
    return LOAD_W[second // 40 % len(LOAD_W)]


@pytest.mark.parametrize(
    ("pace", "covered", "exported"),
    [
        (Pace(), 0.94, 0.015),
        (Pace(1, 2), 0.92, 0.035),
        # Four seconds of every forty are lost by it alone.
        (Pace(1, 4), 0.90, 0.055),
        (Pace(2, 4), 0.88, 0.06),
    ],
)
def test_a_late_meter_does_not_have_a_vehicle_swing(
    pace: Pace, covered: float, exported: float
) -> None:
    async def story() -> None:
        house = V2gHouse(site_of(), [Bidirectional("A")], load, pace)
        await house.begin()
        await house.live(320)
        began = len(house.grid_w)
        await house.live(640)
        drawn_w = sum(max(0.0, watts) for watts in house.grid_w[began:])
        out_w = sum(max(0.0, -watts) for watts in house.grid_w[began:])
        load_w = sum(load(second) for second in range(began + 1, house.second + 1))
        assert 1 - drawn_w / load_w > covered
        assert out_w / load_w < exported

    run_virtually(story())


def fed(lag: MeterLag, late: int, seed: int, *, changes: int, noise_w: float) -> None:
    """Have a meter that is so many readings late read a house that changes by itself, too."""
    chance = random.Random(seed)
    told_w, house_w = 0.0, 2000.0
    past = [told_w] * (late + 1)
    for second in range(changes * 12):
        if second % 12 == 0:
            told_w = -chance.choice((0.0, 500.0, 1500.0, 3000.0))
        if chance.random() < 0.1:
            house_w = chance.choice((300.0, 1500.0, 4000.0))
        past = [told_w, *past[:-1]]
        lag.read(house_w + past[late] + chance.uniform(-noise_w, noise_w), told_w)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("late", [0, 1, 4, 8])
def test_it_is_learnt_among_what_the_house_does(late: int, seed: int) -> None:
    lag = MeterLag()
    assert lag.late_s(1.0) is None
    fed(lag, late, seed, changes=12, noise_w=30.0)
    assert lag.late_s(1.0) == late
    # Another meter.
    fed(lag, 2, seed, changes=30, noise_w=30.0)
    assert lag.late_s(1.0) == 2
    lag.forget()
    assert lag.late_s(1.0) is None


def test_nothing_follows_where_nobody_does_what_he_is_told() -> None:
    lag, chance = MeterLag(), random.Random(1)
    for second in range(600):
        told_w = -3000.0 * (second // 15 % 2)
        lag.read(1000.0 + chance.uniform(-50.0, 50.0), told_w)
    assert lag.late_s(1.0) is None
