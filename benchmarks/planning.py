"""Months of charging, planned and otherwise, against what would have been best; and how long a plan takes.

The months are made from seeds: homes with one to ten vehicles behind a fuse that carries a few of them, prices with
spikes and negatives, roofs, and houses that are expected by the hour. A plan knows the vehicles that are there, never who
will come.
"""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median
from time import perf_counter, process_time

from benchmarks.figures import figure
from benchmarks.planning_months.crowd import crowd
from benchmarks.planning_months.kept import Lived, keep, kept
from benchmarks.planning_months.living import live, lived_best
from benchmarks.planning_months.month import month
from benchmarks.planning_months.ways import CheapestEach, Planned, Uncontrolled, best_w
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.planning.solving import solve

_WAYS = (
    "best",
    "planned, perfect forecasts",
    "planned",
    "cheapest each",
    "LLF",
    "uncontrolled",
)

# What is missing counts as bought on the road.
_GOALS = {_WAYS[1]: 1.03, _WAYS[2]: 1.10}

# How often the event loop is asked whether it is late, in seconds.
_BEAT_S = 0.005


def main() -> None:
    """Print the tables and the figures."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench planning", description="Months of charging, and times."
    )
    parser.add_argument("--months", type=int, default=20)
    parser.add_argument("--days", type=int, default=30, help="of each month")
    parser.add_argument("--first", type=int, default=1, help="seed")
    parser.add_argument(
        "--times", type=int, default=10, metavar="N", help="plans of each size"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FILE",
        help="keep each month there as soon as it has passed, and do not live through those that are there",
    )
    asked = parser.parse_args()
    lines = times(asked.times) if asked.times else []
    seeds = range(asked.first, asked.first + asked.months)
    lines += months(seeds, asked.days, asked.keep)
    print("\n".join(lines))


def months(seeds: Sequence[int], days: int, file: Path | None = None) -> list[str]:
    """Print what each month came to, and return the figures of all of them."""
    print(
        f"\n{'cost of the energy, and kWh missing':<36}"
        + "".join(f"{way:>28}" for way in _WAYS)
    )
    there = {} if file is None else kept(file)
    found: list[Lived] = []
    for seed in seeds:
        lived = there.get((seed, days))
        if lived is None:
            lived = live_through(seed, days)
            if file is not None:
                keep(file, lived)
        found.append(lived)
        words = f"month {seed}: {1 + seed % 10} vehicles"
        costs = "".join(
            f"{one.cost:>18.2f}{one.missing_kwh:>10.1f}" for one in lived.outcomes
        )
        print(f"{words:<36}{costs}", flush=True)
    if not any(lived.outcomes[0].energy_kwh for lived in found):
        return []
    lines = []
    best = sum(lived.outcomes[0].weighed for lived in found)
    needed = sum(lived.outcomes[0].energy_kwh for lived in found)
    words = f"all {len(found)} of them, {days} days each"
    print(f"\n{words:<36}{'times the best':>18}{'% missing beyond':>20}")
    for place, way in enumerate(_WAYS[1:], 1):
        ratio = sum(lived.outcomes[place].weighed for lived in found) / best
        missing = sum(
            lived.outcomes[place].missing_kwh - lived.outcomes[0].missing_kwh
            for lived in found
        )
        print(f"{way:<36}{ratio:>18.3f}{100 * missing / needed:>20.2f}")
        if (goal := _GOALS.get(way)) is not None:
            name = way.replace(", ", "_").replace(" ", "_")
            lines.append(figure(f"{name}_to_best", ratio, "times", goal))
    seconds = [one for lived in found for one in lived.seconds]
    lines.append(figure("plan_in_months_mean", 1000 * fmean(seconds), "ms", 500))
    lines.append(figure("plan_in_months_most", 1000 * max(seconds), "ms", 500))
    return lines


def live_through(seed: int, days: int) -> Lived:
    """Live through one month in every way."""
    made = month(seed, days)
    planned = [Planned(made, perfect=True), Planned(made, perfect=False)]
    outcomes = (
        lived_best(made, best_w(made, 600.0)),
        *(live(made, way) for way in planned),
        live(made, CheapestEach(made)),
        live(made, Uncontrolled(), Strategy.EARLIEST_DEPARTURE),
        live(made, Uncontrolled()),
    )
    seconds = tuple(one for way in planned for one in way.seconds)
    return Lived(seed, days, outcomes, seconds)


def times(count: int) -> list[str]:
    """Return how long plans of several sizes take, and how late the event loop is meanwhile."""
    solve(crowd(1, 0))
    lines = []
    print(
        f"{'vehicles, 144 quarters':<28}{'processor s':>13}{'most':>8}{'s':>8}{'most':>8}  kinds"
    )
    for vehicles, goal_s in ((1, 0.5), (10, 0.5), (50, 5.0)):
        spent, took, kinds = [], [], []
        for seed in range(count):
            problem = crowd(vehicles, seed)
            cpu, begun = process_time(), perf_counter()
            kinds.append(solve(problem).kind)
            spent.append(process_time() - cpu)
            took.append(perf_counter() - begun)
        words = ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
        print(f"{vehicles:<28}{median(spent):>13.3f}{max(spent):>8.3f}", end="")
        print(f"{median(took):>8.3f}{max(took):>8.3f}  {words}", flush=True)
        lines.append(figure(f"plan_{vehicles}_processor", max(spent), "s", goal_s))
        lines.append(figure(f"plan_{vehicles}_time", max(took), "s", goal_s))
    late_ms, idle_ms = asyncio.run(_lateness(count))
    print(
        f"event loop late, 99 of 100, while planning: {late_ms:.1f} ms; idle {idle_ms:.1f} ms"
    )
    lines.append(figure("loop_delay_p99_planning", late_ms, "ms", 20))
    return lines


async def _lateness(count: int) -> tuple[float, float]:
    """Return how late the event loop is while plans are made in an executor, and while nothing is done, in ms."""
    loop = asyncio.get_running_loop()

    async def watch(late: list[float]) -> None:
        while True:
            begun = perf_counter()
            await asyncio.sleep(_BEAT_S)
            late.append(perf_counter() - begun - _BEAT_S)

    found = []
    for busy in (True, False):
        late: list[float] = []
        watcher = asyncio.create_task(watch(late))
        if busy:
            for seed in range(count):
                for vehicles in (10, 50):
                    problem = crowd(vehicles, seed)
                    await loop.run_in_executor(None, solve, problem)
        else:
            await asyncio.sleep(5.0)
        watcher.cancel()
        found.append(1000 * sorted(late)[int(0.99 * len(late))])
    return found[0], found[1]


if __name__ == "__main__":
    main()
