"""What the house draws and has come to, learnt from the recorder's statistics: of the Energy dashboard, or of the household meter."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.evenload.engine.model.planning import DemandTariff
from custom_components.evenload.planning_inputs.board import Input
from custom_components.evenload.planning_inputs.config import OutlookConfig
from custom_components.evenload.planning_inputs.habits import Habits
from custom_components.evenload.planning_inputs.house_load import async_habits
from custom_components.evenload.planning_inputs.outlook import OutlookMaker
from custom_components.evenload.planning_inputs.peaks import async_reached_w
from custom_components.evenload.planning_inputs.trouble import InputState
from tests.homeassistant.conftest import OPTIONS, config_entry, station
from tests.homeassistant.planning_home import HOUR, NOW

HOURS = 10 * 24
METER = {
    "kind": "total",
    "total": "sensor.grid_power",
    "spread": "even",
    "inverted": False,
    "includes_stations": True,
}


@pytest.fixture
async def entry(
    recorder_mock: Recorder, hass: HomeAssistant, freezer: Any
) -> MockConfigEntry:
    """A home in Amsterdam, whose recorder remembers ten days."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    entry = config_entry(station("garage", "Garage"))
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"meter": METER})
    return entry


def remember(
    hass: HomeAssistant,
    sensor: str,
    unit: str,
    value: Callable[[datetime], float],
    hours: int = HOURS,
) -> None:
    """Let the recorder have statistics of a sensor: of energies their sum, of powers their mean."""
    is_energy = unit.endswith("Wh")
    total = 0.0
    rows: list[Any] = []
    for ago in range(hours, 0, -1):
        at = NOW - ago * HOUR
        total += value(at)
        found = {"sum": total, "state": total} if is_energy else {"mean": value(at)}
        rows.append({"start": at, **found})
    async_import_statistics(
        hass,
        {
            "mean_type": StatisticMeanType.NONE
            if is_energy
            else StatisticMeanType.ARITHMETIC,
            "has_sum": is_energy,
            "name": None,
            "source": "recorder",
            "statistic_id": sensor,
            "unit_of_measurement": unit,
            "unit_class": "energy" if is_energy else "power",
        },
        rows,
    )


def by_day(day: float, night: float) -> Callable[[datetime], float]:
    """Return a value that differs between noon and the rest, in UTC."""
    return lambda at: day if at.hour == 12 else night


async def habits(
    hass: HomeAssistant, entry: MockConfigEntry, roof: str | None = None
) -> Habits | None:
    """Return what is learnt."""
    await async_wait_recording_done(hass)
    return await async_habits(hass, entry, roof)


async def dashboard(hass: HomeAssistant) -> None:
    """Set up the Energy dashboard."""
    manager = await async_get_manager(hass)
    await manager.async_update(
        {
            "energy_sources": [
                {
                    "type": "grid",
                    "stat_energy_from": "sensor.import",
                    "stat_energy_to": "sensor.export",
                    "cost_adjustment_day": 0,
                },
                {"type": "solar", "stat_energy_from": "sensor.roof"},
            ]
        }
    )


@pytest.mark.usefixtures("site")
async def test_from_the_energy_dashboard(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await dashboard(hass)
    remember(hass, "sensor.import", "kWh", by_day(0, 3.0))
    remember(hass, "sensor.export", "kWh", by_day(2.0, 0))
    remember(hass, "sensor.roof", "Wh", by_day(2500, 0))
    # Our own counter: at night the car gets two kilowatts.
    remember(hass, "sensor.garage_energy", "kWh", by_day(0, 2.0))
    found = await habits(hass, entry)
    assert found is not None
    # Noon in UTC is one o'clock.
    assert found.usual_w[2, 13] == pytest.approx(500)
    assert found.usual_w[2, 3] == pytest.approx(1000)


@pytest.mark.usefixtures("site")
async def test_from_the_household_meter_and_a_sensor_of_the_roof(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    remember(hass, "sensor.grid_power", "kW", by_day(-1.8, 3.0))
    remember(hass, "sensor.roof_power", "W", by_day(2500, 0))
    remember(hass, "sensor.garage_energy", "kWh", by_day(0.2, 2.0))
    found = await habits(hass, entry, "sensor.roof_power")
    assert found is not None
    assert found.usual_w[2, 13] == pytest.approx(500)
    assert found.usual_w[2, 3] == pytest.approx(1000)


@pytest.mark.usefixtures("site")
async def test_nothing_is_learnt_from_nothing(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert await habits(hass, entry) is None
    remember(hass, "sensor.garage_energy", "kWh", by_day(0, 2.0))
    assert await habits(hass, entry) is None
    # The dashboard's roof has no statistics: what the house draws is not known.
    await dashboard(hass)
    remember(hass, "sensor.import", "kWh", by_day(0, 3.0))
    assert await habits(hass, entry) is None


@pytest.mark.usefixtures("site")
async def test_in_the_first_days_it_is_planned_with_their_mean_and_said_to_be_learnt(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Else a vehicle that may give to the house only would never be planned to."""
    maker = OutlookMaker(hass, entry)
    for hours, expected, state in (
        (2, None, InputState.LEARNING),
        (6, 500, InputState.LEARNING),
        (HOURS, 500, InputState.GOOD),
    ):
        remember(hass, "sensor.grid_power", "W", by_day(500, 500), hours)
        await async_wait_recording_done(hass)
        outlook = await maker.make(OutlookConfig(learns_house=True), NOW)
        told = outlook.house_w and set(outlook.house_w.values)
        assert told == (expected and {expected})
        assert maker.statuses[Input.HOUSE].state is state


@pytest.mark.usefixtures("site")
async def test_the_highest_power_of_the_month(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    tariff = DemandTariff(price=4.0)
    assert await async_reached_w(hass, tariff, NOW) == 0
    await dashboard(hass)

    def drawn(at: datetime) -> float:
        """A Saturday at noon and a Wednesday at noon, in UTC."""
        return {(21, 12): 9.0, (18, 12): 7.0}.get((at.day, at.hour), 0.5)

    remember(hass, "sensor.import", "kWh", drawn)
    await async_wait_recording_done(hass)
    assert await async_reached_w(hass, tariff, NOW) == pytest.approx(9000)
    workdays = replace(tariff, weekdays=frozenset(range(5)))
    assert await async_reached_w(hass, workdays, NOW) == pytest.approx(7000)
    nights = replace(tariff, hours=frozenset({0, 1, 2}))
    assert await async_reached_w(hass, nights, NOW) == pytest.approx(500)
    # A new month begins with nothing.
    assert await async_reached_w(hass, tariff, NOW + 9 * 24 * HOUR) == 0
