"""What a period says about discharging, wherever it stands: in 2.1 beside the limit, in 2.0.1 in its `customData`."""

import math

from simulator.bidirectional import VENDOR
from simulator.ocppj.fields import choice, objects, optional, required
from simulator.ocppj.frames import CallError, Payload
from simulator.orders import LINES, Mode

NUMBERS = ("limit", "dischargeLimit", "setpoint", "setpointReactive")
CURVES = {"v2xFreqWattCurve": "frequency", "v2xSignalWattCurve": "signal"}


def read_v2x(payload: Payload, version: str) -> Payload:
    """The fields of a period that do more than limit; nothing where there are none. Raises CallError."""
    if version == "2.1":
        return _fields(payload)
    extra = optional(payload, "customData", dict, {})
    if extra.get("vendorId") != VENDOR or "operationMode" not in extra:
        return {}
    plain = {name: payload[name] for name in ("limit",) if name in payload}
    return _fields(extra | plain)


def _fields(payload: Payload) -> Payload:
    fields: Payload = {}
    if "operationMode" in payload:
        fields["operationMode"] = choice(payload, "operationMode", tuple(Mode))
    for name in (number + line for number in NUMBERS for line in LINES):
        value = optional(payload, name, float)
        if value is None:
            continue
        if not math.isfinite(value):
            raise CallError("TypeConstraintViolation", f"{name} is no number")
        if name.startswith("dischargeLimit") and value > 0:
            raise CallError("PropertyConstraintViolation", f"{name} is above 0")
        fields[name] = value
    if (baseline := optional(payload, "v2xBaseline", float)) is not None:
        fields["v2xBaseline"] = baseline
    for name, at in CURVES.items():
        if name in payload:
            fields[name] = [
                {at: required(p, at, float), "power": required(p, "power", float)}
                for p in objects(payload, name)
            ]
    if optional(payload, "evseSleep", bool):
        fields["evseSleep"] = True
    # A plain limit is no more than that.
    limits = fields.get("operationMode", Mode.CHARGING_ONLY) == Mode.CHARGING_ONLY
    return {} if limits and fields.keys() <= {"operationMode", "limit"} else fields
