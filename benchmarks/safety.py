"""Thousands of hours in homes of many kinds, with and without faults: does a fuse ever mind, and what does that cost?

usage: scripts/bench safety [--hours 10000] [--faults-only | --calm-only] [--seed 0] [--each 48]

The real engine shares a tight fuse among 1 to 20 vehicles, in virtual time: households with kettles, ovens, heat pumps
and solar roofs, meters that are late and coarse, vehicles that follow late, stations that fail. What flows is known
exactly at every moment, and judged by a reckoning that the engine has no part in.
"""

import argparse
from collections.abc import Mapping
from contextlib import suppress
from signal import SIGTERM, default_int_handler, signal
from time import perf_counter, process_time

from benchmarks.figures import figure
from benchmarks.neighbourhood.homes import home
from benchmarks.neighbourhood.tally import Tally, lived

SHARE_GOAL = 97.0

# Homes of all sizes have had their turn after so many.
ROUND = 14


def live_through(
    options: argparse.Namespace, kinds: Mapping[str, bool], found: Mapping[str, Tally]
) -> None:
    """Live in one home after the other, of every kind by turns, until so many hours have gone by."""
    seed, hours = options.seed, options.hours / len(kinds)
    while any(tally.hours < hours for tally in found.values()):
        for name, with_faults in kinds.items():
            tally = found[name]
            lasts = min(options.each, hours - tally.hours)
            began = process_time()
            tally.add(
                lived(
                    home(seed),
                    lasts,
                    faults_often=options.often if with_faults else 0.0,
                )
            )
            print(
                f"home {seed} {name}, {(process_time() - began) / lasts:.2f} s of CPU an hour; "
                f"so far {tally.hours:.0f} h, {tally.all_beyond_s:.0f} s beyond, "
                f"{tally.share:.2f} % of the energy",
                flush=True,
            )
        seed += 1
        if (seed - options.seed) % ROUND == 0:
            show_all(found)


def show_all(found: Mapping[str, Tally]) -> None:
    """Print the tables."""
    for name, tally in found.items():
        show({"calm": "Without faults", "faults": "With faults"}[name], tally)


def show(title: str, tally: Tally) -> None:
    """Print the table of one kind of hours."""
    stations_a_day = tally.station_hours / 24
    rows = [
        ("homes, hours", f"{tally.homes}, {tally.hours:.0f}"),
        (
            "stations' hours, of them charging",
            f"{tally.station_hours:.0f}, {tally.charging_hours:.0f}",
        ),
        (
            "faults",
            ", ".join(f"{n} {what}" for what, n in tally.faults.items()) or "none",
        ),
        ("seconds above the fuse, in all", f"{tally.over_s:.0f}"),
        ("the most, as a multiple of the fuse", f"{tally.highest:.2f}"),
        ("seconds beyond what a breaker bears", f"{tally.all_beyond_s:.1f}"),
        *((f"  while {why}", f"{s:.1f}") for why, s in tally.beyond_s.most_common()),
        (
            "energy wanted, and there to be had",
            f"{tally.needed_wh / 1e3:.0f}, {tally.usable_wh / 1e3:.0f} kWh",
        ),
        ("energy got, of what settings leave", f"{tally.share:.2f} %"),
        ("energy got, of what the fuse leaves", f"{tally.share_of_fuse:.2f} %"),
        (
            "sessions, pauses of each, the most",
            f"{tally.sessions}, {tally.pauses / max(1, tally.sessions):.2f}, {tally.most_pauses}",
        ),
        ("leases a station and day", f"{tally.writes_a_day(lasting=False):.1f}"),
        *(
            (f"  of them {kind}s", f"{count / stations_a_day:.1f}")
            for kind, count in tally.writes.most_common()
            if kind != "fallback"
        ),
        ("fallbacks a station and day", f"{tally.writes_a_day(lasting=True):.2f}"),
        ("the busiest station, writes a day", f"{tally.most_writes_a_day:.0f}"),
    ]
    print(title)
    for what, value in rows:
        print(f"  {what:40} {value}")


def main() -> None:
    """Live through everything, and print the tables and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=10_000, help="half of them calm")
    parser.add_argument("--each", type=float, default=48, help="hours in one home")
    parser.add_argument("--seed", type=int, default=0, help="of the first home")
    parser.add_argument(
        "--often", type=float, default=1.0, help="times the usual faults"
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--calm-only", action="store_true")
    only.add_argument("--faults-only", action="store_true")
    options = parser.parse_args()
    kinds = {"calm": False, "faults": True}
    if options.calm_only or options.faults_only:
        kinds = {"calm": False} if options.calm_only else {"faults": True}
    began, found = perf_counter(), {name: Tally() for name in kinds}
    signal(SIGTERM, default_int_handler)
    # Who breaks it off is told what there was until then.
    with suppress(KeyboardInterrupt):
        live_through(options, kinds, found)
    show_all(found)
    print(f"{perf_counter() - began:.0f} s")
    for name, tally in found.items():
        print(figure(f"seconds_beyond_{name}", tally.all_beyond_s, "s", 0))
    if (calm := found.get("calm")) is not None:
        print(figure("energy_of_usable", calm.share, "%", SHARE_GOAL, at_most=False))
        print(
            figure("energy_of_fuse", calm.share_of_fuse, "%", SHARE_GOAL, at_most=False)
        )


if __name__ == "__main__":
    main()
