"""What can be asked of the demo."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one start."""

    config: Path
    http_port: int
    ocpp_port: int
    simulator: bool
    reset: bool
    version: str
    v2g: bool
    plan: bool


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Start a real Home Assistant with Evenload and a simulated home.",
    )
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(__file__).parents[2] / ".demo",
        metavar="DIR",
        help="folder of Home Assistant; what is in it is used again (.demo)",
    )
    parser.add_argument(
        "--http-port",
        type=int,
        default=8123,
        metavar="N",
        help="port of the dashboard (8123)",
    )
    parser.add_argument(
        "--ocpp-port",
        type=int,
        default=9000,
        metavar="N",
        help="port that stations dial (9000)",
    )
    parser.add_argument(
        "--no-simulator",
        dest="simulator",
        action="store_false",
        help="Evenload installed but nothing configured, and no stations",
    )
    parser.add_argument(
        "--version",
        choices=("mixed", "1.6", "2.0.1", "2.1"),
        default="mixed",
        help="OCPP of the simulated stations; mixed is one of each in turn (mixed)",
    )
    parser.add_argument(
        "--no-v2g",
        dest="v2g",
        action="store_false",
        help="without the station whose car carries the house",
    )
    parser.add_argument(
        "--plan",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="one car charges when it costs least, the others at once",
    )
    parser.add_argument(
        "--reset", action="store_true", help="begin anew: delete the folder first"
    )
    parsed = parser.parse_args(arguments)
    return Options(
        parsed.config.resolve(),
        parsed.http_port,
        parsed.ocpp_port,
        parsed.simulator,
        parsed.reset,
        parsed.version,
        parsed.v2g,
        parsed.plan,
    )
