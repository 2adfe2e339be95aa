"""Promises 1 to 4, under random houses, stations that misbehave, lost answers, restarts and crashes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import ALL_PHASES, Phase
from custom_components.evenload.engine.model.stations import EvseSettings
from tests.engine.control.house import House
from tests.engine.control.stations import Nature, VirtualStation
from tests.engine.virtual import run_virtually

NAMES = ("A", "B", "C", "D", "E")

# Until an order has arrived and the vehicle has followed it, nobody can do better: answers, and the lag of vehicles.
GRACE_S = 8.0

natures = st.builds(
    Nature,
    answer_s=st.sampled_from([0.02, 0.5, 1.5]),
    loses_answers=st.sampled_from([0.0, 0.0, 0.3]),
    refuses_station_limit=st.booleans(),
    refuses_leases=st.booleans(),
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


@dataclass(frozen=True)
class Step:
    """One thing that happens, to one station, and how long nothing happens after it."""

    what: str
    who: int
    pause_s: float
    value: float


steps = st.builds(
    Step,
    what=st.sampled_from(
        [
            "connect",
            "disconnect",
            "reboot",
            "pause",
            "allow",
            "maximum",
            "limit",
            "die",
            "meter",
        ]
    ),
    who=st.integers(0, len(NAMES) - 1),
    pause_s=st.sampled_from([0.1, 1.0, 6.0, 20.0, 400.0, 1000.0]),
    value=st.floats(6.0, 40.0),
)


@st.composite
def sites(draw: st.DrawFn) -> SiteConfig:
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
    groups = (
        {"g": GroupConfig("g", "Cars", Current(draw(st.floats(6.0, fuse_a))), members)}
        if members
        else {}
    )
    return SiteConfig("Home", Current(fuse_a), stations=stations, groups=groups)


async def happen(house: House, step: Step) -> None:
    """Let one thing happen."""
    names = sorted(house.stations)
    name = names[step.who % len(names)]
    key = EvseKey(name, 1)
    fleet = house.fleet
    doings: dict[str, Callable[[], None]] = {
        "connect": lambda: (
            None if house.stations[name].connected else house.connect(name)
        ),
        "disconnect": lambda: house.disconnect(name),
        "reboot": lambda: house.reboot(name),
        "pause": lambda: fleet.set_settings(
            key, replace(fleet.evse(key).settings, charging_allowed=False)
        ),
        "allow": lambda: fleet.set_settings(
            key, replace(fleet.evse(key).settings, charging_allowed=True)
        ),
        "maximum": lambda: fleet.set_settings(
            key, EvseSettings(maximum=Current(step.value))
        ),
        "limit": lambda: raise_limit(house, step.value),
        "meter": lambda: house.meter(name),
    }
    if step.what == "die":
        await house.die_and_return(fleet.config)
    else:
        doings[step.what]()


def raise_limit(house: House, limit_a: float) -> None:
    """Let the owner change the group's limit, upward only: what lowering cannot avoid has a story of its own."""
    site = house.fleet.config
    group = site.groups.get("g")
    if (
        group is not None
        and isinstance(group.limit, Current)
        and group.limit.a < limit_a <= site.main_fuse.a
    ):
        house.fleet.configure(
            replace(site, groups={"g": replace(group, limit=Current(limit_a))})
        )


HOUSES = {
    "site": sites(),
    "kinds": st.lists(natures, min_size=5, max_size=5),
    "story": st.lists(steps, max_size=14),
}


# The long form: scripts/bench promises.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**HOUSES)
def test_the_sum_never_exceeds_a_limit(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """Once every station has taken its first limit, no phase of any node ever carries more than its limit."""

    async def live() -> list[str]:
        house = House(
            site,
            [
                VirtualStation(
                    name, site.stations[name].maximum.a, nature=nature, seed=index
                )
                for index, (name, nature) in enumerate(
                    zip(sorted(site.stations), kinds, strict=False)
                )
            ],
        )
        for name in sorted(site.stations):
            house.connect(name)
        await house.watch(120, 1.0)
        house.exceeded.clear()
        for step in story:
            await happen(house, step)
            await house.watch(step.pause_s, min(1.0, step.pause_s))
        await house.fleet.enforcer.close()
        return house.exceeded

    assert run_virtually(live()) == []
