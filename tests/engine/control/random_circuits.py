"""Random circuits: three groups deep, on every kind of grid, with limits in amperes and in watts, and whatever owners change."""

from dataclasses import replace

from hypothesis import strategies as st

from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.household import MeterConfig
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import ALL_PHASES, Phase
from tests.engine.control.held import Nature
from tests.engine.control.metered import Habits, Moment
from tests.engine.control.random_houses import BUSY, NAMES, steps

# Owners change their minds, the grid operator speaks, and clocks are set.
STIRRED = [
    *BUSY,
    "strategy",
    "strategy",
    "priority",
    "boost",
    "shadow",
    "cap",
    "uncap",
    "clock",
]

_WYE = [
    (ALL_PHASES, False),
    ((Phase.L2, Phase.L3, Phase.L1), False),
    ((Phase.L1,), False),
    ((Phase.L3, Phase.L1), False),
]
_LINES = [
    *_WYE,
    ((Phase.L1, Phase.L2), True),
    ((Phase.L2, Phase.L3), True),
    ((Phase.L1, Phase.L3), True),
]
_SPLIT = [
    ((Phase.L1, Phase.L2), True),
    ((Phase.L1,), False),
    ((Phase.L2,), False),
    ((Phase.L2, Phase.L1), True),
]

# The phases of a site, whether they are legs, the voltage, and the wirings that there are.
_GRIDS = [
    (ALL_PHASES, False, 230.0, _WYE),
    (ALL_PHASES, False, 230.0, _WYE),
    (ALL_PHASES, False, 120.0, _LINES),
    (ALL_PHASES[:2], True, 120.0, _SPLIT),
]

# A clock that is within five minutes of ours, and nothing that takes its limits in watts.
_clocks = st.sampled_from([0.0, 290.0, -290.0])
timely = st.builds(
    Nature,
    answer_s=st.sampled_from([0.02, 0.5, 1.5]),
    loses_answers=st.sampled_from([0.0, 0.0, 0.3]),
    refuses_evse_limit=st.sampled_from([False, False, False, True]),
    refuses_leases=st.sampled_from([False, False, True]),
    units=st.just(("A",)),
    clock_s=_clocks,
) | st.builds(
    Nature,
    refuses_station_limit=st.just(True),
    units=st.just(("A",)),
    clock_s=_clocks,
)


@st.composite
def circuits(draw: st.DrawFn) -> SiteConfig:
    """Draw a site of one to five stations in up to three groups, each in the one before or beside it."""
    phases, split, voltage_v, kinds = draw(st.sampled_from(_GRIDS))
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    stations = {}
    for name in names:
        wiring, between = draw(st.sampled_from(kinds))
        maximum = Current(draw(st.sampled_from([10.0, 16.0, 32.0])))
        stations[name] = StationConfig(
            name, name, wiring, maximum, between_lines=between
        )
    fuse_a = draw(st.sampled_from([16.0, 25.0, 63.0]))
    places = {name: draw(st.sampled_from(["", "g", "h", "i"])) for name in names}
    groups = {}
    for group, parent in (("g", None), ("h", "g"), ("i", "h")):
        members = tuple(name for name in names if places[name] == group)
        limit_a = draw(st.floats(6.0, fuse_a))
        limit: Limit = Current(limit_a)
        if draw(st.integers(0, 3)) == 0:
            limit = Power(limit_a * voltage_v * len(phases))
        strategy = draw(st.sampled_from(Strategy))
        groups[group] = GroupConfig(
            group, group.upper(), limit, members, strategy, parent=parent
        )
    return SiteConfig(
        "Home",
        Current(fuse_a),
        phases=phases,
        voltage_v=voltage_v,
        split_phase=split,
        stations=stations,
        groups=groups,
        strategy=draw(st.sampled_from(Strategy)),
    )


DEEP_HOUSES = {
    "site": circuits(),
    "kinds": st.lists(timely, min_size=5, max_size=5),
    "story": st.lists(steps(STIRRED), max_size=12),
}


prompt = st.builds(
    Nature, answer_s=st.sampled_from([0.02, 0.5, 1.5]), units=st.just(("A",))
)


@st.composite
def metered_houses(
    draw: st.DrawFn,
) -> tuple[SiteConfig, list[Nature], list[Moment], Habits]:
    """Draw a site with a meter, stations that answer, and what the house draws: never more than its fuse carries."""
    site = draw(circuits())
    fuse_a = site.main_fuse.a
    fallback = Current(draw(st.sampled_from([0.0, 6.0, fuse_a / 2])))
    site = replace(site, meter=MeterConfig(fallback=fallback), groups={})
    habits = Habits(
        every=draw(st.sampled_from([1, 1, 2, 5])),
        late=draw(st.sampled_from([0, 0, 1])),
        reports=draw(st.sampled_from([10, 30])),
    )
    # A meter that speaks rarely leaves little time.
    most = 0.95 if habits.every <= 2 else 0.4
    load = st.sampled_from([0.0, 0.1, 0.2, 0.4, 0.8, 1.0]).map(
        lambda part: round(part * most * fuse_a, 1)
    )
    moments = st.builds(
        Moment,
        st.sampled_from(["house", "house", "house", "silence", "leave", "arrive"]),
        st.integers(0, len(NAMES) - 1),
        st.tuples(load, load, load),
        st.sampled_from([3, 20, 45, 80, 140, 140]),
    )
    kinds = draw(st.lists(prompt, min_size=5, max_size=5))
    return site, kinds, draw(st.lists(moments, max_size=8)), habits
