"""The two programs that the demo consists of."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
import signal
import sys

import aiohttp

from .configuration import PROJECT
from .home import stations
from .network import free_port
from .options import Options
from .processes import ChildProcess

# Home Assistant ends with this when its owner asks for a restart.
RESTART_CODE = 100
LIMITS_S = 30


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


@dataclass(frozen=True, slots=True)
class SimulatedHome:
    """The simulated stations, vehicles and household."""

    process: ChildProcess
    url: str
    is_new: bool
    v2g: bool

    async def cars_arrive(self) -> None:
        """Plug a car in at every station as soon as that has its limit."""
        async with aiohttp.ClientSession(self.url, raise_for_status=True) as http:
            for station in stations(v2g=self.v2g):
                path = f"/stations/{station.identity}"
                with suppress(TimeoutError):
                    async with asyncio.timeout(LIMITS_S):
                        while not await (await http.get(f"{path}/profiles")).json():
                            await asyncio.sleep(0.2)
                await http.post(f"{path}/1/plug", json={})

    async def limits_a(self) -> dict[str, float | None]:
        """Return what each station lets its car draw, by its own profiles."""
        async with aiohttp.ClientSession(self.url, raise_for_status=True) as http:
            found = await (await http.get("/stations")).json()
        return {each["identity"]: each["evses"][0]["limit_a"] for each in found}


def simulated_home(options: Options) -> SimulatedHome:
    """Describe it; in a new home the cars arrive when their stations know their limits."""
    port = free_port()
    state = options.config / "simulator"
    is_new = not state.exists()
    process = ChildProcess(
        "The simulator",
        [
            *(sys.executable, "-m", "simulator", "home"),
            *("--ocpp", f"ws://127.0.0.1:{options.ocpp_port}"),
            *("--http-port", str(port)),
            *("--version", options.version),
            *("--state", state),
            *(["--v2g"] if options.v2g else []),
            *(["--empty"] if is_new else []),
        ],
        log=options.config / "simulator.log",
        cwd=PROJECT,
    )
    url = f"http://127.0.0.1:{port}"
    return SimulatedHome(process, url, is_new, options.v2g)


async def must_run(child: ChildProcess) -> None:
    """Raise when it ends, unless it wants to be started again."""
    while await child.wait() == RESTART_CODE:
        await child.restart()
    raise await child.died()


async def must_run_or_be_killed(hass: ChildProcess) -> None:
    """Return when somebody kills it, and raise when it ends otherwise, unless it wants to be started again."""
    while (code := await hass.wait()) == RESTART_CODE:
        await hass.restart()
    if code != -signal.SIGKILL:
        raise await hass.died()


async def has_spoken(child: ChildProcess) -> None:
    """Wait for the line that says that it is ready."""
    while "{" not in child.log.read_text():
        await asyncio.sleep(0.1)
