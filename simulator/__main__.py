"""Run a simulated charging station by hand, or a whole home with its meter: `python -m simulator --help`."""

import argparse
import asyncio
from contextlib import AsyncExitStack
import json
import signal
import sys
import threading

from simulator import web
from simulator.bidirectional import Bidirectional, Form
from simulator.console import Console, Quit
from simulator.home import Home
from simulator.options import parser, tls
from simulator.phases import DEFAULT_WIRING
from simulator.simulated import SimulatedStation
from simulator.vehicle import Vehicle

PATIENCE_S = 120.0
FRAMES_KEPT = 20


async def _run_station(options: argparse.Namespace) -> None:
    station = SimulatedStation(
        options.identity,
        options.url,
        versions=options.version or ["1.6"],
        evses=options.connectors,
        dc_w=options.dc,
        phases=options.rotation[: options.phases],
        maximum_a=options.max_a,
        vendor=options.vendor,
        model=options.model,
        serial=options.serial,
        password=options.password,
        ssl=tls(options),
        shows_certificate=options.certificate is not None,
        state=options.state,
        autostart_tag=options.autostart or ("FREE" if options.plug else None),
        meter_interval_s=options.meter_interval,
        bidirectional=_both_ways(options),
    )
    async with station:
        if options.plug:
            back_w = options.discharge.get(1, 0.0)
            car = Vehicle(phases=options.phases, discharge_maximum_w=back_w)
            station.plug_in(1, car)
        await _converse(Console(station))


def _both_ways(options: argparse.Namespace) -> Bidirectional | None:
    """What the station can feed back, if anything."""
    if not options.discharge:
        return None
    return Bidirectional(options.discharge, forms=frozenset(options.form or Form))


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


async def _run_fleet(options: argparse.Namespace) -> None:
    context = tls(options)
    stations = [
        SimulatedStation(
            f"{options.prefix}{number:03}",
            options.url,
            versions=options.version or ["1.6"],
            evses=options.connectors,
            phases=DEFAULT_WIRING[: options.phases],
            maximum_a=options.max_a,
            vendor=options.vendor,
            model=options.model,
            password=options.password,
            ssl=context,
            shows_certificate=options.certificate is not None,
            tick_s=options.tick,
            autostart_tag="FREE",
            meter_interval_s=options.meter_interval,
        )
        for number in range(1, options.stations + 1)
    ]
    async with AsyncExitStack() as stack:
        for station in stations:
            station.link.keep_frames(FRAMES_KEPT)
            await stack.enter_async_context(station)
        for station in stations:
            await station.wait_accepted(PATIENCE_S)
            if not options.empty:
                station.plug_in(1, Vehicle(phases=options.phases))
        identities = [station.identity for station in stations]
        print(json.dumps({"stations": identities}), flush=True)
        await asyncio.Event().wait()


async def _run_home(options: argparse.Namespace) -> None:
    async with Home(
        options.ocpp,
        options.stations,
        options.state,
        not options.empty,
        version=options.version,
        v2g=options.v2g,
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
    runs = {"station": _run_station, "fleet": _run_fleet, "home": _run_home}
    await _until_told(asyncio.create_task(runs[options.command](options)))


if __name__ == "__main__":
    asyncio.run(_main(parser().parse_args()))
