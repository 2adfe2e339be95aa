"""Booting: how a station makes itself known and keeps in touch (OCPP 1.6 §4.2, §4.6)."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from simulator.clock import within
from simulator.ocppj.fields import parse_time
from simulator.ocppj.frames import CallError, Payload
from simulator.ocppj.link import NotConnected

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint

RETRY_S = 10


class Registration:
    """Whether the central system has accepted this station."""

    def __init__(self, charge_point: ChargePoint) -> None:
        """Start unregistered."""
        self._charge_point = charge_point
        self._heartbeat_at_s = 0.0
        self._accepted = asyncio.Event()
        self.status: str | None = None

    def forget(self) -> None:
        """Be unregistered again, as after a boot."""
        self.status = None
        self._accepted.clear()
        self._charge_point.ready.clear()

    async def run(self) -> None:
        """Register on each connection that finds the station unregistered; be ready while it is connected."""
        link, ready = self._charge_point.link, self._charge_point.ready
        while True:
            await link.online.wait()
            if self._charge_point.boots_on_reconnect:
                self.forget()
            if self.status != "Accepted":
                await self._boot_until_accepted()
            if self.status == "Accepted" and link.online.is_set():
                ready.set()
                self._charge_point.statuses.update()
            await link.offline.wait()
            ready.clear()

    def tick(self) -> None:
        """Send a heartbeat when it is due."""
        interval_s = self._charge_point.configuration.number("HeartbeatInterval")
        now_s = self._charge_point.clock.monotonic()
        if (
            interval_s
            and self._charge_point.ready.is_set()
            and now_s - self._heartbeat_at_s >= interval_s
        ):
            self._heartbeat_at_s = now_s
            self._charge_point.spawn(self.heartbeat())

    async def heartbeat(self) -> None:
        """Ask for the time."""
        answer = await self._charge_point.try_call("Heartbeat", {})
        if answer:
            self._set_clock(answer)

    async def boot(self) -> float:
        """Send one BootNotification; returns after how many seconds to try again if that is needed."""
        try:
            answer = await self._charge_point.link.call(
                "BootNotification", self._nameplate()
            )
        except NotConnected:
            # The next connection begins with a boot of its own.
            return 0
        except CallError, TimeoutError:
            return RETRY_S
        self.status = answer.get("status")
        self._set_clock(answer)
        told = answer.get("interval")
        interval_s = told if isinstance(told, int) and told > 0 else 0
        if self.status == "Accepted" and interval_s:
            self._charge_point.configuration.change(
                "HeartbeatInterval", str(interval_s)
            )
            self._heartbeat_at_s = self._charge_point.clock.monotonic()
        if self.status == "Accepted":
            self._accepted.set()
        return float(interval_s or RETRY_S)

    async def _boot_until_accepted(self) -> None:
        while self._charge_point.link.online.is_set():
            again_after_s = await self.boot()
            if self.status != "Accepted":
                # A triggered boot may be accepted while this one waits for its turn.
                with suppress(TimeoutError):
                    await within(
                        self._charge_point.clock,
                        self._accepted.wait(),
                        again_after_s,
                    )
            if self.status == "Accepted":
                self._charge_point.statuses.forget()
                self._charge_point.certificates.report_event("StartupOfTheDevice")
                return

    def _set_clock(self, answer: Payload) -> None:
        """Take over the central system's time (§4.2)."""
        try:
            told = parse_time(answer["currentTime"])
        except KeyError, TypeError, ValueError:
            return
        self._charge_point.clock_offset = told - self._charge_point.clock.now()

    def _nameplate(self) -> Payload:
        nameplate = self._charge_point.station.nameplate
        return {
            "chargePointVendor": nameplate.vendor,
            "chargePointModel": nameplate.model,
            "chargePointSerialNumber": nameplate.serial,
            "firmwareVersion": nameplate.firmware,
            "meterType": "Simulated",
        }
