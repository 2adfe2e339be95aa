"""Reads a scenario of planning: a house, its cars and what is expected of the next hours, as an electrician writes it down.

Times are local and of the first day; each + before one is a day later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
import re
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import to_neutral
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from custom_components.evenload.engine.model.planning import (
    QUARTER,
    ChargeMode,
    DemandTariff,
    Outlook,
    Series,
)
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)
from custom_components.evenload.engine.planning.problem import InHand, Problem, Wish
from tests.engine.scenarios.words import amount

FOLDER = Path(__file__).parent
VOLTS = 230.0

_MODES = {mode.value.replace("_", " "): mode for mode in ChargeMode}
_BATTERY = re.compile(r"(?P<capacity>[\d.]+ kWh) at (?P<soc>[\d.]+) %")
_FLAGS = ("late", "together", "charging", "to_grid")


@dataclass(frozen=True, slots=True)
class Calendar:
    """The day of a scenario and its time zone."""

    day: datetime
    zone: ZoneInfo

    def moment(self, text: str) -> datetime:
        """Return a time like `18:00`, or `+07:00` for the next morning."""
        clock = text.lstrip("+")
        hours, minutes = clock.split(":")
        day = self.day + timedelta(days=len(text) - len(clock))
        return day.replace(hour=int(hours), minute=int(minutes)).astimezone(UTC)

    def words(self, moment: datetime) -> str:
        """Return a moment as it is written in a scenario."""
        local = moment.astimezone(self.zone)
        days = (local.date() - self.day.date()).days
        return "+" * days + f"{local:%H:%M}"


@dataclass(frozen=True, slots=True)
class Story:
    """What is to be planned, and what the plan must show."""

    title: str
    calendar: Calendar
    problem: Problem
    expect: Mapping[str, Any]


def read(path: Path) -> Story:
    """Read a file. Raises `KeyError` and `ValueError` where it is not as it should be."""
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    zone = ZoneInfo(told.get("zone", "Europe/Amsterdam"))
    calendar = Calendar(
        datetime.fromisoformat(told.get("day", "2026-01-15")).replace(tzinfo=zone), zone
    )
    stations = told["stations"]
    problem = Problem(
        now=calendar.moment(told["now"]),
        tree=_tree(told.get("site", {}), told.get("groups", {}), stations),
        wishes=tuple(_wish(calendar, *one) for one in stations.items()),
        outlook=_outlook(calendar, told),
        quarters=told.get("hours", 36) * 4,
        zone=zone,
        import_cap_w=_series(calendar, told.get("cap"), "W"),
        export_cap_w=amount(told.get("site", {}).get("export", "0 W"), "W"),
    )
    return Story(told["title"], calendar, problem, told["expect"])


def _tree(
    site: Mapping[str, Any], groups: Mapping[str, Any], stations: Mapping[str, Any]
) -> Tree:
    nodes = [Node(ROOT, "", NodeKind.SITE, None, _room(site.get("fuse", "63 A")))]
    for name, group in groups.items():
        strategy = Strategy(group.get("strategy", "equal_serve"))
        parent, room = group.get("parent", ROOT), _room(group["limit"])
        nodes.append(Node(name, name, NodeKind.GROUP, parent, room, strategy))
    for name, station in stations.items():
        node = station_node(name)
        nodes.append(Node(node, name, NodeKind.STATION, station.get("group", ROOT)))
    return Tree({node.id: node for node in nodes})


def _room(text: str) -> Room:
    if text.endswith("W"):
        return Room(power_w=amount(text, "W"))
    return Room(PhaseCurrents.even(amount(text, "A")))


def _wish(calendar: Calendar, name: str, told: Mapping[str, Any]) -> Wish:
    lines = tuple(Phase(line.lower()) for line in told.get("lines", "L1 L2 L3").split())
    load = to_neutral(lines, VOLTS)
    battery = _BATTERY.fullmatch(told.get("battery", ""))
    capacity_wh = amount(battery["capacity"], "Wh") if battery else None
    stored_wh = capacity_wh and battery and capacity_wh * float(battery["soc"]) / 100
    flags = {flag: True for flag in _FLAGS if told.get(flag)}
    departs, arrives = told.get("departs"), told.get("arrives")
    return Wish(
        key=EvseKey(name, 1),
        node=station_node(name),
        load=load,
        mode=_MODES[told.get("mode", "cheapest")],
        least_w=amount(told.get("least", "6 A"), "A") * load.watts,
        most_w=amount(told.get("most", "16 A"), "A") * load.watts,
        needs_wh=amount(told["needs"], "Wh"),
        room_wh=amount(told["room"], "Wh") if "room" in told else None,
        efficiency=told.get("efficiency", 1.0),
        departs_at=calendar.moment(departs) if departs else None,
        arrives_at=calendar.moment(arrives) if arrives else None,
        capacity_wh=capacity_wh,
        stored_wh=stored_wh,
        taper=tuple((float(at), float(most)) for at, most in told.get("taper", ())),
        most_discharge_w=amount(told.get("gives", "0 W"), "W"),
        discharge_efficiency=told.get("efficiency", 1.0),
        minimum_soc_percent=told.get("minimum", 20.0),
        wear_per_kwh=told.get("wear", 0.0),
        price_limit=told.get("price_limit"),
        weight=told.get("weight", 1.0),
        in_hand=_in_hand(calendar, told.get("in hand")),
        **flags,
    )


def _in_hand(calendar: Calendar, told: Mapping[str, Any] | None) -> InHand | None:
    """Return what discharging does with a car: `gives` until a time, and then or at once it `carries the house`."""
    if told is None:
        return None
    return InHand(
        until=calendar.moment(told["until"]) if "until" in told else None,
        power_w=-amount(told.get("gives", "0 W"), "W"),
        carries_house=told.get("carries the house", False),
    )


def _outlook(calendar: Calendar, told: Mapping[str, Any]) -> Outlook:
    tariff = told.get("demand_tariff")
    return Outlook(
        import_price=_series(calendar, told.get("price")),
        export_price=_series(calendar, told.get("feed_in")),
        sun_w=_series(calendar, told.get("sun"), "W"),
        house_w=_series(calendar, told.get("house"), "W"),
        currency="EUR",
        demand_tariffs=()
        if tariff is None
        else (
            DemandTariff(
                price=tariff["price"],
                reached_w=amount(tariff.get("reached", "0 W"), "W"),
                minutes=tariff.get("minutes", 15),
                hours=frozenset(tariff.get("hours", ())),
            ),
        ),
    )


def _series(
    calendar: Calendar, told: Mapping[str, Any] | None, unit: str = ""
) -> Series | None:
    """Return values that hold from a time on until the next; `?` is not known, `end` says where it stops."""
    if told is None:
        return None
    steps = [(calendar.moment(at), value) for at, value in told.items()]
    values: list[float | None] = []
    for (begins, value), (ends, _) in pairwise(steps):
        known = None if value == "?" else amount(value, unit) if unit else float(value)
        values += [known] * ((ends - begins) // QUARTER)
    return Series(steps[0][0], tuple(values))
