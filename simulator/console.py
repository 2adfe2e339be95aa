"""One station driven by hand: a line in, a few lines out."""

from collections.abc import Awaitable, Callable
import json
import shlex
from typing import Any

from simulator.acts import ACTS, misbehave
from simulator.clock import SystemClock
from simulator.ocppj.frames import CallError
from simulator.ocppj.link import NotConnected
from simulator.simulated import SimulatedStation
from simulator.vehicles import vehicle_from
from simulator.view import profiles_view, station_view

HELP = """\
plug [EVSE] [phases=1 maximum_a=32 soc_percent=50 ...]  put a car on the cable
                         discharge_maximum_w=10000 evccid=... make one that feeds back
unplug [EVSE]            pull the cable
soc PERCENT              charge or empty the battery of the car at once
tag TAG [EVSE]           hold a tag to the reader: starts, or stops its own transaction
status                   what flows, and what is allowed
profiles                 the charging profiles the station holds
offline, online          lose the network, have it back
reboot [REASON]          reboot; running transactions stop with the reason (HardReset)
fault NAME=VALUE ...     misbehave: ignores_limits=true answer_delay_s=5 reject=SetChargingProfile,Reset
                         meter_frozen=true ...; once: drop lose_profiles raw=TEXT resend=StopTransaction
                         error=GroundFailure outside_limit=10 (2.x; none lets it go)
                         frequency=49.9 grid_event=UnderFrequency (2.1; none ends it) outside_setpoint=-3000 (2.1)
fault clear              behave again
send ACTION JSON         send any call and show its answer
frames [N]               the last N texts on the wire (10)
wait SECONDS             let time pass, in scripts
quit"""


class Quit(Exception):
    """The hand has had enough."""


class Console:
    """Understands lines about one station."""

    def __init__(self, station: SimulatedStation) -> None:
        """Handle a station."""
        self._station = station
        self._commands: dict[str, Callable[[list[str]], Awaitable[str]]] = {
            "fault": self._fault,
            "frames": self._frames,
            "help": self._help,
            "offline": self._act("offline"),
            "online": self._act("online"),
            "plug": self._plug,
            "profiles": self._profiles,
            "quit": self._quit,
            "reboot": self._act("reboot"),
            "send": self._send,
            "soc": self._act("soc"),
            "status": self._status,
            "tag": self._tag,
            "unplug": self._unplug,
            "wait": self._wait,
        }

    async def execute(self, line: str) -> str:
        """Do what a line says and tell what came of it; raises Quit."""
        try:
            words = shlex.split(line)
            if not words:
                return ""
            command = self._commands.get(words[0])
            if command is None:
                return f"There is no {words[0]}; try: {', '.join(self._commands)}"
            return await command(words[1:])
        except (ValueError, KeyError, IndexError) as error:
            return f"That does not work: {error}"
        except (NotConnected, CallError, TimeoutError) as error:
            return f"{type(error).__name__}: {error}"

    async def _help(self, _: list[str]) -> str:
        return HELP

    async def _quit(self, _: list[str]) -> str:
        raise Quit

    async def _plug(self, words: list[str]) -> str:
        numbers = [word for word in words if "=" not in word]
        values = dict(word.split("=", 1) for word in words if "=" in word)
        self._station.plug_in(int(numbers[0]) if numbers else 1, vehicle_from(values))
        return "Plugged in."

    async def _unplug(self, words: list[str]) -> str:
        self._station.unplug(int(words[0]) if words else 1)
        return "Unplugged."

    async def _tag(self, words: list[str]) -> str:
        done = await self._station.present_tag(
            int(words[1]) if len(words) > 1 else 1, words[0]
        )
        return "Accepted." if done else "Not accepted."

    async def _status(self, _: list[str]) -> str:
        return json.dumps(station_view(self._station), indent=1)

    async def _profiles(self, _: list[str]) -> str:
        return json.dumps(profiles_view(self._station), indent=1)

    async def _frames(self, words: list[str]) -> str:
        count = int(words[0]) if words else 10
        return "\n".join(
            f"{way}: {text}" for way, text in self._station.frames[-count:]
        )

    async def _send(self, words: list[str]) -> str:
        payload = json.loads(words[1]) if len(words) > 1 else {}
        return json.dumps(await self._station.call(words[0], payload))

    async def _wait(self, words: list[str]) -> str:
        await SystemClock().sleep(float(words[0]))
        return ""

    async def _fault(self, words: list[str]) -> str:
        await misbehave(self._station, dict(_wanted(word) for word in words))
        return "So be it."

    def _act(self, name: str) -> Callable[[list[str]], Awaitable[str]]:
        async def do(words: list[str]) -> str:
            await ACTS[name](self._station, words[0] if words else None)
            return "Done."

        return do


def _wanted(word: str) -> tuple[str, Any]:
    """A fault as it is typed: `name`, `name=value`, `name=one,two` or `name=Action:Code`."""
    name, _, text = word.partition("=")
    if name in ACTS:
        return name, text
    if text.lower() in ("", "true", "on", "yes"):
        return name, True
    if text.lower() in ("false", "off", "no"):
        return name, False
    if ":" in text:
        return name, dict(pair.split(":", 1) for pair in text.split(","))
    try:
        return name, float(text)
    except ValueError:
        return name, text.split(",")
