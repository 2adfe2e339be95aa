"""Booting: how a station makes itself known and keeps in touch (B01-B04, G02)."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from simulator.clock import within
from simulator.ocppj.fields import parse_time
from simulator.ocppj.frames import CallError, Payload
from simulator.ocppj.link import NotConnected

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

RETRY_S = 10
HEARTBEAT_INTERVAL = "OCPPCommCtrlr.HeartbeatInterval"


class Registration:
    """Whether the central system has accepted this station."""

    def __init__(self, station: ChargingStation) -> None:
        """Start unregistered."""
        self._station = station
        self._heartbeat_at_s = 0.0
        self._offline_since_s: float | None = None
        self._accepted = asyncio.Event()
        self.status: str | None = None
        self.reason = "PowerUp"

    @property
    def offline_s(self) -> float:
        """For how long there has been nobody to hear."""
        if self._offline_since_s is None:
            return 0.0
        return self._station.clock.monotonic() - self._offline_since_s

    def forget(self) -> None:
        """Be unregistered again, as after a boot."""
        self.status = None
        self._accepted.clear()
        self._station.ready.clear()

    async def run(self) -> None:
        """Register on each connection that finds the station unregistered; be ready while it is connected."""
        link, ready = self._station.link, self._station.ready
        while True:
            await link.online.wait()
            self._station.network.succeeded()
            if self._station.boots_on_reconnect:
                self.forget()
            patience_s = self._station.device_model.number(
                "OCPPCommCtrlr.OfflineThreshold"
            )
            if self.offline_s > patience_s:
                self._station.statuses.forget()
            if self.status != "Accepted":
                await self._boot_until_accepted()
            if self.status == "Accepted" and link.online.is_set():
                self._offline_since_s = None
                ready.set()
                self._station.statuses.update()
            await link.offline.wait()
            self._offline_since_s = self._station.clock.monotonic()
            ready.clear()

    def tick(self) -> None:
        """Send a heartbeat when it is due."""
        interval_s = self._station.device_model.number(HEARTBEAT_INTERVAL)
        now_s = self._station.clock.monotonic()
        if (
            interval_s
            and self._station.ready.is_set()
            and now_s - self._heartbeat_at_s >= interval_s
        ):
            self._heartbeat_at_s = now_s
            self._station.spawn(self.heartbeat())

    async def heartbeat(self) -> None:
        """Ask for the time."""
        if answer := await self._station.try_call("Heartbeat", {}):
            self._set_clock(answer)

    async def boot(self, reason: str) -> float:
        """Send one BootNotification; returns after how many seconds to try again if that is needed."""
        payload = {"chargingStation": self._nameplate(), "reason": reason}
        try:
            answer = await self._station.link.call("BootNotification", payload)
        except NotConnected:
            # The next connection begins with a boot of its own.
            return 0
        except CallError, TimeoutError:
            return RETRY_S
        self.status = answer.get("status")
        self._set_clock(answer)
        told = answer.get("interval")
        interval_s = told if isinstance(told, int) and told > 0 else 0
        if self.status == "Accepted":
            if interval_s:
                self._station.device_model.set(HEARTBEAT_INTERVAL, str(interval_s))
                self._heartbeat_at_s = self._station.clock.monotonic()
            self._accepted.set()
        return float(interval_s or RETRY_S)

    async def _boot_until_accepted(self) -> None:
        while self._station.link.online.is_set():
            again_after_s = await self.boot(self.reason)
            if self.status != "Accepted":
                # A triggered boot may be accepted while this one waits for its turn.
                with suppress(TimeoutError):
                    await within(
                        self._station.clock, self._accepted.wait(), again_after_s
                    )
            if self.status == "Accepted":
                self.reason = "PowerUp"
                self._station.statuses.forget()
                self._station.report_security_event("StartupOfTheDevice")
                return

    def _set_clock(self, answer: Payload) -> None:
        """Take over the central system's time (B01.FR.06, G02.FR.02)."""
        try:
            told = parse_time(answer["currentTime"])
        except KeyError, TypeError, ValueError:
            return
        self._station.clock_offset = told - self._station.clock.now()

    def _nameplate(self) -> Payload:
        nameplate = self._station.station.nameplate
        return {
            "vendorName": nameplate.vendor,
            "model": nameplate.model,
            "serialNumber": nameplate.serial,
            "firmwareVersion": nameplate.firmware,
        }
