"""What happens in a house: to its stations and vehicles, to its owner's wishes, and to the clocks."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from custom_components.evenload.engine.live import LiveNode
from custom_components.evenload.engine.model.capabilities import PauseMethod
from custom_components.evenload.engine.model.configuration import (
    Overrides,
    SiteConfig,
    Strategy,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.stations import EvseSettings
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.stations import VirtualStation


@dataclass(frozen=True)
class Step:
    """One thing that happens, to one station, and how long nothing happens after it."""

    what: str
    who: int
    pause_s: float
    value: float


def built(
    site: SiteConfig, kinds: list[Nature], house_of: type[House] = House
) -> House:
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
    return house_of(site, stations)


async def happen(house: House, step: Step) -> None:
    """Let one thing happen."""
    if step.what == "die":
        await house.die_and_return(house.fleet.config)
    elif step.what == "roll back":
        # Home Assistant had not kept the owner's last change when it died.
        change_limit(house, step.value)
        await house.watch(0.3, 0.1)
        await house.die_and_return(house.first_config)
    elif step.what == "clock":
        house.jump((step.value - 20) * 400)
        # All leases may end at once, and then vehicles have to follow; it is noticed within half a minute.
        await asyncio.sleep(10)
        await house.watch(25, 1.0)
    else:
        _doings(house, step)[step.what]()


def _doings(house: House, step: Step) -> dict[str, Callable[[], None]]:
    names = sorted(house.stations)
    name = names[step.who % len(names)]
    station = house.stations[name]
    return {
        "connect": lambda: None if station.connected else house.connect(name),
        "disconnect": lambda: house.disconnect(name),
        "reboot": lambda: house.reboot(name),
        "limit": lambda: change_limit(house, step.value),
        "raise": lambda: raise_limit(house, step.value),
        "meter": lambda: house.meter(name),
        "all meters": lambda: [house.meter(one) for one in names] and None,
        "leave": lambda: house.leave(name),
        "arrive": lambda: house.arrive(name),
        "swap": lambda: house.swap(name, 1 + step.who % 3),
        # Of an offline station nobody could know.
        "lose profiles": lambda: station.lose_profiles() if station.connected else None,
        **_wishes(house, EvseKey(name, 1), step),
    }


def _wishes(house: House, key: EvseKey, step: Step) -> dict[str, Callable[[], None]]:
    """Return what an owner, or the grid operator, may want."""
    fleet = house.fleet
    node_id = [*fleet.config.groups, ""][step.who % (len(fleet.config.groups) + 1)]
    now = fleet.evse(key).settings

    def live(one: LiveNode) -> None:
        fleet.live[node_id] = one
        fleet.retarget()

    def cap(watts: float | None) -> None:
        fleet.sharing.circuits.cap = None if watts is None else Power(watts)
        fleet.retarget()

    def settings(new: EvseSettings) -> None:
        fleet.set_settings(key, new)

    return {
        "pause": lambda: settings(replace(now, charging_allowed=False)),
        "allow": lambda: settings(replace(now, charging_allowed=True)),
        "maximum": lambda: settings(EvseSettings(maximum=Current(step.value))),
        "boost": lambda: settings(replace(now, boosted=not now.boosted)),
        "priority": lambda: settings(replace(now, priority=1 + round(step.value) % 10)),
        "strategy": lambda: live(
            LiveNode(strategy=[*Strategy][round(step.value) % len(Strategy)])
        ),
        "shadow": lambda: live(LiveNode(shadow=step.value > 20)),
        "cap": lambda: cap(step.value * 500),
        "uncap": lambda: cap(None),
    }


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
    groups = {**site.groups, "g": replace(group, limit=new)}
    house.fleet.configure(replace(site, groups=groups))
