"""A charging station that speaks OCPP 1.6-J: the parts, put together and kept running."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from simulator.clock import Clock, within
from simulator.faults import Faults
from simulator.ocpp16 import calls, memory
from simulator.ocpp16.authorization import Authorization
from simulator.ocpp16.configuration import Configuration
from simulator.ocpp16.discharging import Discharging
from simulator.ocpp16.files import Files
from simulator.ocpp16.handling import Handling
from simulator.ocpp16.messages import Messages
from simulator.ocpp16.metering import Metering
from simulator.ocpp16.outbox import Outbox
from simulator.ocpp16.outlet import Outlet
from simulator.ocpp16.registration import Registration
from simulator.ocpp16.sampling import Sampler
from simulator.ocpp16.security import Certificates
from simulator.ocpp16.sessions import Sessions
from simulator.ocpp16.statuses import Statuses
from simulator.ocppj import serving
from simulator.ocppj.answer import Answer
from simulator.ocppj.frames import Call, CallError, Payload
from simulator.ocppj.link import Link, NotConnected
from simulator.profiles import ProfileStore, RateUnit, Rules
from simulator.readings import Meters
from simulator.smart_charging import SmartCharging, ends_transaction
from simulator.station import Station

LAST_WORDS_S = 5.0


class ChargePoint(Handling):
    """One station's protocol side; its copper is `station`."""

    version = "1.6"

    def __init__(
        self,
        station: Station,
        link: Link,
        clock: Clock,
        faults: Faults,
        configuration: Configuration,
        autostart_tag: str | None = None,
        boots_on_reconnect: bool = False,
    ) -> None:
        """Put the parts together; `run` sets them going."""
        self.station = station
        self.link = link
        self.clock = clock
        self.faults = faults
        self.configuration = configuration
        self.boots_on_reconnect = boots_on_reconnect
        self.boot_time_s = 1.0
        self.clock_offset = timedelta()
        self.operative = True
        self.powered = True
        self.ready = asyncio.Event()
        self.outlets = {
            evse_id: Outlet(evse) for evse_id, evse in station.evses.items()
        }
        self.profiles = ProfileStore(_rules(configuration, frozenset(station.evses)))
        self.outbox = Outbox(link, clock, configuration, self.ready)
        self.sampler = Sampler(Meters(station, faults))
        self.authorization = Authorization(self)
        self.registration = Registration(self)
        self.statuses = Statuses(self)
        self.metering = Metering(self)
        self.sessions = Sessions(self, autostart_tag)
        self.smart_charging = SmartCharging(
            station, self.profiles, clock, faults, self.now, self._transaction_starts
        )
        self.discharging = Discharging(self)
        self.messages = Messages(self)
        self.files = Files(self)
        self.certificates = Certificates(self)
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
        """Whether it may answer: a rejected station does not talk until it has asked again (§4.2.2)."""
        return self.registration.status != "Rejected"

    def answer(self, call: Call) -> Answer:
        """The answer to a call; raises CallError."""
        return calls.answer(self, call)

    def refuse(self, action: str) -> Answer:
        """The answer of a station that does not want to; raises CallError."""
        return calls.refuse(action)

    def now(self) -> datetime:
        """What the station believes the time to be."""
        return (
            self.clock.now()
            + self.clock_offset
            + timedelta(seconds=self.faults.clock_wrong_by_s)
        )

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

    def availability_due(self, outlet: Outlet) -> None:
        """Carry out a change of availability that waited for the end of a transaction (§5.2)."""
        if outlet.becomes_inoperative and outlet.transaction is None:
            outlet.operative = outlet.becomes_inoperative = False
            self.statuses.update()

    async def reboot(self, reason: str) -> None:
        """Stop what runs, go dark, and come back with what is remembered (§4.2, §5.14)."""
        if not self.powered:
            return
        for outlet in self.outlets.values():
            self.sessions.stop(outlet, reason)
        if reason != "HardReset":
            await self._empty_outbox()
        self.powered = False
        offline_before = self.link.stays_offline
        self.link.stay_offline()
        await self.link.drop()
        remembered = memory.snapshot(self)
        await self.clock.sleep(self.boot_time_s)
        self.wake(remembered)
        if not offline_before:
            self.link.dial_again()

    def wake(self, remembered: dict[str, Any]) -> None:
        """Start with what is remembered and nothing else; vehicles are where they were."""
        self.registration.forget()
        self.statuses.forget()
        memory.restore(self, remembered)
        self.powered = True
        for outlet in self.outlets.values():
            self.sessions.start_if_allowed(outlet)

    def snapshot(self) -> dict[str, Any]:
        """What it remembers without power."""
        return memory.snapshot(self)

    def _transaction_starts(self) -> dict[int, datetime]:
        """When each running transaction started."""
        return {
            evse_id: outlet.transaction.started_at
            for evse_id, outlet in self.outlets.items()
            if outlet.transaction
        }

    def _end_paused(self) -> None:
        """Some stations take a limit of nothing for the end."""
        if not self.faults.zero_ends_transaction:
            return
        for evse_id, outlet in self.outlets.items():
            limit = self.smart_charging.limit(evse_id)
            if ends_transaction(limit, self.faults, outlet.evse.minimum_a):
                self.sessions.stop(outlet, "Other")

    async def _empty_outbox(self) -> None:
        """Let the last messages out before the light goes, if anybody listens."""
        if not self.ready.is_set():
            return
        with suppress(TimeoutError):
            await within(
                self.clock,
                self.outbox.empty.wait(),
                LAST_WORDS_S,
            )

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

    def advance(self, dt_s: float) -> None:
        """Live for a moment."""
        if self.powered:
            self.sessions.tick()
            self.smart_charging.tick()
            self._end_paused()
            self.discharging.tick()
        self.station.advance(dt_s)
        if self.powered:
            self.statuses.update()
            self.metering.tick()
            self.registration.tick()
            self.link.tick()


def _rules(configuration: Configuration, evse_ids: frozenset[int]) -> Rules:
    """What the configuration says about profiles."""
    units = {"Current": RateUnit.AMPERES, "Power": RateUnit.WATTS}
    return Rules(
        evse_ids=evse_ids,
        maximum_stack_level=configuration.number("ChargeProfileMaxStackLevel"),
        units=frozenset(
            units[name]
            for name in configuration.items("ChargingScheduleAllowedChargingRateUnit")
        ),
        maximum_periods=configuration.number("ChargingScheduleMaxPeriods"),
        maximum_profiles=configuration.number("MaxChargingProfilesInstalled"),
    )
