"""What the owner said of the vehicle at each connector, as the forms and the subentry of a station write it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry

from ..const import CONF_IDENTITY, SUBENTRY_STATION
from ..driver_config import WEEKDAYS
from ..engine.model.identity import EvseKey
from ..engine.model.planning import VehicleFacts
from ..v2g_config import CONF_CAPACITY_KWH, CONF_SOC_SENSOR, rows_of

# Of a station: what is known of the vehicle at each connector, by its number.
CONF_CARS = "cars"

CONF_CAPACITY_SENSOR = "capacity_sensor"
CONF_EFFICIENCY = "efficiency"
CONF_DEPARTURE_ENTITY = "departure_entity"
CONF_DEPARTURE_TIME = "departure_time"
CONF_DEPARTURE_DAYS = "departure_days"
CONF_CALENDAR = "calendar"
CONF_CALENDAR_WORD = "calendar_word"
CONF_CALENDAR_LEAD_MIN = "calendar_lead_min"

DEFAULT_EFFICIENCY = VehicleFacts().efficiency * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureConfig:
    """Where departures are read: an entity, a time on some weekdays (0 is Monday), a calendar's events.

    Of a calendar those count whose title has `word` in it; the vehicle leaves `lead` before they begin.
    """

    entity: str | None = None
    at: time | None = None
    days: frozenset[int] = frozenset()
    calendar: str | None = None
    word: str = ""
    lead: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleConfig:
    """Where the facts of a vehicle are read, and those that were typed in."""

    soc_sensor: str | None = None
    capacity_wh: float | None = None
    capacity_sensor: str | None = None
    efficiency: float = VehicleFacts().efficiency
    departure: DepartureConfig = DepartureConfig()

    @property
    def entities(self) -> tuple[str, ...]:
        """The entities whose changes are news."""
        named = (self.soc_sensor, self.capacity_sensor, self.departure.entity)
        return tuple(entity for entity in named if entity)


def car_rows(data: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return what the forms said of the vehicle at each connector of a station, by its number."""
    rows: Mapping[str, Mapping[str, Any]] = data.get(CONF_CARS, {})
    return rows


def vehicle_configs(entry: ConfigEntry) -> dict[EvseKey, VehicleConfig]:
    """Return what is said of the vehicle at each connector of which anything is."""
    return {
        EvseKey(subentry.data[CONF_IDENTITY], int(number)): vehicle_config(
            car_rows(subentry.data).get(number, {}),
            rows_of(subentry.data).get(number, {}),
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_STATION)
        for number in {**car_rows(subentry.data), **rows_of(subentry.data)}
    }


def vehicle_config(
    row: Mapping[str, Any], v2g: Mapping[str, Any] | None = None
) -> VehicleConfig:
    """Return what is said of one vehicle; what the form of discharging knows counts where this one says nothing."""
    other = v2g or {}
    capacity_kwh = row.get(CONF_CAPACITY_KWH) or other.get(CONF_CAPACITY_KWH)
    at = row.get(CONF_DEPARTURE_TIME)
    return VehicleConfig(
        soc_sensor=row.get(CONF_SOC_SENSOR) or other.get(CONF_SOC_SENSOR),
        capacity_wh=None if capacity_kwh is None else capacity_kwh * 1000.0,
        capacity_sensor=row.get(CONF_CAPACITY_SENSOR),
        efficiency=row.get(CONF_EFFICIENCY, DEFAULT_EFFICIENCY) / 100.0,
        departure=DepartureConfig(
            entity=row.get(CONF_DEPARTURE_ENTITY),
            at=time.fromisoformat(at) if at else None,
            days=frozenset(
                WEEKDAYS.index(day)
                for day in row.get(CONF_DEPARTURE_DAYS, ())
                if day in WEEKDAYS
            ),
            calendar=row.get(CONF_CALENDAR),
            word=row.get(CONF_CALENDAR_WORD, "").strip(),
            lead=timedelta(minutes=row.get(CONF_CALENDAR_LEAD_MIN, 0)),
        ),
    )
