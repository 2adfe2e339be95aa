"""What the house drew in the past beside its vehicles, from the recorder's statistics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.recorder.statistics import (
    StatisticsRow,
    statistics_during_period,
)
from homeassistant.const import (
    Platform,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfEnergy,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util

from ..configuration import site_config
from ..const import CONF_METER, DOMAIN
from ..data import EvenloadConfigEntry
from ..measuring import currents
from ..meter_config import meter_sensors
from .habits import Habits, first_learnt, learnt

# How far back is looked: long enough for a habit, short enough for a season.
PAST = timedelta(weeks=6)

_UNITS: dict[str, str] = {
    "apparent_power": UnitOfApparentPower.VOLT_AMPERE,
    "electric_current": UnitOfElectricCurrent.AMPERE,
    "energy": UnitOfEnergy.WATT_HOUR,
    "power": UnitOfPower.WATT,
}


@dataclass(frozen=True, slots=True)
class Balance:
    """Energy meters whose sum is what the house draws: those that count for it, and those that count against it.

    Those of the grid tell of each hour. Inverters sleep at night, and say nothing.
    """

    adds: frozenset[str]
    takes: frozenset[str]
    of_grid: frozenset[str]


async def async_habits(
    hass: HomeAssistant, entry: EvenloadConfigEntry, roof: str | None
) -> Habits | None:
    """Return the habits of the house, or None where nothing is known.

    The Energy dashboard knows grid, roofs and batteries; without it, the meter's own sensors and that of the roof do.
    """
    if "recorder" not in hass.config.components:
        return None
    own = own_energies(hass, entry)
    zone = dt_util.get_default_time_zone()
    if (balance := await async_balance(hass)) is not None:
        ids = {*balance.adds, *balance.takes, *own}
        rows = await async_statistics(hass, ids, "change")
        return _of(by_balance(rows, balance, own), zone)
    if not (said := entry.options.get(CONF_METER)):
        return None
    site = site_config(entry)
    sensors = meter_sensors(said, site.phases)
    means = await async_statistics(
        hass, {*sensors.entities, *([roof] if roof else [])}, "mean"
    )
    energies = await async_statistics(hass, set(own), "change")

    def drawn(values: Mapping[str, float]) -> float:
        lines = currents(sensors, values, site)
        return sum(lines[phase] for phase in site.phases) * site.voltage_v

    net = {at: drawn(values) for at, values in _complete(means, sensors.entities)}
    made = means.get(roof or "", {})
    ours = _sum(energies, own) if sensors.includes_stations else {}
    return _of(
        {
            at: watts + made.get(at, 0.0) - ours.get(at, 0.0)
            for at, watts in net.items()
            if roof is None or at in made
        },
        zone,
    )


def _of(past: Mapping[datetime, float], zone: tzinfo) -> Habits | None:
    return learnt(past, zone) or first_learnt(past)


def own_energies(hass: HomeAssistant, entry: EvenloadConfigEntry) -> dict[str, float]:
    """Return the energy counters of our own connectors, with the sign by which they count as a draw."""
    registry = er.async_get(hass)
    counts = {"energy_import": 1.0, "energy_export": -1.0}
    return {
        found: sign
        for station in entry.runtime_data.stations.values()
        for number in station.evses
        for key, sign in counts.items()
        if (
            found := registry.async_get_entity_id(
                Platform.SENSOR, DOMAIN, f"{station.identity}_{number}_{key}"
            )
        )
    }


async def async_balance(hass: HomeAssistant) -> Balance | None:
    """Return the meters of the Energy dashboard, or None where it has none of the grid."""
    every = await _async_meters(hass, {"grid", "solar", "battery"})
    of_grid = await _async_meters(hass, {"grid"})
    if not of_grid["stat_energy_from"]:
        return None
    return Balance(
        adds=frozenset(every["stat_energy_from"]),
        takes=frozenset(every["stat_energy_to"]),
        of_grid=frozenset(of_grid["stat_energy_from"] | of_grid["stat_energy_to"]),
    )


async def async_grid_imports(hass: HomeAssistant) -> set[str]:
    """Return the meters of what is taken from the grid, as the Energy dashboard has them."""
    return (await _async_meters(hass, {"grid"}))["stat_energy_from"]


async def _async_meters(hass: HomeAssistant, kinds: set[str]) -> dict[str, set[str]]:
    """Return the meters of the Energy dashboard's sources of these kinds, by the direction that they count."""
    data = (await async_get_manager(hass)).data
    sources: Iterable[Mapping[str, Any]] = data["energy_sources"] if data else ()
    return {
        direction: {
            str(meter)
            for source in sources
            if source["type"] in kinds and (meter := source.get(direction))
        }
        for direction in ("stat_energy_from", "stat_energy_to")
    }


type Rows = dict[str, dict[datetime, float]]


async def async_statistics(
    hass: HomeAssistant, ids: set[str], kind: str, since: datetime | None = None
) -> Rows:
    """Return a value of every full hour of the past, or since a moment, in Wh, W or A."""
    if not ids:
        return {}
    now = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
    found: dict[str, list[StatisticsRow]] = await get_instance(
        hass
    ).async_add_executor_job(
        statistics_during_period,
        hass,
        since or now - PAST,
        now,
        ids,
        "hour",
        _UNITS,
        {kind},
    )
    return {
        name: {
            dt_util.utc_from_timestamp(row["start"]): float(value)
            for row in rows
            if isinstance(value := row.get(kind), (int, float))
        }
        for name, rows in found.items()
    }


def by_balance(
    rows: Rows, balance: Balance, own: Mapping[str, float]
) -> dict[datetime, float]:
    """Return what the house drew in each hour of which all meters of the grid tell, in watts.

    Another one, and a vehicle's counter, that says nothing of an hour has counted nothing; one that never did is not
    known, and so nothing is.
    """
    signs = dict.fromkeys(balance.adds, 1.0) | dict.fromkeys(balance.takes, -1.0)
    if not rows.keys() >= signs.keys():
        return {}
    every, ours = _sum(rows, signs), _sum(rows, own)
    return {
        at: every[at] - ours.get(at, 0.0) for at, _ in _complete(rows, balance.of_grid)
    }


def _complete(
    rows: Rows, names: Iterable[str]
) -> list[tuple[datetime, dict[str, float]]]:
    """Return the hours of which all of these tell."""
    wanted = [*names]
    if not wanted or not all(name in rows for name in wanted):
        return []
    hours = set.intersection(*(set(rows[name]) for name in wanted))
    return [(at, {name: rows[name][at] for name in wanted}) for at in sorted(hours)]


def _sum(rows: Rows, signs: Mapping[str, float]) -> dict[datetime, float]:
    found: dict[datetime, float] = {}
    for name, sign in signs.items():
        for at, value in rows.get(name, {}).items():
            found[at] = found.get(at, 0.0) + sign * value
    return found
