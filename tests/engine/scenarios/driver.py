"""Plays a scenario minute by minute: cars take what they may, and everything is shared anew.

This is the only file of the scenarios that knows how sharing is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Allotment, Demand, Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import to_neutral
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.tree import Room
from tests.engine.scenarios.story import Step, Story, limit_of, room_beside
from tests.engine.scenarios.words import Expected, amount, currents, said

BEGIN = datetime(2026, 11, 2, 12, tzinfo=UTC)
TICK_S = 60.0

# Reasons for which a car that charged is paused to make room for others.
_MADE_ROOM = {
    Reason.WAITING_FOR_TURN,
    Reason.WAITING_FOR_OTHERS,
    Reason.NOT_ENOUGH,
}


@dataclass(slots=True)
class Driver:
    """The site at one moment of a scenario."""

    story: Story
    demands: dict[str, Demand]
    room: Room
    allotments: Mapping[EvseKey, Allotment]
    now_s: float = 0.0

    @classmethod
    def of(cls, story: Story) -> Driver:
        """Begin a scenario: cars that are not away are plugged in, the first of the file came first."""
        demands = {
            name: _demand(story, station, number, car, place)
            for place, (name, (station, number, car)) in enumerate(story.evses.items())
        }
        driver = cls(story, demands, Room(), {})
        driver._change("house", "0 A")
        return driver

    def play(self, step: Step) -> dict[str, Expected]:
        """Let time pass until a step, do what happens then, and return what everybody may draw, in words."""
        while self.now_s < step.at_s:
            self._share()
            self._pass(min(TICK_S, step.at_s - self.now_s))
        for what, details in step.changes.items():
            self._change(what, details)
        self._share()
        return {
            name: said(self.allotments[demand.key], self._turn_s(demand.key))
            for name, demand in self.demands.items()
        }

    @property
    def _now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.now_s)

    def _turn_s(self, key: EvseKey) -> float | None:
        turn_at = self.allotments[key].turn_at
        return None if turn_at is None else (turn_at - BEGIN).total_seconds()

    def _pass(self, seconds: float) -> None:
        """Let cars take what they may for a while."""
        self.now_s += seconds
        for name, demand in self.demands.items():
            found = self.allotments.get(demand.key)
            if found is not None and demand.wants:
                load = demand.single if found.single and demand.single else demand.load
                taken_wh = found.current.a * load.watts * seconds / 3600.0
                left_wh = demand.needs_wh
                if left_wh is not None:
                    left_wh = max(0.0, left_wh - taken_wh)
                self.demands[name] = replace(
                    demand, served_wh=demand.served_wh + taken_wh, needs_wh=left_wh
                )

    def _share(self) -> None:
        self.allotments = allot(
            self.story.tree(self.room),
            list(self.demands.values()),
            self._now,
            turn_s_of=self.story.turns(),
        )
        for name, demand in self.demands.items():
            self.demands[name] = self._after(demand, self.allotments[demand.key])

    def _after(self, demand: Demand, found: Allotment) -> Demand:
        """Remember since when a car charges or waits, and how often it was paused."""
        served = demand.wants and found.current.a > 0
        demand = replace(demand, is_single=found.single)
        if served == demand.is_served:
            return demand
        paused = not served and demand.wants and found.reason in _MADE_ROOM
        return replace(
            demand,
            is_served=served,
            charging=served,
            since=self._now,
            pauses=demand.pauses + paused,
        )

    def _change(self, what: str, details: Any) -> None:
        site = self.story.site
        match what:
            case "house":
                fuse_a = amount(site["fuse"], "A")
                margin_a = amount(site.get("margin", "0 A"), "A")
                left = room_beside(fuse_a, margin_a, currents(details))
                phases = site.get("phases", 3)
                on = [left[p] if i < phases else 0.0 for i, p in enumerate(ALL_PHASES)]
                self.room = Room(PhaseCurrents(*on), None, (Reason.MAIN_FUSE,) * 3)
            case "meter_lost":
                self.room = limit_of(details, Reason.METER_LOST)
            case "grid_operator":
                cap = limit_of(details, Reason.GRID_OPERATOR)
                self.room = replace(
                    self.room, power_w=cap.power_w, power_reason=cap.power_reason
                )
            case _:
                for name in details:
                    self._change_car(what, name, details)

    def _change_car(self, what: str, name: str, details: Any) -> None:
        changes: dict[str, Any]
        match what:
            case "plug_in":
                changes = {
                    "wants": True,
                    "plugged_in_at": self._now,
                    "since": self._now,
                }
            case "unplug":
                changes = {
                    "wants": False,
                    "plugged_in_at": None,
                    "boosted": False,
                    "served_wh": 0.0,
                    "pauses": 0,
                }
            case "full":
                changes = {"wants": False}
            case "pause" | "resume":
                changes = {"paused": what == "pause"}
            case "boost":
                changes = {"boosted": True}
            case "cannot_be_told":
                changes = {"fixed_a": amount(details[name], "A")}
            case "can_be_told":
                changes = {"fixed_a": None}
            case "takes_at_most":
                changes = {
                    "maximum_a": amount(details[name], "A"),
                    "most": Reason.VEHICLE_TAKES_NO_MORE,
                }
            case _:
                raise ValueError(f"what is {what}?")
        self.demands[name] = replace(self.demands[name], **changes)


def _demand(
    story: Story, station: str, number: int, car: Mapping[str, Any], place: int
) -> Demand:
    load = story.load(station, car.get("phases"))
    config = story.stations[station]
    voltage_v = amount(story.site.get("voltage", "230 V"), "V")
    away = car.get("away", False)
    came = BEGIN - timedelta(minutes=10) + timedelta(seconds=place)
    return Demand(
        EvseKey(station, number),
        maximum_a=amount(car.get("maximum", "32 A"), "A"),
        minimum_a=amount(car.get("minimum", "6 A"), "A"),
        phases=load.phases,
        plugged_in_at=None if away else came,
        load=load,
        single=to_neutral(load.phases[:1], voltage_v)
        if config.get("switches_phases")
        else None,
        wants=not away,
        standing_a=amount(config.get("standing", "0 A"), "A"),
        weight=float(car.get("weight", 1)),
        departs_at=BEGIN + timedelta(seconds=amount(car["departs"], "s"))
        if "departs" in car
        else None,
        needs_wh=amount(car["needs"], "Wh") if "needs" in car else None,
        served_wh=amount(car.get("served", "0 Wh"), "Wh"),
    )
