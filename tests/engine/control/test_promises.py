"""Promises 1 to 4, under random houses, stations that misbehave, lost answers, restarts and crashes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.evenload.engine.model.capabilities import PauseMethod
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    Overrides,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
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


@dataclass(frozen=True)
class Step:
    """One thing that happens, to one station, and how long nothing happens after it."""

    what: str
    who: int
    pause_s: float
    value: float


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
def sites(draw: st.DrawFn, *, watts: bool = False) -> SiteConfig:
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
    groups = {"g": GroupConfig("g", "Cars", limit, members)} if members else {}
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
        "limit": lambda: change_limit(house, step.value),
        "raise": lambda: raise_limit(house, step.value),
        "meter": lambda: house.meter(name),
        "all meters": lambda: [house.meter(one) for one in names] and None,
        "swap": lambda: house.swap(name, 1 + step.who % 3),
        # Of an offline station nobody could know.
        "lose profiles": lambda: (
            house.stations[name].lose_profiles()
            if house.stations[name].connected
            else None
        ),
    }
    if step.what == "die":
        await house.die_and_return(fleet.config)
    elif step.what == "roll back":
        # Home Assistant had not kept the owner's last change when it died.
        change_limit(house, step.value)
        await house.watch(0.3, 0.1)
        await house.die_and_return(house.first_config)
    else:
        doings[step.what]()


def raise_limit(house: House, limit_a: float) -> None:
    """Let the owner change the group's limit, upward only: a lower one takes the time that lowering takes."""
    group = house.fleet.config.groups.get("g")
    if (
        group is not None
        and isinstance(group.limit, Current)
        and group.limit.a < limit_a
    ):
        change_limit(house, limit_a)


def change_limit(house: House, limit_a: float) -> None:
    """Let the owner change the group's limit, up or down."""
    site = house.fleet.config
    group = site.groups.get("g")
    if group is None or limit_a > site.main_fuse.a:
        return
    if isinstance(group.limit, Current):
        new = Current(limit_a)
    else:
        new = Power(limit_a * site.voltage_v * 3)
    house.fleet.configure(replace(site, groups={"g": replace(group, limit=new)}))


def built(site: SiteConfig, kinds: list[Nature]) -> House:
    """Build a house of these stations."""
    for name, nature in zip(sorted(site.stations), kinds, strict=False):
        if nature.never_pauses:
            site.stations[name] = replace(
                site.stations[name], overrides=Overrides(pause=PauseMethod.STOP)
            )
    stations = [
        VirtualStation(name, site.stations[name].maximum.a, nature=nature, seed=index)
        for index, (name, nature) in enumerate(
            zip(sorted(site.stations), kinds, strict=False)
        )
    ]
    return House(site, stations)


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
    "kinds": st.lists(natures, min_size=5, max_size=5),
    "story": st.lists(steps(ROUGH), max_size=8),
}


LIVELY_HOUSES = {
    "site": sites(),
    "kinds": st.lists(
        picky.filter(lambda kind: kind.can_be_told), min_size=5, max_size=5
    ),
    "story": st.lists(steps(LIVELY), max_size=14),
}


# The long form: scripts/bench promises.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**HOUSES)
def test_the_sum_never_exceeds_a_limit(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """Once every station has taken its first limit, no phase of any node ever carries more than its limit."""
    assert exceeded(site, kinds, story) == []


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**LIVELY_HOUSES)
def test_the_sum_never_exceeds_a_limit_whatever_form_it_takes(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """The same, with stations that take few forms of limits, watts among them, and vehicles that come and go."""
    assert exceeded(site, kinds, story) == []


def exceeded(site: SiteConfig, kinds: list[Nature], story: list[Step]) -> list[str]:
    """Live through a story; returns where a limit was exceeded after all had taken their first."""

    async def live() -> list[str]:
        house = built(site, kinds)
        for name in sorted(site.stations):
            house.connect(name)
        await house.watch(120, 1.0)
        for _ in range(60):
            if house.is_limited():
                break
            await house.watch(30, 1.0)
        house.exceeded.clear()
        for step in story:
            await happen(house, step)
            await house.watch(step.pause_s, min(1.0, step.pause_s))
        await house.fleet.enforcer.close()
        return house.exceeded

    return run_virtually(live())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**ROUGH_HOUSES)
def test_whoever_can_be_told_makes_room(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """Whatever happens, ten minutes later no limit is exceeded that somebody could have kept by drawing less."""

    async def live() -> list[str]:
        house = built(site, kinds)
        for name in sorted(site.stations):
            house.connect(name)
        for step in story:
            await happen(house, step)
            for _ in range(60):
                await house.watch(10, 10.0)
                for name in sorted(house.stations):
                    house.meter(name)
            if broken := house.excesses(avoidable=True):
                return [str(step), *broken]
        await house.fleet.enforcer.close()
        return []

    assert run_virtually(live()) == []
