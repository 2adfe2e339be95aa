"""A scenario as it stands in its file: a site, its stations and their cars, and what happens when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.loads import (
    Load,
    between_legs,
    between_lines,
    to_neutral,
)
from custom_components.evenload.engine.model.phases import (
    ALL_PHASES,
    Phase,
    PhaseCurrents,
)
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)
from tests.engine.scenarios.words import REASONS, Expected, amount, currents, expected

FOLDER = Path(__file__).parent
SITE = "house"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at a time, and what every EVSE named is to have then."""

    at_s: float
    changes: Mapping[str, Any]
    expect: Mapping[str, Expected]

    def unmet(self, got: Mapping[str, Expected]) -> list[str]:
        """Return who has got something else than what is expected."""
        return [
            f"at {self.at_s:g} s, {name}: expected {wanted.words}, got {got[name].words}"
            for name, wanted in self.expect.items()
            if not wanted.is_met(got[name])
        ]


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario."""

    title: str
    site: Mapping[str, Any]
    groups: Mapping[str, Mapping[str, Any]]
    stations: Mapping[str, Mapping[str, Any]]
    steps: tuple[Step, ...]

    @property
    def evses(self) -> dict[str, tuple[str, int, Mapping[str, Any]]]:
        """Every EVSE by its name in the file: its station, its number and its car."""
        found: dict[str, tuple[str, int, Mapping[str, Any]]] = {}
        for name, station in self.stations.items():
            if "evses" not in station:
                found[name] = (name, 1, station.get("car", {}))
            for number, car in station.get("evses", {}).items():
                found[f"{name}-{number}"] = (name, int(number), car)
        return found

    @property
    def above(self) -> dict[str, str]:
        """The group of every group and station that is in one."""
        return {
            member: name
            for name, group in self.groups.items()
            for member in group["members"]
        }

    def turns(self) -> dict[str, float]:
        """Return how long a turn lasts, where the file says so."""
        nodes = {ROOT: self.site, **self.groups}
        return {
            name: amount(node["turn"], "s")
            for name, node in nodes.items()
            if "turn" in node
        }

    def load(self, station: str, phases: int | None = None) -> Load:
        """Return what an ampere of a station is on the grid, whose car uses so many phases."""
        voltage_v = amount(self.site.get("voltage", "230 V"), "V")
        wiring = self.stations[station].get("wiring", "L1 L2 L3")
        lines = tuple(Phase(line.lower()) for line in wiring.replace("-", " ").split())
        if wiring == "L1-L2" and self.site.get("split_phase"):
            return between_legs(voltage_v)
        if "-" in wiring:
            return between_lines(lines[0], lines[1], voltage_v)
        return to_neutral(lines[:phases], voltage_v)

    def tree(self, room: Room) -> Tree:
        """Return the circuits; `room` is what the fuse leaves for the stations."""
        above = self.above
        root = Node(
            ROOT,
            SITE,
            NodeKind.SITE,
            None,
            room,
            Strategy(self.site.get("strategy", "equal_serve")),
            members=sum(name not in above for name in (*self.groups, *self.stations)),
        )
        nodes = {ROOT: root}
        for name, group in self.groups.items():
            strategy = Strategy(group["strategy"]) if "strategy" in group else None
            nodes[name] = Node(
                name,
                name,
                NodeKind.GROUP,
                above.get(name, ROOT),
                limit_of(group["limit"]),
                strategy,
                members=len(group["members"]),
            )
        for name, station in self.stations.items():
            place = station_node(name)
            nodes[place] = Node(
                place,
                name,
                NodeKind.STATION,
                above.get(name, ROOT),
                limit_of(station["limit"]) if "limit" in station else Room(),
                exclusive=station.get("one_at_a_time", False),
            )
        return Tree(nodes)


def limit_of(text: str, reason: Reason = Reason.GROUP_LIMIT) -> Room:
    """Return the room of a limit in amperes or watts, or in both: `32 A and 11 kW`."""
    power_w, on_lines = None, None
    for part in text.split(" and "):
        if part.endswith("W"):
            power_w = amount(part, "W")
        else:
            on_lines = currents(part)
    return Room(on_lines, power_w, (reason,) * 3, reason)


def room_beside(fuse_a: float, margin_a: float, house: PhaseCurrents) -> PhaseCurrents:
    """Return what a fuse leaves; what the sun gives counts up to the fuse, since that is what the circuit can carry."""
    return PhaseCurrents(
        *(min(fuse_a, fuse_a - margin_a - house[phase]) for phase in ALL_PHASES)
    )


def read(path: Path) -> Story:
    """Read a file. Raises `KeyError` or `ValueError` for what does not belong there."""
    raw = yaml.safe_load(path.read_text())
    unknown = raw.keys() - {"title", "site", "groups", "stations", "timeline"}
    if unknown:
        raise ValueError(f"{path.name}: what is {', '.join(sorted(unknown))}?")
    steps = [
        Step(
            amount(step["at"], "s"),
            {name: what for name, what in step.items() if name not in ("at", "expect")},
            {name: expected(words) for name, words in step.get("expect", {}).items()},
        )
        for step in raw["timeline"]
    ]
    return Story(
        raw["title"], raw["site"], raw.get("groups", {}), raw["stations"], tuple(steps)
    )


def unknown_reasons(paths: Iterable[Path]) -> list[str]:
    """Return what files expect for a reason that does not exist."""
    return [
        f"{path.name}: {wanted.words}"
        for path in paths
        for step in read(path).steps
        for wanted in step.expect.values()
        if wanted.reason not in REASONS.values()
    ]
