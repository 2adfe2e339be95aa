"""Real charging sessions in a real car park: our strategies beside those of acnportal, in its simulator.

The sessions are the 954 of March 2019 at Caltech, the events file of example 2.1 in the public repository
caltech-netlab/acnportal-experiments (BSD-3-Clause); it is not part of this project. acnportal's own algorithms must
first give the figures that were published for them, to every digit.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.figures import figure
from benchmarks.sharing_acn.runs import (
    OURS,
    PLANNED,
    THEIRS,
    Outcome,
    algorithm,
    live_through,
    most_possible,
    read_events,
    theirs,
)

CAPACITIES_KW = (20, 30, 40, 50)
# Those of the published table.
FULL_KW = tuple(range(10, 141, 5))

# The published minima: energy at 10 kW, any pilot, in percent.
PUBLISHED = {"FCFS": 34.653411, "EDF": 36.937452, "LLF": 36.816079, "RR": 43.846730}

# What a plan is to deliver with real pilots, in percent, and on average over all capacities with any pilot: the published
# figure of the algorithm that plans.
PLANNED_GOALS = {20: 76.5, 30: 91.0, 40: 97.5}
PUBLISHED_MEAN = 95.060

EVERYONE = (*THEIRS, *OURS, PLANNED)

type Key = tuple[str, int, bool]


def main() -> None:
    """Print the tables and the figures."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench sharing", description="Real sessions in a real car park."
    )
    parser.add_argument(
        "--events", type=Path, required=True, help="acnportal's events, gzipped JSON"
    )
    parser.add_argument("--full", action="store_true", help="all 27 capacities")
    parser.add_argument(
        "--capacities", type=int, nargs="+", metavar="KW", default=CAPACITIES_KW
    )
    parser.add_argument(
        "--pilots", choices=("quantised", "continuous", "both"), default="both"
    )
    parser.add_argument(
        "--trust", action="store_true", help="without the published figures first"
    )
    parser.add_argument(
        "--only", nargs="+", choices=EVERYONE, metavar="NAME", default=EVERYONE
    )
    asked = parser.parse_args()
    try:
        events = read_events(asked.events)
    except (OSError, ValueError) as error:
        parser.error(f"these events cannot be read: {error}")
    if not asked.trust and not reproduce(events):
        parser.exit(1, "the published figures do not come out: nothing else counts\n")
    capacities = FULL_KW if asked.full else asked.capacities
    most = most_possible(events)
    print(f"\nNo algorithm can deliver more than {most:.3f} % at any capacity.")
    found: dict[Key, Outcome] = {}
    for quantised in (True, False):
        if asked.pilots not in ("both", "quantised" if quantised else "continuous"):
            continue
        for capacity_kw in capacities:
            found |= table(events, capacity_kw, asked.only, quantised=quantised)
    if set(asked.only) >= {*THEIRS, *OURS}:
        print("\n".join(figures(found)))
    print("\n".join(figures_of_plans(found)))


def reproduce(events: Callable[[], Any]) -> bool:
    """Print what acnportal's algorithms give at 10 kW beside what was published for them."""
    print(f"{'10 kW, any pilot':<26}{'energy %':>12}{'published':>12}")
    same = True
    for name, published in PUBLISHED.items():
        chosen = theirs(name, quantised=False, step_a=0.1)
        energy = live_through(events, chosen, 10, quantised=False).energy_percent
        print(f"{name:<26}{energy:>12.6f}{published:>12.6f}", flush=True)
        same = same and round(energy, 6) == published
    return same


def table(
    events: Callable[[], Any],
    capacity_kw: int,
    names: Sequence[str],
    *,
    quantised: bool,
) -> dict[Key, Outcome]:
    """Print what all of these come to at one capacity."""
    pilots = "pilots of 6 A and more" if quantised else "any pilot"
    print(f"\n{f'{capacity_kw} kW, {pilots}':<34}", end="")
    print(f"{'energy %':>10}{'met %':>8}{'ms a step':>11}{'pauses':>8}")
    found: dict[Key, Outcome] = {}
    for name in names:
        chosen = algorithm(name, quantised=quantised)
        got = live_through(events, chosen, capacity_kw, quantised=quantised)
        found[name, capacity_kw, quantised] = got
        pauses = "" if got.pauses is None else got.pauses
        print(f"{name:<34}{got.energy_percent:>10.2f}{got.met_percent:>8.1f}", end="")
        print(f"{got.step_ms:>11.2f}{pauses:>8}", flush=True)
    return found


def figures(found: Mapping[Key, Outcome]) -> Sequence[str]:
    """Return ours against the one of theirs that shares likewise."""
    lines = []
    for capacity_kw, quantised in dict.fromkeys(key[1:] for key in found):

        def of(name: str) -> Outcome:
            return found[name, capacity_kw, quantised]  # noqa: B023  # called within its turn

        pilots = "quantised" if quantised else "continuous"
        for ours, other in zip(OURS, ("FCFS", "RR", "LLF"), strict=True):
            name = f"{ours}_{capacity_kw}kw_{pilots}"
            more = 3.0 if other == "LLF" and capacity_kw in (20, 30) else 0.0
            goal = round(of(other).energy_percent + more, 2)
            lines.append(
                figure(
                    f"{name}_energy", of(ours).energy_percent, "%", goal, at_most=False
                )
            )
            if other != "LLF":
                goal = round(of(other).met_percent, 2)
                met = of(ours).met_percent
                lines.append(figure(f"{name}_met", met, "%", goal, at_most=False))
            goal = round(of(other).step_ms / (2.0 if other == "LLF" else 1.0), 2)
            lines.append(figure(f"{name}_step", of(ours).step_ms, "ms", goal))
    return lines


def figures_of_plans(found: Mapping[Key, Outcome]) -> Sequence[str]:
    """Return what plans delivered, where there is a goal for it."""
    lines = []
    for capacity_kw, goal in PLANNED_GOALS.items():
        if (got := found.get((PLANNED, capacity_kw, True))) is not None:
            name = f"planned_{capacity_kw}kw_quantised_energy"
            lines.append(figure(name, got.energy_percent, "%", goal, at_most=False))
    energies = [found.get((PLANNED, capacity_kw, False)) for capacity_kw in FULL_KW]
    if None not in energies:
        mean = fmean(got.energy_percent for got in energies if got is not None)
        name = "planned_mean_continuous_energy"
        lines.append(figure(name, mean, "%", PUBLISHED_MEAN, at_most=False))
    return lines


if __name__ == "__main__":
    main()
