"""Some hours in homes of many kinds, whose true currents are known: the long form is `scripts/bench safety`."""

import pytest

from benchmarks.neighbourhood.breaker import Breaker
from benchmarks.neighbourhood.homes import home
from benchmarks.neighbourhood.tally import lived

HOURS = 8.0


@pytest.mark.parametrize(
    ("seed", "faults_often"), [(1, 0.0), (3, 10.0)], ids=["calm", "faults"]
)
def test_no_breaker_minds_what_flows(seed: int, faults_often: float) -> None:
    """From noon until eight: dinner is cooked, vehicles come home, and no line is loaded for longer than it bears."""
    tally = lived(home(seed), HOURS, faults_often=faults_often)
    # While nobody knows what the house draws, or a station does as it likes, nobody can promise that.
    for why in tally.beyond_s:
        assert "meter" in why or "disobeys" in why
    assert tally.got_wh > 0
    # What a station's flash memory bears: a write every two minutes while it charges, and some more.
    assert tally.most_writes_a_day < 1000
    if not faults_often:
        # Dinner leaves little, and often changes its mind; over whole days it is more.
        assert tally.share >= 80


def test_what_a_breaker_bears() -> None:
    """The table for one overload, what two of them add up to, and how long it takes to forget."""
    breaker = Breaker(25.0)
    assert breaker.carry(25.0, 3600, "") == 0
    assert breaker.carry(30.0, 15, "") == 0
    assert breaker.warmth == pytest.approx(0.5)
    assert breaker.carry(30.0, 25, "") == pytest.approx(10)
    assert breaker.carry(10.0, 300, "") == 0
    assert breaker.warmth == 0
    assert breaker.carry(26.0, 61, "") == pytest.approx(1)
    # Three times its rating opens it at once.
    assert breaker.carry(80.0, 2, "") == pytest.approx(2)
    assert breaker.beyond_s == {"": pytest.approx(13)}
    assert breaker.over_s == pytest.approx(103)
