"""Meter values of 1.6 as 2.x writes them, and back (1.6 §7.31 to §7.38, 2.0.1 MeterValueType)."""

from typing import Any

_REGISTER = "Energy.Active.Import.Register"

# Units that the versions spell otherwise; 1.6 says Celcius in its first edition.
_TO_2 = {"Celcius": "Celsius", "K": "K", "Fahrenheit": "Fahrenheit"}

_SIGNED = "SignedData"


def to_2(meter_values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return meter values of 1.6 as 2.x has them; a value that is no number is left out, one that is signed stays as it is."""
    found = []
    for one in meter_values:
        sampled = [
            said
            for value in one.get("sampledValue", ())
            if (said := _value_to_2(value)) is not None
        ]
        if sampled:
            found.append({"timestamp": one["timestamp"], "sampledValue": sampled})
    return found


def _value_to_2(value: dict[str, Any]) -> dict[str, Any] | None:
    said: dict[str, Any] = {}
    if value.get("format") == _SIGNED:
        said["value"] = 0.0
        said["signedMeterValue"] = {
            "signedMeterData": str(value["value"]),
            "signingMethod": "",
            "encodingMethod": "",
            "publicKey": "",
        }
    else:
        try:
            said["value"] = float(value["value"])
        except ValueError:
            return None
    for field in ("context", "measurand", "location", "phase"):
        if field in value:
            said[field] = value[field]
    if "unit" in value:
        said["unitOfMeasure"] = {"unit": _TO_2.get(value["unit"], value["unit"])}
    return said


def to_16(meter_values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return meter values of 2.x as 1.6 has them; measurands that 1.6 does not know are left out."""
    found = []
    for one in meter_values:
        sampled = [
            said
            for value in one.get("sampledValue", ())
            if (said := _value_to_16(value)) is not None
        ]
        if sampled:
            found.append({"timestamp": one["timestamp"], "sampledValue": sampled})
    return found


# 1.6 §7.31 Measurand.
_MEASURANDS_16 = frozenset(
    {
        *(
            f"Energy.{kind}.{way}.{how}"
            for kind in ("Active", "Reactive")
            for way in ("Import", "Export")
            for how in ("Register", "Interval")
        ),
        *(
            f"Power.{kind}.{way}"
            for kind in ("Active", "Reactive")
            for way in ("Import", "Export")
        ),
        *(
            "Power.Offered",
            "Power.Factor",
            "Current.Import",
            "Current.Export",
            "Current.Offered",
        ),
        *("Voltage", "Frequency", "Temperature", "SoC", "RPM"),
    }
)


def _value_to_16(value: dict[str, Any]) -> dict[str, Any] | None:
    measurand = value.get("measurand", _REGISTER)
    if measurand not in _MEASURANDS_16:
        return None
    unit = value.get("unitOfMeasure", {})
    number = float(value["value"]) * 10 ** int(unit.get("multiplier", 0))
    said: dict[str, Any] = {"value": f"{number:.10g}", "measurand": measurand}
    for field in ("context", "location", "phase"):
        if field in value:
            said[field] = value[field]
    if "unit" in unit:
        said["unit"] = unit["unit"]
    return said


def register_wh(meter_values: list[dict[str, Any]]) -> float | None:
    """Return what the register showed last in meter values of 2.x, in Wh; None where they do not say it."""
    found = None
    for one in meter_values:
        for value in one.get("sampledValue", ()):
            if value.get("measurand", _REGISTER) == _REGISTER and "phase" not in value:
                unit = value.get("unitOfMeasure", {})
                factor = 1000.0 if unit.get("unit") == "kWh" else 1.0
                found = (
                    float(value["value"])
                    * factor
                    * 10 ** int(unit.get("multiplier", 0))
                )
    return found
