"""What the owner, programmes and sensors may say of discharging while it goes on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from math import isfinite

from .control.v2x.controller import DischargeControl
from .control.v2x.frequency import FULL_SIGNAL
from .fleet import Fleet
from .memory import Memory
from .model.errors import BadSetting
from .model.identity import EvseKey
from .model.v2x import (
    ACTION,
    LEAST_SOC_PERCENT,
    Battery,
    Dispatch,
    Steering,
    V2gConfig,
    V2gMode,
)


class Discharges:
    """Each is checked, obeyed at once, and on the disk when it returns."""

    _fleet: Fleet
    _memory: Memory
    _now: Callable[[], datetime]

    def v2g_config(self, key: EvseKey) -> V2gConfig | None:
        """Return what the owner's form allows an EVSE, or None where it is not set up. Raises `KeyError`."""
        return self._fleet.config.stations[key.identity].v2g.get(key.evse)

    async def set_v2g_mode(self, key: EvseKey, mode: V2gMode) -> None:
        """Set what a vehicle does beside being charged. Raises `BadSetting` where discharging is not set up, or not confirmed."""
        if mode is not V2gMode.OFF:
            config = self._set_up(key)
            if config.confirmed_at is None:
                raise BadSetting("v2g_not_confirmed")
        settings = self._fleet.evse(key).settings
        self._fleet.set_settings(key, replace(settings, v2g_mode=mode))
        if mode in {V2gMode.OFF, V2gMode.CHARGE_ONLY}:
            self._v2x.orders.givings.pop(key, None)
        await self._done()

    async def set_discharge_limit(self, key: EvseKey, watts: float) -> None:
        """Set the most that a vehicle feeds back, in watts, at most what its form says. Raises `BadSetting`."""
        most_w = self._set_up(key).maximum_w
        if not 0 <= watts <= most_w:
            raise BadSetting("discharge_limit_out_of_range", maximum=f"{most_w:g}")
        settings = self._fleet.evse(key).settings
        self._fleet.set_settings(key, replace(settings, discharge_limit_w=watts))
        await self._done()

    async def set_minimum_soc(self, key: EvseKey, percent: float) -> None:
        """Set how full a vehicle stays at least, 5 to 100 %. Raises `BadSetting`."""
        self._set_up(key)
        if not LEAST_SOC_PERCENT <= percent <= 100:
            raise BadSetting("minimum_soc_out_of_range")
        settings = self._fleet.evse(key).settings
        self._fleet.set_settings(key, replace(settings, minimum_soc_percent=percent))
        await self._done()

    async def discharge_until(
        self,
        key: EvseKey,
        *,
        until: datetime | None = None,
        energy_wh: float | None = None,
        power_w: float | None = None,
    ) -> None:
        """Let a vehicle give until a moment, or so much energy, whatever comes first; then it does again what its mode says.

        `power_w` is a magnitude; None is as much as it may. Raises `BadSetting`.
        """
        self.check_discharge(key, until=until, energy_wh=energy_wh, power_w=power_w)
        self._v2x.give(key, until=until, energy_wh=energy_wh, power_w=power_w)
        await self._done()

    def check_discharge(
        self,
        key: EvseKey,
        *,
        until: datetime | None = None,
        energy_wh: float | None = None,
        power_w: float | None = None,
    ) -> None:
        """Check what `discharge_until` would be told. Raises `BadSetting`."""
        if self._set_up(key).steering is Steering.OTHERS:
            raise BadSetting("v2g_others_decide")
        if until is None and energy_wh is None:
            raise BadSetting("discharge_without_end")
        for value in (energy_wh, power_w):
            if value is not None and not (isfinite(value) and value > 0):
                raise BadSetting("discharge_not_positive")
        if self._fleet.evse(key).settings.v2g_mode is V2gMode.OFF:
            raise BadSetting("v2g_off")

    async def end_discharge(self, key: EvseKey) -> None:
        """End what `discharge_until` began, before its time."""
        self._v2x.orders.givings.pop(key, None)
        await self._done()

    async def dispatch(
        self,
        target: str,
        power_w: float,
        until: datetime,
        *,
        source: str = ACTION,
        afterwards: V2gMode | None = None,
    ) -> Dispatch:
        """Give a signed setpoint (below 0: feed back) to an EVSE, a group or the site (""), in place of its source's one before.

        Who follows it says its source: "action" in every mode but off, "plan" in the mode plan, any other in the mode
        grid programme. An action goes before a programme, that before a central system above ("upstream"), and that before a
        plan; of one source the nearest counts. `afterwards` is the mode that follows; None leaves that of each vehicle as it is. Raises `BadSetting`.
        """
        if not isfinite(power_w):
            raise BadSetting("dispatch_not_a_power")
        if not self._v2x.is_target(target):
            raise BadSetting("dispatch_target_unknown", target=target)
        if until <= self._now():
            raise BadSetting("end_passed", until=until.isoformat(" ", "minutes"))
        found = self._v2x.dispatch(target, power_w, until, source, afterwards)
        await self._done()
        return found

    async def end_dispatch(self, target: str, *, source: str = ACTION) -> None:
        """End what a source dispatched a target, before its time; its vehicles do what was to follow, or another source asks for."""
        self._v2x.end_dispatch(target, source)
        await self._done()

    @property
    def dispatches(self) -> tuple[Dispatch, ...]:
        """The dispatches in force."""
        return tuple(self._v2x.orders.dispatches.values())

    async def set_export_cap(self, watts: float | None) -> None:
        """Limit what may flow into the grid, from outside and beside the form's cap; None is no more. Raises `BadSetting`."""
        if watts is not None and not (isfinite(watts) and watts >= 0):
            raise BadSetting("limit_not_positive")
        self._v2x.orders.export_cap_w = watts
        await self._done()

    @property
    def export_cap_w(self) -> float:
        """The most that may flow into the grid because of vehicles, in watts: the form's cap, or that from outside."""
        return self._v2x.export_cap_w

    async def respond_to_frequency(self, target: str, power_w: float | None) -> None:
        """Offer so much power, in either direction, to hold the grid's frequency; None ends it. Experimental. Raises `BadSetting`."""
        if not self._v2x.is_target(target):
            raise BadSetting("dispatch_target_unknown", target=target)
        if power_w is None:
            self._v2x.orders.responses.pop(target, None)
        elif isfinite(power_w) and power_w > 0:
            self._v2x.orders.responses[target] = power_w
        else:
            raise BadSetting("dispatch_not_a_power")
        await self._done()

    @property
    def responses(self) -> dict[str, float]:
        """What is offered to hold the grid's frequency, by target, in watts."""
        return dict(self._v2x.orders.responses)

    def share_grid_signal(self, signal: int) -> None:
        """Take a grid operator's signal, -100 to 100 percent of what is offered (below 0: feed back); it counts for five minutes.

        Vehicles that hold the frequency follow it; stations that do so by themselves are told (2.1 AFRRSignal). Raises `BadSetting`.
        """
        if not -FULL_SIGNAL <= signal <= FULL_SIGNAL:
            raise BadSetting("signal_out_of_range")
        if not self._v2x.orders.responses:
            raise BadSetting("signal_for_nobody")
        self._v2x.signal(signal)

    async def probe_discharge(self, key: EvseKey) -> bool:
        """Ask for a small discharge, and return whether energy was measured to come out; it is ended in any case.

        Raises `BadSetting` where it cannot be tried now, and `NotConnected`.
        """
        self._set_up(key)
        proven = await self._v2x.probe(key)
        await self._memory.save()
        return proven

    def set_soc(self, key: EvseKey, percent: float | None) -> None:
        """Take how full the vehicle at an EVSE is, as its own sensor says; None: the sensor does not say it."""
        self._v2x.set_soc(key, percent)

    def set_frequency(self, hz: float | None) -> None:
        """Take the grid's frequency; None: its sensor does not say it."""
        self._v2x.set_frequency(hz)

    def battery_of(self, target: str) -> Battery:
        """Return the vehicles of an EVSE, a group or the site ("") as one battery. Raises `KeyError`."""
        return self._v2x.battery_of(target)

    @property
    def _v2x(self) -> DischargeControl:
        return self._fleet.v2x

    def _set_up(self, key: EvseKey) -> V2gConfig:
        """Return what the form allows. Raises `BadSetting` where it allows nothing."""
        config = self.v2g_config(key)
        if config is None:
            raise BadSetting("v2g_not_set_up")
        return config

    async def _done(self) -> None:
        self._fleet.v2x.look()
        await self._memory.save()
