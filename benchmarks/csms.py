"""Many stations on one Home Assistant: what they cost it, and how long they wait.

usage: scripts/bench csms [STATIONS] [options]     --help lists the options

Starts a real Home Assistant with Evenload, as a home has it: with its recorder, and no browser looking on. The stations
are in a process of their own. Each is adopted, belongs to a group of at most 50, has a transaction, and sends meter
values of 12 samples every 10 seconds.
"""

import argparse
import asyncio
from pathlib import Path
import signal
import subprocess
import sys
import tempfile

from benchmarks.crowd.words import VERSIONS
from benchmarks.figures import figure, machine
from benchmarks.house.bench import Bench, Choices, Measured, percentile

# Measured of lbbrhzn/ocpp of August 2026 with 50 stations of OCPP 1.6, on two cores.
OTHER = "50 stations on lbbrhzn/ocpp"


def rows(seen: Measured) -> list[tuple[str, str, float, str, float | None, str]]:
    """Return what the table says: text, figure, value, unit, goal, and what the other one needs for 50 stations."""
    return [
        (
            "CPU of Home Assistant above idle",
            "cpu_above_idle",
            seen.busy_percent - seen.idle_percent,
            "%",
            15,
            "12 %",
        ),
        (
            "Event loop late, 99 of 100 times by at most",
            "loop_delay_p99",
            percentile(seen.delays_ms, 99),
            "ms",
            10,
            "",
        ),
        (
            "Event loop late, at worst",
            "loop_delay_worst",
            percentile(seen.delays_ms, 100),
            "ms",
            None,
            "",
        ),
        (
            "A full garbage collection",
            "collection",
            seen.collection_ms,
            "ms",
            None,
            "",
        ),
        (
            "Event loop late when all report at once",
            "loop_delay_burst",
            seen.burst_delay_ms,
            "ms",
            100,
            "1044 ms",
        ),
        (
            "Last answer when all report at once",
            "answer_burst",
            seen.burst_wait_ms,
            "ms",
            None,
            "950 ms",
        ),
        (
            "Meter frame to entity state, median",
            "frame_to_state_p50",
            percentile(seen.latencies_ms, 50),
            "ms",
            3,
            "15 ms",
        ),
        (
            "Meter frame to entity state, 99 of 100",
            "frame_to_state_p99",
            percentile(seen.latencies_ms, 99),
            "ms",
            10,
            "21 ms",
        ),
        (
            "the same, while garbage is not collected in full",
            "frame_to_state_undisturbed_p99",
            percentile(seen.undisturbed_ms, 99),
            "ms",
            None,
            "",
        ),
        (
            "Full garbage collections meanwhile",
            "collections",
            seen.collections,
            "times",
            None,
            "",
        ),
        ("Reports that no state shows", "reports_lost", seen.lost, "reports", 0, ""),
        ("Memory of a station", "memory", seen.memory_kb, "kB", 400, "860 kB"),
        ("of it before it connects", "entities", seen.entities_kb, "kB", None, ""),
        (
            "the same at the first start with it",
            "first_start",
            seen.first_start_kb,
            "kB",
            None,
            "",
        ),
        (
            "All dial again: served after",
            "reconnect_storm",
            seen.storm_s,
            "s",
            5,
            "",
        ),
        (
            "Adopt, change, remove one: others disturbed",
            "disturbed",
            seen.disturbed,
            "frames",
            0,
            "all dropped",
        ),
        (
            "Event loop late meanwhile",
            "loop_delay_adopting",
            seen.disturbed_delay_ms,
            "ms",
            None,
            "",
        ),
    ]


def report(choices: Choices, seen: Measured) -> None:
    """Print the table, and the figures that have a goal."""
    recorder = "recorder on" if choices.recorder else "recorder off"
    title = (
        f"{choices.stations} stations, OCPP {', '.join(choices.versions)}; {recorder}"
    )
    print(f"\n{title:<50}{'seen':>12}{'goal':>12}   {OTHER}")
    table = rows(seen)
    for text, _, value, unit, goal, other in table:
        wanted = "" if goal is None else f"{goal:g} {unit}"
        print(f"{text:<50}{f'{value:.3g} {unit}':>12}{wanted:>12}   {other}")
    print(
        f"({seen.changes_s:.0f} states change in a second; {machine()}; "
        f"other programs meanwhile: {seen.others_percent:.0f} % of a core)"
    )
    for _, name, value, unit, goal, _ in table:
        if goal is not None:
            print(figure(name, value, unit, goal))


def parse() -> tuple[Choices, Path | None]:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench csms",
        description="Measure one Home Assistant with many simulated stations.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("stations", type=int, nargs="?", default=200)
    parser.add_argument(
        "--seconds", type=float, default=60, help="how long to watch it, idle and busy"
    )
    parser.add_argument(
        "--versions", default="1.6", help=f"of {', '.join(VERSIONS)}, given in turn"
    )
    parser.add_argument("--no-recorder", dest="recorder", action="store_false")
    parser.add_argument(
        "--profile",
        action="store_true",
        help="write profiles (idle, steady, burst, storm, disturb) into the folder",
    )
    parser.add_argument(
        "--folder", type=Path, help="keep Home Assistant's folder here; it must be new"
    )
    parsed = parser.parse_args()
    if parsed.folder and parsed.folder.exists():
        parser.error("the folder exists: Home Assistant would remember too much")
    return (
        Choices(
            parsed.stations,
            parsed.seconds,
            tuple(parsed.versions.split(",")),
            parsed.recorder,
            parsed.profile,
        ),
        parsed.folder,
    )


def main() -> int:
    """Measure and report; then what one message costs in the engine."""
    choices, folder = parse()
    # Whoever ends it ends Home Assistant and the stations with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="evenload-bench-") as temporary:
        seen = asyncio.run(Bench(choices, folder or Path(temporary)).run())
    report(choices, seen)
    sys.stdout.flush()
    messages = [sys.executable, "-m", "benchmarks.messages", str(choices.stations)]
    return subprocess.run(messages, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
