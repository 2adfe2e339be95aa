"""Who comes with which vehicle, when, and how much it needs."""

from dataclasses import dataclass
import random

from benchmarks.neighbourhood.appliances import DAY_S, HOUR_S

VOLTAGE_V = 230.0
LEAST_A = 6.0

# A battery that is nearly full takes less, in steps.
TAPER_FROM_WH = 3000.0
TAPER_STEP_S = 120.0


@dataclass(frozen=True, slots=True)
class Vehicle:
    """How a vehicle charges: how late it follows its station, and how long it waits before it begins."""

    phases: int
    maximum_a: float
    follows_s: float
    begins_s: float
    tapers: bool

    def most_a(self, missing_wh: float) -> float:
        """Return what it takes at most while so much is missing."""
        if missing_wh <= 0:
            return 0.0
        if not self.tapers or missing_wh >= TAPER_FROM_WH:
            return self.maximum_a
        share = 0.3 + 0.7 * missing_wh / TAPER_FROM_WH
        return max(LEAST_A, self.maximum_a * share)


@dataclass(frozen=True, slots=True)
class Visit:
    """One vehicle at one station, from when to when."""

    place: int
    arrives_s: float
    leaves_s: float
    needs_wh: float
    vehicle: Vehicle


def visits(places: int, seconds: float, seed: int) -> list[Visit]:
    """Return who comes, in the order of coming; the story begins at noon."""
    chance = random.Random(seed)
    found: list[Visit] = []
    at_work = places > 8 and chance.random() < 0.5
    for place in range(places):
        own = _vehicle(chance)
        free_s = 0.0
        for day in range(-1, int(seconds / DAY_S) + 1):
            begin_s = day * DAY_S
            plans = [_night(chance)] if not at_work else [_shift(chance)]
            if chance.random() < 0.3:
                plans.append(_errand(chance))
            for from_h, to_h in sorted(plans):
                arrives_s = max(begin_s + from_h * HOUR_S, free_s + 300)
                leaves_s = begin_s + to_h * HOUR_S
                if leaves_s - arrives_s < 0.5 * HOUR_S or chance.random() < 0.15:
                    continue
                free_s = leaves_s
                vehicle = own if chance.random() < 0.8 else _vehicle(chance)
                needs_wh = min(60e3, chance.lognormvariate(9.7, 0.6))
                found.append(Visit(place, arrives_s, leaves_s, needs_wh, vehicle))
    inside = [one for one in found if 60 < one.arrives_s < seconds]
    return sorted(inside, key=lambda one: one.arrives_s)


def _night(chance: random.Random) -> tuple[float, float]:
    return chance.uniform(4, 9), chance.uniform(18, 21.5)


def _shift(chance: random.Random) -> tuple[float, float]:
    """Those who work come at seven to ten in the morning, and leave in the afternoon."""
    return chance.uniform(19, 22), chance.uniform(27, 30)


def _errand(chance: random.Random) -> tuple[float, float]:
    from_h = chance.uniform(0, 3)
    return from_h, from_h + chance.uniform(0.7, 4)


def _vehicle(chance: random.Random) -> Vehicle:
    phases = chance.choice((1, 1, 1, 2, 3, 3, 3, 3, 3, 3))
    maximum_a = chance.choice((16.0, 16.0, 32.0)) if phases == 1 else 16.0
    return Vehicle(
        phases,
        maximum_a,
        follows_s=chance.uniform(5, 11),
        begins_s=chance.uniform(10, 40),
        tapers=chance.random() < 0.7,
    )
