"""Readings as the sampled values of OCPP 2.x (SampledValueType, J02)."""

from simulator.ocppj.frames import Payload
from simulator.readings import Reading


def sampled(readings: list[Reading], context: str) -> list[Payload]:
    """The readings as they are told."""
    return [_value(reading, context) for reading in readings]


def _value(reading: Reading, context: str) -> Payload:
    payload: Payload = {
        "value": round(reading.value, reading.digits),
        "context": context,
        "measurand": reading.measurand,
    }
    if reading.phase:
        payload["phase"] = reading.phase
    if reading.location:
        payload["location"] = reading.location
    unit = "Hz" if reading.measurand == "Frequency" else reading.unit
    if unit:
        payload["unitOfMeasure"] = {"unit": unit}
    return payload
