"""The command line of the simulator."""

import argparse
from pathlib import Path
import ssl

from simulator.bidirectional import Form
from simulator.console import HELP
from simulator.home import PLACES
from simulator.ocppj.dialling import trust
from simulator.phases import DEFAULT_WIRING, Phase, Wiring

VERSIONS = ("1.6", "2.0.1", "2.1")


def parser() -> argparse.ArgumentParser:
    """What can be asked of `python -m simulator`."""
    made = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Charging stations that speak OCPP 1.6, 2.0.1 and 2.1, with the vehicles on them and the house behind them.",
    )
    commands = made.add_subparsers(dest="command", required=True)
    _add_station(commands)
    _add_fleet(commands)
    _add_home(commands)
    return made


def tls(options: argparse.Namespace) -> ssl.SSLContext | None:
    """Whom to trust and what to show, where that was said."""
    if options.ca is None and options.certificate is None:
        return None
    return trust(options.ca, options.certificate, options.key)


def _add_station(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    station = commands.add_parser(
        "station",
        help="one station, driven by lines on standard input",
        description="One charging station. It reads commands from standard input and runs until `quit` or SIGTERM.",
        epilog=f"Commands:\n{HELP}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = station.add_argument
    add(
        "--identity",
        required=True,
        help="its identity, the last part of the address it dials",
    )
    _add_what_all_have(station)
    add(
        "--rotation",
        type=_rotation,
        default=DEFAULT_WIRING,
        metavar="L2,L3,L1",
        help="grid phases that its own L1, L2 and L3 are wired to",
    )
    add("--serial", help="serial number on its nameplate")
    add(
        "--state",
        type=Path,
        metavar="FILE",
        help="file for what it remembers without power",
    )
    add(
        "--dc",
        type=_dc,
        default={},
        metavar="EVSE=W,...",
        help="EVSEs that charge with direct current, and their maximum in watts",
    )
    add(
        "--discharge",
        type=_dc,
        default={},
        metavar="EVSE=W,...",
        help="EVSEs that feed back, and their maximum in watts",
    )
    add(
        "--form",
        action="append",
        type=Form,
        choices=tuple(Form),
        help="how it is told to, before OCPP 2.1; say it again for each (all)",
    )
    add("--autostart", metavar="TAG", help="charge for everybody, under this tag")
    add(
        "--plug",
        action="store_true",
        help="plug a car in at once; starts under the tag FREE if none is given",
    )


def _add_fleet(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    fleet = commands.add_parser(
        "fleet",
        help="many equal stations, each with a car that charges",
        description="Many charging stations in one process, for benchmarks. It prints a line of JSON when all are accepted, "
        "and runs until SIGTERM.",
    )
    add = fleet.add_argument
    add("--stations", type=int, default=50, metavar="N", help="how many (50)")
    add(
        "--prefix",
        default="EVL-FLEET-",
        help="what their identities begin with; a number follows (EVL-FLEET-)",
    )
    add("--empty", action="store_true", help="no cars on the cables")
    add(
        "--tick",
        type=float,
        default=1.0,
        metavar="S",
        help="seconds between two looks at the world; fewer cost more (1)",
    )
    _add_what_all_have(fleet)


def _add_home(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    home = commands.add_parser(
        "home",
        help="a household with its meter and several stations, over HTTP",
        description="A household and its charging stations. It prints its HTTP address as a line of JSON when it listens: "
        "GET /meter, /stations, /appliances; POST /appliances/NAME, /stations/ID/EVSE/plug, /stations/ID/EVSE/unplug, /stations/ID/EVSE/car, "
        "/stations/ID/EVSE/soc, "
        "/stations/ID/fault, /stations/ID/tag.",
    )
    add = home.add_argument
    add(
        "--ocpp",
        required=True,
        metavar="URL",
        help="where the stations dial: ws://127.0.0.1:9000",
    )
    add(
        "--http-port",
        type=int,
        default=0,
        metavar="N",
        help="port on 127.0.0.1; 0 takes a free one (0)",
    )
    add(
        "--stations",
        type=int,
        default=len(PLACES),
        metavar="N",
        help=f"number of stations ({len(PLACES)})",
    )
    add(
        "--version",
        choices=("mixed", *VERSIONS),
        default="1.6",
        help="OCPP of the stations; mixed is one of each in turn (1.6)",
    )
    add(
        "--state",
        type=Path,
        metavar="DIR",
        help="folder for what they remember without power",
    )
    add("--empty", action="store_true", help="no cars on the cables at the start")
    add(
        "--v2g",
        action="store_true",
        help="one station more, of OCPP 2.1, with a car that feeds back",
    )


def _add_what_all_have(station: argparse.ArgumentParser) -> None:
    add = station.add_argument
    add(
        "--url",
        required=True,
        help="where it dials, without the identity: ws://127.0.0.1:9000",
    )
    add(
        "--version",
        action="append",
        choices=VERSIONS,
        help="OCPP that it speaks; say it again for each that it offers, the best first (1.6)",
    )
    add("--connectors", type=int, default=1, metavar="N", help="number of EVSEs (1)")
    add(
        "--phases",
        type=int,
        choices=(1, 3),
        default=3,
        help="phases it is wired to (3)",
    )
    add(
        "--max-a",
        type=float,
        default=32.0,
        metavar="A",
        help="its own maximum per phase (32)",
    )
    add("--vendor", default="Evenload", help="vendor on its nameplate")
    add("--model", default="Simulated", help="model on its nameplate")
    add("--password", help="password for basic authentication")
    add("--ca", type=Path, metavar="FILE", help="certificate that it trusts, for wss:")
    add("--certificate", type=Path, metavar="FILE", help="certificate that it shows")
    add("--key", type=Path, metavar="FILE", help="key of that, if not in the same file")
    add(
        "--meter-interval",
        type=int,
        default=5,
        metavar="S",
        help="seconds between meter values (5)",
    )


def _rotation(text: str) -> Wiring:
    """Grid phases as they are typed."""
    try:
        return tuple(Phase(name) for name in text.upper().split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text} is no list of L1, L2 and L3"
        ) from error


def _dc(text: str) -> dict[int, float]:
    """EVSEs with their watts as they are typed."""
    try:
        pairs = [pair.split("=") for pair in text.split(",")]
        return {int(evse_id): float(power_w) for evse_id, power_w in pairs}
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not like 2=22000") from error
