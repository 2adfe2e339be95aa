"""What the grid wants of a station that feeds back: controls, signals, its frequency, its limits (OCPP 2.1 R04, R05, Q08, Q09)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
import math
from typing import TYPE_CHECKING, Any

from simulator.ocpp2.v2x_variables import THRESHOLDS
from simulator.ocppj.fields import format_time, parse_time
from simulator.ocppj.frames import Payload
from simulator.orders import Mode, Order, along

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

LIMIT = "LimitMaxDischarge"
MILLI = 1000


@dataclass(slots=True)
class Control:
    """One control (SetDERControlRequest); one without a start of its own begins at once."""

    control_id: str
    kind: str
    field: str
    is_default: bool
    body: Payload
    starts_at: datetime
    ends_at: datetime | None = None
    runs: bool = False

    @property
    def priority(self) -> int:
        """0 is the highest."""
        return int(self.body.get("priority", 0))

    def holds(self, now: datetime) -> bool:
        """Whether its time is now."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


class Grid:
    """The grid's wishes at one station."""

    def __init__(self, station: ChargingStation) -> None:
        """Want nothing yet."""
        self._station = station
        self.controls: list[Control] = []
        self.signal = 0
        self.fault: str | None = None
        self._frequency_hz: dict[int, float] = {}
        exchange = station.smart_charging.exchange
        exchange.cap_w, exchange.local_w = self._cap_w, self._local_w

    def tick(self) -> None:
        """Start and stop what is due, and say so (R04.FR.20-FR.22)."""
        now = self._station.now()
        for control in self.controls:
            runs = not control.is_default and self.in_force(control.kind) is control
            if runs != control.runs:
                control.runs = runs
                self._tell(control, started=runs)
        self.controls = [
            each for each in self.controls if each.ends_at is None or now < each.ends_at
        ]

    def in_force(self, kind: str) -> Control | None:
        """The control of a type that holds now: of those with a time the most important, or else the default."""
        now = self._station.now()
        held = [c for c in self.controls if c.kind == kind and c.holds(now)]
        return min(held, key=lambda c: (c.is_default, c.priority), default=None)

    def superseded_by(self, control: Control) -> list[str]:
        """Those that a control takes the place of."""
        return [
            other.control_id
            for other in self.controls
            if other is not control
            and (other.kind, other.is_default) == (control.kind, control.is_default)
            and (control.is_default or control.priority <= other.priority)
        ]

    def alarm(self, fault: str | None) -> None:
        """The grid is out of bounds, or is well again (R05, NotifyDERAlarm): nothing is fed back meanwhile."""
        ended, self.fault = fault is None, fault
        told: Payload = {
            "controlType": LIMIT,
            "timestamp": format_time(self._station.now()),
            "alarmEnded": ended,
        }
        if fault is not None:
            told["gridEventFault"] = fault
        self._station.notify("NotifyDERAlarm", told)

    def snapshot(self) -> list[Payload]:
        """The controls, which outlive a reboot (R01.FR.03)."""
        return [
            {
                "controlId": each.control_id,
                "controlType": each.kind,
                "field": each.field,
                "isDefault": each.is_default,
                "body": each.body,
                "startsAt": format_time(each.starts_at),
                "runs": each.runs,
            }
            for each in self.controls
        ]

    def restore(self, saved: list[Payload]) -> None:
        """Take them up again."""
        self.signal, self.fault = 0, None
        self.controls = [
            made_control(
                each["controlId"],
                each["controlType"],
                each["field"],
                each["body"],
                is_default=each["isDefault"],
                now=parse_time(each["startsAt"]),
            )
            for each in saved
        ]
        for control, each in zip(self.controls, saved, strict=True):
            control.runs = each["runs"]

    def _tell(self, control: Control, *, started: bool) -> None:
        told: Payload = {
            "controlId": control.control_id,
            "started": started,
            "timestamp": format_time(self._station.now()),
        }
        replaced = self.superseded_by(control)
        if started and replaced:
            told["supersededIds"] = replaced
        self._station.notify("NotifyDERStartStop", told)

    def _cap_w(self, evse_id: int) -> float:
        """The most that may be fed back: a part of what vehicle and EVSE could."""
        if self.fault:
            return 0.0
        control = self.in_force(LIMIT)
        percent: Any = control.body.get("pctMaxDischargePower") if control else None
        if percent is None:
            return math.inf
        evse = self._station.station.evses[evse_id]
        own_w = evse.vehicle.discharge_maximum_w if evse.vehicle else 0.0
        return min(own_w, evse.discharge_w) * float(percent) / 100

    def _local_w(self, evse_id: int, order: Order) -> float:
        if order.mode is Mode.LOCAL_LOAD_BALANCING:
            return self._balance_w(evse_id)
        # Q08.FR.06-FR.11: the curve at the grid's frequency, around the baseline, and the signal's beside it.
        now_hz = self._station.station.frequency_hz
        box = f"V2XChargingCtrlr#{evse_id}"
        step = self._station.device_model.number(f"{box}.LocalFrequencyUpdateThreshold")
        used_hz = self._frequency_hz.get(evse_id, now_hz)
        if abs(now_hz - used_hz) * MILLI >= step:
            used_hz = now_hz
        self._frequency_hz[evse_id] = used_hz
        by_signal_w = along(order.signal_curve, self.signal)
        return order.baseline_w + along(order.frequency_curve, used_hz) + by_signal_w

    def _balance_w(self, evse_id: int) -> float:
        """Q09: whatever brings the flow at the grid connection back between its thresholds, with their offsets."""
        station = self._station.station
        if station.upstream_w is None:
            return 0.0
        upper, lower, above, below = (
            float(self._station.device_model.text(place) or 0)
            for place in (
                f"V2XChargingCtrlr#{evse_id}.LocalLoadBalancing[{name}]"
                for name in THRESHOLDS
            )
        )
        own_w = station.evses[evse_id].power_w
        house_w = station.upstream_w() - own_w
        if house_w > upper:
            return min(0.0, upper + above - house_w)
        return max(0.0, lower + below - house_w) if house_w < lower else 0.0


def made_control(
    control_id: str,
    kind: str,
    field: str,
    body: Payload,
    *,
    is_default: bool,
    now: datetime,
) -> Control:
    """A control of a message; raises ValueError for a time that is none."""
    starts_at = parse_time(body["startTime"]) if "startTime" in body else now
    lasts_s = body.get("duration")
    ends_at = starts_at + timedelta(seconds=lasts_s) if lasts_s else None
    return Control(control_id, kind, field, is_default, body, starts_at, ends_at)
