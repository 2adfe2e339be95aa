"""The blueprint that goes by plans: a departure that will be missed."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.evenload.engine.model.planning import Plan, PlanKind, VehiclePlan
from tests.homeassistant.automating import GARAGE
from tests.homeassistant.blueprints import end, use
from tests.homeassistant.fake_site import FakeSite

# In Amsterdam in winter: an hour behind the clock on the wall.
EVENING = datetime(2026, 11, 2, 18, 0, 30, tzinfo=UTC)


@pytest.fixture
async def home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> AsyncGenerator[FakeSite]:
    """An evening at home, by the clock on its wall."""
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    freezer.move_to(EVENING)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry.runtime_data
    await end(hass)


async def missing(hass: HomeAssistant, site: FakeSite, energy_wh: float) -> None:
    """Let so much be missing at the departure from the garage."""
    site.missing_wh[GARAGE] = energy_wh
    now = datetime.now(UTC)
    start = now.replace(minute=0, second=0, microsecond=0)
    vehicles = {GARAGE: VehiclePlan(power_w=(7000.0,) * 8)}
    site.tell_plan(
        Plan(made_at=now, start=start, kind=PlanKind.OPTIMAL, vehicles=vehicles)
    )
    await hass.async_block_till_done()


async def test_a_departure_that_will_be_missed_is_said_once(
    hass: HomeAssistant, home: FakeSite
) -> None:
    told = async_mock_service(hass, "notify", "send_message")
    await missing(hass, home, 0.0)
    sensor = "sensor.garage_missing_at_departure"
    await use(
        hass, "notify_departure_missed", sensors=[sensor], phones=["notify.phone"]
    )
    await missing(hass, home, 1500.0)
    assert told == []
    await missing(hass, home, 7200.0)
    [message] = told
    assert message.data["title"] == "Garage"
    assert message.data["message"] == (
        "At departure, 7 kWh of what you want will be missing."
    )
    await missing(hass, home, 8000.0)
    assert len(told) == 1
    await missing(hass, home, 0.0)
    await missing(hass, home, 3000.0)
    assert len(told) == 2
