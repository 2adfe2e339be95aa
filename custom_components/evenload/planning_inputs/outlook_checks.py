"""What the forms of prices and forecasts may accept. Each check raises `BadSetting` with the key of the sentence to show."""

from collections.abc import Mapping
from datetime import time
from math import isfinite
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..engine.model.errors import BadSetting
from ..engine.model.planning import HORIZON
from ..measuring import unit_of
from ..meter_checks import own_sensors
from .config import (
    CONF_DEMAND_FREE_KW,
    CONF_DEMAND_FROM,
    CONF_DEMAND_PRICE,
    CONF_DEMAND_SENSOR,
    CONF_DEMAND_UNTIL,
    CONF_EXPORT_DEDUCTION,
    CONF_EXPORT_PRICE,
    CONF_EXPORT_SENSOR,
    CONF_EXPORT_SOURCE,
    CONF_HIGH_PRICE,
    CONF_LOW_FROM,
    CONF_LOW_PRICE,
    CONF_LOW_UNTIL,
    CONF_PRICE_SENSOR,
    CONF_PRICE_SOURCE,
    CONF_ROOF_SENSOR,
    CONF_SURCHARGE,
    CONF_VAT,
    NO_SOURCE,
    OF_ENTITY,
    SENSOR,
    TWO_RATES,
    ExportSource,
)
from .prices import async_prices
from .trouble import InputState, InputTroubleError

# Where a kWh costs most, it is some hundreds of the currency.
MOST_PRICE = 1_000
MOST_DEMAND_PRICE = 100_000
MOST_VAT = 100
MOST_FREE_KW = 1_000

# The field that a sentence stands at; the others stand above the form.
FIELDS = {
    "demand_free_out_of_range": CONF_DEMAND_FREE_KW,
    "demand_not_full_hours": CONF_DEMAND_FROM,
    "demand_price_out_of_range": CONF_DEMAND_PRICE,
    "export_needs_market": CONF_EXPORT_SOURCE,
    "export_price_out_of_range": CONF_EXPORT_PRICE,
    "deduction_out_of_range": CONF_EXPORT_DEDUCTION,
    "high_price_out_of_range": CONF_HIGH_PRICE,
    "low_price_out_of_range": CONF_LOW_PRICE,
    "low_price_above_high": CONF_LOW_PRICE,
    "low_price_never": CONF_LOW_UNTIL,
    "power_sensor_missing": "base",
    "power_sensor_own": "base",
    "power_sensor_wrong_kind": "base",
    "price_sensor_needed": CONF_PRICE_SENSOR,
    "export_sensor_needed": CONF_EXPORT_SENSOR,
    "price_source_missing": "base",
    "price_source_other_currency": "base",
    "price_source_other_unit": "base",
    "price_source_unreadable": "base",
    "surcharge_out_of_range": CONF_SURCHARGE,
    "vat_out_of_range": CONF_VAT,
}

# What is wrong with a source that was chosen; that one says nothing now, or did not answer, is no reason not to choose it.
_OF_SOURCE = {
    InputState.MISSING: "price_source_missing",
    InputState.OTHER_CURRENCY: "price_source_other_currency",
    InputState.OTHER_UNIT: "price_source_other_unit",
    InputState.UNREADABLE: "price_source_unreadable",
}


def form_error(err: BadSetting) -> dict[str, str]:
    """Return the error of a form: the sentence at its field."""
    return {FIELDS.get(err.key, "base"): err.key}


def check_sources(hass: HomeAssistant, said: Mapping[str, Any]) -> None:
    """Check that the sources that were chosen go together."""
    has_market = said[CONF_PRICE_SOURCE] not in {NO_SOURCE, TWO_RATES}
    if said[CONF_EXPORT_SOURCE] == ExportSource.MARKET and not has_market:
        raise BadSetting("export_needs_market")
    if roof := said.get(CONF_ROOF_SENSOR):
        check_power_sensor(hass, roof)


async def async_check_prices(hass: HomeAssistant, said: Mapping[str, Any]) -> None:
    """Check what was said of the prices; sources are read, as they will be."""
    _check_numbers(said)
    if said[CONF_PRICE_SOURCE] == TWO_RATES:
        _check_two_rates(said)
    source = said[CONF_PRICE_SOURCE]
    if source == SENSOR:
        if not (sensor := said.get(CONF_PRICE_SENSOR)):
            raise BadSetting("price_sensor_needed")
        source = f"{OF_ENTITY}{sensor}"
    if source not in {NO_SOURCE, TWO_RATES}:
        await _async_check_source(hass, source)
    if said[CONF_EXPORT_SOURCE] == ExportSource.SENSOR:
        if not (sensor := said.get(CONF_EXPORT_SENSOR)):
            raise BadSetting("export_sensor_needed")
        await _async_check_source(hass, f"{OF_ENTITY}{sensor}")


async def _async_check_source(hass: HomeAssistant, source: str) -> None:
    try:
        await async_prices(hass, source, dt_util.utcnow(), HORIZON)
    except InputTroubleError as err:
        if key := _OF_SOURCE.get(err.state):
            raise BadSetting(key, **err.placeholders) from err


def _check_numbers(said: Mapping[str, Any]) -> None:
    for key, name in (
        (CONF_SURCHARGE, "surcharge_out_of_range"),
        (CONF_HIGH_PRICE, "high_price_out_of_range"),
        (CONF_LOW_PRICE, "low_price_out_of_range"),
        (CONF_EXPORT_PRICE, "export_price_out_of_range"),
        (CONF_EXPORT_DEDUCTION, "deduction_out_of_range"),
    ):
        if key in said:
            _check(name, said[key], -MOST_PRICE, MOST_PRICE)
    if CONF_VAT in said:
        _check("vat_out_of_range", said[CONF_VAT], 0, MOST_VAT)


def _check_two_rates(said: Mapping[str, Any]) -> None:
    if said[CONF_LOW_PRICE] > said[CONF_HIGH_PRICE]:
        raise BadSetting("low_price_above_high")
    if _clock(said[CONF_LOW_FROM]) == _clock(said[CONF_LOW_UNTIL]):
        raise BadSetting("low_price_never")


def check_demand(hass: HomeAssistant, said: Mapping[str, Any]) -> None:
    """Check what was said of a price for the highest power."""
    _check("demand_price_out_of_range", said[CONF_DEMAND_PRICE], 0, MOST_DEMAND_PRICE)
    _check("demand_free_out_of_range", said[CONF_DEMAND_FREE_KW], 0, MOST_FREE_KW)
    for key in (CONF_DEMAND_FROM, CONF_DEMAND_UNTIL):
        if _clock(said[key]).minute:
            raise BadSetting("demand_not_full_hours")
    if sensor := said.get(CONF_DEMAND_SENSOR):
        check_power_sensor(hass, sensor)


def check_power_sensor(hass: HomeAssistant, entity_id: str) -> None:
    """Check that a sensor measures a power, and is not ours; it need not know one now."""
    if entity_id in own_sensors(hass):
        raise BadSetting("power_sensor_own", sensor=entity_id)
    if (state := hass.states.get(entity_id)) is None:
        raise BadSetting("power_sensor_missing", sensor=entity_id)
    if unit_of(state) not in PowerConverter.VALID_UNITS:
        raise BadSetting(
            "power_sensor_wrong_kind", sensor=state.name, unit=unit_of(state) or "–"
        )


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _check(key: str, value: float, minimum: float, maximum: float) -> None:
    if not isfinite(value) or not minimum <= value <= maximum:
        raise BadSetting(key, minimum=f"{minimum:g}", maximum=f"{maximum:g}")
