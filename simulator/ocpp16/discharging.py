"""Discharging at a station of OCPP 1.6: limits below zero and configuration keys (docs/v2g-extension.md, D1, D2, D4)."""

from dataclasses import replace
from functools import partial
import math
import re
from typing import TYPE_CHECKING

from simulator.bidirectional import Form
from simulator.ocpp16.configuration import Access, Form as KeyForm, Key
from simulator.ocpp16.outlet import Outlet
from simulator.ocppj.frames import CallError
from simulator.orders import Amount, Mode, Order
from simulator.profiles import Period, Profile, ProfileRefused, RateUnit
from simulator.setpoints import Refused, check_small, unsigned
from simulator.station import Station

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint

TIMEOUT = "V2XSetpointTimeout"
CHARGING_ONLY = "ChargingOnly"
SHOWN = (Form.NEGATIVE_LIMIT, Form.SETPOINT_KEY, Form.DATA_TRANSFER)
WHOLE = re.compile(r"[-+]?\d{1,9}")


def keys_of(station: Station) -> list[Key]:
    """The configuration keys of a station that feeds back."""
    equipment = station.bidirectional
    if equipment is None:
        return []
    keys: list[Key] = []
    if Form.SETPOINT_KEY in equipment.forms:
        timeout = str(round(equipment.timeout_s))
        keys += [Key(key_of(station, n), CHARGING_ONLY) for n in equipment.discharge_w]
        keys.append(Key(TIMEOUT, timeout, KeyForm.NUMBER))
    if equipment.tells:
        methods = ",".join(form for form in SHOWN if form in equipment.forms)
        most_w = str(round(max(equipment.discharge_w.values())))
        least_w = str(round(equipment.minimum_w))
        keys += [
            Key("V2XMethods", methods, KeyForm.LIST, Access.READ),
            Key("V2XMinimumPower", least_w, KeyForm.NUMBER, Access.READ),
            Key("V2XMaximumDischargePower", most_w, KeyForm.NUMBER, Access.READ),
        ]
    return keys


def key_of(station: Station, evse_id: int) -> str:
    """The key of an EVSE's setpoint."""
    key = station.bidirectional.manual.key if station.bidirectional else ""
    return key if evse_id == 1 else f"{key}{evse_id}"


class Discharging:
    """What one station of OCPP 1.6 makes of being told to feed back."""

    def __init__(self, charge_point: ChargePoint) -> None:
        """Show what holds in the keys."""
        self._charge_point = charge_point
        self._equipment = charge_point.station.bidirectional
        self._keys: dict[str, int] = {}
        if self._equipment and Form.SETPOINT_KEY in self._equipment.forms:
            for evse_id in self._equipment.discharge_w:
                key = key_of(charge_point.station, evse_id)
                self._keys[key.lower()] = evse_id
                live = charge_point.configuration.live
                live[key] = partial(self._written, evse_id)

    def tick(self) -> None:
        """End the sessions that vehicles have broken off."""
        broken = self._charge_point.smart_charging.exchange.broken
        while broken:
            outlet = self._charge_point.outlets[broken.pop()]
            self._charge_point.sessions.stop(outlet, "Other")

    def evse_of(self, key: str) -> int | None:
        """The EVSE whose setpoint a configuration key is."""
        return self._keys.get(key.lower())

    def write(self, evse_id: int, value: str) -> str:
        """D2: a setpoint by key; returns the status of ChangeConfiguration."""
        exchange = self._charge_point.smart_charging.exchange
        if value == CHARGING_ONLY:
            exchange.release(evse_id)
            return "Accepted"
        try:
            power_w = self._watts(value)
            self.check(evse_id, power_w)
        except Refused:
            return "Rejected"
        lasts_s = self._charge_point.configuration.number(TIMEOUT)
        exchange.hold(evse_id, Order.of_watts(power_w), lasts_s)
        self._charge_point.smart_charging.tick()
        return "Accepted"

    def check(self, evse_id: int, power_w: float) -> Outlet:
        """Whether a setpoint can be taken; raises Refused."""
        outlet = self._charge_point.outlets.get(evse_id)
        if outlet is None or outlet.transaction is None:
            raise Refused("TxNotFound")
        exchange = self._charge_point.smart_charging.exchange
        if power_w < 0 and not exchange.able(evse_id):
            raise Refused("UnsupportedParam", "the vehicle cannot discharge")
        check_small(power_w, self._equipment, self._charge_point.faults)
        return outlet

    def understood(self, connector_id: int, profile: Profile) -> Profile:
        """D1: the profile as this station reads limits below zero; raises ProfileRefused or CallError."""
        periods = profile.schedule.periods
        if not any(period.limit is not None and period.limit < 0 for period in periods):
            return profile
        if self._charge_point.faults.errors_on_negative:
            raise CallError("PropertyConstraintViolation", "limit is below zero")
        unit = profile.schedule.unit
        read = tuple(self._read(connector_id, period, unit) for period in periods)
        return replace(profile, schedule=replace(profile.schedule, periods=read))

    def _read(self, connector_id: int, period: Period, unit: RateUnit) -> Period:
        limit, faults = period.limit, self._charge_point.faults
        if limit is None or limit >= 0:
            return period
        kept = {"limit": limit}
        if faults.clamps_negative:
            return replace(period, limit=0.0, more=kept)
        if faults.negative_is_unlimited:
            return replace(period, limit=unsigned(limit), more=kept)
        if faults.ignores_setpoints:
            return replace(period, limit=None, more=kept)
        if self._equipment is None or Form.NEGATIVE_LIMIT not in self._equipment.forms:
            raise ProfileRefused("a limit is below zero")
        running = {n for n, o in self._charge_point.outlets.items() if o.transaction}
        for evse_id in {connector_id} if connector_id else running or {0}:
            try:
                self.check(evse_id, self._total_w(evse_id, limit, unit))
            except Refused as refused:
                raise ProfileRefused(refused.reason) from refused
        said = {"operationMode": Mode.CENTRAL_SETPOINT, "setpoint": limit}
        return replace(period, limit=0.0, more=kept, v2x=said)

    def _total_w(self, evse_id: int, limit: float, unit: RateUnit) -> float:
        evse = self._charge_point.station.evses.get(evse_id)
        if evse is None:
            raise Refused("TxNotFound")
        voltage_v = evse.line_voltages_v[0]
        return sum(Amount((limit,), unit).watts(len(evse.terminals), voltage_v))

    def _watts(self, value: str) -> float:
        """What is written in a key; raises Refused."""
        manual = self._equipment.manual if self._equipment else None
        try:
            written = float(value)
        except ValueError as error:
            raise Refused("InvalidValue") from error
        whole = WHOLE.fullmatch(value) or (manual and manual.scale != 1)
        if manual is None or not whole or not math.isfinite(written):
            raise Refused("InvalidValue")
        return manual.watts(written)

    def _written(self, evse_id: int) -> str:
        """What the key of an EVSE reads."""
        order = self._charge_point.smart_charging.exchange.holds(evse_id)
        if order is None or order.setpoint is None or self._equipment is None:
            return CHARGING_ONLY
        manual = self._equipment.manual
        turned = -1 if manual.discharge_is_positive else 1
        return f"{order.setpoint.values[0] * manual.scale * turned:g}"
