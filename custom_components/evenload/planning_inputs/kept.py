"""Where the entry says what an input of planning is read from, and how another source takes its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..devices import station_subentry
from ..v2g_config import CONF_SOC_SENSOR, CONF_V2G
from .board import Input, Place
from .config import (
    CONF_DEMAND_SENSOR,
    CONF_EXPORT_SENSOR,
    CONF_FORECASTS,
    CONF_OUTLOOK,
    CONF_PRICE_SENSOR,
    CONF_PRICE_SOURCE,
    SENSOR,
    ExportSource,
    outlook_config,
)
from .vehicle_config import (
    CONF_CALENDAR,
    CONF_CAPACITY_SENSOR,
    CONF_CARS,
    CONF_DEPARTURE_ENTITY,
    vehicle_configs,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A source by the field of the form that it was chosen in; those of prices are named as `async_prices` takes them."""

    field: str
    source: str


def kept_of(entry: ConfigEntry, place: Place) -> list[Kept]:
    """Return what an input is read from, in the order in which it is read."""
    found = _of_site(entry, place.kind) if place.key is None else _of_car(entry, place)
    return [Kept(field, source) for field, source in found if source]


def put(
    hass: HomeAssistant, entry: ConfigEntry, place: Place, kept: Kept, new: str
) -> None:
    """Have another source take the place of one, as if the form had said so."""
    if place.key is None:
        outlook = _with_source(entry.options[CONF_OUTLOOK], kept, new)
        hass.config_entries.async_update_entry(
            entry, options={**entry.options, CONF_OUTLOOK: outlook}
        )
        return
    subentry = station_subentry(entry, place.key.identity)
    assert subentry is not None
    data, number = dict(subentry.data), str(place.key.evse)
    for part in (CONF_CARS, CONF_V2G):
        rows = data.get(part, {})
        if rows.get(number, {}).get(kept.field) == kept.source:
            data[part] = {**rows, number: {**rows[number], kept.field: new}}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)


def _with_source(said: Mapping[str, Any], kept: Kept, new: str) -> dict[str, Any]:
    """Return what was said of the site, with another source."""
    if kept.field == CONF_PRICE_SENSOR:
        return {**said, CONF_PRICE_SOURCE: SENSOR, CONF_PRICE_SENSOR: new}
    if kept.field == CONF_FORECASTS:
        forecasts = [new if one == kept.source else one for one in said[CONF_FORECASTS]]
        # It may have been one of them already.
        return {**said, CONF_FORECASTS: list(dict.fromkeys(forecasts))}
    return {**said, kept.field: new}


def _of_site(entry: ConfigEntry, kind: Input) -> Iterator[tuple[str, str | None]]:
    config = outlook_config(entry.options)
    prices = config.prices
    match kind:
        case Input.EXPORT if prices.export is ExportSource.SENSOR:
            yield CONF_EXPORT_SENSOR, prices.export_source
        case Input.PRICES | Input.EXPORT:
            yield CONF_PRICE_SENSOR, prices.source
        case Input.DEMAND if config.demand is not None:
            yield CONF_DEMAND_SENSOR, config.demand.sensor
        case Input.SUN:
            yield from ((CONF_FORECASTS, one) for one in config.forecasts)


def _of_car(entry: ConfigEntry, place: Place) -> Iterator[tuple[str, str | None]]:
    assert place.key is not None
    config = vehicle_configs(entry).get(place.key)
    if config is None:
        return
    if place.kind is Input.VEHICLE:
        yield CONF_SOC_SENSOR, config.soc_sensor
        yield CONF_CAPACITY_SENSOR, config.capacity_sensor
    else:
        yield CONF_DEPARTURE_ENTITY, config.departure.entity
        yield CONF_CALENDAR, config.departure.calendar
