"""How much of what a house draws a vehicle carries, and how much of it goes into the grid by mistake.

usage: scripts/bench v2h [options]     --help lists the options

The real engine in virtual time, second by second for a day: a house with appliances that switch, a meter that speaks at its beat and
late, and a station whose vehicle follows a setpoint a second after it was sent. `--file` takes the load of a house
instead, one number of watts for each second, in lines.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
import random
from time import process_time

from benchmarks.figures import figure
from custom_components.evenload.engine.control.v2x.following import BIAS_W
from tests.engine.control.v2x.bidirectional import Bidirectional, Temper
from tests.engine.control.v2x.v2g_house import DIALECT, V2G, Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually

DAY_S = 86_400

# Covered at least, in percent, by the beat of the meter in seconds; fed into the grid at most, in percent of what was given.
GOALS = {1: 95.0, 5: 90.0}
EXPORT_GOAL = 0.5


@dataclass(frozen=True, slots=True)
class Appliance:
    """What is switched on so many times a day around an hour; while it is on, its heat goes on and off."""

    watts: float
    times: float
    hour: float
    minutes: float
    on_s: float = 0.0
    off_s: float = 0.0


APPLIANCES = (
    Appliance(2200, 3, 7.5, 2.5),
    Appliance(2200, 3, 17, 2.5),
    Appliance(1800, 1, 12.5, 25, 9, 9),
    Appliance(1800, 2, 18.5, 25, 12, 10),
    Appliance(2400, 1, 18.5, 8),
    Appliance(2400, 1, 18.8, 40, 35, 60),
    Appliance(2000, 1, 20.5, 14),
    Appliance(2000, 1, 21.3, 12),
    Appliance(1900, 1, 10, 16),
    Appliance(700, 1, 14, 70),
    Appliance(120, 1, 20, 210),
    Appliance(1200, 2, 7, 6),
    Appliance(900, 1, 16, 110, 900, 500),
)


def made_day(seed: int) -> list[float]:
    """Return what a house draws in each second of a day, in watts."""
    dice = random.Random(seed)
    load = [180.0 + 120.0 * (6.5 * 3600 < at < 23 * 3600) for at in range(DAY_S)]
    at = 0.0
    while at < DAY_S:
        # A fridge.
        for second in range(int(at), min(DAY_S, int(at) + 700)):
            load[second] += 85.0
        at += dice.uniform(1800, 2400)
    for one in APPLIANCES:
        times = int(one.times) + (dice.random() < one.times % 1)
        for _ in range(times):
            begin = int(3600 * dice.gauss(one.hour, 0.7)) % DAY_S
            _switch(load, one, begin, dice)
    return [max(0.0, watts + dice.gauss(0.0, 6.0)) for watts in load]


def _switch(load: list[float], one: Appliance, begin: int, dice: random.Random) -> None:
    end = min(DAY_S, begin + int(60 * one.minutes * dice.uniform(0.8, 1.2)))
    at, is_on = begin, True
    while at < end:
        lasts = one.on_s if is_on else one.off_s
        until = min(end, at + int(lasts * dice.uniform(0.8, 1.2))) if lasts else end
        for second in range(at, max(until, at + 1)):
            load[second % DAY_S] += one.watts if is_on else 0.0
        at, is_on = max(until, at + 1), not is_on


@dataclass(frozen=True, slots=True)
class Carried:
    """What a day came to, in kWh: drawn by the house, of that what the vehicle could have given and gave, and what went too far."""

    drawn: float
    possible: float
    covered: float
    given: float
    exported: float
    writes: int
    cpu_s: float


def carried(
    load: Sequence[float], pace: Pace, most_w: float, least_w: float
) -> Carried:
    """Let a house live through its day."""

    async def story() -> Carried:
        began = process_time()
        vehicle = Bidirectional(
            "A",
            temper=Temper(answer_s=0.2, follows_s=0.9, least_w=least_w),
            soc_percent=90.0,
            # Nobody is to wonder whether it was empty.
            capacity_wh=200_000.0,
        )
        config = replace(
            V2G,
            maximum_w=most_w,
            capacity_wh=200_000.0,
            dialect=replace(DIALECT, minimum_w=least_w),
        )
        house = V2gHouse(
            site_of(v2g=config), [vehicle], lambda at: load[at % len(load)], pace
        )
        await house.begin()
        drawn = possible = covered = given = exported = 0.0
        for _ in range(len(load)):
            await house.live(1)
            load_w = load[house.second % len(load)]
            given_w = max(0.0, -vehicle.power_w)
            able_w = min(load_w - BIAS_W, most_w)
            drawn += load_w
            possible += able_w if able_w >= max(1.0, least_w) else 0.0
            covered += min(given_w, max(0.0, load_w - BIAS_W))
            given += given_w
            exported += min(given_w, max(0.0, -house.grid_w[-1]))
        await house.die()
        kwh = 3_600_000.0
        return Carried(
            drawn / kwh,
            possible / kwh,
            covered / kwh,
            given / kwh,
            exported / kwh,
            len(vehicle.told),
            process_time() - began,
        )

    return run_virtually(story())


def main() -> None:
    """Print the table, and the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--seed", type=int, nargs="+", default=[1], help="which days are made"
    )
    parser.add_argument("--file", type=Path, help="watts by the second, in lines")
    parser.add_argument("--hours", type=float, nargs=2, default=(0.0, 24.0))
    parser.add_argument(
        "--watts", type=float, default=7000.0, help="the vehicle's most"
    )
    parser.add_argument(
        "--least", type=float, nargs="+", default=[0.0, 1400.0], help="and its least"
    )
    parser.add_argument("--beats", type=int, nargs="+", default=[1, 5])
    choices = parser.parse_args()
    days = {f"_day_{seed}": made_day(seed) for seed in choices.seed}
    if choices.file is not None:
        days = {"": [float(line) for line in choices.file.read_text().split()]}
    elif choices.seed == [1]:
        days = {"": days["_day_1"]}
    first, last = (int(3600 * hour) for hour in choices.hours)
    heads = ("meter", "least W", "drawn", "possible", "covered", "given", "exported")
    print("".join(f"{head:>10}" for head in (*heads, "writes", "CPU s")))
    for least_w in choices.least:
        for beat in choices.beats:
            for day, load in days.items():
                seen = carried(load[first:last], Pace(beat, 0), choices.watts, least_w)
                _tell(seen, beat, least_w, day)


def _tell(seen: Carried, beat: int, least_w: float, day: str) -> None:
    kwh = (seen.drawn, seen.possible, seen.covered, seen.given, seen.exported)
    print(
        f"{beat:>8} s{least_w:>10g}"
        + "".join(f"{value:>10.3f}" for value in kwh)
        + f"{seen.writes:>10}{seen.cpu_s:>10.0f}"
    )
    name = f"v2h_{beat}s_least_{least_w:g}W{day}"
    percent = 100 * seen.covered / max(seen.possible, 1e-9)
    print(figure(f"{name}_covered", percent, "%", GOALS.get(beat, 0), at_most=False))
    beyond = 100 * seen.exported / max(seen.given, 1e-9)
    print(figure(f"{name}_exported", beyond, "%", EXPORT_GOAL), flush=True)


if __name__ == "__main__":
    main()
