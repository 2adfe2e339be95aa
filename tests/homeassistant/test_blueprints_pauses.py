"""Blueprints that pause connectors: each by itself, together, and when they are not there any more."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.blueprint.models import DomainBlueprints
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.evenload.engine.model.limits import Current
from tests.homeassistant.automating import GARAGE, connect, device
from tests.homeassistant.blueprints import FOLDER, end, restart, use
from tests.homeassistant.fake_site import FakeSite

SWITCHES = ["switch.garage_charging_allowed"]
PRICE = {"price": "sensor.price", "highest": 0.25, "switches": SWITCHES}
GUESTS = {"guests": "input_boolean.guests", "switches": SWITCHES}
AWAY = {"away": "input_boolean.away", "switches": SWITCHES}


@pytest.fixture
async def online(hass: HomeAssistant, site: FakeSite) -> AsyncGenerator[FakeSite]:
    """A site whose stations are connected and free."""
    yield await connect(hass, site)
    await end(hass)


async def show(hass: HomeAssistant, entity_id: str, state: str) -> None:
    """Let an entity of others show something."""
    hass.states.async_set(entity_id, state)
    await hass.async_block_till_done()


async def later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: int
) -> None:
    """Let time pass, minute by minute."""
    for _ in range(minutes):
        freezer.tick(timedelta(minutes=1))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()


def reasons(site: FakeSite) -> list[str]:
    """Return for what the garage pauses by now; its owner's switch is nobody else's."""
    evse = site.let_pauses_end(GARAGE)
    assert evse.settings.charging_allowed
    return [one.reason for one in evse.paused_for]


async def all_three(hass: HomeAssistant) -> None:
    """Set up the automations for the price, guests and a holiday, all of the same connector."""
    away = AWAY | {"stations": [device(hass, "garage")]}
    automations = [
        {"id": name, "alias": name, "use_blueprint": {"path": path, "input": inputs}}
        for name, inputs in (
            ("pause_above_price", PRICE),
            ("guest_mode", GUESTS),
            ("holiday", away),
        )
        if (path := f"evenload/{name}.yaml")
    ]
    for entity in ("input_boolean.guests", "input_boolean.away"):
        hass.states.async_set(entity, "off")
    with patch.object(DomainBlueprints, "blueprint_folder", FOLDER):
        assert await async_setup_component(
            hass, "automation", {"automation": automations}
        )
        await hass.async_block_till_done()


@pytest.fixture
async def by_price(hass: HomeAssistant, online: FakeSite) -> FakeSite:
    """A garage that waits while electricity costs more than 0.25."""
    await show(hass, "sensor.price", "0.20")
    await use(hass, "pause_above_price", **PRICE)
    return online


async def test_charging_waits_until_electricity_is_cheap(
    hass: HomeAssistant, by_price: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    for price, paused in (
        ("0.251", ["price"]),
        ("0.40", ["price"]),
        ("0.25", []),
        ("-0.01", []),
    ):
        await show(hass, "sensor.price", price)
        assert reasons(by_price) == paused, price
    await show(hass, "sensor.price", "0.30")
    await later(hass, freezer, 60)
    assert reasons(by_price) == ["price"]
    # The drive is nobody's business.
    assert all(asked[1] == GARAGE for asked in by_price.asked)


@pytest.mark.parametrize("state", ["unavailable", "unknown", "dear"])
async def test_nobody_knows_the_price(
    hass: HomeAssistant,
    by_price: FakeSite,
    freezer: FrozenDateTimeFactory,
    state: str,
) -> None:
    await show(hass, "sensor.price", "0.40")
    await later(hass, freezer, 7)
    await show(hass, "sensor.price", state)
    await later(hass, freezer, 7)
    # A moment without a price changes nothing.
    assert reasons(by_price) == ["price"]
    await later(hass, freezer, 9)
    assert reasons(by_price) == []
    await show(hass, "sensor.price", "0.40")
    assert reasons(by_price) == ["price"]


async def test_without_a_price_vehicles_may_wait(
    hass: HomeAssistant, online: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    await show(hass, "sensor.price", "unavailable")
    await use(hass, "pause_above_price", **PRICE, unknown="wait")
    await later(hass, freezer, 30)
    assert reasons(online) == ["price"]
    await show(hass, "sensor.price", "0.10")
    assert reasons(online) == []


@pytest.mark.parametrize(
    ("price", "paused"), [("0.40", ["price"]), ("0.10", []), ("unknown", [])]
)
async def test_the_price_changed_while_home_assistant_was_away(
    hass: HomeAssistant,
    online: FakeSite,
    freezer: FrozenDateTimeFactory,
    price: str,
    paused: list[str],
) -> None:
    await show(hass, "sensor.price", price)
    await use(hass, "pause_above_price", **PRICE)
    await restart(hass)
    await hass.async_block_till_done()
    await later(hass, freezer, 20)
    assert reasons(online) == paused


@pytest.mark.parametrize(
    ("name", "inputs", "entity", "state", "minutes"),
    [
        ("pause_above_price", PRICE, "sensor.price", "0.40", 15),
        ("guest_mode", GUESTS, "input_boolean.guests", "off", 60),
        ("holiday", AWAY, "input_boolean.away", "on", 60),
    ],
)
async def test_an_automation_that_is_turned_off_leaves_nothing_paused(
    hass: HomeAssistant,
    online: FakeSite,
    freezer: FrozenDateTimeFactory,
    name: str,
    inputs: dict[str, Any],
    entity: str,
    state: str,
    minutes: int,
) -> None:
    if name == "holiday":
        inputs = inputs | {"stations": [device(hass, "garage")]}
    await show(hass, entity, state)
    await use(hass, name, **inputs)
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    await later(hass, freezer, 3 * minutes)
    assert len(reasons(online)) == 1
    await end(hass)
    await later(hass, freezer, minutes + 1)
    assert reasons(online) == []


async def test_who_pauses_by_hand_stays_paused(
    hass: HomeAssistant, online: FakeSite
) -> None:
    await show(hass, "sensor.price", "0.40")
    await all_three(hass)
    await online.set_charging_allowed(GARAGE, allowed=False)
    for entity, state in (
        ("sensor.price", "0.10"),
        ("input_boolean.guests", "on"),
        ("input_boolean.away", "on"),
        ("input_boolean.away", "off"),
    ):
        await show(hass, entity, state)
        assert not online.evse(GARAGE).settings.charging_allowed
    assert not online.evse(GARAGE).paused_for


async def test_none_undoes_what_another_one_wants(
    hass: HomeAssistant, online: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    await show(hass, "sensor.price", "0.10")
    await all_three(hass)
    hass.bus.async_fire("automation_reloaded")
    await hass.async_block_till_done()
    assert reasons(online) == ["no guests"]
    for entity, state, paused in (
        ("input_boolean.away", "on", ["holiday", "no guests"]),
        ("sensor.price", "0.40", ["holiday", "no guests", "price"]),
        ("sensor.price", "0.10", ["holiday", "no guests"]),
        ("input_boolean.guests", "on", ["holiday"]),
        ("sensor.price", "0.40", ["holiday", "price"]),
        ("sensor.price", "0.20", ["holiday"]),
        ("input_boolean.away", "unavailable", ["holiday"]),
        ("input_boolean.away", "off", []),
        ("input_boolean.guests", "off", ["no guests"]),
    ):
        await show(hass, entity, state)
        assert reasons(online) == paused, (entity, state)
        await later(hass, freezer, 12)
        assert reasons(online) == paused, (entity, state)
    await restart(hass)
    await hass.async_block_till_done()
    assert reasons(online) == ["no guests"]


async def test_guests_maximum_is_set_when_they_come_and_not_again(
    hass: HomeAssistant, online: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    await show(hass, "input_boolean.guests", "off")
    await use(
        hass,
        "guest_mode",
        **GUESTS,
        maxima=["number.garage_maximum_current"],
        current=8,
    )
    await show(hass, "input_boolean.guests", "on")
    assert online.evse(GARAGE).settings.maximum == Current(8)
    await online.set_maximum(GARAGE, 12)
    await later(hass, freezer, 15)
    assert online.evse(GARAGE).settings.maximum == Current(12)
