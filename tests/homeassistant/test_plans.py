"""What the owner sets and sees of plans: modes and targets, when it begins, what it costs, and the strip that charts draw."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import (
    QUARTER,
    ChargeGoal,
    ChargeMode,
    Outlook,
    Plan,
    PlanKind,
    Series,
    VehiclePlan,
)
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_controls import act

GARAGE = EvseKey("garage", 1)


def quarter() -> datetime:
    """Return the full quarter that has begun last."""
    now = dt_util.utcnow()
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)


def plan_of(*power_w: float, kind: PlanKind = PlanKind.OPTIMAL) -> Plan:
    """Return a plan for the garage that begins now."""
    start = quarter()
    return Plan(
        made_at=start,
        start=start,
        kind=kind,
        vehicles={
            GARAGE: VehiclePlan(
                power_w=power_w,
                cost=1.234,
                energy_wh=5000.0,
                full_at=start + 2 * QUARTER,
                departs_at=start + 8 * QUARTER,
            )
        },
        grid_w=tuple(value + 400.0 for value in power_w),
        cost=1.234,
        without=("house_w",),
    )


@pytest.fixture
async def planned(hass: HomeAssistant, site: FakeSite) -> FakeSite:
    """A site with a plan in force, and prices in Swedish money."""
    start = quarter()
    site.set_outlook(
        Outlook(
            import_price=Series(start, (1.5, 0.25)),
            sun_w=Series(start, (None, 800.0)),
            currency="SEK",
        )
    )
    site.starts[GARAGE] = start + QUARTER
    site.missing_wh[GARAGE] = 2500.0
    site.tell_plan(plan_of(0.0, 7000.0, 0.0))
    await hass.async_block_till_done()
    return site


def value_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state


async def test_modes_and_targets_are_set_while_a_station_is_away(
    hass: HomeAssistant, site: FakeSite
) -> None:
    assert value_of(hass, "select.garage_charging_mode") == "fast"
    await act(
        hass, "select.select_option", "select.garage_charging_mode", option="solar"
    )
    await act(hass, "number.set_value", "number.garage_charge_to", value=80)
    await act(hass, "number.set_value", "number.garage_price_limit", value=0.25)
    await act(hass, "number.set_value", "number.garage_charge_to", value=100)
    mode = ChargeMode.SOLAR
    assert [goal for _, _, goal in site.asked] == [
        ChargeGoal(mode=mode),
        ChargeGoal(mode=mode, soc_percent=80.0),
        ChargeGoal(mode=mode, soc_percent=80.0, price_limit=0.25),
        ChargeGoal(mode=mode, price_limit=0.25),
    ]
    assert value_of(hass, "select.garage_charging_mode") == "solar"
    assert value_of(hass, "number.garage_charge_to") == "100.0"


async def test_feeding_back_as_planned_is_offered_where_it_is_allowed(
    hass: HomeAssistant, site: FakeSite
) -> None:
    state = hass.states.get("select.garage_charging_mode")
    assert state is not None
    assert "plan_v2g" not in state.attributes["options"]
    assert "cheapest" in state.attributes["options"]


async def test_what_is_planned_appears_with_the_first_plan(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, site: FakeSite
) -> None:
    assert hass.states.get("sensor.garage_planned_power") is None
    site.tell_plan(plan_of(7000.0))
    await hass.async_block_till_done()
    assert value_of(hass, "sensor.garage_planned_power") == "7000"
    site.tell_plan(None)
    await hass.async_block_till_done()
    assert value_of(hass, "sensor.garage_planned_power") == "unknown"


async def test_it_says_when_what_it_costs_and_what_will_be_missing(
    hass: HomeAssistant, planned: FakeSite
) -> None:
    start = quarter()
    assert value_of(hass, "sensor.garage_planned_power") == "0"
    assert (
        dt_util.parse_datetime(value_of(hass, "sensor.garage_next_start"))
        == start + QUARTER
    )
    assert (
        dt_util.parse_datetime(value_of(hass, "sensor.garage_charged_at"))
        == start + 2 * QUARTER
    )
    assert value_of(hass, "sensor.garage_missing_at_departure") == "2.5"
    cost = hass.states.get("sensor.garage_planned_cost")
    assert cost is not None
    assert (cost.state, cost.attributes["unit_of_measurement"]) == ("1.23", "SEK")


async def test_charts_find_the_slots_from_now_on(
    hass: HomeAssistant, planned: FakeSite
) -> None:
    state = hass.states.get("sensor.garage_planned_power")
    assert state is not None
    start = quarter()
    assert state.attributes["slots"] == [
        {"start": start.isoformat(), "power_w": 0, "price": 1.5, "sun_w": None},
        {
            "start": (start + QUARTER).isoformat(),
            "power_w": 7000,
            "price": 0.25,
            "sun_w": 800,
        },
        {
            "start": (start + 2 * QUARTER).isoformat(),
            "power_w": 0,
            "price": None,
            "sun_w": None,
        },
    ]
    assert state.attributes["price_unit"] == "SEK/kWh"
    assert state.attributes["without"] == ["house_w"]


async def test_a_quarter_later_it_is_the_next_slot(
    hass: HomeAssistant, planned: FakeSite, freezer: Any
) -> None:
    freezer.move_to(quarter() + QUARTER + timedelta(seconds=2))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()
    state = hass.states.get("sensor.garage_planned_power")
    assert state is not None
    assert state.state == "7000"
    assert len(state.attributes["slots"]) == 2


async def test_the_grid_connection_says_how_good_the_plan_is(
    hass: HomeAssistant,
    planned: FakeSite,
    entry: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    entity_id = entity_registry.async_get_entity_id(
        "sensor", "evenload", f"{entry.entry_id}_charging_plan"
    )
    assert entity_id is not None
    state = hass.states.get(entity_id)
    assert state is not None
    assert state.state == "optimal"
    assert [slot["grid_w"] for slot in state.attributes["slots"]] == [400, 7400, 400]
    assert state.attributes["cost"] == 1.23
    assert state.attributes["trouble"] is None
    planned.tell_plan(None)
    await hass.async_block_till_done()
    assert value_of(hass, entity_id) == "none"


async def test_get_plan_answers_with_all_of_it(
    hass: HomeAssistant, planned: FakeSite
) -> None:
    answer = await hass.services.async_call(
        "evenload",
        "get_plan",
        {"entity_id": "select.garage_charging_mode"},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    connectors: Any = answer["connectors"]
    [connector] = connectors
    assert connector["station"] == "garage"
    assert connector["planned"] is True
    assert connector["cost"] == 1.23
    assert connector["shortfall_kwh"] == 2.5
    assert connector["kind"] == "optimal"
    assert connector["departs_at"] == (quarter() + 8 * QUARTER).isoformat()
    assert [slot["power_w"] for slot in connector["slots"]] == [0, 7000, 0]
    assert answer["sites"] == []


async def test_get_plan_of_a_grid_connection_is_everybodys(
    hass: HomeAssistant,
    planned: FakeSite,
    entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
) -> None:
    device = device_registry.async_get_device_by_identifier(
        ("evenload", entry.entry_id), "site"
    )
    answer = await hass.services.async_call(
        "evenload",
        "get_plan",
        {"device_id": device.id},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    sites: Any = answer["sites"]
    assert [slot["grid_w"] for slot in sites[0]["slots"]] == [400, 7400, 400]
    connectors: Any = answer["connectors"]
    assert [one["station"] for one in connectors] == ["garage"]


async def test_set_goal_changes_what_is_named(
    hass: HomeAssistant, site: FakeSite
) -> None:
    target = {"entity_id": "select.garage_charging_mode"}

    async def ask(**wishes: Any) -> ChargeGoal:
        await hass.services.async_call(
            "evenload", "set_goal", target | wishes, blocking=True
        )
        return site.goal(GARAGE)

    goal = await ask(mode="cheapest", target_soc=80, late=True)
    assert goal == ChargeGoal(mode=ChargeMode.CHEAPEST, soc_percent=80.0, late=True)
    goal = await ask(energy=12.5, together=True)
    assert goal.energy_wh == 12_500.0
    assert (goal.mode, goal.late, goal.together) == (ChargeMode.CHEAPEST, True, True)
    goal = await ask(energy=0, target_soc=100)
    assert (goal.energy_wh, goal.soc_percent) == (None, None)


async def test_what_cannot_be_is_said_in_words(
    hass: HomeAssistant, site: FakeSite
) -> None:

    async def refuse(key: EvseKey, goal: ChargeGoal) -> None:
        raise BadSetting("sun_needs_meter")

    site.set_charge_goal = refuse  # type: ignore[method-assign]
    with pytest.raises(ServiceValidationError) as caught:
        await act(
            hass, "select.select_option", "select.garage_charging_mode", option="solar"
        )
    assert caught.value.translation_key == "sun_needs_meter"


def test_quarters_are_utc() -> None:
    assert quarter().tzinfo is UTC
