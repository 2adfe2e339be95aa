"""Promises 1 to 4, under random houses, stations that misbehave, lost answers, restarts and crashes."""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from custom_components.evenload.engine.model.capabilities import PauseMethod
from custom_components.evenload.engine.model.configuration import Overrides, SiteConfig
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.stations import EvseSettings
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.random_houses import (
    BUSY_HOUSES,
    HOUSES,
    LIVELY_HOUSES,
    ROUGH_HOUSES,
    Step,
)
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import run_virtually


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
        "leave": lambda: house.leave(name),
        "arrive": lambda: house.arrive(name),
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**BUSY_HOUSES)
def test_the_sum_never_exceeds_a_limit_however_it_is_shared(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """The same under every strategy, in circuits within circuits; and then nobody is there any more, for good."""
    assert exceeded(site, kinds, story, abandoned=True) == []


def exceeded(
    site: SiteConfig, kinds: list[Nature], story: list[Step], *, abandoned: bool = False
) -> list[str]:
    """Live through a story; returns where a limit was exceeded after all had taken their first.

    `abandoned`: Home Assistant dies at the end, and all leases with it (promise 4).
    """

    async def live() -> list[str]:
        house = built(site, kinds)
        for name in sorted(site.stations):
            house.connect(name)
        await house.watch(120, 1.0)
        for _ in range(60):
            if house.is_limited():
                break
            await house.watch(30, 1.0)
        # The vehicles follow.
        await house.watch(15, 1.0)
        house.exceeded.clear()
        for step in story:
            await happen(house, step)
            await house.watch(step.pause_s, min(1.0, step.pause_s))
        await house.die()
        if abandoned:
            await house.watch(2400, 10.0)
        return house.exceeded

    return run_virtually(live())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**ROUGH_HOUSES)
def test_whoever_can_be_told_makes_room(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """Whatever happens, ten minutes later no limit is exceeded that somebody could have kept by drawing less."""
    assert avoidable(site, kinds, story) == []


def avoidable(site: SiteConfig, kinds: list[Nature], story: list[Step]) -> list[str]:
    """Live through a story; returns what is exceeded ten minutes after one of its steps, and need not be."""

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

    return run_virtually(live())
