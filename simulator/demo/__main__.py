"""Starts the demo, says where it is, and ends all of it on Ctrl-C."""

import asyncio
from contextlib import AsyncExitStack
import json
import shutil
import signal
import sys

from . import children, configuration, dashboard, home, network
from .home_assistant import PASSWORD, USER, HomeAssistant, RefusedError
from .options import Options, parse
from .processes import ProcessDiedError


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
        configuration.write(options.config, simulated.url if simulated else None)
        print("Home Assistant is starting; that takes about ten seconds.")
        hass = await stack.enter_async_context(children.home_assistant(options))
        watch.create_task(children.must_run(hass))
        client = HomeAssistant(f"http://127.0.0.1:{options.http_port}")
        await stack.enter_async_context(client)
        await client.answers()
        await client.sign_in(token)
        await client.runs()
        if simulated:
            await home.configure(client, options.ocpp_port)
            if simulated.is_new:
                await simulated.cars_arrive()
            await dashboard.create(client)
        announce(options, client)


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


def announce(options: Options, client: HomeAssistant) -> None:
    """Tell programs and people where everything is."""
    told = {
        "url": client.url,
        "token": client.token,
        "ocpp_url": f"ws://127.0.0.1:{options.ocpp_port}",
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
