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

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Power
from tests.homeassistant.automating import GARAGE, connect
from tests.homeassistant.blueprints import end, restart, use
from tests.homeassistant.fake_site import FakeSite

DRIVE = EvseKey("drive", 1)
ALLOWED = "switch.garage_charging_allowed"


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


def allowed(site: FakeSite) -> bool:
    """Whether the garage may charge."""
    return site.evse(GARAGE).settings.charging_allowed


# Dear electricity


@pytest.fixture
async def by_price(hass: HomeAssistant, online: FakeSite) -> FakeSite:
    """A garage that waits while electricity costs more than 0.25."""
    await show(hass, "sensor.price", "0.20")
    await use(
        hass,
        "pause_above_price",
        price="sensor.price",
        highest=0.25,
        switches=[ALLOWED],
    )
    return online


async def test_charging_waits_until_electricity_is_cheap(
    hass: HomeAssistant, by_price: FakeSite
) -> None:
    for price, expected in (
        ("0.251", False),
        ("0.40", False),
        ("0.25", True),
        ("-0.01", True),
    ):
        await show(hass, "sensor.price", price)
        assert allowed(by_price) is expected, price
    # The drive is nobody's business.
    assert all(key == GARAGE for _, key, _ in by_price.asked)


async def test_charging_goes_on_when_nobody_knows_the_price(
    hass: HomeAssistant, by_price: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    await show(hass, "sensor.price", "0.40")
    await show(hass, "sensor.price", "unavailable")
    await later(hass, freezer, minutes=14)
    assert not allowed(by_price)
    await later(hass, freezer, minutes=2)
    assert allowed(by_price)


async def test_who_pauses_by_hand_stays_paused(
    hass: HomeAssistant, by_price: FakeSite
) -> None:
    await by_price.set_charging_allowed(GARAGE, allowed=False)
    await show(hass, "sensor.price", "0.21")
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert not allowed(by_price)


@pytest.mark.parametrize(("price", "expected"), [("0.40", False), ("0.10", True)])
async def test_the_price_changed_while_home_assistant_was_away(
    hass: HomeAssistant, online: FakeSite, price: str, expected: bool
) -> None:
    await online.set_charging_allowed(GARAGE, allowed=not expected)
    await show(hass, "sensor.price", price)
    await use(
        hass,
        "pause_above_price",
        price="sensor.price",
        highest=0.25,
        switches=[ALLOWED],
    )
    await restart(hass)
    assert allowed(online) is expected


# Surplus


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


@pytest.mark.usefixtures("by_sun")
async def test_a_cloud_passes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    assert await surplus(hass, freezer, 2400) == 10
    assert await surplus(hass, freezer, 500) == 6
    assert await surplus(hass, freezer, 500, minutes=4) == 6
    assert await surplus(hass, freezer, 2400) == 10
    assert await surplus(hass, freezer, 500) == 6
    await later(hass, freezer, minutes=4)
    assert await surplus(hass, freezer, 500, minutes=2) == 0
    # A pause lasts, too.
    assert await surplus(hass, freezer, 2400, minutes=4) == 0
    assert await surplus(hass, freezer, 2400, minutes=2) == 10


@pytest.mark.usefixtures("by_sun")
async def test_without_the_meter_there_is_no_surplus(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    assert await surplus(hass, freezer, 2400) == 10
    await show(hass, "sensor.grid", "unavailable")
    await later(hass, freezer, minutes=6)
    await later(hass, freezer, minutes=6)
    found = hass.states.get("number.yard_limit")
    assert found
    assert float(found.state) == 0


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
