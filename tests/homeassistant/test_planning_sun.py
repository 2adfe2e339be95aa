"""What roofs will make: forecast providers of the Energy dashboard, also those that fail."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.planning import Series
from custom_components.evenload.planning_inputs.quarters import series
from custom_components.evenload.planning_inputs.sun import (
    async_found_forecasts,
    async_sun,
    async_used_forecasts,
    hours,
    together,
)
from custom_components.evenload.planning_inputs.trouble import (
    InputState,
    InputTroubleError,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HORIZON = timedelta(hours=36)


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: Any) -> None:
    """A home in Amsterdam."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")


def by_hour(*watts: float, begin: int = 10, day: int = 22) -> dict[str, float]:
    """Return the energy of hours of a day, in UTC."""
    return {
        datetime(2026, 11, day, begin + place, tzinfo=UTC).isoformat(): value
        for place, value in enumerate(watts)
    }


def power(told: object, now: datetime = NOW) -> Series:
    """Return a forecast as power."""
    found = series(hours(told, AMSTERDAM), now, HORIZON)
    assert found is not None
    return found


def test_energy_of_an_hour_is_its_mean_power() -> None:
    found = power({"wh_hours": by_hour(0, 400, 2000, 100)})
    assert found.values[:16] == (0,) * 4 + (400,) * 4 + (2000,) * 4 + (100,) * 4


def test_the_dark_is_no_gap() -> None:
    # As Forecast.Solar tells it: from the minute of sunrise until that of sunset, and nothing at night.
    told = {
        "2026-11-22T08:20:00+01:00": 0,
        **by_hour(5, 900, 3000, 800, 5, begin=8),
        "2026-11-23T08:21:00+01:00": 1,
        **by_hour(9, 700, 2000, 600, 4, begin=8, day=23),
    }
    found = power({"wh_hours": told}, NOW.replace(hour=2))
    assert None not in found.values
    assert found.at(NOW.replace(hour=3)) == 0
    assert found.at(NOW.replace(hour=10)) == 3000
    assert found.at(NOW.replace(hour=20)) == 0
    # Until the last midnight that is told of, as clocks here have it.
    assert found.at(NOW.replace(day=23, hour=13)) == 0
    assert len(found.values) == 36 * 4


def test_the_first_hour_of_a_day_of_twelve_hours_is_dawn() -> None:
    """The half-wave of such a day begins with an hour of 13 % of the best, and that may be told 5 % too high."""
    told = {"wh_hours": by_hour(710, 1825, 3192, 4311, 5181, 3911, 710, begin=6)}
    found = power(told, NOW.replace(hour=0))
    assert None not in found.values
    assert found.at(NOW.replace(hour=3)) == 0


def test_an_hour_that_is_missing_by_day_is_a_gap() -> None:
    told = by_hour(0, 400, 2000, 100)
    del told["2026-11-22T12:00:00+00:00"]
    assert power({"wh_hours": told}).values[8:12] == (None,) * 4


def test_nothing_is_made_up_where_the_forecast_ends_by_day() -> None:
    assert len(power({"wh_hours": by_hour(2000, 2100, 2200)}).values) == 12
    late = power({"wh_hours": by_hour(2000, 2100, begin=11)})
    assert late.values == (None,) * 4 + (2000,) * 4 + (2100,) * 4


def test_half_hours_are_added_as_in_the_energy_dashboard() -> None:
    told = {"2026-11-22T10:00:00+00:00": 300, "2026-11-22T10:30:00+00:00": 500}
    assert power({"wh_hours": told}).values == (800,) * 4


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        {"wh_hours": None},
        {"wh_hours": {"soon": 4}},
        {"wh_hours": {NOW.isoformat(): "much"}},
        {"wh_hours": {NOW.isoformat(): float("nan")}},
    ],
)
def test_what_cannot_be_read(told: object) -> None:
    assert hours(told, AMSTERDAM) == []


def test_two_roofs_make_what_both_make() -> None:
    one, other = Series(NOW, (1.0, None, 3.0)), Series(NOW, (10.0, 20.0, 30.0, 40.0))
    assert together([one, other]) == Series(NOW, (11.0, None, 33.0))
    assert together([None, None]) is None


def provider(hass: HomeAssistant, name: str) -> MockConfigEntry:
    """Return an entry of a provider."""
    entry = MockConfigEntry(domain=name, title=name.title(), entry_id=f"{name}-1")
    entry.add_to_hass(hass)
    return entry


def providers(**answers: Any) -> Any:
    """Put providers in the place of those that are installed."""

    def of(answer: Any) -> Any:
        async def forecast(hass: HomeAssistant, entry_id: str) -> Any:
            if isinstance(answer, BaseException):
                raise answer
            return answer() if callable(answer) else answer

        return forecast

    async def platforms(hass: HomeAssistant) -> dict[str, Any]:
        return {name: of(answer) for name, answer in answers.items()}

    return patch(
        "custom_components.evenload.planning_inputs.sun.async_get_energy_platforms",
        platforms,
    )


async def test_all_roofs_are_asked(hass: HomeAssistant) -> None:
    provider(hass, "east")
    provider(hass, "west")
    with providers(
        east={"wh_hours": by_hour(100, 200)}, west={"wh_hours": by_hour(10, 20)}
    ):
        found = await async_sun(hass, ["east-1", "west-1"], NOW, HORIZON)
    assert found is not None
    assert found.values[:8] == (110,) * 4 + (220,) * 4


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (RuntimeError("no key"), InputState.FAILED),
        (KeyError(), InputState.FAILED),
        (TimeoutError(), InputState.FAILED),
        (None, InputState.SILENT),
        ({"wh_hours": {}}, InputState.UNREADABLE),
    ],
)
async def test_half_of_the_roofs_are_not_taken_for_all(
    hass: HomeAssistant, answer: Any, state: InputState
) -> None:
    provider(hass, "east")
    provider(hass, "west")
    with (
        providers(east={"wh_hours": by_hour(100, 200)}, west=answer),
        pytest.raises(InputTroubleError) as caught,
    ):
        await async_sun(hass, ["east-1", "west-1"], NOW, HORIZON)
    assert caught.value.state is state
    assert caught.value.placeholders["source"] == "West"


async def test_a_provider_that_was_removed(hass: HomeAssistant) -> None:
    with providers(), pytest.raises(InputTroubleError) as caught:
        await async_sun(hass, ["east-1"], NOW, HORIZON)
    assert caught.value.state is InputState.MISSING


async def test_those_of_the_energy_dashboard_are_offered_first(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    provider(hass, "east")
    provider(hass, "west")
    manager = await async_get_manager(hass)
    await manager.async_update(
        {
            "energy_sources": [
                {
                    "type": "solar",
                    "stat_energy_from": "sensor.roof",
                    "config_entry_solar_forecast": ["west-1"],
                }
            ]
        }
    )
    with providers(east={}, west={}):
        assert list(await async_found_forecasts(hass)) == ["west-1", "east-1"]
        assert await async_used_forecasts(hass) == ["west-1"]
