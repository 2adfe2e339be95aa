"""Answers about monitors and streams (N02-N06; 2.1: N11-N15)."""

from typing import TYPE_CHECKING

from simulator.ocpp2.monitors import PERIODIC, THRESHOLDS, Monitor, Stream
from simulator.ocpp2.places import text_of
from simulator.ocpp2.replies import reason_info, refusal
from simulator.ocpp2.reports import names
from simulator.ocpp2.variables import Form, Unset
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import (
    choice,
    format_time,
    objects,
    optional,
    plain_items,
    required,
)
from simulator.ocppj.frames import CallError, Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

KINDS = (*THRESHOLDS, "Delta", *PERIODIC)
KINDS_OF_2_1 = ("TargetDelta", "TargetDeltaRelative")
CRITERIA = {
    "ThresholdMonitoring": THRESHOLDS,
    "DeltaMonitoring": ("Delta",),
    "PeriodicMonitoring": PERIODIC,
}
NUMBERS = (Form.INTEGER, Form.DECIMAL)


def set_variable_monitoring(station: ChargingStation, payload: Payload) -> Answer:
    """N04: each on its own."""
    required(payload, "setMonitoringData", list)
    items = objects(payload, "setMonitoringData")
    limit = "MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]"
    most = station.device_model.number(limit)
    if not 1 <= len(items) <= most:
        raise CallError("OccurrenceConstraintViolation", f"1 to {most} monitors")
    return Answer({"setMonitoringResult": [_set(station, item) for item in items]})


def _set(station: ChargingStation, item: Payload) -> Payload:
    kinds = KINDS + (KINDS_OF_2_1 if station.version == "2.1" else ())
    result: Payload = {
        "type": choice(item, "type", kinds),
        "severity": required(item, "severity", int),
        "component": required(item, "component", dict),
        "variable": required(item, "variable", dict),
    }
    value, monitor_id = required(item, "value", float), optional(item, "id", int)
    if result["severity"] < 0:
        raise CallError("PropertyConstraintViolation", "severities begin at 0")
    try:
        variable = station.device_model.find(result["component"], result["variable"])
    except Unset as unset:
        return result | {"status": unset.status}
    said = _why_not(station, item, text_of(variable.place), variable.form, value)
    if said:
        return result | said
    monitor = Monitor(
        monitor_id or station.monitors.free_id(),
        variable,
        result["type"],
        value,
        result["severity"],
        optional(item, "transaction", bool, False),
    )
    station.monitors.put(monitor)
    return result | {"id": monitor.monitor_id, "status": "Accepted"}


def _why_not(
    station: ChargingStation, item: Payload, place: str, form: Form, value: float
) -> Payload | None:
    """What keeps a monitor from being set, if anything does (N04.FR.09-FR.14)."""
    kind, monitor_id = item["type"], item.get("id")
    monitors = station.monitors.monitors
    if monitor_id is not None and monitor_id not in monitors:
        return {"status": "Rejected", "statusInfo": reason_info("NotFound")}
    if item["severity"] > 9:
        return {"status": "Rejected", "statusInfo": reason_info("ValueOutOfRange")}
    if kind in KINDS_OF_2_1 or (kind in THRESHOLDS and form not in NUMBERS):
        return {"status": "UnsupportedMonitorType"}
    if value < 0 and kind not in THRESHOLDS:
        return {"status": "Rejected", "statusInfo": reason_info("ValueOutOfRange")}
    twins = (
        m
        for m in monitors.values()
        if text_of(m.variable.place) == place
        and (m.kind, m.severity) == (kind, item["severity"])
        and m.monitor_id != monitor_id
    )
    return {"status": "Duplicate"} if any(twins) else None


def clear_variable_monitoring(station: ChargingStation, payload: Payload) -> Answer:
    """N06."""
    results = []
    if not (ids := plain_items(payload, "id", int)):
        raise CallError("OccurrenceConstraintViolation", "which monitors")
    for monitor_id in ids:
        found = station.monitors.monitors.pop(monitor_id, None)
        results.append(
            {"id": monitor_id, "status": "Accepted" if found else "NotFound"}
        )
    return Answer({"clearMonitoringResult": results})


def set_monitoring_base(station: ChargingStation, payload: Payload) -> Answer:
    """N03: whatever the base, the monitors that were set by hand go; this station has no others."""
    base = choice(payload, "monitoringBase", ("All", "FactoryDefault", "HardWiredOnly"))
    if base != "All":
        station.monitors.monitors.clear()
    station.device_model.set("MonitoringCtrlr.MonitoringBase", base)
    return status("Accepted")


def set_monitoring_level(station: ChargingStation, payload: Payload) -> Answer:
    """N05."""
    severity = required(payload, "severity", int)
    if not 0 <= severity <= 9:
        return refusal("Rejected", "ValueOutOfRange")
    station.device_model.set("MonitoringCtrlr.MonitoringLevel", str(severity))
    return status("Accepted")


def get_monitoring_report(station: ChargingStation, payload: Payload) -> Answer:
    """N02."""
    request_id = required(payload, "requestId", int)
    asked = objects(payload, "componentVariable")
    criteria = plain_items(payload, "monitoringCriteria", str) or list(CRITERIA)
    kinds = [kind for item in criteria for kind in CRITERIA.get(item, ())]
    found = [
        monitor
        for monitor in station.monitors.monitors.values()
        if monitor.kind in kinds
        and (not asked or any(names(item, monitor.variable.place) for item in asked))
    ]
    if not found:
        return status("EmptyResultSet")
    return status("Accepted", lambda: _report(station, request_id, found))


async def _report(
    station: ChargingStation, request_id: int, found: list[Monitor]
) -> None:
    monitors = [
        {
            "component": monitor.variable.place.component_payload,
            "variable": monitor.variable.place.variable_payload,
            "variableMonitoring": [_monitoring(station, monitor)],
        }
        for monitor in found
    ]
    report: Payload = {
        "requestId": request_id,
        "seqNo": 0,
        "generatedAt": format_time(station.now()),
        "monitor": monitors,
    }
    await station.try_call("NotifyMonitoringReport", report)


def _monitoring(station: ChargingStation, monitor: Monitor) -> Payload:
    told: Payload = {
        "id": monitor.monitor_id,
        "transaction": monitor.transaction,
        "value": monitor.value,
        "type": monitor.kind,
        "severity": monitor.severity,
    }
    if station.version == "2.1":
        told["eventNotificationType"] = "CustomMonitor"
    return told


def open_stream(station: ChargingStation, data: Payload) -> Payload:
    """The call by which a station opens a stream of a monitor's values (N11); it is the caller's to send."""
    stream = Stream(
        data["id"],
        data["variableMonitoringId"],
        data["params"].get("interval", 0),
        data["params"].get("values", 0),
        station.now(),
        sent_at_s=station.clock.monotonic(),
    )
    station.monitors.streams[stream.stream_id] = stream
    return {"constantStreamData": data}


def get_streams(station: ChargingStation, payload: Payload) -> Answer:
    """N14."""
    told = [
        {
            "id": stream.stream_id,
            "variableMonitoringId": stream.monitor_id,
            "params": {"interval": stream.interval_s, "values": stream.values},
        }
        for stream in station.monitors.streams.values()
    ]
    return Answer({"constantStreamData": told} if told else {})


def adjust_stream(station: ChargingStation, payload: Payload) -> Answer:
    """N15."""
    stream = station.monitors.streams.get(required(payload, "id", int))
    params = required(payload, "params", dict)
    if stream is None:
        return refusal("Rejected", "NotFound")
    stream.interval_s = optional(params, "interval", int, stream.interval_s)
    stream.values = optional(params, "values", int, stream.values)
    return status("Accepted")


HANDLERS = {
    "ClearVariableMonitoring": clear_variable_monitoring,
    "GetMonitoringReport": get_monitoring_report,
    "SetMonitoringBase": set_monitoring_base,
    "SetMonitoringLevel": set_monitoring_level,
    "SetVariableMonitoring": set_variable_monitoring,
}
HANDLERS_OF_2_1 = {
    "AdjustPeriodicEventStream": adjust_stream,
    "GetPeriodicEventStream": get_streams,
}
