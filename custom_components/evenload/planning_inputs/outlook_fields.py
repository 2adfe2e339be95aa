"""The fields of the forms of prices and forecasts."""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.const import UnitOfPower
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)
from homeassistant.util.unit_conversion import PowerConverter
import voluptuous as vol

from .config import (
    CONF_DEMAND,
    CONF_DEMAND_FREE_KW,
    CONF_DEMAND_FROM,
    CONF_DEMAND_MINUTES,
    CONF_DEMAND_PRICE,
    CONF_DEMAND_SENSOR,
    CONF_DEMAND_UNTIL,
    CONF_DEMAND_WEEKDAYS,
    CONF_EXPORT_DEDUCTION,
    CONF_EXPORT_PRICE,
    CONF_EXPORT_SENSOR,
    CONF_EXPORT_SOURCE,
    CONF_FORECASTS,
    CONF_HIGH_PRICE,
    CONF_LEARN_HOUSE,
    CONF_LOW_FROM,
    CONF_LOW_PRICE,
    CONF_LOW_UNTIL,
    CONF_PRICE_SENSOR,
    CONF_PRICE_SOURCE,
    CONF_ROOF_SENSOR,
    CONF_SURCHARGE,
    CONF_VAT,
    CONF_WEEKEND_LOW,
    NO_SOURCE,
    SENSOR,
    TWO_RATES,
    ExportSource,
)

# What the owner chooses where nothing that was found is right; these have words of their own.
OTHER_SOURCES = (TWO_RATES, SENSOR, NO_SOURCE)
DEMAND_MINUTES = ("15", "30", "60")

PRICE_SENSOR = EntitySelector(EntitySelectorConfig(domain=["sensor", "event"]))
POWER_SENSOR = EntitySelector(
    EntitySelectorConfig(
        filter=EntityWithDeviceFilterSelectorConfig(
            domain="sensor",
            unit_of_measurement=sorted(
                str(unit) for unit in PowerConverter.VALID_UNITS
            ),
        )
    )
)


def _number(unit: str) -> NumberSelector:
    """Return a field for any number: what is out of range is answered by a sentence of ours."""
    return NumberSelector(
        NumberSelectorConfig(
            mode=NumberSelectorMode.BOX, step="any", unit_of_measurement=unit
        )
    )


def _choice(
    translation_key: str, others: Iterable[str], found: Mapping[str, str] | None = None
) -> SelectSelector:
    """Return a choice among what was found, by its name, and what has words of ours."""
    named = {**(found or {}), **{option: option for option in others}}
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in named.items()
            ],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=translation_key,
        )
    )


def outlook_schema(
    prices: Mapping[str, str], forecasts: Mapping[str, str], *, asks_for_roof: bool
) -> vol.Schema:
    """Return the first page: `prices` and `forecasts` are what was found, by how it is kept, with its name."""
    fields: dict[Any, Any] = {
        vol.Required(CONF_PRICE_SOURCE, default=NO_SOURCE): _choice(
            CONF_PRICE_SOURCE, OTHER_SOURCES, prices
        ),
        vol.Required(CONF_EXPORT_SOURCE, default=ExportSource.NONE): _choice(
            CONF_EXPORT_SOURCE, ExportSource
        ),
        vol.Required(CONF_FORECASTS, default=list): SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=value, label=label)
                    for value, label in forecasts.items()
                ],
                mode=SelectSelectorMode.LIST,
                multiple=True,
            )
        ),
        vol.Required(CONF_LEARN_HOUSE, default=True): BooleanSelector(),
        vol.Required(CONF_DEMAND, default=False): BooleanSelector(),
    }
    if asks_for_roof:
        fields[vol.Optional(CONF_ROOF_SENSOR)] = POWER_SENSOR
    return vol.Schema(fields)


def prices_schema(source: str, export: str, currency: str) -> vol.Schema:
    """Return what is asked of the sources that were chosen; nothing where nothing is to be asked."""
    per_kwh = _number(f"{currency}/kWh")
    fields: dict[Any, Any] = {}
    if source == SENSOR:
        fields[vol.Optional(CONF_PRICE_SENSOR)] = PRICE_SENSOR
    if source == TWO_RATES:
        fields |= {
            vol.Required(CONF_HIGH_PRICE): per_kwh,
            vol.Required(CONF_LOW_PRICE): per_kwh,
            vol.Required(CONF_LOW_FROM, default="23:00:00"): TimeSelector(),
            vol.Required(CONF_LOW_UNTIL, default="07:00:00"): TimeSelector(),
            vol.Required(CONF_WEEKEND_LOW, default=False): BooleanSelector(),
        }
    elif source != NO_SOURCE:
        fields |= {
            vol.Required(CONF_SURCHARGE, default=0): per_kwh,
            vol.Required(CONF_VAT, default=0): _number("%"),
        }
    match export:
        case ExportSource.FIXED:
            fields[vol.Required(CONF_EXPORT_PRICE, default=0)] = per_kwh
        case ExportSource.MARKET:
            fields[vol.Required(CONF_EXPORT_DEDUCTION, default=0)] = per_kwh
        case ExportSource.SENSOR:
            fields[vol.Optional(CONF_EXPORT_SENSOR)] = PRICE_SENSOR
            fields[vol.Required(CONF_EXPORT_DEDUCTION, default=0)] = per_kwh
    return vol.Schema(fields)


def demand_schema(currency: str) -> vol.Schema:
    """Return what is asked of a price for the highest power."""
    return vol.Schema(
        {
            vol.Required(CONF_DEMAND_PRICE): _number(
                f"{currency}/{UnitOfPower.KILO_WATT}"
            ),
            vol.Required(CONF_DEMAND_MINUTES, default="15"): SelectSelector(
                SelectSelectorConfig(
                    options=list(DEMAND_MINUTES),
                    mode=SelectSelectorMode.DROPDOWN,
                    translation_key=CONF_DEMAND_MINUTES,
                )
            ),
            vol.Required(CONF_DEMAND_FREE_KW, default=0): _number("kW"),
            vol.Required(CONF_DEMAND_FROM, default="00:00:00"): TimeSelector(),
            vol.Required(CONF_DEMAND_UNTIL, default="00:00:00"): TimeSelector(),
            vol.Required(CONF_DEMAND_WEEKDAYS, default=False): BooleanSelector(),
            vol.Optional(CONF_DEMAND_SENSOR): POWER_SENSOR,
        }
    )
