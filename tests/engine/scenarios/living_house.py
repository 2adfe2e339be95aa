"""Plays a scenario second by second with everything that there is: the meter, the orders, stations that answer and vehicles that lag."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.household import MeterConfig
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.stations import EvseSettings
from tests.engine.control.metered import Habits, MeteredHouse
from tests.engine.control.stations import VirtualStation
from tests.engine.scenarios.story import Step, Story
from tests.engine.scenarios.words import Expected, amount, currents, said

# Until everybody has its first limit, and the meter has been heard for a while.
SETTLING_S = 240


def site_of(story: Story) -> SiteConfig:
    """Return the site of a scenario, as its owner would set it up."""
    site, above = story.site, story.above
    meter = MeterConfig(
        Current(amount(site.get("fallback", "6 A"), "A")),
        margin=Current(amount(site.get("margin", "0 A"), "A")),
        largest=Current(amount(site.get("largest_appliance", "0 A"), "A")),
    )
    groups = {
        name: GroupConfig(
            name,
            name,
            _limit(group["limit"]),
            tuple(one for one in group["members"] if one in story.stations),
            Strategy(group.get("strategy", "equal_serve")),
            parent=above.get(name),
        )
        for name, group in story.groups.items()
    }
    return SiteConfig(
        "house",
        Current(amount(site["fuse"], "A")),
        meter=meter,
        strategy=Strategy(site.get("strategy", "equal_serve")),
        stations={name: _station(story, name) for name in story.stations},
        groups=groups,
    )


class LivingHouse:
    """A scenario in the real control."""

    def __init__(self, story: Story) -> None:
        """Build it, with nobody connected."""
        stations = [
            VirtualStation(
                name,
                amount(station.get("car", {}).get("maximum", "32 A"), "A"),
                phases=station.get("car", {}).get("phases", 3),
            )
            for name, station in story.stations.items()
        ]
        self.story = story
        self.house = MeteredHouse(site_of(story), stations)
        self._begins_s: float | None = None
        self._now_s = 0.0

    async def play(self, step: Step) -> dict[str, Expected]:
        """Let time pass until a step, do what happens then, and return what everybody may draw in the next sample."""
        is_first = self._begins_s is None
        if is_first:
            await self._begin()
            self._begins_s = 0.0
        await self._live(step.at_s - self._now_s)
        for what, details in step.changes.items():
            self._change(what, details)
        if is_first:
            await self.house.live(SETTLING_S)
            self.house.broken.clear()
        else:
            await self._live(1)
        return {name: self._said(name) for name in self.story.stations}

    async def end(self) -> list[str]:
        """Let Home Assistant stop; returns where a promise was broken meanwhile."""
        await self.house.die()
        return self.house.broken

    async def _begin(self) -> None:
        for name, station in self.story.stations.items():
            self.house.connect(name)
            if station.get("car", {}).get("away"):
                self.house.leave(name)
        self.house.begin_metering(Habits())

    async def _live(self, seconds: float) -> None:
        self._now_s += seconds
        await self.house.live(round(seconds))

    def _said(self, name: str) -> Expected:
        allotment = self.house.fleet.evse(EvseKey(name, 1)).allotment
        assert allotment is not None
        turn_s = None
        if allotment.turn_at is not None:
            ends = allotment.turn_at - self.house.now() + timedelta(seconds=self._now_s)
            turn_s = ends.total_seconds()
        return said(allotment, turn_s)

    def _change(self, what: str, details: Any) -> None:
        house, fleet = self.house, self.house.fleet
        match what:
            case "house":
                on = currents(details)
                house.load = {phase: on[phase] for phase in house.load}
            case "meter":
                house.is_speaking = details == "speaks"
            case "grid_operator":
                cap = None if details == "nothing" else _limit(details)
                fleet.sharing.circuits.cap = cap
                fleet.retarget()
            case "goes_offline":
                for name in details:
                    house.disconnect(name)
            case "is_back":
                for name in details:
                    house.connect(name)
            case "plug_in":
                for name in details:
                    house.arrive(name)
            case "unplug":
                for name in details:
                    house.leave(name)
            case "boost":
                for name in details:
                    fleet.set_settings(EvseKey(name, 1), EvseSettings(boosted=True))
            case "pause" | "resume":
                settings = EvseSettings(charging_allowed=what == "resume")
                for name in details:
                    fleet.set_settings(EvseKey(name, 1), settings)
            case _:
                raise ValueError(f"what is {what}?")


def _station(story: Story, name: str) -> StationConfig:
    station: Mapping[str, Any] = story.stations[name]
    wiring = tuple(
        Phase(line.lower()) for line in station.get("wiring", "L1 L2 L3").split()
    )
    maximum = amount(station.get("car", {}).get("maximum", "32 A"), "A")
    return StationConfig(name, name, wiring, Current(maximum))


def _limit(text: str) -> Limit:
    if text.endswith("W"):
        return Power(amount(text, "W"))
    return Current(amount(text, "A"))
