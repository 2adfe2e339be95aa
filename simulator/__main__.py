"""Run a simulated charging station by hand, or a whole home with its meter: `python -m simulator --help`."""

import argparse
import asyncio
import json
from pathlib import Path
import signal
import sys
import threading

from simulator import web
from simulator.console import HELP, Console, Quit
from simulator.home import PLACES, Home
from simulator.phases import DEFAULT_WIRING, Phase, Wiring
from simulator.simulated import SimulatedStation
from simulator.vehicle import Vehicle


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description="Charging stations that speak OCPP 1.6-J, with the vehicles on them and the house behind them.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_station(commands)
    _add_home(commands)
    return parser


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
        "--url",
        required=True,
        help="where it dials, without the identity: ws://127.0.0.1:9000",
    )
    add(
        "--identity",
        required=True,
        help="its identity, the last part of the address it dials",
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
        "--rotation",
        type=_rotation,
        default=DEFAULT_WIRING,
        metavar="L2,L3,L1",
        help="grid phases that its own L1, L2 and L3 are wired to",
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
    add("--serial", help="serial number on its nameplate")
    add(
        "--state",
        type=Path,
        metavar="FILE",
        help="file for what it remembers without power",
    )
    add("--password", help="password for basic authentication")
    add("--autostart", metavar="TAG", help="charge for everybody, under this tag")
    add(
        "--meter-interval",
        type=int,
        default=5,
        metavar="S",
        help="seconds between meter values (5)",
    )
    add(
        "--plug",
        action="store_true",
        help="plug a car in at once; starts under the tag FREE if none is given",
    )


def _add_home(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    home = commands.add_parser(
        "home",
        help="a household with its meter and several stations, over HTTP",
        description="A household and its charging stations. It prints its HTTP address as a line of JSON when it listens: "
        "GET /meter, /stations, /appliances; POST /appliances/NAME, /stations/ID/EVSE/plug, /stations/ID/EVSE/unplug, "
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
        "--state",
        type=Path,
        metavar="DIR",
        help="folder for what they remember without power",
    )
    add("--empty", action="store_true", help="no cars on the cables at the start")


def _rotation(text: str) -> Wiring:
    """Grid phases as they are typed."""
    try:
        return tuple(Phase(name) for name in text.upper().split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text} is no list of L1, L2 and L3"
        ) from error


async def _run_station(options: argparse.Namespace) -> None:
    station = SimulatedStation(
        options.identity,
        options.url,
        evses=options.connectors,
        phases=options.rotation[: options.phases],
        maximum_a=options.max_a,
        vendor=options.vendor,
        model=options.model,
        serial=options.serial,
        password=options.password,
        state=options.state,
        autostart_tag=options.autostart or ("FREE" if options.plug else None),
        meter_interval_s=options.meter_interval,
    )
    async with station:
        if options.plug:
            station.plug_in(1, Vehicle(phases=options.phases))
        await _converse(Console(station))


async def _converse(console: Console) -> None:
    """Do what each line says, until `quit` or a signal; the end of the input is neither."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def listen() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line)

    # A thread that may be left behind: a blocked read of a terminal cannot be cancelled.
    threading.Thread(target=listen, daemon=True).start()
    while True:
        try:
            answer = await console.execute(await lines.get())
        except Quit:
            return
        if answer:
            print(answer, flush=True)


async def _run_home(options: argparse.Namespace) -> None:
    async with Home(
        options.ocpp, options.stations, options.state, not options.empty
    ) as home:
        runner, address = await web.listen(home, options.http_port)
        try:
            stations = list(home.stations)
            print(json.dumps({"http": address, "stations": stations}), flush=True)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


async def _until_told(work: asyncio.Task[None]) -> None:
    """Let the work go on until it ends or a signal ends it."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, work.cancel)
    await asyncio.wait([work])
    if not work.cancelled() and (error := work.exception()):
        raise error


async def _main(options: argparse.Namespace) -> None:
    run = _run_station if options.command == "station" else _run_home
    await _until_told(asyncio.create_task(run(options)))


if __name__ == "__main__":
    asyncio.run(_main(_parser().parse_args()))
