"""A month that is made from a seed: prices with spikes and negatives, a roof, a house, and vehicles that come and leave."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, pi, sin
from random import Random

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import Load, to_neutral
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)

START = datetime(2026, 4, 6, tzinfo=UTC)
DAY = 96

# Taxes and the grid's share of a kWh, which who feeds in does not get back.
_TAXES = 0.15
EFFICIENCY = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One vehicle's stay, in quarters from the beginning of the month, and what it needs in its battery."""

    key: EvseKey
    arrives: int
    departs: int
    needs_wh: float
    load: Load
    most_w: float

    @property
    def least_w(self) -> float:
        """Six amperes."""
        return 6.0 * self.load.watts


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What happens in a month, by quarters; `usual_house_w` is what the house draws at an hour of a day on average."""

    seed: int
    days: int
    fuse_a: float
    buy: tuple[float, ...]
    sell: tuple[float, ...]
    sun_w: tuple[float, ...]
    clear_w: tuple[float, ...]
    house_w: tuple[float, ...]
    usual_house_w: tuple[float, ...]
    visits: tuple[Visit, ...]

    @property
    def quarters(self) -> int:
        """How many there are."""
        return len(self.buy)

    def tree(self) -> Tree:
        """Return the house's fuse and all its stations."""
        fuse = Room(PhaseCurrents.even(self.fuse_a))
        nodes = [Node(ROOT, "", NodeKind.SITE, None, fuse)]
        names = dict.fromkeys(visit.key.identity for visit in self.visits)
        nodes += [
            Node(station_node(name), name, NodeKind.STATION, ROOT) for name in names
        ]
        return Tree({node.id: node for node in nodes})


def moment(quarter: int) -> datetime:
    """Return when a quarter begins."""
    return START + quarter * timedelta(minutes=15)


def month(seed: int, days: int) -> Month:
    """Make a month. The last day is for those who leave in its morning."""
    random = Random(seed)
    vehicles = 1 + seed % 10
    quarters = (days + 1) * DAY
    peak_w = random.choice((0.0, 4000.0, 8000.0))
    clear_w = tuple(peak_w * _height(quarter) for quarter in range(quarters))
    clouds = _clouds(random, quarters)
    sun_w = tuple(clear * cloud for clear, cloud in zip(clear_w, clouds, strict=True))
    spot = _spot(random, days + 1)
    usual = [_usual_house_w(quarter) for quarter in range(quarters)]
    house_w = [
        mean * random.lognormvariate(-0.08, 0.4)
        + (2500.0 if 17 <= quarter % DAY / 4 < 20 and random.random() < 0.25 else 0.0)
        for quarter, mean in enumerate(usual)
    ]
    expected = [
        mean + (625.0 if 17 <= quarter % DAY / 4 < 20 else 0.0)
        for quarter, mean in enumerate(usual)
    ]
    return Month(
        seed=seed,
        days=days,
        # All ten need most of a night behind theirs; so do two in an hour that is cheap.
        fuse_a=max(16.0, 8.0 + 1.6 * vehicles),
        buy=tuple(price + _TAXES for price in spot),
        sell=tuple(price - 0.02 for price in spot),
        sun_w=sun_w,
        clear_w=clear_w,
        house_w=tuple(house_w),
        usual_house_w=tuple(expected),
        visits=tuple(_visits(random, vehicles, days)),
    )


def _height(quarter: int) -> float:
    """Return how high the sun stands, from 0 to 1, between six and eight."""
    hour = quarter % DAY / 4
    return max(0.0, sin(pi * (hour - 6.0) / 14.0)) if 6.0 < hour < 20.0 else 0.0


def _clouds(random: Random, quarters: int) -> list[float]:
    """Return what clouds leave: days differ, and the hours of each somewhat."""
    found, day, now = [], 1.0, 0.0
    for quarter in range(quarters):
        if quarter % DAY == 0:
            day = random.betavariate(1.6, 0.9)
        now = 0.9 * now + random.gauss(0.0, 0.08)
        found.append(min(1.0, max(0.05, day + now)))
    return found


def _spot(random: Random, days: int) -> list[float]:
    """Return what a kWh costs at the exchange: two peaks, a dip at noon that is negative on some days, spikes."""
    found: list[float] = []
    level = 0.09
    for _ in range(days):
        level = 0.09 + 0.7 * (level - 0.09) + random.gauss(0.0, 0.015)
        dip = max(0.0, random.gauss(0.06, 0.05))
        spike = random.choice((0.0,) * 8 + (0.15, 0.4))
        noise = 0.0
        for quarter in range(DAY):
            hour = quarter / 4
            noise = 0.8 * noise + random.gauss(0.0, 0.005)
            found.append(
                level
                + (0.05 + spike) * exp(-((hour - 18.75) ** 2) / 3.0)
                + 0.04 * exp(-((hour - 8.0) ** 2) / 3.0)
                - dip * exp(-((hour - 13.5) ** 2) / 7.0)
                - 0.03 * exp(-((hour - 3.0) ** 2) / 8.0)
                + noise
            )
    return found


def _usual_house_w(quarter: int) -> float:
    hour = quarter % DAY / 4
    return (
        250.0
        + 500.0 * exp(-((hour - 7.5) ** 2) / 2.0)
        + 900.0 * exp(-((hour - 18.5) ** 2) / 4.0)
    )


def _visits(random: Random, vehicles: int, days: int) -> list[Visit]:
    found = []
    for number in range(vehicles):
        lines = random.choice((ALL_PHASES, ALL_PHASES, ALL_PHASES[number % 3 :][:1]))
        load = to_neutral(lines, 230.0)
        most_a = 16.0 if len(lines) == 3 else random.choice((16.0, 32.0))
        free = 0
        for day in range(days):
            weekend = (START + timedelta(days=day)).weekday() >= 5
            if random.random() < (0.5 if weekend else 0.2):
                continue
            arrives = day * DAY + round(
                4 * random.gauss(15.0 if weekend else 17.75, 1.5)
            )
            departs = (day + 1) * DAY + round(
                4 * random.gauss(9.0 if weekend else 7.5, 1.0)
            )
            if arrives <= free:
                continue
            most_wh = (departs - arrives) / 4 * most_a * load.watts * EFFICIENCY
            found.append(
                Visit(
                    key=EvseKey(f"v{number}", 1 + day),
                    arrives=arrives,
                    departs=departs,
                    needs_wh=min(
                        0.9 * most_wh, max(3000.0, random.gauss(17_000.0, 8000.0))
                    ),
                    load=load,
                    most_w=most_a * load.watts,
                )
            )
            free = departs
    return sorted(found, key=lambda visit: visit.arrives)
