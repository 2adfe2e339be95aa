"""Homes of many kinds, each made of a number: its connection, its household, its stations and its meter."""

from dataclasses import dataclass
import random

from benchmarks.neighbourhood.appliances import Habits
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.household import MeterConfig
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import ALL_PHASES

# Small and large by turns, so that a run that is broken off has seen both.
PLACES = (3, 1, 8, 2, 5, 1, 12, 4, 2, 20, 6, 3, 10, 15)
# Those that the omniscient balancer shares by as well: what is compared is control, not strategy.
STRATEGIES = (
    Strategy.EQUAL_SERVE,
    Strategy.EQUAL_SERVE,
    Strategy.FIRST_COME_FIRST_SERVE,
    Strategy.PRIORITY,
)


@dataclass(frozen=True, slots=True)
class MeterKind:
    """How a meter in the house speaks: when its value changed, at its own beat and late, and every ten seconds at least."""

    every_s: float
    late_s: float
    noise_a: float
    step_a: float


@dataclass(frozen=True, slots=True)
class Home:
    """One home. `seed` makes everything else that is left to chance."""

    seed: int
    site: SiteConfig
    habits: Habits
    meter: MeterKind
    # The site's line that each of a station's own phases is wired to, and how often it tells what it measures.
    lines: dict[str, tuple[int, ...]]
    samples_s: dict[str, float]


def home(seed: int) -> Home:
    """Return the home of a number."""
    chance = random.Random(seed)
    places = PLACES[seed % len(PLACES)]
    fuse_a = 25.0 if places <= 3 else 35.0 if places <= 6 else 63.0
    oven_a = chance.choice((10.0, 13.0, 16.0))
    habits = Habits(
        # Who lives there lets a fuse no more than bear it.
        most_a=chance.choice((fuse_a - 6.5, fuse_a - 1.0)),
        heat_pump_a=chance.choice((0.0, 4.0, 6.0)),
        solar_a=chance.choice((0.0, 0.0, 6.0, 13.0)),
        oven_a=oven_a,
        heater_a=chance.choice((0.0, 16.0)) if fuse_a > 25 else 0.0,
    )
    lines: dict[str, tuple[int, ...]] = {}
    for place in range(places):
        turn = chance.randrange(3)
        order = tuple((turn + own) % 3 for own in range(3))
        lines[f"place {place}"] = order if chance.random() < 0.8 else order[:1]
    largest_a = max(oven_a, habits.heater_a)
    bears_a = fuse_a - habits.most_a
    meter = MeterConfig(
        fallback=Current(6.0 if bears_a >= 6.0 else 0.0),
        largest=Current(largest_a),
    )
    return Home(
        seed,
        _site(fuse_a, meter, lines, chance),
        habits,
        MeterKind(
            every_s=chance.choice((1.0, 2.0, 5.0, 10.0)),
            late_s=chance.uniform(1.0, 3.0),
            noise_a=chance.choice((0.0, 0.03, 0.1)),
            step_a=chance.choice((0.01, 0.1, 0.1, 1.0)),
        ),
        lines,
        {name: chance.choice((10.0, 10.0, 30.0, 60.0)) for name in lines},
    )


def _site(
    fuse_a: float,
    meter: MeterConfig,
    lines: dict[str, tuple[int, ...]],
    chance: random.Random,
) -> SiteConfig:
    stations = {
        name: StationConfig(
            name,
            name,
            wiring=tuple(ALL_PHASES[line] for line in wired),
            maximum=Current(chance.choice((16.0, 32.0)) if len(wired) > 1 else 32.0),
        )
        for name, wired in lines.items()
    }
    return SiteConfig(
        "home",
        Current(fuse_a),
        meter=meter,
        strategy=chance.choice(STRATEGIES),
        stations=stations,
    )
