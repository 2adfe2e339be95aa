"""Watching variables and telling when something happens to them (N02-N08; in 2.1 also as streams, N11-N15)."""

from dataclasses import dataclass, field
from datetime import datetime
import itertools
from typing import TYPE_CHECKING

from simulator.ocpp2.variables import Form, Variable
from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

THRESHOLDS = ("UpperThreshold", "LowerThreshold")
PERIODIC = ("Periodic", "PeriodicClockAligned")


@dataclass
class Monitor:
    """One monitor on one variable."""

    monitor_id: int
    variable: Variable
    kind: str
    value: float
    severity: int
    transaction: bool = False
    alarmed: bool = False
    reference: str | None = None
    told_at_s: float = 0.0


@dataclass
class Stream:
    """Values of a monitor that are sent together, without an answer (N11)."""

    stream_id: int
    monitor_id: int
    interval_s: int
    values: int
    since: datetime
    data: list[Payload] = field(default_factory=list)
    sent_at_s: float = 0.0


class Monitors:
    """The monitors and streams of one station."""

    def __init__(self, station: ChargingStation) -> None:
        """Watch nothing yet."""
        self._station = station
        self._event_ids = itertools.count(1)
        self._ids = itertools.count(1)
        self.monitors: dict[int, Monitor] = {}
        self.streams: dict[int, Stream] = {}

    def put(self, monitor: Monitor) -> None:
        """Watch from now on."""
        monitor.reference = monitor.variable.now
        monitor.told_at_s = self._station.clock.monotonic()
        self.monitors[monitor.monitor_id] = monitor

    def free_id(self) -> int:
        """An id that no monitor has."""
        return next(n for n in self._ids if n not in self.monitors)

    def tick(self) -> None:
        """See what has happened."""
        if not self.monitors or not self._station.device_model.flag(
            "MonitoringCtrlr.Enabled"
        ):
            return
        highest = self._station.device_model.number("MonitoringCtrlr.MonitoringLevel")
        for monitor in self.monitors.values():
            if monitor.severity <= highest:
                self._watch(monitor)
        for stream in self.streams.values():
            self._flow(stream)

    def _watch(self, monitor: Monitor) -> None:
        value = monitor.variable.now
        if monitor.kind in THRESHOLDS:
            self._watch_threshold(monitor, value)
        elif monitor.kind == "Delta":
            if _differs(monitor, value):
                monitor.reference = value
                self._tell(monitor, "Delta", value)
        elif self._is_time(monitor):
            self._tell(monitor, "Periodic", value)

    def _watch_threshold(self, monitor: Monitor, value: str) -> None:
        above = float(value) > monitor.value
        below = float(value) < monitor.value
        alarmed = above if monitor.kind == "UpperThreshold" else below
        if alarmed != monitor.alarmed:
            # N07.FR.16, FR.18: once when it is crossed, and once when it is well again.
            monitor.alarmed = alarmed
            more: Payload = {} if alarmed else {"cleared": True}
            self._tell(monitor, "Alerting", value, more)

    def _is_time(self, monitor: Monitor) -> bool:
        if monitor.kind == "PeriodicClockAligned":
            slot = str(int(self._station.now().timestamp() // monitor.value))
            passed, monitor.reference = slot != monitor.reference, slot
            return passed
        now_s = self._station.clock.monotonic()
        if now_s - monitor.told_at_s < monitor.value:
            return False
        monitor.told_at_s = now_s
        return True

    def _tell(
        self, monitor: Monitor, trigger: str, value: str, more: Payload | None = None
    ) -> None:
        for stream in self.streams.values():
            if stream.monitor_id == monitor.monitor_id:
                elapsed_s = (self._station.now() - stream.since).total_seconds()
                stream.data.append({"t": round(elapsed_s, 3), "v": value})
                return
        event: Payload = {
            "eventId": next(self._event_ids),
            "timestamp": format_time(self._station.now()),
            "trigger": trigger,
            "actualValue": value,
            "component": monitor.variable.place.component_payload,
            "variable": monitor.variable.place.variable_payload,
            "variableMonitoringId": monitor.monitor_id,
            "eventNotificationType": "CustomMonitor",
            **(more or {}),
        }
        self.notify([event])

    def notify(self, events: list[Payload]) -> None:
        """Send events (N07)."""
        at = format_time(self._station.now())
        self._station.notify(
            "NotifyEvent", {"generatedAt": at, "seqNo": 0, "eventData": events}
        )

    def hard_wired(self, component: Payload, variable: str, value: str) -> None:
        """Tell of something that a station always tells of (G01: the other way to report a connector)."""
        event: Payload = {
            "eventId": next(self._event_ids),
            "timestamp": format_time(self._station.now()),
            "trigger": "Delta",
            "actualValue": value,
            "component": component,
            "variable": {"name": variable},
            "eventNotificationType": "HardWiredNotification",
        }
        self.notify([event])

    def problem(self, evse_id: int, code: str | None) -> None:
        """Tell that an EVSE is broken, with the maker's code, or that it is mended (G05, N07)."""
        variable = self._station.device_model.at(f"EVSE#{evse_id}.Problem")
        before, variable.value = variable.value, str(code is not None).lower()
        if before == variable.value and code is None:
            return
        event: Payload = {
            "eventId": next(self._event_ids),
            "timestamp": format_time(self._station.now()),
            "trigger": "Alerting",
            "actualValue": variable.value,
            "component": variable.place.component_payload,
            "variable": variable.place.variable_payload,
            "eventNotificationType": "HardWiredNotification",
        }
        event |= {"techCode": code[:50]} if code else {"cleared": True}
        if self._station.version == "2.1":
            event["severity"] = 2
        self.notify([event])

    def _flow(self, stream: Stream) -> None:
        """Send a stream's values when there are enough, or it is time (N12)."""
        now_s = self._station.clock.monotonic()
        late = stream.interval_s and now_s - stream.sent_at_s >= stream.interval_s
        full = stream.values and len(stream.data) >= stream.values
        if not stream.data or not (late or full):
            return
        stream.sent_at_s = now_s
        payload = {
            "id": stream.stream_id,
            "pending": 0,
            "basetime": format_time(stream.since),
            "data": stream.data,
        }
        stream.data = []
        self._station.spawn(
            self._station.try_send("NotifyPeriodicEventStream", payload)
        )


def _differs(monitor: Monitor, value: str) -> bool:
    """Whether a value is far enough from the last that was told (N07.FR.17)."""
    if monitor.variable.form not in (Form.INTEGER, Form.DECIMAL):
        return value != monitor.reference
    return abs(float(value) - float(monitor.reference or 0)) >= monitor.value
