"""Whatever modes and plans say, no limit is exceeded, nobody is given what lies between 0 and its least, and all is explained."""

from datetime import timedelta

from hypothesis import HealthCheck, example, given, settings, strategies as st

from custom_components.evenload.engine.control.planned.leave import Leave, let_through
from custom_components.evenload.engine.model.allotments import Demand, Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import (
    QUARTER,
    ChargeMode,
    Outlook,
    Plan,
    PlanKind,
    Series,
    VehiclePlan,
)
from custom_components.evenload.engine.planning.problem import Problem
from tests.engine.control.planned.planned_house import PlannedHouse, site_of, stations
from tests.engine.virtual import BEGINNING, run_virtually

NAMES = ("A", "B", "C")
MODES = st.sampled_from(
    [mode for mode in ChargeMode if mode is not ChargeMode.PLAN_V2G]
)

# What a solver may come up with, right or wrong.
POWERS = st.lists(st.floats(-50_000.0, 80_000.0), min_size=1, max_size=4)


class Wild:
    """A solver whose plans have nothing to do with the problem."""

    def __init__(self, powers: dict[str, list[float]]) -> None:
        """Say this of each."""
        self._powers = powers

    def __call__(self, problem: Problem, seconds: float) -> Plan:
        return Plan(
            made_at=problem.now,
            start=problem.start,
            kind=PlanKind.BEST_FOUND,
            vehicles={
                wish.key: VehiclePlan(power_w=tuple(self._powers[wish.key.identity]))
                for wish in problem.wishes
            },
        )


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    st.fixed_dictionaries(dict.fromkeys(NAMES, POWERS)),
    st.fixed_dictionaries(dict.fromkeys(NAMES, MODES)),
    st.fixed_dictionaries(dict.fromkeys(NAMES, MODES)),
    st.lists(st.floats(-20_000.0, 4_000.0), min_size=3, max_size=3),
    st.integers(7, 40),
)
# C is lowered by half an ampere; what it drew before that is no sign that it has followed, and B waits.
@example(
    {"A": [0.0], "B": [0.0], "C": [0.0]},
    dict.fromkeys(NAMES, ChargeMode.OFF),
    {
        "A": ChargeMode.OFF,
        "B": ChargeMode.PRICE_LIMIT,
        "C": ChargeMode.MINIMUM_SOLAR,
    },
    [-16_645.0, -10_703.0, 0.0],
    20,
)
def test_no_plan_exceeds_a_limit(
    powers: dict[str, list[float]],
    modes: dict[str, ChargeMode],
    later: dict[str, ChargeMode],
    loads: list[float],
    fuse_a: int,
) -> None:
    async def story() -> None:
        house = PlannedHouse(
            site_of(*NAMES, fuse_a=float(fuse_a)),
            stations(*NAMES),
            lambda second: max(-20_000.0, loads[second // 200 % 3]),
            solve=Wild(powers),
        )
        await house.begin()
        prices = Series(BEGINNING, (0.1, 0.3))
        house.control.set_outlook(Outlook(import_price=prices))
        for wanted in (modes, later):
            for name, mode in wanted.items():
                house.wish(name, mode, price_limit=0.2)
            await house.live(QUARTER / timedelta(seconds=2))
        assert house.exceeded == []
        for name in NAMES:
            current_a, reason = house.told(name)
            assert current_a == 0.0 or current_a >= 6.0
            if later[name] is ChargeMode.OFF:
                assert (current_a, reason) == (0.0, Reason.CHARGING_OFF)

    run_virtually(story())


@given(
    st.floats(0.0, 63.0),
    st.one_of(st.none(), st.floats(-10.0, 100.0)),
    st.booleans(),
    st.booleans(),
)
def test_what_is_let_through_is_never_more_than_was_asked(
    maximum_a: float, cap_a: float | None, paused: bool, was_paused: bool
) -> None:
    demand = Demand(EvseKey("A", 1), maximum_a, paused=was_paused)
    let = let_through(demand, Leave(Reason.PLANNED, cap_a, paused=paused))
    assert let.maximum_a <= demand.maximum_a
    assert let.paused >= demand.paused
    assert let.minimum_a == demand.minimum_a
