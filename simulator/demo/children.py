"""The two programs that the demo consists of."""

import asyncio
from pathlib import Path
import sys

from .configuration import PROJECT
from .network import free_port
from .options import Options
from .processes import ChildProcess

# Home Assistant ends with this when its owner asks for a restart.
RESTART_CODE = 100


def home_assistant(options: Options) -> ChildProcess:
    """Describe Home Assistant."""
    return ChildProcess(
        "Home Assistant",
        # All that it would install is in this environment already.
        [
            Path(sys.executable).with_name("hass"),
            "--skip-pip",
            "--config",
            options.config,
        ],
        log=options.config / "hass.log",
        # Not the project's folder, where it would find another folder named custom_components.
        cwd=options.config,
        environment={
            "PYTHONPATH": str(Path(__file__).parent / "stand_ins"),
            "SETUP_PORT": str(options.http_port),
        },
    )


def simulated_home(options: Options) -> tuple[ChildProcess, str]:
    """Describe the simulated stations, vehicles and household, and say where the meter is."""
    port = free_port()
    process = ChildProcess(
        "The simulator",
        [
            *(sys.executable, "-m", "simulator", "home"),
            *("--ocpp", f"ws://127.0.0.1:{options.ocpp_port}"),
            *("--http-port", str(port)),
            *("--state", options.config / "simulator"),
        ],
        log=options.config / "simulator.log",
        cwd=PROJECT,
    )
    return process, f"http://127.0.0.1:{port}/meter"


async def must_run(child: ChildProcess) -> None:
    """Raise when it ends, unless it wants to be started again."""
    while await child.wait() == RESTART_CODE:
        await child.restart()
    raise await child.died()


async def has_spoken(child: ChildProcess) -> None:
    """Wait for the line that says that it is ready."""
    while "{" not in child.log.read_text():
        await asyncio.sleep(0.1)
