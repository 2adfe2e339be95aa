"""Starts the demo, says where it is, and ends all of it on Ctrl-C."""

import asyncio
from contextlib import AsyncExitStack
import json
import shutil
import signal
import sys

from . import children, configuration, dashboard, discharging, home, network, planning
from .home_assistant import PASSWORD, USER, HomeAssistant, RefusedError
from .options import Options, parse
from .processes import ChildProcess, ProcessDiedError


class UnusableError(Exception):
    """The demo cannot run like this; the message says what to do."""


async def run(options: Options) -> None:
    """Start everything and keep it running until cancelled."""
    token = prepare(options)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as watch:
        simulated = children.simulated_home(options) if options.simulator else None
        if simulated:
            await stack.enter_async_context(simulated.process)
            watch.create_task(children.must_run(simulated.process))
            await children.has_spoken(simulated.process)
        shown = home.stations(v2g=options.v2g)
        configuration.write(options.config, simulated.url if simulated else None, shown)
        print("Home Assistant is starting; that takes about ten seconds.")
        hass = await stack.enter_async_context(children.home_assistant(options))
        watch.create_task(outlived(hass, simulated))
        client = HomeAssistant(f"http://127.0.0.1:{options.http_port}")
        await stack.enter_async_context(client)
        await client.answers()
        await client.sign_in(token)
        await client.runs()
        if simulated:
            await home.configure(client, options.ocpp_port, v2g=options.v2g)
            await planning.configure(client, simulated.url)
            if simulated.is_new:
                await simulated.cars_arrive()
            await dashboard.create(client, shown)
            if simulated.is_new and options.v2g:
                await discharging.begin(client)
            if simulated.is_new and options.plan:
                await planning.begin(client)
        announce(options, client, simulated)


async def outlived(
    hass: ChildProcess, simulated: children.SimulatedHome | None
) -> None:
    """Show what the stations do when somebody kills Home Assistant."""
    await children.must_run_or_be_killed(hass)
    if simulated is None:
        raise await hass.died()
    print(
        "\nHome Assistant was killed. The stations go on by themselves, and fall back when what the meter gave them ends:"
        "\nafter five minutes, or at once if you let them pass (who makes room for others falls back after half an hour):"
        f"\n\n  curl -d '{{\"seconds\": 300}}' {simulated.url}/clock/forward\n"
        "\nCtrl-C ends the demo; start it again, and Home Assistant is back.\n"
    )
    told: dict[str, float | None] = {}
    while True:
        if (limits_a := await simulated.limits_a()) != told:
            told = limits_a
            may_draw = (f"{name} {limit_a} A" for name, limit_a in told.items())
            print("May draw: " + ", ".join(may_draw), flush=True)
        await asyncio.sleep(1.0)


def prepare(options: Options) -> str:
    """Make room, and return the token of last time."""
    if options.reset:
        shutil.rmtree(options.config, ignore_errors=True)
    for port, option in (
        (options.http_port, "--http-port"),
        (options.ocpp_port, "--ocpp-port"),
    ):
        if not network.is_free(port):
            raise UnusableError(f"port {port} is in use: choose another with {option}")
    options.config.mkdir(parents=True, exist_ok=True)
    # It is there when the demo is ready, not before.
    told, last = options.config / "demo.json", options.config / "demo.last.json"
    if told.exists():
        told.replace(last)
    return str(json.loads(last.read_text())["token"]) if last.exists() else ""


def announce(
    options: Options, client: HomeAssistant, simulated: children.SimulatedHome | None
) -> None:
    """Tell programs and people where everything is."""
    told = {
        "url": client.url,
        "token": client.token,
        "ocpp_url": f"ws://127.0.0.1:{options.ocpp_port}",
        "home_url": simulated.url if simulated else None,
    }
    (options.config / "demo.json").write_text(json.dumps(told, indent=2) + "\n")
    page = dashboard.URL_PATH if options.simulator else "config/integrations"
    print(
        f"\n  Dashboard      {client.url}/{page}"
        f"\n  Login          {USER}, password {PASSWORD}"
        f"\n  Real charger   ws://{network.lan_address()}:{options.ocpp_port}/"
        "\n                 enter this as its OCPP server (JSON); most chargers add their own name at the end"
        "\n\nCtrl-C ends it.",
        flush=True,
    )


async def main(options: Options) -> int:
    """Run until a signal or a failure; return the exit code."""
    task = asyncio.create_task(run(options))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    await asyncio.wait([task])
    if task.cancelled():
        print("Everything has stopped.")
        return 0
    error = task.exception()
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, UnusableError | RefusedError | ProcessDiedError):
        print(error, file=sys.stderr)
        return 1
    task.result()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(parse())))
