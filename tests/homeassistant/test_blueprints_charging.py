"""Blueprints that decide whether, and how much, vehicles charge."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.limits import Power
from tests.homeassistant.automating import GARAGE, connect
from tests.homeassistant.blueprints import end, use
from tests.homeassistant.fake_site import FakeSite


@pytest.fixture
async def online(hass: HomeAssistant, site: FakeSite) -> AsyncGenerator[FakeSite]:
    """A site whose stations are connected and free."""
    yield await connect(hass, site)
    await end(hass)


async def show(hass: HomeAssistant, entity_id: str, state: str, **more: Any) -> None:
    """Let an entity of others show something."""
    hass.states.async_set(entity_id, state, more)
    await hass.async_block_till_done()


async def later(hass: HomeAssistant, freezer: FrozenDateTimeFactory, **by: int) -> None:
    """Let time pass."""
    freezer.tick(timedelta(**by))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


# Surplus


async def half_minutes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, count: int
) -> None:
    """Let time pass as the automation counts it."""
    for _ in range(count):
        await later(hass, freezer, seconds=30)


def pauses(site: FakeSite) -> list[str]:
    """Return for what the garage pauses by now."""
    return [one.reason for one in site.let_pauses_end(GARAGE).paused_for]


async def surplus(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, fed_in_w: int, **by: int
) -> float:
    """Let so much flow into the grid for a while; returns the limit after that."""
    await show(hass, "sensor.grid", f"{-fed_in_w / 1000}", unit_of_measurement="kW")
    await later(hass, freezer, **(by or {"seconds": 30}))
    found = hass.states.get("number.yard_limit")
    assert found is not None
    return float(found.state)


@pytest.fixture
async def by_sun(hass: HomeAssistant, online: FakeSite) -> FakeSite:
    """A yard that charges from surplus on one phase."""
    await show(hass, "sensor.grid", "0", unit_of_measurement="kW")
    await show(hass, "sensor.car", "0", unit_of_measurement="W")
    await use(
        hass,
        "surplus_only",
        grid_power="sensor.grid",
        charging_power=["sensor.car"],
        limit="number.yard_limit",
    )
    return online


@pytest.mark.usefixtures("by_sun")
async def test_the_limit_follows_the_surplus(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    assert await surplus(hass, freezer, 2400) == 10
    await show(hass, "sensor.car", "2300", unit_of_measurement="W")
    assert await surplus(hass, freezer, 110) == 10
    assert await surplus(hass, freezer, -400) == 7
    # No more than the group's form allows.
    assert await surplus(hass, freezer, 9000) == 20


async def test_a_cloud_passes(
    hass: HomeAssistant, by_sun: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    assert await surplus(hass, freezer, 2400) == 10
    assert await surplus(hass, freezer, 500) == 6
    await half_minutes(hass, freezer, 8)
    assert await surplus(hass, freezer, 2400) == 10
    assert await surplus(hass, freezer, 500) == 6
    await half_minutes(hass, freezer, 9)
    assert pauses(by_sun) == []
    await half_minutes(hass, freezer, 2)
    assert pauses(by_sun) == ["no sun"]
    # It is renewed all night.
    await half_minutes(hass, freezer, 40)
    assert pauses(by_sun) == ["no sun"]
    # A pause lasts, too.
    assert await surplus(hass, freezer, 2400) == 10
    await half_minutes(hass, freezer, 4)
    assert pauses(by_sun) == ["no sun"]
    await half_minutes(hass, freezer, 12)
    assert pauses(by_sun) == []


async def test_who_turns_it_off_is_not_left_with_a_pause(
    hass: HomeAssistant, by_sun: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    await surplus(hass, freezer, 2400)
    await surplus(hass, freezer, 0)
    await half_minutes(hass, freezer, 12)
    assert pauses(by_sun) == ["no sun"]
    await end(hass)
    assert await surplus(hass, freezer, 0, minutes=7) == 6
    assert pauses(by_sun) == []


async def test_without_the_meter_there_is_no_surplus(
    hass: HomeAssistant, by_sun: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    assert await surplus(hass, freezer, 2400) == 10
    await show(hass, "sensor.grid", "unavailable")
    await half_minutes(hass, freezer, 13)
    assert pauses(by_sun) == ["no sun"]


async def test_a_limit_in_watts_on_three_phases(
    hass: HomeAssistant, online: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    online.put_group("group-yard", limit=Power(11_000), rating=Power(11_000))
    await show(hass, "sensor.car", "0", unit_of_measurement="W")
    await use(
        hass,
        "surplus_only",
        grid_power="sensor.grid",
        charging_power=["sensor.car"],
        limit="number.yard_limit",
        phases="3",
    )
    # The form of the yard is in amperes, which the automation does not see.
    with patch.object(online, "set_limit") as told:
        await surplus(hass, freezer, 6190)
        await surplus(hass, freezer, 3000)
    assert [call.args for call in told.mock_calls] == [
        ("group-yard", 6000),
        ("group-yard", 4140),
    ]


# The grid operator


@pytest.fixture
async def capped(
    hass: HomeAssistant, entry: MockConfigEntry, online: FakeSite
) -> FakeSite:
    """A site that shows the limit of the grid operator."""
    er.async_get(hass).async_update_entity(
        "number.home_limit_of_the_grid_operator", disabled_by=None
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    again: FakeSite = entry.runtime_data
    return again


async def test_the_grid_operator_s_contact(
    hass: HomeAssistant, capped: FakeSite
) -> None:
    await use(
        hass,
        "grid_operator_signal",
        signal="binary_sensor.contact",
        cap="number.home_limit_of_the_grid_operator",
    )
    for state, expected in (
        ("on", Power(4200)),
        ("unavailable", Power(4200)),
        ("off", None),
        ("unknown", None),
    ):
        await show(hass, "binary_sensor.contact", state)
        assert capped.cap == expected, state


async def test_the_grid_operator_s_number(
    hass: HomeAssistant, capped: FakeSite
) -> None:
    await show(hass, "sensor.allowed", "6.3", unit_of_measurement="kW")
    await use(
        hass,
        "grid_operator_signal",
        signal="sensor.allowed",
        cap="number.home_limit_of_the_grid_operator",
    )
    assert capped.cap is None
    # It holds from the moment in which the automation is there.
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert capped.cap == Power(6300)
    await show(hass, "sensor.allowed", "99", unit_of_measurement="kW")
    assert capped.cap is None
    await show(hass, "sensor.allowed", "-1", unit_of_measurement="kW")
    assert capped.cap == Power(0)


async def test_a_number_of_something_else_is_no_limit(
    hass: HomeAssistant, capped: FakeSite
) -> None:
    await show(hass, "sensor.allowed", "60", unit_of_measurement="%")
    await use(
        hass,
        "grid_operator_signal",
        signal="sensor.allowed",
        cap="number.home_limit_of_the_grid_operator",
    )
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert capped.cap is None
