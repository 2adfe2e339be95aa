"""Energy that is told late is in the long-term statistics of the hours in which it flowed."""

from datetime import UTC, datetime, timedelta

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import LateEnergy
from custom_components.evenload.engine.site import Site
from custom_components.evenload.session_statistics import async_correct, corrected
from tests.homeassistant import real_site

pytestmark = pytest.mark.usefixtures("socket_enabled")

engine, entry, site = real_site.engine, real_site.entry, real_site.site

KEY = EvseKey("garage", 1)
ENERGY = "sensor.garage_energy"
T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)


def hour(number: int) -> datetime:
    return T0 + timedelta(hours=number)


def late(told: int, **wh: float) -> LateEnergy:
    """Energy of hours (`h1=500`), told in another."""
    hours = {hour(int(name[1:])): value for name, value in wh.items()}
    return LateEnergy(KEY, False, hour(told), hours)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            {0: (10, 1), 1: (10, 1), 2: (10, 1)},
            {1: (12, 3), 2: (13, 4)},
            id="home-assistant-ran",
        ),
        pytest.param({0: (10, 1)}, {1: (12, 3), 2: (13, 4)}, id="it-was-away"),
        pytest.param(
            {0: (10, 1), 1: (10.5, 1.5), 2: (11, 2)},
            {1: (12.5, 3.5), 2: (14, 5)},
            id="something-else-was-counted",
        ),
        pytest.param({2: (10, 1)}, {1: (12, 3), 2: (13, 4)}, id="it-begins-later"),
        pytest.param(
            {-1: (10, 1), 0: (10, None)},
            {1: (12, 3), 2: (13, 4)},
            id="a-row-has-no-sum",
        ),
        pytest.param({}, {}, id="nothing-was-recorded"),
    ],
)
def test_sums_rise_by_what_flowed_before(
    rows: dict[int, tuple[float, float | None]],
    expected: dict[int, tuple[float, float]],
) -> None:
    found = corrected(
        late(3, h1=2000, h2=1000),
        {hour(number): row for number, row in rows.items()},
        "kWh",
    )
    assert {row["start"]: (row["state"], row["sum"]) for row in found} == {
        hour(number): row for number, row in expected.items()
    }


def import_rows(hass: HomeAssistant, *rows: tuple[int, float, float]) -> None:
    """Put hours on record with their states and sums."""
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source="recorder",
        statistic_id=ENERGY,
        unit_class="energy",
        unit_of_measurement="kWh",
    )
    statistics = [
        StatisticData(start=hour(number), state=state, sum=total)
        for number, state, total in rows
    ]
    async_import_statistics(hass, metadata, statistics)


async def hourly_kwh(hass: HomeAssistant, recorder: Recorder) -> dict[int, float]:
    """What the statistics say that each hour took."""
    await async_wait_recording_done(hass)
    found = await recorder.async_add_executor_job(
        lambda: statistics_during_period(
            hass, hour(-1), hour(9), {ENERGY}, "hour", None, {"change"}
        )
    )
    return {
        int((row["start"] - T0.timestamp()) // 3600): round(row["change"] or 0, 3)
        for row in found[ENERGY]
    }


async def test_a_leap_is_spread_over_the_hours_in_which_it_flowed(
    recorder_mock: Recorder, hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    # Nothing in four hours, and 7 kWh at once in the fifth, of which 1 kWh flowed then.
    known = [(0, 100, 0), (1, 100, 0), (2, 100, 0), (3, 100, 0), (4, 107, 7)]
    import_rows(hass, *known)
    assert (await hourly_kwh(hass, recorder_mock))[4] == 7
    await async_correct(hass, late(4, h1=2000, h2=3000, h3=1000))
    spread = await hourly_kwh(hass, recorder_mock)
    assert {number: spread[number] for number in (1, 2, 3, 4)} == {
        1: 2,
        2: 3,
        3: 1,
        4: 1,
    }
    assert sum(spread.values()) == 7


@pytest.mark.parametrize("days", [2, 20, 200])
async def test_a_row_of_long_ago_is_gone_on_from(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: Site,
    days: int,
) -> None:
    """Home Assistant was away when it flowed, and had been for days."""
    import_rows(hass, (-24 * days, 100, 50), (4, 107, 57))
    await async_wait_recording_done(hass)
    await async_correct(hass, late(4, h1=2000, h2=3000, h3=1000))
    spread = await hourly_kwh(hass, recorder_mock)
    assert {number: spread[number] for number in (1, 2, 3, 4)} == {
        1: 2,
        2: 3,
        3: 1,
        4: 1,
    }


async def test_what_was_never_recorded_is_left_alone(
    recorder_mock: Recorder, hass: HomeAssistant, entry: MockConfigEntry, site: Site
) -> None:
    await async_correct(hass, late(4, h1=2000))
    await async_correct(hass, LateEnergy(EvseKey("nobody", 1), False, hour(4), {}))
    await async_wait_recording_done(hass)
