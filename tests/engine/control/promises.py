"""The promises as properties: each lives through a story in a house and returns where the promise was broken."""

from custom_components.evenload.engine.model.configuration import SiteConfig
from tests.engine.control.happenings import Step, built, happen
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.journal import Journal
from tests.engine.control.metered import Habits, MeteredHouse, Moment
from tests.engine.virtual import run_virtually

# After this nobody holds a lease any more: the longest, on a clock that is as wrong as they are allowed to be.
ABANDONED_S = 2400

# When a meter is lost, vehicles are told, and follow.
FALLING_BACK_S = 12


def exceeded(
    site: SiteConfig, kinds: list[Nature], story: list[Step], *, abandoned: bool = False
) -> list[str]:
    """Return where a limit was exceeded after all had taken their first (promises 1 and 4).

    `abandoned`: Home Assistant dies at the end, and all leases with it.
    """

    async def live() -> list[str]:
        house = await begun(site, kinds)
        for step in story:
            await happen(house, step)
            await house.watch(step.pause_s, min(1.0, step.pause_s))
        await house.die()
        if abandoned:
            await house.watch(ABANDONED_S, 10.0)
            house.exceeded += house.leased()
        return house.exceeded

    return run_virtually(live())


def avoidable(site: SiteConfig, kinds: list[Nature], story: list[Step]) -> list[str]:
    """Return what is exceeded ten minutes after one of its steps, and need not be."""

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


def premature(site: SiteConfig, kinds: list[Nature], story: list[Step]) -> list[str]:
    """Return the raises that left before there was room for them (promise 2)."""
    return _journal(site, kinds, story).premature


def impossible(site: SiteConfig, kinds: list[Nature], story: list[Step]) -> list[str]:
    """Return what was ordered that no vehicle can charge with, or no message can say (promise 3)."""
    return _journal(site, kinds, story).impossible


def _journal(site: SiteConfig, kinds: list[Nature], story: list[Step]) -> Journal:
    async def live() -> Journal:
        house = await begun(site, kinds)
        journal = Journal(house)
        for step in story:
            await happen(house, step)
            await house.watch(step.pause_s, min(5.0, step.pause_s))
        await house.die()
        return journal

    return run_virtually(live())


async def begun(
    site: SiteConfig, kinds: list[Nature], house_of: type[House] = House
) -> House:
    """Build a house and wait until every station has taken its first limit, and its vehicle has followed."""
    house = built(site, kinds, house_of)
    for name in sorted(site.stations):
        house.connect(name)
    await house.watch(120, 1.0)
    for _ in range(60):
        if house.is_limited():
            break
        await house.watch(30, 1.0)
    await house.watch(15, 1.0)
    house.exceeded.clear()
    return house


def unmetered(
    site: SiteConfig, kinds: list[Nature], story: list[Moment], habits: Habits
) -> list[str]:
    """Return what went wrong in a house with a meter (promises 5 and 6).

    An overload that lasts longer than it must, or than a breaker stands; who could be told to make room, and was not in
    the same moment; who was given more in haste, or while the meter was stale; what is drawn too much when it is lost.
    """

    async def live() -> list[str]:
        house = await begun(site, kinds, MeteredHouse)
        assert isinstance(house, MeteredHouse)
        house.begin_metering(habits)
        await house.live(150)
        house.broken.clear()
        for moment in story:
            names = sorted(house.stations)
            name = names[moment.who % len(names)]
            house.load = dict(zip(house.load, moment.load, strict=False))
            match moment.what:
                case "silence":
                    house.is_speaking = False
                case "leave":
                    house.leave(name)
                case "arrive":
                    house.arrive(name)
                case _:
                    house.is_speaking = True
            await house.live(moment.seconds)
            if house.silent_s > house.meter_config.lost_s + FALLING_BACK_S:
                house.broken += house.fallen_back()
            if house.broken:
                break
        await house.die()
        return house.broken

    return run_virtually(live())
