"""One simulated station, ready to use: the copper, the protocol and the vehicle's hand."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
import logging
from pathlib import Path
import ssl as tls
from types import TracebackType
from typing import Self

from simulator.clock import Clock, SystemClock, within
from simulator.evse import Evse
from simulator.evse_view import EvseView
from simulator.faults import Faults
from simulator.ocpp16 import memory
from simulator.ocpp16.charge_point import ChargePoint
from simulator.ocpp16.configuration import Configuration
from simulator.ocppj.frames import Payload
from simulator.ocppj.link import Link
from simulator.phases import DEFAULT_WIRING, Phase
from simulator.station import Nameplate, Station
from simulator.vehicle import Vehicle

_LOGGER = logging.getLogger(__name__)

SAVE_EVERY_S = 5.0


class SimulatedStation:
    """A charging station of OCPP 1.6-J that dials a central system and can be handled as if one stood before it."""

    def __init__(
        self,
        identity: str,
        url: str,
        *,
        evses: int = 1,
        phases: Sequence[Phase] = DEFAULT_WIRING,
        maximum_a: float = 32.0,
        vendor: str = "Evenload",
        model: str = "Simulated",
        serial: str | None = None,
        firmware: str = "1.0.0",
        password: str | None = None,
        ssl: tls.SSLContext | None = None,
        tick_s: float = 0.25,
        state: Path | None = None,
        autostart_tag: str | None = None,
        meter_interval_s: int = 5,
        faults: Faults | None = None,
        clock: Clock | None = None,
        configuration: dict[str, str] | None = None,
        switches_phases: bool = False,
        boots_on_reconnect: bool = False,
    ) -> None:
        """Build a station of equal EVSEs; `phases` are the grid phases its own L1, L2, L3 are wired to."""
        self.identity = identity
        self.clock = clock or SystemClock()
        self.faults = faults or Faults()
        self._tick_s = tick_s
        self._state = state
        boxes = {
            number: Evse(number, tuple(phases), maximum_a)
            for number in range(1, evses + 1)
        }
        nameplate = Nameplate(vendor, model, serial or f"SN-{identity}"[:25], firmware)
        self.station = Station(boxes, maximum_a * evses, nameplate, switches_phases)
        defaults = {
            "NumberOfConnectors": str(evses),
            "MeterValueSampleInterval": str(meter_interval_s),
        }
        defaults["ConnectorSwitch3to1PhaseSupported"] = str(switches_phases).lower()
        self.link = Link(url, identity, self.clock, self.faults)
        self.link.password, self.link.tls = password, ssl
        self.charge_point = ChargePoint(
            self.station,
            self.link,
            self.clock,
            self.faults,
            Configuration(defaults | (configuration or {})),
            autostart_tag,
            boots_on_reconnect,
        )
        self._running: list[asyncio.Task[None]] = []
        self._started_before = False

    async def start(self) -> None:
        """Switch the station on; after a stop, it boots with what it remembers."""
        saved = memory.load(self._state) if self._state else None
        if saved or self._started_before:
            self.charge_point.wake(saved or memory.snapshot(self.charge_point))
        self._started_before = True
        self._running = [asyncio.create_task(self.charge_point.run(self._tick_s))]
        self._running[0].add_done_callback(self._has_ended)
        if self._state:
            self._running.append(
                asyncio.create_task(self._save_now_and_then(self._state))
            )

    async def stop(self) -> None:
        """Switch it off; what it remembers is kept in its state file.

        It says goodbye to the central system. To make it die without a word, go offline first.
        """
        if self._state:
            memory.save(self.charge_point, self._state)
        offline = self.link.stays_offline
        self.link.stay_offline()
        await self.link.drop()
        for task in self._running:
            task.cancel()
        for task in self._running:
            with suppress(asyncio.CancelledError):
                await task
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
        return self.charge_point.ready.is_set()

    async def wait_accepted(self, timeout: float = 10.0) -> None:
        """Wait until the central system has accepted the station; raises TimeoutError."""
        await within(self.clock, self.charge_point.ready.wait(), timeout)

    def evse(self, evse_id: int) -> EvseView:
        """Look at an EVSE; raises KeyError."""
        return EvseView(self.charge_point, self.charge_point.outlets[evse_id])

    def plug_in(self, evse_id: int, vehicle: Vehicle | None = None) -> Vehicle:
        """Put a vehicle on the cable; raises ValueError where there is one already."""
        vehicle = vehicle or Vehicle()
        self.charge_point.sessions.plug_in(self.charge_point.outlets[evse_id], vehicle)
        return vehicle

    def unplug(self, evse_id: int) -> None:
        """Pull the cable."""
        self.charge_point.sessions.unplug(self.charge_point.outlets[evse_id])

    def present_tag(self, evse_id: int, tag: str) -> asyncio.Task[bool]:
        """Hold a tag to the reader; the task, which need not be awaited, says whether that did anything."""
        outlet = self.charge_point.outlets[evse_id]
        task = asyncio.ensure_future(
            self.charge_point.sessions.present_tag(outlet, tag)
        )
        self.charge_point.keep(task)
        return task

    def set_error(self, evse_id: int, code: str | None) -> None:
        """Break an EVSE with an error code of OCPP 1.6 §7.6, or mend it."""
        self.charge_point.break_outlet(self.charge_point.outlets[evse_id], code)

    def lose_profiles(self) -> None:
        """Forget every charging profile, without a boot that would tell of it."""
        self.charge_point.profiles.clear(lambda _: True)
        self.charge_point.smart_charging.tick()

    async def call(self, action: str, payload: Payload) -> Payload:
        """Send any call; raises CallError, TimeoutError or NotConnected."""
        return await self.link.call(action, payload)

    async def send_raw(self, data: str | bytes) -> None:
        """Send anything at all; raises NotConnected."""
        await self.link.send_raw(data)

    async def resend(self, action: str) -> Payload:
        """Send the last StartTransaction or StopTransaction again, as a new call; raises KeyError if there is none."""
        return await self.link.call(action, self.charge_point.outbox.last_sent[action])

    def go_offline(self) -> None:
        """Lose the network, without a word."""
        self.link.stay_offline()
        self.link.cut()

    def go_online(self) -> None:
        """Have the network back."""
        self.link.dial_again()

    async def drop(self) -> None:
        """Close the connection; the station redials in time."""
        await self.link.drop()

    async def reboot(self, reason: str = "HardReset") -> None:
        """Reboot, with the reason that running transactions are to be stopped for; returns when it dials again."""
        await self.charge_point.reboot(reason)

    def _has_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            _LOGGER.error("%s has died", self.identity, exc_info=error)

    async def _save_now_and_then(self, path: Path) -> None:
        while True:
            await self.clock.sleep(SAVE_EVERY_S)
            memory.save(self.charge_point, path)
