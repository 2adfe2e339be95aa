"""How long it takes from what the household's meter says until every station has been told to draw less.

usage: scripts/bench reaction [STATIONS ...] [options]     --help lists the options

Starts a real Home Assistant with Evenload, as a home has it: with its recorder, and no browser looking on. The stations
are in a process of their own, charge on three phases, and share one fuse with a house behind a meter of three sensors.
Again and again the house takes a little more, so that every station has to give. Measured from just before the first of
the sensors' states is set until the last frame has been written to its socket.
"""

import argparse
import asyncio
from pathlib import Path
import signal
import sys
import tempfile

from benchmarks.crowd.words import VERSIONS
from benchmarks.figures import figure
from benchmarks.house.bench import percentile
from benchmarks.house.reaction import LINES, Choices, Reaction, Seen

STATIONS = (3, 10, 100, 500)

# 99 of 100 times, in milliseconds.
GOALS_MS = {10: 10.0, 100: 60.0}

# What others need: lbbrhzn/ocpp of August 2026 for one limit of one station by an action, measured on two cores; the
# others by their own sources and documents.
OTHERS = (
    (
        "lbbrhzn/ocpp",
        "5 ms, 99 of 100: 8 ms, for one station, by an action of the owner's",
    ),
    ("", "after two reads: 408 ms where the station answers in 200 ms"),
    ("evcc", "30 s for each loadpoint"),
    ("openWB", "10 s"),
    ("WARP", "0.5 s + 10 s"),
)


def row(stations: int, seen: Seen) -> str:
    """Return the line of the table."""
    times = "".join(
        f"{percentile(sorted(values), percent):>9.1f}"
        for values, percent in (
            (seen.heard_ms, 50),
            (seen.first_ms, 50),
            (seen.written_ms, 50),
            (seen.written_ms, 99),
            (seen.worked_ms, 99),
            (seen.received_ms, 99),
        )
    )
    frames = frames_each(stations, seen)
    counts = f"{frames:>9.3g}{seen.others.total():>9}{seen.missed:>9}"
    return f"{stations:>8}{seen.samples:>9}{times}{counts}"


def frames_each(stations: int, seen: Seen) -> float:
    """Return how many limits a station was sent each time."""
    return seen.frames / (seen.samples * stations) if seen.samples else float("nan")


def report(seen: dict[int, Seen]) -> None:
    """Print the table, and the figures that have a goal."""
    print("\nMilliseconds from the change of the meter's sensors until …\n")
    heads = ("stations", "samples", "shared", "first", "last", "last", "worked")
    heads += ("received", "frames", "other", "missed")
    print(f"{heads[0]:>8}" + "".join(f"{head:>9}" for head in heads[1:]))
    units = ("", "p50", "p50", "p50", "p99", "p99", "p99", "each", "calls", "")
    print(" " * 8 + "".join(f"{unit:>9}" for unit in units))
    for stations, one in seen.items():
        print(row(stations, one))
    print(
        "\nshared: all that listens to the sensors has been told, and the new limits are known. first, last: a frame"
        "\nwas written to its socket. worked: of that, what the event loop itself worked; the rest is what else the machine did."
        "\nreceived: the last station has it. other calls: sent before the last frame."
        "\nmissed: not everybody was lowered; such a sample counts in no time."
        "\n\nOthers, from what they measure to what a station is told:"
    )
    for name, says in OTHERS:
        print(f"  {name:<14}{says}")
    for stations, one in seen.items():
        ordered = sorted(one.written_ms)
        goal = GOALS_MS.get(stations)
        if goal is not None:
            print(
                figure(f"reaction_{stations}_p99", percentile(ordered, 99), "ms", goal)
            )
        each = frames_each(stations, one)
        print(figure(f"reaction_{stations}_frames_each", each, "frames", 1))
        print(figure(f"reaction_{stations}_other_calls", one.others.total(), "", 0))


def measure(choices: Choices, folder: Path) -> Seen:
    """Measure with so many stations."""
    return asyncio.run(Reaction(choices, folder).run())


def main() -> int:
    """Read the command line, measure and report."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench reaction",
        description="Measure how long it takes from a meter's sensor to the last lowering frame.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("stations", type=int, nargs="*", default=STATIONS)
    parser.add_argument(
        "--samples", type=int, default=40, help="how often all are lowered"
    )
    parser.add_argument("--version", default="1.6", choices=VERSIONS)
    parser.add_argument(
        "--lines",
        type=int,
        default=len(LINES),
        choices=range(1, len(LINES) + 1),
        help="sensors that change in one turn of the event loop",
    )
    parser.add_argument("--no-recorder", dest="recorder", action="store_false")
    parser.add_argument(
        "--profile",
        action="store_true",
        help="write reaction.prof into the folder; everything is slower then",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        help="keep the folders of Home Assistant here; it must be new",
    )
    parsed = parser.parse_args()
    if parsed.folder and parsed.folder.exists():
        parser.error("the folder exists: Home Assistant would remember too much")
    # Whoever ends it ends Home Assistant and the stations with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    seen: dict[int, Seen] = {}
    with tempfile.TemporaryDirectory(prefix="evenload-bench-") as temporary:
        for stations in parsed.stations:
            choices = Choices(
                stations,
                parsed.samples,
                parsed.version,
                parsed.recorder,
                parsed.lines,
                parsed.profile,
            )
            folder = (parsed.folder or Path(temporary)) / str(stations)
            seen[stations] = measure(choices, folder)
            print(row(stations, seen[stations]), file=sys.stderr)
    report(seen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
