"""Setpoints at a station of OCPP 2.x: what it understands of profiles and variables, and tells of its modes (block Q)."""

from dataclasses import replace
import re
from typing import TYPE_CHECKING

from simulator.bidirectional import VENDOR, Form
from simulator.ocpp2.outlet import Outlet
from simulator.ocpp2.places import text_of
from simulator.ocpp2.v2x_rules import mode_of
from simulator.ocpp2.v2x_variables import CHARGING_ONLY
from simulator.ocpp2.variables import Unset, Variable
from simulator.ocppj.frames import CallError, Payload
from simulator.orders import Amount, Mode, Order
from simulator.profiles import Installed, Period, Profile, Purpose
from simulator.setpoints import Refused, check_small, unsigned

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

WHOLE = re.compile(r"[-+]?\d{1,9}")


class Discharging:
    """What one station of OCPP 2.x makes of being told to feed back."""

    def __init__(self, station: ChargingStation) -> None:
        """Let the variables show what holds."""
        self._station = station
        self._equipment = station.station.bidirectional
        station.smart_charging.exchange.may_discharge = self._may
        forms = self._equipment.forms if self._equipment else frozenset()
        self.knows_extension = station.version == "2.1" or Form.EXTENSION in forms
        self._takes_negative = station.version != "2.1" and Form.NEGATIVE_LIMIT in forms
        self._setpoints: dict[str, int] = {}
        if station.version != "2.1" and Form.VARIABLE in forms and self._equipment:
            for evse_id in self._equipment.discharge_w:
                self._show(evse_id)

    @property
    def tells_modes(self) -> bool:
        """Whether its transactions say which operation mode is in force."""
        return self._equipment is not None and self.knows_extension

    def tick(self) -> None:
        """Tell changed modes, and end the sessions that vehicles have broken off."""
        station = self._station
        while station.smart_charging.exchange.broken:
            outlet = station.outlets[station.smart_charging.exchange.broken.pop()]
            station.transactions.withdraw(outlet, "AbnormalCondition", "StoppedByEV")
            outlet.needs_replug = True
        for outlet in station.outlets.values():
            transaction = outlet.transaction
            if transaction and self.mode(outlet) != transaction.told_mode:
                native = station.version == "2.1"
                trigger = "OperationModeChanged" if native else "ChargingRateChanged"
                station.transactions.events.update(outlet, trigger)

    def mode(self, outlet: Outlet) -> str:
        """The operation mode that is in force on an EVSE."""
        if not self.tells_modes:
            return CHARGING_ONLY
        modes = self._station.smart_charging.exchange.modes
        return modes.get(outlet.evse_id, Mode.CHARGING_ONLY).value

    def told(self, outlet: Outlet) -> Payload:
        """What an event of a transaction says of the mode (TransactionType)."""
        transaction, mode = outlet.transaction, self.mode(outlet)
        if transaction is None or not self.tells_modes:
            return {}
        changed, transaction.told_mode = mode != transaction.told_mode, mode
        if not changed and mode == CHARGING_ONLY:
            return {}
        said = {"operationMode": mode}
        if self._station.version == "2.1":
            return said
        return {"customData": {"vendorId": VENDOR} | said}

    def understood(self, profile: Profile) -> Profile:
        """The profile as this station reads it; raises Refused or CallError."""
        schedules = [
            replace(
                schedule,
                periods=tuple(
                    self._read(profile, period) for period in schedule.periods
                ),
            )
            for schedule in (profile.schedule, *profile.alternatives)
        ]
        first, *others = schedules
        return replace(profile, schedule=first, alternatives=tuple(others))

    def check(self, entry: Installed) -> None:
        """Whether what a profile wants of a transaction can be done; raises Refused."""
        profile = entry.profile
        for period in profile.schedule.periods:
            said = period.v2x
            if not said or mode_of(period) in (Mode.CHARGING_ONLY, Mode.IDLE):
                continue
            able = self._station.smart_charging.exchange.able(entry.evse_id)
            if profile.purpose is Purpose.TX and not able:
                raise Refused("InvalidOperationMode", "no such transfer was agreed on")

    def answer(self, profile: Profile) -> Payload:
        """What an answer says of a profile that was taken (docs/v2g-extension.md)."""
        period = profile.schedule.periods[0]
        extra = period.more.get("customData", {})
        spoken = extra.get("vendorId") == VENDOR and "operationMode" in extra
        if self._station.version == "2.1" or not (spoken and self.knows_extension):
            return {}
        said = {"vendorId": VENDOR, "operationMode": mode_of(period).value}
        return {"customData": said}

    def take_variable(self, variable: Variable) -> bool:
        """N2: a setpoint by variable; says whether it was one, and raises Unset where it is refused."""
        evse_id = self._setpoints.get(text_of(variable.place))
        if evse_id is None:
            return False
        exchange = self._station.smart_charging.exchange
        if variable.value == CHARGING_ONLY:
            exchange.release(evse_id)
            return True
        power_w = float(variable.value)
        lasts_s = self._station.device_model.number(
            f"V2XChargingCtrlr#{evse_id}.SetpointTimeout"
        )
        exchange.hold(evse_id, Order.of_watts(power_w), lasts_s)
        self._station.smart_charging.tick()
        return True

    def check_variable(self, variable: Variable, value: str) -> None:
        """Whether a value may be written to a setpoint; raises Unset."""
        evse_id = self._setpoints.get(text_of(variable.place))
        if evse_id is None or value == CHARGING_ONLY:
            return
        if not WHOLE.fullmatch(value):
            raise Unset("Rejected", "InvalidValue")
        try:
            self._check_power(evse_id, float(value))
        except Refused as refused:
            raise Unset("Rejected", refused.reason) from refused

    def _check_power(self, evse_id: int, power_w: float) -> None:
        station = self._station
        if not station.outlets[evse_id].transaction:
            raise Refused("TxNotFound")
        if power_w < 0 and not station.smart_charging.exchange.able(evse_id):
            raise Refused("InvalidOperationMode", "no such transfer was agreed on")
        check_small(power_w, self._equipment, station.faults)

    def _read(self, profile: Profile, period: Period) -> Period:
        """N1, the moods, and what is not known here."""
        limit, faults = period.limit, self._station.faults
        if limit is None or limit >= 0:
            return period if self.knows_extension else replace(period, v2x={})
        kept = {**period.more, "limit": limit}
        if faults.errors_on_negative:
            raise CallError("PropertyConstraintViolation", "limit is below zero")
        if faults.clamps_negative:
            return replace(period, limit=0.0, more=kept)
        if faults.negative_is_unlimited:
            return replace(period, limit=unsigned(limit), more=kept)
        if faults.ignores_setpoints:
            return replace(period, limit=None, more=kept)
        if not self._takes_negative or profile.purpose is not Purpose.TX:
            return period
        said = {
            "operationMode": Mode.CENTRAL_SETPOINT,
            "setpoint": limit,
            "limit": 0.0,
            "dischargeLimit": limit,
        }
        if evse_id := self._evse_of(profile):
            evse = self._station.station.evses[evse_id]
            volts, unit = evse.line_voltages_v[0], profile.schedule.unit
            watts = Amount((limit,), unit).watts(len(evse.terminals), volts)
            self._check_power(evse_id, sum(watts))
        return replace(period, limit=0.0, more=kept, v2x=said)

    def _evse_of(self, profile: Profile) -> int | None:
        running = self._station.transaction_ids()
        found = (n for n, each in running.items() if each == profile.transaction_id)
        return next(found, None)

    def _may(self, evse_id: int) -> bool:
        station = self._station
        enabled = station.device_model.flag(f"V2XChargingCtrlr#{evse_id}.Enabled")
        shown = self._equipment is None or self._equipment.tells
        return (enabled or not shown) and station.transfer.agreed(evse_id)

    def _show(self, evse_id: int) -> None:
        place = f"V2XChargingCtrlr#{evse_id}.Setpoint"
        variable = self._station.device_model.at(place)
        self._setpoints[text_of(variable.place)] = evse_id
        variable.live = lambda: self._written(evse_id)

    def _written(self, evse_id: int) -> str:
        order = self._station.smart_charging.exchange.holds(evse_id)
        if order is None or order.setpoint is None:
            return CHARGING_ONLY
        return f"{order.setpoint.values[0]:g}"
