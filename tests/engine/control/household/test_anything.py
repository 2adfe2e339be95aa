"""Whatever meters, stations and clocks do: a room is a room, the next change is to come, and silence ends in the fallback."""

from dataclasses import dataclass, replace

from hypothesis import given, settings, strategies as st

from custom_components.evenload.engine.control.drawn import Draw, Drawn
from custom_components.evenload.engine.control.household import Household
from custom_components.evenload.engine.model.household import (
    MeterConfig,
    MeterReading,
    MeterState,
)
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import PhaseCurrents
from tests.engine.control.household.meter import FUSE, at

amperes = st.floats(-60, 60)
lines = st.builds(PhaseCurrents, amperes, amperes, amperes)
wild_lines = st.builds(
    PhaseCurrents, st.floats(), st.sampled_from([1e6, -1e6, 0.0]), amperes
)
limits = st.builds(PhaseCurrents, st.floats(0, 32), st.floats(0, 32), st.floats(0, 32))
moments = st.none() | st.integers(-200, 4000).map(at)
draws = st.lists(st.builds(Draw, lines, moments, limits, limits, moments), max_size=4)


@dataclass(frozen=True)
class Step:
    """What the meter, the stations and the clock do next; a clock may be set back."""

    pause_s: float
    late_s: float
    currents: PhaseCurrents
    draws: list[Draw]
    held: PhaseCurrents
    least: PhaseCurrents


steps = st.builds(
    Step,
    st.sampled_from([0.0, 0.5, 1.0, 5.0, 20.0, 50.0, 130.0, -3000.0]),
    st.sampled_from([0.0, 0.0, 3.0, -50.0, 500.0]),
    st.one_of(lines, lines, wild_lines),
    draws,
    limits,
    limits,
)
meters = st.builds(
    MeterConfig,
    st.sampled_from([Current(6.0), Power(4200)]),
    includes_stations=st.booleans(),
    sum_only=st.booleans(),
    raise_after_s=st.sampled_from([0.0, 60.0]),
    largest=st.sampled_from([Current(0.0), Current(20.0)]),
)


@settings(max_examples=100, deadline=None)
@given(
    meter=meters,
    limit=st.sampled_from([FUSE.limit, Power(9000)]),
    story=st.lists(steps, max_size=20),
)
def test_whatever_happens(meter: MeterConfig, limit: Limit, story: list[Step]) -> None:
    household = Household(meter, replace(FUSE, limit=limit))
    now = 3000.0
    for step in story:
        now += step.pause_s
        drawn = Drawn(step.draws, at(now))
        household.read(
            MeterReading(at(now - step.late_s), step.currents), drawn, at(now)
        )
        room = household.room(step.held, at(now), step.least)
        assert room.current is None or all(0 <= a <= 25 for a in room.current)
        assert room.power_w is None or 0 <= room.power_w <= 9000 + 1e-6
        assert room.current is not None or room.power_w is not None
        change = household.next_change(at(now))
        assert change is None or change > at(now)
        assert 0 <= household.figures(at(now)).risk <= 1
    assert household.state(at(now + 120)) is MeterState.LOST
    assert household.next_change(at(now + 120)) is None
