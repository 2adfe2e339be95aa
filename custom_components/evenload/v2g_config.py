"""What the owner allows connectors to feed back, as the forms and the subentry of a station write it."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.util import dt as dt_util

from .const import CONF_IDENTITY, CONF_UNIT, SUBENTRY_STATION
from .engine.model.capabilities import Purpose
from .engine.model.identity import EvseKey
from .engine.model.limits import RateUnit
from .engine.model.orders import WHOLE_STATION
from .engine.model.stations import OcppVersion, Station
from .engine.model.v2x import IdleMethod, Steering, V2gConfig, V2xDialect
from .engine.model.v2x_ability import EXTERNAL, HANDED, Method, V2xAbility

# Of a station: what each connector may feed back, by its number.
CONF_V2G = "v2g"

# Of a connector.
CONF_CAPACITY_KWH = "capacity_kwh"
CONF_CONFIRMED = "confirmed"
CONF_CONFIRMED_AT = "confirmed_at"
CONF_DIALECT = "dialect"
CONF_DISCHARGE_W = "discharge_w"
CONF_MINIMUM_SOC = "minimum_soc"
CONF_SOC_SENSOR = "soc_sensor"
CONF_STEERING = "steering"
CONF_TOLD = "told"
CONF_VEHICLES = "evccid"
CONF_WEAR = "wear"
CONF_WHERE = "where"

# Of a dialect: the names of the engine's.
CONF_CHARGES_BY_LIMITS = "charges_by_limits"
CONF_CLEAR_BEFORE_SET = "clear_before_set"
CONF_DISCHARGE_IS_POSITIVE = "discharge_is_positive"
CONF_EXPIRES_S = "expires_s"
CONF_FIELDS = "fields"
CONF_IDLE = "idle"
CONF_KEY = "key"
CONF_MESSAGE = "message"
CONF_MINIMUM_W = "minimum_w"
CONF_PURPOSE = "purpose"
CONF_REFRESH_S = "refresh_s"
CONF_RELEASED = "released"
CONF_RELEASE_FIELDS = "release_fields"
CONF_REPLY_FIELD = "reply_field"
CONF_REPLY_VALUE = "reply_value"
CONF_SCALE = "scale"
CONF_SETTLES_S = "settles_s"
CONF_UPKEEP_W = "upkeep_w"
CONF_VENDOR = "vendor"

# Of a field of a message.
CONF_FIELD = "field"
CONF_VALUE = "value"

# Of the site.
CONF_EXPORT_CAP_W = "export_cap_w"
CONF_EXPORT_BY_PHASE = "export_by_phase"
CONF_FREQUENCY_SENSOR = "frequency_sensor"
CONF_FREQUENCY_W = "frequency_w"

# Where energy may go.
TO_HOUSE = "house"
TO_GRID = "grid"

# The station says itself how it is told.
AS_IT_SAYS = "as_it_says"

DEFAULT_MINIMUM_SOC = V2gConfig(maximum_w=0).minimum_soc_percent
DIALECT_DEFAULTS = V2xDialect(method=Method.NATIVE)

_STEERED_BY = {
    Steering.STATION: HANDED - EXTERNAL,
    Steering.OTHERS: EXTERNAL,
}

_CHOICES = {CONF_IDLE: IdleMethod, CONF_PURPOSE: Purpose}
_TABLES = (CONF_FIELDS, CONF_RELEASE_FIELDS)
_OTHERWISE = {"method", CONF_UNIT, *_TABLES, *_CHOICES}
_ALIKE = {field.name for field in fields(V2xDialect)} - _OTHERWISE


def v2g_configs(data: Mapping[str, Any]) -> dict[int, V2gConfig]:
    """Return what each connector of a station may feed back; nothing where it is not named."""
    return {int(number): v2g_config(row) for number, row in rows_of(data).items()}


def rows_of(data: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return what the forms said of each connector that may discharge, by its number."""
    rows: Mapping[str, Mapping[str, Any]] = data.get(CONF_V2G, {})
    return rows


def v2g_config(row: Mapping[str, Any]) -> V2gConfig:
    """Return what one connector may feed back."""
    confirmed = row.get(CONF_CONFIRMED_AT)
    capacity_kwh, wear = row.get(CONF_CAPACITY_KWH), row.get(CONF_WEAR)
    dialect = row.get(CONF_DIALECT)
    return V2gConfig(
        maximum_w=float(row[CONF_DISCHARGE_W]),
        to_grid=row[CONF_WHERE] == TO_GRID,
        minimum_soc_percent=float(row[CONF_MINIMUM_SOC]),
        confirmed_at=dt_util.parse_datetime(confirmed) if confirmed else None,
        dialect=dialect_of(row[CONF_TOLD], dialect) if dialect is not None else None,
        capacity_wh=None if capacity_kwh is None else capacity_kwh * 1000.0,
        wear_per_kwh=None if wear is None else float(wear),
        vehicles=tuple(row.get(CONF_VEHICLES, ())),
        steering=Steering(row.get(CONF_STEERING, Steering.EVENLOAD)),
    )


def steerings_of(station: Station, number: int) -> set[Steering]:
    """Return who else may set the power of a connector, as far as its station says so."""
    if station.version is not OcppVersion.V21:
        return set()
    known = station.capabilities.v2x
    ability = known.get(number) or known.get(WHOLE_STATION) or V2xAbility()
    return {who for who, modes in _STEERED_BY.items() if modes & {*ability.modes}}


def dialect_of(method: str, data: Mapping[str, Any]) -> V2xDialect:
    """Return a dialect as its form says it; what the form left out is as usual."""
    said: dict[str, Any] = {key: data[key] for key in _ALIKE if key in data}
    said |= {key: kind(data[key]) for key, kind in _CHOICES.items() if key in data}
    if CONF_UNIT in data:
        said[CONF_UNIT] = RateUnit(data[CONF_UNIT].upper())
    said |= {key: fields_of(data[key]) for key in _TABLES if key in data}
    return V2xDialect(method=Method(method), **said)


def fields_of(rows: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the fields of a message by their names."""
    return {row[CONF_FIELD].strip(): row[CONF_VALUE] for row in rows}


def may_discharge(entry: ConfigEntry, key: EvseKey) -> bool:
    """Whether the owner lets a connector feed back anything."""
    return any(
        str(key.evse) in rows_of(subentry.data)
        for subentry in entry.get_subentries_of_type(SUBENTRY_STATION)
        if subentry.data[CONF_IDENTITY] == key.identity
    )


def soc_sensors(entry: ConfigEntry) -> dict[EvseKey, str]:
    """Return the sensor that tells how full the vehicle is, of each connector that has one."""
    return {
        EvseKey(subentry.data[CONF_IDENTITY], int(number)): sensor
        for subentry in entry.get_subentries_of_type(SUBENTRY_STATION)
        for number, row in rows_of(subentry.data).items()
        if (sensor := row.get(CONF_SOC_SENSOR))
    }
