"""Random houses: sites, stations that take limits in their own ways, and what happens to them."""

from dataclasses import replace

from hypothesis import strategies as st

from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import ALL_PHASES, Phase
from tests.engine.control.happenings import Step
from tests.engine.control.held import Nature

NAMES = ("A", "B", "C", "D", "E")

natures = st.builds(
    Nature,
    refuses_evse_limit=st.sampled_from([False, False, False, True]),
    answer_s=st.sampled_from([0.02, 0.5, 1.5]),
    loses_answers=st.sampled_from([0.0, 0.0, 0.3]),
    refuses_station_limit=st.booleans(),
    refuses_leases=st.booleans(),
)

# Stations that take limits in few forms only, each a departure of its own.
picky = st.builds(
    Nature,
    answer_s=st.sampled_from([0.02, 0.5]),
    loses_answers=st.sampled_from([0.0, 0.0, 0.3]),
    refuses_station_limit=st.booleans(),
    refuses_leases=st.booleans(),
    refuses_transaction_limit=st.booleans(),
    refused_kinds=st.sets(
        st.sampled_from(["Relative", "Recurring", "Absolute"]), max_size=2
    ).map(frozenset),
    lowest_level=st.sampled_from([0, 0, 1, 2]),
    highest_level=st.sampled_from([8, 3, 1, 0]),
    units=st.sampled_from([("A", "W"), ("W",), ("W",), ("A",)]),
    is_frank=st.booleans(),
    is_dynamic=st.booleans(),
    has_transactions=st.sampled_from([True, True, False]),
)
# One that takes nothing for its least, and whose owner knows that it has to be stopped to pause.
picky |= picky.map(
    lambda nature: replace(nature, never_pauses=True, has_transactions=True)
)
wirings = st.sampled_from(
    [
        ALL_PHASES,
        (Phase.L2, Phase.L3, Phase.L1),
        (Phase.L1,),
        (Phase.L2,),
        (Phase.L3, Phase.L1),
    ]
)


CALM = [
    "connect",
    "disconnect",
    "reboot",
    "pause",
    "allow",
    "maximum",
    "raise",
    "die",
    "meter",
]
ROUGH = [*CALM, "limit", "roll back", "lose profiles"]
# Vehicles come and go, and use as many phases as they like.
LIVELY = [*CALM, "swap", "swap", "all meters"]
# The same, and places stay empty.
BUSY = [*LIVELY, "leave", "leave", "arrive", "arrive"]


def steps(whats: list[str]) -> st.SearchStrategy[Step]:
    """Draw what happens."""
    return st.builds(
        Step,
        what=st.sampled_from(whats),
        who=st.integers(0, len(NAMES) - 1),
        pause_s=st.sampled_from([0.1, 1.0, 6.0, 20.0, 400.0, 1000.0]),
        value=st.floats(6.0, 40.0),
    )


@st.composite
def sites(draw: st.DrawFn, *, watts: bool = False, shared: bool = False) -> SiteConfig:
    """Draw a site of one to five stations, some of them in a group."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    stations = {
        name: StationConfig(
            name,
            name,
            draw(wirings),
            Current(draw(st.sampled_from([10.0, 16.0, 32.0]))),
        )
        for name in names
    }
    members = tuple(name for name in names if draw(st.booleans()))
    fuse_a = draw(st.sampled_from([16.0, 25.0, 63.0]))
    limit_a = draw(st.floats(6.0, fuse_a))
    limit = Power(limit_a * 690) if watts and draw(st.booleans()) else Current(limit_a)
    strategy = draw(st.sampled_from(Strategy)) if shared else Strategy.STATIC
    groups = {}
    if members:
        groups["g"] = GroupConfig("g", "Cars", limit, members, strategy)
    if shared and len(members) > 1 and draw(st.booleans()):
        # Some hang on a circuit of their own.
        inner = GroupConfig(
            "i",
            "Inner",
            Current(draw(st.floats(6.0, limit_a))),
            members[1:],
            draw(st.sampled_from(Strategy)),
            parent="g",
        )
        groups = {
            "g": GroupConfig("g", "Cars", limit, members[:1], strategy),
            "i": inner,
        }
    return SiteConfig(
        "Home",
        Current(fuse_a),
        stations=stations,
        groups=groups,
        strategy=draw(st.sampled_from(Strategy)) if shared else Strategy.EQUAL_SERVE,
    )


HOUSES = {
    "site": sites(),
    "kinds": st.lists(
        natures.filter(
            lambda kind: not (kind.refuses_evse_limit and kind.refuses_station_limit)
        ),
        min_size=5,
        max_size=5,
    ),
    "story": st.lists(steps(CALM), max_size=14),
}
ROUGH_HOUSES = {
    "site": sites(watts=True),
    "kinds": st.lists(
        natures | picky.filter(lambda kind: kind.can_be_told), min_size=5, max_size=5
    ),
    "story": st.lists(steps(ROUGH), max_size=8),
}


BUSY_HOUSES = {
    "site": sites(shared=True),
    "kinds": st.lists(
        natures.filter(
            lambda kind: not (kind.refuses_evse_limit and kind.refuses_station_limit)
        ),
        min_size=5,
        max_size=5,
    ),
    "story": st.lists(steps(BUSY), max_size=14),
}
LIVELY_HOUSES = {
    "site": sites(),
    "kinds": st.lists(
        picky.filter(lambda kind: kind.can_be_told), min_size=5, max_size=5
    ),
    "story": st.lists(steps(LIVELY), max_size=14),
}
