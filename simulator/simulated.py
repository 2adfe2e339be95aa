"""One simulated station, ready to use: the copper, the protocol and the vehicle's hand."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
import logging
from pathlib import Path
import ssl as tls
from types import TracebackType
from typing import Self

from simulator.bidirectional import Bidirectional
from simulator.brain import Brain
from simulator.brains import Temper, build
from simulator.clock import Clock, SystemClock, within
from simulator.evse import build_evses
from simulator.evse_view import EvseView
from simulator.faults import Faults
from simulator.ocpp16.charge_point import ChargePoint
from simulator.ocppj.frames import Call, Payload
from simulator.ocppj.link import Link
from simulator.phases import DEFAULT_WIRING, Phase
from simulator.station import Nameplate, Station
from simulator.storage import load, save
from simulator.vehicle import Vehicle

_LOGGER = logging.getLogger(__name__)

SAVE_EVERY_S = 5.0


class SimulatedStation:
    """A charging station that dials a central system and can be handled as if one stood before it.

    It offers its versions of OCPP in their order and speaks the one that the central system chooses.
    """

    def __init__(
        self,
        identity: str,
        url: str,
        *,
        versions: Sequence[str] = ("1.6",),
        evses: int = 1,
        dc_w: Mapping[int, float] | None = None,
        connectors: Mapping[int, Sequence[str]] | None = None,
        phases: Sequence[Phase] = DEFAULT_WIRING,
        maximum_a: float = 32.0,
        station_maximum_a: float | None = None,
        simultaneous: bool = True,
        vendor: str = "Evenload",
        model: str = "Simulated",
        serial: str | None = None,
        firmware: str = "1.0.0",
        password: str | None = None,
        ssl: tls.SSLContext | None = None,
        shows_certificate: bool = False,
        tick_s: float = 0.25,
        state: Path | None = None,
        autostart_tag: str | None = None,
        meter_interval_s: int = 5,
        faults: Faults | None = None,
        clock: Clock | None = None,
        configuration: dict[str, str] | None = None,
        switches_phases: bool = False,
        boots_on_reconnect: bool = False,
        tells_by_events: bool = False,
        bidirectional: Bidirectional | None = None,
    ) -> None:
        """Build a station of equal EVSEs; `phases` are the grid phases its own L1, L2, L3 are wired to.

        `dc_w` says which EVSEs charge with direct current, and with how many watts at most; `connectors` which connectors
        an EVSE has if it is not one of Type 2 or CCS, and of these one can be used at a time. A station that is not
        `simultaneous` charges at one EVSE at a time. `tells_by_events` reports connectors by NotifyEvent (2.x).
        `bidirectional` says which EVSEs feed back, and how they are told to. `configuration` is what it was set to at the
        factory: keys of OCPP 1.6, and variables of 2.x as `Component.Variable`. Each version takes those that it knows.
        """
        self.identity = identity
        self.clock = clock or SystemClock()
        self.faults = faults or Faults()
        self._tick_s = tick_s
        self._state = state
        nameplate = Nameplate(vendor, model, serial or f"SN-{identity}"[:25], firmware)
        back_w = bidirectional.discharge_w if bidirectional else {}
        boxes = build_evses(
            evses, tuple(phases), maximum_a, dc_w or {}, connectors or {}, back_w
        )
        most_a = station_maximum_a or sum(box.maximum_a for box in boxes.values())
        self.station = Station(boxes, most_a, nameplate, switches_phases, simultaneous)
        self.station.bidirectional = bidirectional
        self._temper = Temper(
            autostart_tag,
            meter_interval_s,
            boots_on_reconnect,
            tells_by_events,
            configuration or {},
        )
        offered = [f"ocpp{version}" for version in versions]
        self.link = Link(url, identity, self.clock, self.faults, offered)
        self.link.dial.password, self.link.dial.tls = password, ssl
        self.link.dial.shows_certificate = shows_certificate
        self.link.on_open = self._speak_as_agreed
        self.brain = self._brain(versions[0])
        self._living: asyncio.Task[None] | None = None
        self._running: list[asyncio.Task[None]] = []
        self._started_before = False

    @property
    def version(self) -> str:
        """The version of OCPP that it speaks now."""
        return self.brain.version

    @property
    def charge_point(self) -> ChargePoint:
        """The protocol side of a station that speaks 1.6; raises TypeError for others."""
        if not isinstance(self.brain, ChargePoint):
            raise TypeError(f"{self.identity} speaks {self.version}")
        return self.brain

    async def start(self) -> None:
        """Switch the station on; after a stop, it boots with what it remembers."""
        saved = load(self._state) if self._state else None
        if saved:
            # Documents that name no version are of the time when there was one.
            if (spoken := saved.get("version", "1.6")) != self.version:
                self.brain = self._brain(spoken)
            self.brain.wake(saved)
        elif self._started_before:
            self.brain.wake(self.brain.snapshot())
        self._started_before = True
        self._living = self._live()
        self._running = [asyncio.create_task(self.link.run(self._serve))]
        if self._state:
            self._running.append(
                asyncio.create_task(self._save_now_and_then(self._state))
            )

    async def stop(self) -> None:
        """Switch it off; what it remembers is kept in its state file.

        It says goodbye to the central system. To make it die without a word, go offline first.
        """
        if self._state:
            self._save(self._state)
        offline = self.link.stays_offline
        self.link.stay_offline()
        await self.link.drop()
        for task in (*self._running, self._living):
            if task:
                await _end(task)
        self._running = []
        if not offline:
            self.link.dial_again()

    async def __aenter__(self) -> Self:
        """Switch on for a while."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Switch off again."""
        await self.stop()

    @property
    def frames(self) -> list[tuple[str, str]]:
        """The latest texts on the wire, oldest first, each "sent" or "received"."""
        return list(self.link.frames)

    @property
    def connected(self) -> bool:
        """Whether there is a websocket."""
        return self.link.online.is_set()

    @property
    def accepted(self) -> bool:
        """Whether there is a websocket and the boot was accepted."""
        return self.brain.ready.is_set()

    async def wait_accepted(self, timeout: float = 10.0) -> None:
        """Wait until the central system has accepted the station; raises TimeoutError."""
        await within(self.clock, self._accepted(), timeout)

    def evse(self, evse_id: int) -> EvseView:
        """Look at an EVSE; raises KeyError."""
        return EvseView(self.brain, self.station.evses[evse_id])

    def plug_in(
        self, evse_id: int, vehicle: Vehicle | None = None, connector_id: int = 1
    ) -> Vehicle:
        """Put a vehicle on the cable; raises ValueError where there is one already."""
        vehicle = vehicle or Vehicle()
        self.brain.plug_in(evse_id, vehicle, connector_id)
        return vehicle

    def unplug(self, evse_id: int) -> None:
        """Pull the cable."""
        self.brain.unplug(evse_id)

    def present_tag(self, evse_id: int, tag: str) -> asyncio.Task[bool]:
        """Hold a tag to the reader; the task, which need not be awaited, says whether that did anything."""
        task = asyncio.ensure_future(self.brain.present_tag(evse_id, tag))
        self.brain.keep(task)
        return task

    def set_error(self, evse_id: int, code: str | None) -> None:
        """Break an EVSE with an error code of OCPP 1.6 §7.6, or mend it."""
        self.brain.set_error(evse_id, code)

    def lose_profiles(self) -> None:
        """Forget every charging profile, without a boot that would tell of it."""
        self.brain.lose_profiles()

    def limit_from_outside(self, evse_id: int, limit_a: float | None) -> None:
        """Let somebody else than the central system limit an EVSE, or with 0 the station; None lets it go (2.x)."""
        self.brain.limit_from_outside(evse_id, limit_a)

    async def call(self, action: str, payload: Payload) -> Payload:
        """Send any call; raises CallError, TimeoutError or NotConnected."""
        return await self.link.call(action, payload)

    async def send_raw(self, data: str | bytes) -> None:
        """Send anything at all; raises NotConnected."""
        await self.link.send_raw(data)

    async def resend(self, action: str) -> Payload:
        """Send the last message of that action about a transaction again, as a new call; raises KeyError if there is none."""
        return await self.link.call(action, self.brain.last_sent[action])

    def go_offline(self) -> None:
        """Lose the network, without a word."""
        self.link.stay_offline()
        self.link.sever()

    def go_online(self) -> None:
        """Have the network back."""
        self.link.dial_again()

    async def drop(self) -> None:
        """Close the connection; the station redials in time."""
        await self.link.drop()

    async def reboot(self, reason: str = "HardReset") -> None:
        """Reboot, with the reason that running transactions are to be stopped for; returns when it dials again."""
        await self.brain.reboot(reason)

    def _brain(self, version: str) -> Brain:
        self.link.on_failure = lambda: None
        brain = build(
            version, self.station, self.link, self.clock, self.faults, self._temper
        )
        self.link.is_accepted = brain.ready.is_set
        self.link.aftermath.lose_power = lambda: brain.reboot("PowerLoss")
        return brain

    def _live(self) -> asyncio.Task[None]:
        living = asyncio.create_task(self.brain.run(self._tick_s))
        living.add_done_callback(self._has_ended)
        return living

    async def _serve(self, call: Call) -> None:
        await self.brain.serve(call)

    async def _speak_as_agreed(self) -> None:
        """Become a station of the version that was chosen, with the same vehicles on the same cables."""
        agreed = (self.link.subprotocol or f"ocpp{self.version}").removeprefix("ocpp")
        if agreed == self.version:
            return
        if self._living:
            await _end(self._living)
        self.brain = self._brain(agreed)
        self.brain.wake(self.brain.snapshot())
        self._living = self._live()

    async def _accepted(self) -> None:
        # The brain may be another one by the time that the station is accepted.
        while not self.accepted:
            await self.clock.sleep(0.02)

    def _has_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            _LOGGER.error("%s has died", self.identity, exc_info=error)

    async def _save_now_and_then(self, path: Path) -> None:
        while True:
            await self.clock.sleep(SAVE_EVERY_S)
            self._save(path)

    def _save(self, path: Path) -> None:
        save({"version": self.version, **self.brain.snapshot()}, path)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
