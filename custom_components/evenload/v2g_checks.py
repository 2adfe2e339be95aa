"""What the forms of discharging may accept. Each check raises `BadSetting` with the key of the sentence to show."""

from collections.abc import Iterable, Mapping
from math import isfinite
import re
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    PERCENTAGE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import HomeAssistant
from homeassistant.util.unit_conversion import FrequencyConverter

from .engine.model.configuration import SiteConfig
from .engine.model.errors import BadSetting
from .engine.model.v2x import LEAST_SOC_PERCENT, SETPOINT_LASTS_S
from .engine.model.v2x_ability import Method
from .measuring import unit_of
from .meter_checks import own_sensors
from .v2g_config import (
    CONF_CAPACITY_KWH,
    CONF_CONFIRMED,
    CONF_DISCHARGE_W,
    CONF_EXPIRES_S,
    CONF_EXPORT_CAP_W,
    CONF_FIELDS,
    CONF_FREQUENCY_SENSOR,
    CONF_FREQUENCY_W,
    CONF_KEY,
    CONF_MESSAGE,
    CONF_MINIMUM_SOC,
    CONF_MINIMUM_W,
    CONF_REFRESH_S,
    CONF_RELEASE_FIELDS,
    CONF_RELEASED,
    CONF_SCALE,
    CONF_SETTLES_S,
    CONF_SOC_SENSOR,
    CONF_UPKEEP_W,
    CONF_VENDOR,
    CONF_WEAR,
    fields_of,
)

# Less does not move a vehicle, and more is no home's.
MINIMUM_DISCHARGE_W = 500
MAXIMUM_CAPACITY_KWH = 1000
# Of what a kWh fed back wears, in any currency.
MAXIMUM_WEAR = 100_000
# An empty vehicle is of no use to its owner, and a battery below is harmed.
MINIMUM_SOC = LEAST_SOC_PERCENT
MAXIMUM_SOC = 95

# OCPP 1.6 §6.7 and §6.19 (CiString50), §6.19 vendorId (CiString255).
MAXIMUM_KEY = 50
MAXIMUM_VENDOR = 255

# What is filled in where a manual wants it (docs/v2g-extension.md).
WORDS = {
    "power",
    "charge_limit",
    "discharge_limit",
    "evse",
    "seconds",
    "mode",
    "transaction",
}

# A part of a station and one of its variables, each with an instance if it needs one; the part may name its EVSE.
_VARIABLE = re.compile(
    r"[^/@\[\]]+(\[[^/\[\]]+\])?(@[^/@\[\]]+)?/[^/@\[\]]+(\[[^/\[\]]+\])?"
)

# The field that a sentence stands at; the others stand above the form.
FIELDS = {
    "capacity_out_of_range": CONF_CAPACITY_KWH,
    "discharge_not_confirmed": CONF_CONFIRMED,
    "discharge_out_of_range": CONF_DISCHARGE_W,
    "export_cap_out_of_range": CONF_EXPORT_CAP_W,
    "field_twice": CONF_FIELDS,
    "unknown_word": "base",
    "field_without_power": CONF_FIELDS,
    "key_too_long": CONF_KEY,
    "message_too_long": CONF_MESSAGE,
    "minimum_soc_out_of_range": CONF_MINIMUM_SOC,
    "expires_out_of_range": "base",
    "minimum_power_out_of_range": "base",
    "refresh_out_of_range": "base",
    "scale_out_of_range": "base",
    "settles_out_of_range": "base",
    "upkeep_out_of_range": "base",
    "wear_out_of_range": CONF_WEAR,
    "soc_sensor_missing": CONF_SOC_SENSOR,
    "soc_sensor_own": CONF_SOC_SENSOR,
    "soc_sensor_wrong_kind": CONF_SOC_SENSOR,
    "frequency_power_out_of_range": CONF_FREQUENCY_W,
    "frequency_sensor_missing": CONF_FREQUENCY_SENSOR,
    "frequency_sensor_own": CONF_FREQUENCY_SENSOR,
    "frequency_sensor_wrong_kind": CONF_FREQUENCY_SENSOR,
    "variable_malformed": CONF_KEY,
    "vendor_too_long": CONF_VENDOR,
}


def form_error(err: BadSetting) -> dict[str, str]:
    """Return the error of a form: the sentence at its field."""
    return {FIELDS.get(err.key, "base"): err.key}


def check_permission(
    hass: HomeAssistant, data: Mapping[str, Any], most_w: float
) -> None:
    """Check what a connector may feed back, of at most what it is built for."""
    _check(
        "discharge_out_of_range", data[CONF_DISCHARGE_W], MINIMUM_DISCHARGE_W, most_w
    )
    _check("minimum_soc_out_of_range", data[CONF_MINIMUM_SOC], MINIMUM_SOC, MAXIMUM_SOC)
    if (capacity := data.get(CONF_CAPACITY_KWH)) is not None:
        _check("capacity_out_of_range", capacity, 1, MAXIMUM_CAPACITY_KWH)
    if (wear := data.get(CONF_WEAR)) is not None:
        _check("wear_out_of_range", wear, 0, MAXIMUM_WEAR)
    if sensor := data.get(CONF_SOC_SENSOR):
        check_soc_sensor(hass, sensor)
    if not data[CONF_CONFIRMED]:
        raise BadSetting("discharge_not_confirmed")


def check_soc_sensor(hass: HomeAssistant, entity_id: str) -> None:
    """Check that a sensor can tell how full a vehicle is; it need not know now."""
    _check_sensor(
        hass, entity_id, "soc", [PERCENTAGE], {SensorDeviceClass.BATTERY, None}
    )


def check_grid(hass: HomeAssistant, data: Mapping[str, Any], most_w: float) -> None:
    """Check what a site lets into its grid, and what tells its frequency."""
    _check("export_cap_out_of_range", data[CONF_EXPORT_CAP_W], 0, most_w)
    sensor = data.get(CONF_FREQUENCY_SENSOR)
    _check(
        "frequency_power_out_of_range",
        data[CONF_FREQUENCY_W],
        0,
        most_w if sensor else 0,
    )
    if sensor:
        _check_sensor(
            hass,
            sensor,
            "frequency",
            FrequencyConverter.VALID_UNITS,
            {SensorDeviceClass.FREQUENCY, None},
        )


def fuse_w(site: SiteConfig) -> float:
    """Return what the main fuse carries on all phases, in watts."""
    return round(site.main_fuse.a * site.voltage_v * len(site.phases))


def _check_sensor(
    hass: HomeAssistant,
    entity_id: str,
    kind: str,
    units: Iterable[str | None],
    device_classes: set[SensorDeviceClass | None],
) -> None:
    """Check that there is a sensor, that it is not ours, and what it measures."""
    if entity_id in own_sensors(hass):
        raise BadSetting(f"{kind}_sensor_own", sensor=entity_id)
    if (state := hass.states.get(entity_id)) is None:
        raise BadSetting(f"{kind}_sensor_missing", sensor=entity_id)
    says_nothing = state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN)
    if (
        unit_of(state) not in units
        or state.attributes.get(ATTR_DEVICE_CLASS) not in device_classes
        or not (says_nothing or _is_number(state.state))
    ):
        raise BadSetting(
            f"{kind}_sensor_wrong_kind", sensor=state.name, unit=unit_of(state) or "–"
        )


def check_dialect(method: Method, data: Mapping[str, Any], discharge_w: float) -> None:
    """Check what the owner read in a maker's manual of how a station is told."""
    if method is Method.VARIABLE and (variable := data.get(CONF_KEY, "")):
        if not _VARIABLE.fullmatch(variable):
            raise BadSetting("variable_malformed")
    elif len(data.get(CONF_KEY, "")) > MAXIMUM_KEY:
        raise BadSetting("key_too_long", maximum=str(MAXIMUM_KEY))
    if len(data.get(CONF_VENDOR, "")) > MAXIMUM_VENDOR:
        raise BadSetting("vendor_too_long", maximum=str(MAXIMUM_VENDOR))
    if len(data.get(CONF_MESSAGE, "")) > MAXIMUM_KEY:
        raise BadSetting("message_too_long", maximum=str(MAXIMUM_KEY))
    _check_words(data)
    _check("scale_out_of_range", data[CONF_SCALE], 0.0001, 10_000)
    refresh_s = data[CONF_REFRESH_S]
    _check("refresh_out_of_range", refresh_s, 1, SETPOINT_LASTS_S / 2)
    _check("settles_out_of_range", data[CONF_SETTLES_S], 0, refresh_s)
    if (expires_s := data.get(CONF_EXPIRES_S)) is not None:
        _check("expires_out_of_range", expires_s, 2 * refresh_s, 86_400)
    _check("minimum_power_out_of_range", data[CONF_MINIMUM_W], 0, discharge_w)
    _check("upkeep_out_of_range", data[CONF_UPKEEP_W], 0, discharge_w)


def _check_words(data: Mapping[str, Any]) -> None:
    """Check that a message says a power, and that nothing is to be filled in that nobody knows."""
    fields = [
        fields_of(data.get(key, ())) for key in (CONF_FIELDS, CONF_RELEASE_FIELDS)
    ]
    for key, found in zip((CONF_FIELDS, CONF_RELEASE_FIELDS), fields, strict=True):
        if len(found) < len(data.get(key, ())):
            raise BadSetting("field_twice")
    texts = [data.get(CONF_KEY, ""), data.get(CONF_RELEASED, "")]
    texts += [text for found in fields for text in found.values()]
    said = {word for text in texts for word in re.findall(r"{(\w+)}", text)}
    if unknown := sorted(said - WORDS):
        raise BadSetting("unknown_word", word=f"{{{unknown[0]}}}")
    if fields[0] and not any("{power}" in text for text in fields[0].values()):
        raise BadSetting("field_without_power")


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _check(key: str, value: float, minimum: float, maximum: float) -> None:
    if not isfinite(value) or not minimum <= value <= maximum:
        raise BadSetting(key, minimum=f"{minimum:g}", maximum=f"{maximum:g}")
