"""What goes wrong in a home, and when."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import random

from benchmarks.neighbourhood.appliances import HOUR_S
from benchmarks.neighbourhood.living import Living

# For so long after a fault its aftermath is laid to it.
AFTERMATH_S = 60.0

LOSES_ANSWERS = 0.3


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong: how often in a thousand hours (of a home, or of each station), and for how long."""

    name: str
    often: float
    from_s: float
    to_s: float
    of_station: bool = False


FAULTS = (
    Fault("meter freezes", 20, 60, 1200),
    Fault("meter is silent", 20, 60, 1800),
    Fault("Home Assistant dies", 15, 20, 2400),
    Fault("station drops off", 20, 30, 3600, of_station=True),
    Fault("station disobeys", 3, 120, 1200, of_station=True),
    Fault("station restarts", 10, 40, 40, of_station=True),
    Fault("station loses answers", 5, 300, 3600, of_station=True),
)


class Faults:
    """Lets faults happen in a home, at moments that its number decides."""

    def __init__(self, living: Living, seconds: float, often: float = 1.0) -> None:
        """Plan them all, so many times as often as usual; the first hour is free of them."""
        self._living = living
        self._active: dict[int, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.counted: dict[str, int] = {fault.name: 0 for fault in FAULTS}
        living.grid.why = self.why
        chance = random.Random(living.home.seed)
        for fault in FAULTS:
            for name in living.names if fault.of_station else [""]:
                at_s = HOUR_S
                while True:
                    at_s += chance.expovariate(often * fault.often / 1000 / HOUR_S)
                    lasts_s = chance.uniform(fault.from_s, fault.to_s)
                    if at_s + lasts_s + HOUR_S > seconds:
                        break
                    asyncio.get_running_loop().call_at(
                        at_s, self._begin, fault, name, lasts_s
                    )
                    at_s += lasts_s

    def why(self) -> str:
        """Return what goes wrong at the moment, or did a minute ago."""
        return " + ".join(sorted({*self._active.values()})) or "nothing"

    def _begin(self, fault: Fault, name: str, lasts_s: float) -> None:
        living, loop = self._living, asyncio.get_running_loop()
        number = self.counted[fault.name] = self.counted[fault.name] + 1
        mark = hash((fault.name, number))
        living.grid.advance()
        self._active[mark] = fault.name
        loop.call_later(lasts_s + AFTERMATH_S, self._over, mark)
        match fault.name:
            case "meter freezes":
                living.meter_of_house.is_frozen = True
                self._undo(lasts_s, lambda: self._meter(is_frozen=False))
            case "meter is silent":
                living.meter_of_house.is_silent = True
                self._undo(lasts_s, lambda: self._meter(is_silent=False))
            case "Home Assistant dies":
                if living.alive:
                    task = loop.create_task(living.be_away(lasts_s))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            case "station restarts":
                if living.boxes[name].connected and living.alive:
                    living.reboot(name)
                else:
                    living.boxes[name].restart()
            case _:
                self._begin_at(fault.name, name, lasts_s)

    def _begin_at(self, what: str, name: str, lasts_s: float) -> None:
        """Let something go wrong with one station for a while."""
        living, box = self._living, self._living.boxes[name]
        if what == "station drops off":
            living.dropped.add(name)
            if box.connected and living.alive:
                living.disconnect(name)
            self._undo(lasts_s, lambda: self._return(name))
        elif what == "station disobeys":
            box.disobeys = True
            box.look()

            def obey() -> None:
                box.disobeys = False
                box.look()

            self._undo(lasts_s, obey)
        else:
            box.nature.loses_answers = LOSES_ANSWERS

            def answer() -> None:
                box.nature.loses_answers = 0.0

            self._undo(lasts_s, answer)

    def _meter(
        self, *, is_frozen: bool | None = None, is_silent: bool | None = None
    ) -> None:
        meter = self._living.meter_of_house
        meter.is_frozen = meter.is_frozen if is_frozen is None else is_frozen
        meter.is_silent = meter.is_silent if is_silent is None else is_silent

    def _return(self, name: str) -> None:
        self._living.dropped.discard(name)
        self._living.dial(name)

    def _undo(self, in_s: float, do: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(in_s, do)

    def _over(self, mark: int) -> None:
        self._living.grid.advance()
        self._active.pop(mark, None)
