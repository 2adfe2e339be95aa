"""What the owner said of prices and forecasts, as the forms and the entry write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from ..engine.model.planning import DemandTariff

# Of the site: everything below.
CONF_OUTLOOK = "outlook"

CONF_PRICE_SOURCE = "price_source"
CONF_PRICE_SENSOR = "price_sensor"
CONF_SURCHARGE = "surcharge"
CONF_VAT = "vat"
CONF_HIGH_PRICE = "high_price"
CONF_LOW_PRICE = "low_price"
CONF_LOW_FROM = "low_from"
CONF_LOW_UNTIL = "low_until"
CONF_WEEKEND_LOW = "weekend_low"
CONF_EXPORT_SOURCE = "export_source"
CONF_EXPORT_PRICE = "export_price"
CONF_EXPORT_DEDUCTION = "export_deduction"
CONF_EXPORT_SENSOR = "export_sensor"
CONF_FORECASTS = "forecasts"
CONF_ROOF_SENSOR = "roof_sensor"
CONF_LEARN_HOUSE = "learn_house"
CONF_DEMAND = "demand"
CONF_DEMAND_PRICE = "demand_price"
CONF_DEMAND_MINUTES = "demand_minutes"
CONF_DEMAND_FREE_KW = "demand_free_kw"
CONF_DEMAND_FROM = "demand_from"
CONF_DEMAND_UNTIL = "demand_until"
CONF_DEMAND_WEEKDAYS = "demand_weekdays"
CONF_DEMAND_SENSOR = "demand_sensor"

# Sources that are no integration's.
NO_SOURCE = "none"
TWO_RATES = "two_rates"
SENSOR = "sensor"

# A source that was found: what it is, and which.
OF_ENTITY = "entity:"
OF_ACTION = "action:"

_WORKDAYS = frozenset(range(5))


class ExportSource(StrEnum):
    """What is paid for what is fed into the grid."""

    NONE = "none"
    FIXED = "fixed"
    # What the source of the prices tells of it, or else its own price before what comes on top.
    MARKET = "market"
    SENSOR = "sensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoRates:
    """A price by day and one by night; the low one from `low_from` until `low_until`, local time, and at weekends if so."""

    high: float
    low: float
    low_from: time
    low_until: time
    weekend_low: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceConfig:
    """Where prices come from, and what comes on top of them: the sum of price and surcharge, and VAT on it."""

    source: str = NO_SOURCE
    two_rates: TwoRates | None = None
    surcharge: float = 0.0
    vat_percent: float = 0.0
    export: ExportSource = ExportSource.NONE
    export_price: float = 0.0
    export_deduction: float = 0.0
    export_source: str = NO_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandConfig:
    """A price for the highest power of a period; `sensor` tells what the period has come to."""

    tariff: DemandTariff
    sensor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookConfig:
    """What planning is to expect. `forecasts` are entries of the Energy platform's providers."""

    prices: PriceConfig = PriceConfig()
    forecasts: tuple[str, ...] = ()
    roof_sensor: str | None = None
    learns_house: bool = False
    demand: DemandConfig | None = None


def outlook_config(options: Mapping[str, Any]) -> OutlookConfig:
    """Return what the owner said; without it nothing is expected."""
    said: Mapping[str, Any] = options.get(CONF_OUTLOOK) or {}
    return OutlookConfig(
        prices=_prices(said),
        forecasts=tuple(said.get(CONF_FORECASTS, ())),
        roof_sensor=said.get(CONF_ROOF_SENSOR),
        learns_house=said.get(CONF_LEARN_HOUSE, False),
        demand=_demand(said) if said.get(CONF_DEMAND) else None,
    )


def _prices(said: Mapping[str, Any]) -> PriceConfig:
    source = said.get(CONF_PRICE_SOURCE, NO_SOURCE)
    two_rates = None
    if source == TWO_RATES:
        two_rates = TwoRates(
            high=float(said[CONF_HIGH_PRICE]),
            low=float(said[CONF_LOW_PRICE]),
            low_from=time.fromisoformat(said[CONF_LOW_FROM]),
            low_until=time.fromisoformat(said[CONF_LOW_UNTIL]),
            weekend_low=said.get(CONF_WEEKEND_LOW, False),
        )
    return PriceConfig(
        source=f"{OF_ENTITY}{said[CONF_PRICE_SENSOR]}" if source == SENSOR else source,
        two_rates=two_rates,
        surcharge=float(said.get(CONF_SURCHARGE, 0)),
        vat_percent=float(said.get(CONF_VAT, 0)),
        export=ExportSource(said.get(CONF_EXPORT_SOURCE, ExportSource.NONE)),
        export_price=float(said.get(CONF_EXPORT_PRICE, 0)),
        export_deduction=float(said.get(CONF_EXPORT_DEDUCTION, 0)),
        export_source=f"{OF_ENTITY}{sensor}"
        if (sensor := said.get(CONF_EXPORT_SENSOR))
        else NO_SOURCE,
    )


def _demand(said: Mapping[str, Any]) -> DemandConfig:
    begin, end = (
        time.fromisoformat(said.get(key, "00:00:00")).hour
        for key in (CONF_DEMAND_FROM, CONF_DEMAND_UNTIL)
    )
    # From a full hour until another; the same twice is the whole day.
    hours = {(begin + ahead) % 24 for ahead in range((end - begin) % 24)}
    return DemandConfig(
        tariff=DemandTariff(
            price=float(said[CONF_DEMAND_PRICE]),
            from_w=float(said.get(CONF_DEMAND_FREE_KW, 0)) * 1000.0,
            minutes=int(said.get(CONF_DEMAND_MINUTES, 15)),
            hours=frozenset(hours),
            weekdays=_WORKDAYS if said.get(CONF_DEMAND_WEEKDAYS) else frozenset(),
        ),
        sensor=said.get(CONF_DEMAND_SENSOR),
    )
