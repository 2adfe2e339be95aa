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
from simulator.ocpp16.files import Files
from simulator.ocpp16.metering import Metering
from simulator.ocpp16.outbox import Outbox
from simulator.ocpp16.outlet import Outlet
from simulator.ocpp16.registration import Registration
from simulator.ocpp16.sampling import Sampler
from simulator.ocpp16.security import Certificates
from simulator.ocpp16.sessions import Sessions
from simulator.ocpp16.smart_charging import SmartCharging
from simulator.ocpp16.statuses import Statuses
from simulator.ocppj.frames import CallError, Payload
from simulator.ocppj.link import Link, NotConnected
from simulator.profiles import ProfileStore, RateUnit, Rules
from simulator.station import Station

LAST_WORDS_S = 5.0


class ChargePoint:
    """One station's protocol side; its copper is `station`."""

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
        self.sampler = Sampler(station, faults)
        self.authorization = Authorization(self)
        self.registration = Registration(self)
        self.statuses = Statuses(self)
        self.metering = Metering(self)
        self.sessions = Sessions(self, autostart_tag)
        self.smart_charging = SmartCharging(self)
        self.files = Files(self)
        self.certificates = Certificates(self)
        self._tasks: set[asyncio.Future[Any]] = set()

    async def run(self, tick_s: float) -> None:
        """Live until cancelled."""
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self.link.run(lambda call: calls.serve(self, call)))
                parts.create_task(self.registration.run())
                parts.create_task(self.outbox.run())
                parts.create_task(self._tick(tick_s))
        finally:
            for task in self._tasks:
                task.cancel()

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

    def break_outlet(self, outlet: Outlet, code: str | None) -> None:
        """Break an outlet with an error code, or mend it; a transaction on it goes on (§4.9)."""
        outlet.evse.error = code
        self.statuses.update()
        self.sessions.start_if_allowed(outlet)

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
        self.station.advance(dt_s)
        if self.powered:
            self.statuses.update()
            self.metering.tick()
            self.registration.tick()


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
