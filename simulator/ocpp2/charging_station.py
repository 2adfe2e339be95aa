"""A charging station that speaks OCPP 2.0.1 or 2.1: the parts, put together and kept running."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from simulator.clock import Clock, within
from simulator.faults import Faults
from simulator.ocpp2 import calls, memory
from simulator.ocpp2.access_calls import expire_reservations
from simulator.ocpp2.authorization import Authorization
from simulator.ocpp2.certificates import Certificates
from simulator.ocpp2.device_model import DeviceModel
from simulator.ocpp2.discharging import Discharging
from simulator.ocpp2.dynamic import DynamicProfiles
from simulator.ocpp2.energy_transfer import EnergyTransfer
from simulator.ocpp2.files import Files
from simulator.ocpp2.grid import Grid
from simulator.ocpp2.handling import Handling
from simulator.ocpp2.metering import Metering
from simulator.ocpp2.monitors import Monitors
from simulator.ocpp2.needs import Needs
from simulator.ocpp2.network import Network
from simulator.ocpp2.outbox import Outbox
from simulator.ocpp2.outlet import Outlet
from simulator.ocpp2.outside import OutsideLimits
from simulator.ocpp2.profile_rules import Rules
from simulator.ocpp2.registration import Registration
from simulator.ocpp2.statuses import Statuses
from simulator.ocpp2.transactions import Transactions
from simulator.ocppj import serving
from simulator.ocppj.answer import Answer
from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import Call, CallError, Payload
from simulator.ocppj.link import Link, NotConnected
from simulator.profiles import ProfileStore, Rules as StoreRules
from simulator.readings import Meters
from simulator.smart_charging import SmartCharging
from simulator.station import Station

LAST_WORDS_S = 5.0
STORED_PROFILES = 20


class ChargingStation(Handling):
    """One station's protocol side; its copper is `station`."""

    def __init__(
        self,
        version: str,
        station: Station,
        link: Link,
        clock: Clock,
        faults: Faults,
        device_model: DeviceModel,
        autostart_tag: str | None = None,
        boots_on_reconnect: bool = False,
        tells_by_events: bool = False,
    ) -> None:
        """Put the parts together; `run` sets them going."""
        self.version = version
        self.station = station
        self.link = link
        self.clock = clock
        self.faults = faults
        self.device_model = device_model
        self.boots_on_reconnect = boots_on_reconnect
        self.tells_by_events = tells_by_events
        self.boot_time_s = 1.0
        self.clock_offset = timedelta()
        self.operative = True
        self.powered = True
        self.ready = asyncio.Event()
        self.outlets = {n: Outlet(evse) for n, evse in station.evses.items()}
        self.profiles = ProfileStore(
            StoreRules(frozenset(station.evses), maximum_profiles=STORED_PROFILES)
        )
        self.rules = Rules(version, station, device_model, self.profiles, faults)
        self.outbox = Outbox(link, clock, device_model, self.ready)
        self.meters = Meters(station, faults)
        self.authorization = Authorization(self)
        self.registration = Registration(self)
        self.statuses = Statuses(self)
        self.metering = Metering(self)
        self.needs = Needs(self)
        self.smart_charging = SmartCharging(
            station, self.profiles, clock, faults, self.now, self._delivering_since
        )
        self.smart_charging.urgent = lambda: frozenset(
            n for n, o in self.outlets.items() if o.transaction and o.transaction.urgent
        )
        self.smart_charging.offline_s = lambda: self.registration.offline_s
        self.transactions = Transactions(self, autostart_tag)
        self.transfer = EnergyTransfer(self)
        self.discharging = Discharging(self)
        self.grid = Grid(self)
        self.dynamic = DynamicProfiles(self)
        self.outside = OutsideLimits(self)
        self.monitors = Monitors(self)
        self.files = Files(self)
        self.certificates = Certificates(self)
        self.network = Network(self)
        link.on_failure = self.network.failed
        self.resets_when_idle = False
        self._tasks: set[asyncio.Future[Any]] = set()

    async def run(self, tick_s: float) -> None:
        """Live until cancelled."""
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self.registration.run())
                parts.create_task(self.outbox.run())
                parts.create_task(self._tick(tick_s))
        finally:
            for task in self._tasks:
                task.cancel()

    async def serve(self, call: Call) -> None:
        """Answer a call of the central system."""
        await serving.serve(self, call)

    @property
    def may_speak(self) -> bool:
        """It always says something, be it that it may not (B03.FR.08)."""
        return True

    def answer(self, call: Call) -> Answer:
        """The answer to a call; raises CallError."""
        return calls.answer(self, call)

    def refuse(self, action: str) -> Answer:
        """The answer of a station that does not want to; raises CallError."""
        return calls.refuse(self, action)

    def now(self) -> datetime:
        """What the station believes the time to be."""
        wrong = timedelta(seconds=self.faults.clock_wrong_by_s)
        return self.clock.now() + self.clock_offset + wrong

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside everything else."""
        self.keep(asyncio.create_task(work))

    def keep(self, task: asyncio.Future[Any]) -> None:
        """Hold on to a task until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def notify(self, action: str, payload: Payload) -> None:
        """Tell the central system something; nothing is done about it when it does not hear."""
        self.spawn(self._notify(action, payload))

    async def try_call(self, action: str, payload: Payload) -> Payload | None:
        """Call the central system; None when there is no proper answer."""
        try:
            return await self.link.call(action, payload)
        except CallError, TimeoutError, NotConnected:
            return None

    async def try_send(self, action: str, payload: Payload) -> None:
        """Send what nobody answers (2.1); lost when nobody hears it."""
        with suppress(NotConnected):
            await self.link.notify(action, payload)

    def report_security_event(self, kind: str) -> None:
        """Tell of a security event (A04)."""
        at = format_time(self.now())
        self.notify("SecurityEventNotification", {"type": kind, "timestamp": at})

    def transaction_ids(self) -> dict[int, str]:
        """The running transactions by EVSE."""
        return {
            evse_id: outlet.transaction.transaction_id
            for evse_id, outlet in self.outlets.items()
            if outlet.transaction
        }

    def is_dc(self, evse_id: int) -> bool:
        """Whether an EVSE, or with 0 all of them, charges batteries itself."""
        wanted = [e for n, e in self.station.evses.items() if evse_id in (0, n)]
        return all(evse.is_dc for evse in wanted)

    def transaction_ended(self, outlet: Outlet) -> None:
        """Do what waited for the end of a transaction (B12, G03, G04)."""
        if outlet.becomes_inoperative:
            outlet.operative = outlet.becomes_inoperative = False
        if outlet.resets:
            outlet.resets = False
            self.spawn(self.reset_evse(outlet))
        if self.resets_when_idle and not self.transaction_ids():
            self.resets_when_idle = False
            self.spawn(self.reboot("Reboot", "ScheduledReset"))

    async def reset_evse(self, outlet: Outlet) -> None:
        """Restart one EVSE (B11.FR.08)."""
        outlet.operative = False
        self.statuses.update()
        await self.clock.sleep(self.boot_time_s)
        outlet.operative = True
        self.statuses.update()

    async def reboot(self, reason: str, boot_reason: str = "RemoteReset") -> None:
        """Stop what runs, go dark, and come back with what is remembered (B01, B11, B12)."""
        if not self.powered:
            return
        if reason != "PowerLoss":
            for outlet in self.outlets.values():
                self.transactions.end(outlet, "ResetCommand", _stopped(reason))
            await self._empty_outbox()
        self.powered = False
        offline_before = self.link.stays_offline
        self.link.stay_offline()
        await self.link.drop()
        self.registration.reason = "PowerUp" if reason == "PowerLoss" else boot_reason
        remembered = memory.snapshot(self)
        await self.clock.sleep(self.boot_time_s)
        self.wake(remembered)
        if not offline_before:
            self.link.dial_again()

    def snapshot(self) -> dict[str, Any]:
        """What it remembers without power."""
        return memory.snapshot(self)

    def wake(self, remembered: dict[str, Any]) -> None:
        """Start with what is remembered and nothing else; vehicles are where they were."""
        self.registration.forget()
        self.statuses.forget()
        self.transactions.forget()
        memory.restore(self, remembered)
        self.powered = True
        for outlet in self.outlets.values():
            self.transactions.look(outlet)

    def advance(self, dt_s: float) -> None:
        """Live for a moment."""
        if self.powered:
            self.smart_charging.tick()
        self.station.advance(dt_s)
        if self.powered:
            self.discharging.tick()
            self.transactions.tick(dt_s)
            expire_reservations(self)
            self.statuses.update()
            self.metering.tick()
            self.grid.tick()
            self.dynamic.tick()
            self.monitors.tick()
            self.registration.tick()
            self.link.tick()

    def _delivering_since(self) -> dict[int, datetime]:
        """Since when energy may flow in each running transaction."""
        return {
            evse_id: outlet.transaction.delivers_since or outlet.transaction.started_at
            for evse_id, outlet in self.outlets.items()
            if outlet.transaction
        }

    async def _empty_outbox(self) -> None:
        """Let the last messages out before the light goes, if anybody listens."""
        if self.ready.is_set():
            with suppress(TimeoutError):
                await within(self.clock, self.outbox.empty.wait(), LAST_WORDS_S)

    async def _notify(self, action: str, payload: Payload) -> None:
        await self.try_call(action, payload)

    async def _tick(self, tick_s: float) -> None:
        """Let physics and timers run in steps of real elapsed time."""
        last_s = self.clock.monotonic()
        while True:
            await self.clock.sleep(tick_s)
            now_s = self.clock.monotonic()
            self.advance(now_s - last_s)
            last_s = now_s


def _stopped(reason: str) -> str:
    """The reason of a hand at the switch, in the words of 2.x (ReasonEnumType)."""
    return {
        "HardReset": "ImmediateReset",
        "SoftReset": "ImmediateReset",
    }.get(reason, reason)
