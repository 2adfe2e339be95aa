"""A real Home Assistant as a normal home has it, without a browser looking at it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
import json
import os
from pathlib import Path
from typing import Any

from simulator.demo.children import home_assistant
from simulator.demo.configuration import PROJECT, install, skip_downloads
from simulator.demo.home import DOMAIN
from simulator.demo.home_assistant import HomeAssistant
from simulator.demo.network import free_port
from simulator.demo.options import parse
from simulator.demo.processes import ChildProcess

type Json = dict[str, Any]

PROBE = "evenload_probe"

# Of default_config what a home without other devices uses and this machine can run: no speech, no radios, no cloud.
CONFIGURATION = """\
homeassistant:
  name: Bench
  latitude: 52.37
  longitude: 4.9
  elevation: 0
  country: NL
  currency: EUR
  time_zone: Europe/Amsterdam
  unit_system: metric

automation:
config:
frontend:
{recorder}
evenload_probe:

logger:
  default: warning
  logs:
    homeassistant.bootstrap: error
    homeassistant.loader: error
"""
RECORDER = "recorder:\nhistory:\nlogbook:\nenergy:\n"

MAIN_FUSE_A = 1000
GROUP_SIZE = 50
SHARE_A = 10
KB = 1024
QUIET_S = 2.0
QUIET_PERCENT = 10.0


class Instance:
    """One Home Assistant in one folder; it may be started several times."""

    def __init__(self, folder: Path, *, recorder: bool) -> None:
        """Choose its ports and write its configuration."""
        self.ocpp_port = free_port()
        self._http_port = free_port()
        self._folder = folder
        ports = ("--http-port", self._http_port, "--ocpp-port", self.ocpp_port)
        self._options = parse([str(part) for part in ("--config", folder, *ports)])
        self.client: HomeAssistant
        self._token = ""
        self._process: ChildProcess
        folder.mkdir(parents=True, exist_ok=True)
        text = CONFIGURATION.format(recorder=RECORDER if recorder else "")
        (folder / "configuration.yaml").write_text(text)
        (folder / "automations.yaml").touch()
        install(folder)
        probe = folder / "custom_components" / PROBE
        probe.unlink(missing_ok=True)
        probe.symlink_to(PROJECT / "benchmarks/house" / PROBE)
        skip_downloads(folder)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Start it, and stop it in good order."""
        process = home_assistant(self._options)
        client = HomeAssistant(f"http://127.0.0.1:{self._http_port}")
        async with process, client:
            self._process, self.client = process, client
            await client.answers()
            await client.sign_in(self._token)
            self._token = client.token
            await client.runs()
            yield

    async def ask(self, command: str, **arguments: object) -> Any:
        """Run a command of Home Assistant's websocket, on a connection that does not have to live until the next."""
        async with HomeAssistant(self.client.url) as client:
            client.token = self._token
            return await client.call(command, **arguments)

    async def set_up(self) -> None:
        """Add Evenload, as its owner would."""
        form = {"port": self.ocpp_port, "main_fuse_a": MAIN_FUSE_A, "phases": "3"}
        form |= {"voltage_v": 230, "advanced": {}}
        await self.client.fill_in("flow", DOMAIN, {"user": form})

    def adopt(
        self,
        names: Mapping[str, str],
        options: Mapping[str, Any] | None = None,
        group: Mapping[str, Any] | None = None,
        station: Mapping[str, Any] | None = None,
    ) -> None:
        """Write down stations and their groups as if their owner had adopted them; it must not be running.

        What is given of the site's options, of every group and of every station is written instead of what is usual here.
        """
        path = self._folder / ".storage/core.config_entries"
        stored = json.loads(path.read_text())
        entry = next(
            entry for entry in stored["data"]["entries"] if entry["domain"] == DOMAIN
        )
        entry["subentries"] = [
            _subentry(
                "station", number, name, identity, _station(identity) | (station or {})
            )
            for number, (identity, name) in enumerate(names.items())
        ]
        identities = list(names)
        # More than the form allows: no home has so many stations, and these are to charge.
        fuse_a = max(MAIN_FUSE_A, SHARE_A * len(names))
        entry["options"] |= {"main_fuse_a": fuse_a} | (options or {})
        for number, first in enumerate(range(0, len(identities), GROUP_SIZE)):
            members = identities[first : first + GROUP_SIZE]
            data = _group(members) | (group or {})
            entry["subentries"].append(
                _subentry("group", number, f"Group {number}", None, data)
            )
        path.write_text(json.dumps(stored))

    @property
    def log(self) -> str:
        """What it has written so far."""
        return self._process.log.read_text(errors="replace")

    @property
    def cpu_s(self) -> float:
        """Seconds of one core that all its threads have used so far."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory_kb(self) -> float:
        """Its resident memory."""
        pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / KB

    async def busy_percent(self, seconds: float) -> float:
        """Return how much of one core it uses for a while."""
        loop = asyncio.get_running_loop()
        before_s, began = self.cpu_s, loop.time()
        await asyncio.sleep(seconds)
        return 100 * (self.cpu_s - before_s) / (loop.time() - began)

    async def is_quiet(self) -> None:
        """Wait until it has nothing to do: after a start its database takes in every entity."""
        while await self.busy_percent(QUIET_S) > QUIET_PERCENT:
            pass

    @property
    def _pid(self) -> int:
        return self._process.pid


def _subentry(
    kind: str, number: int, title: str, unique_id: str | None, data: Json
) -> Json:
    return {
        "subentry_id": f"01BENCH{kind[0].upper()}{number:018d}",
        "subentry_type": kind,
        "title": title,
        "unique_id": unique_id,
        "data": data,
    }


def _station(identity: str) -> Json:
    return {"identity": identity, "phases": "3", "maximum_a": 16}


def _group(members: list[str]) -> Json:
    return {
        "limit": SHARE_A * len(members),
        "unit": "a",
        "strategy": "static",
        "members": members,
    }
