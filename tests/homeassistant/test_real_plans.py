"""From a choice on the dashboard to a frame at a station, with the real planner: mode, problem, plan, cap, limit, sensors."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import json

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.control.planned import replanning
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import (
    Outlook,
    Series,
    VehicleFacts,
)
from custom_components.evenload.engine.planning import highs, solving
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.conftest import station
from tests.homeassistant.real_site import Station, until
from tests.homeassistant.test_controls import act

GARAGE = EvseKey("garage", 1)
MODE = "select.garage_charging_mode"

pytestmark = pytest.mark.usefixtures("socket_enabled")

engine, site = real_site.engine, real_site.site


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a second before a plan is made."""
    monkeypatch.setattr(replanning, "SOON_S", 0.01)
    monkeypatch.setattr(replanning, "AGAIN_S", 0.01)


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A house without a meter, with one station."""
    return real_site.entry_of(hass, station("garage", "Garage", maximum_a=16))


@pytest.fixture
async def garage(hass: HomeAssistant, site: Site) -> Station:
    """Its station, with a car that charges."""
    garage = await Station.dial(site, "garage")
    for status in ("Preparing", "Charging"):
        await garage.say(
            "StatusNotification", connectorId=1, errorCode="NoError", status=status
        )
        if status == "Preparing":
            await garage.say(
                "StartTransaction",
                connectorId=1,
                idTag="A",
                meterStart=0,
                timestamp=dt_util.utcnow().isoformat(),
            )
    await until(hass, "sensor.garage_allowed_current", "16.0")
    return garage


def dear_now(site: Site, quarters: int = 4) -> Outlook:
    """Return prices that fall after some quarters."""
    now = dt_util.utcnow()
    start = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    prices = Series(start, (*[0.5] * quarters, *[0.1] * 60))
    return Outlook(import_price=prices, currency="EUR")


def told_a(site: Site) -> float | None:
    """Return the last limit that left for the garage, in amperes."""
    limits = [
        json.loads(frame["frame"])[3]["csChargingProfiles"]
        for frame in site.frames("garage")
        if frame["direction"] == "out" and '"SetChargingProfile"' in frame["frame"]
    ]
    if not limits:
        return None
    [period] = limits[-1]["chargingSchedule"]["chargingSchedulePeriod"]
    return float(period["limit"])


async def comes(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.02)


async def test_a_mode_becomes_a_plan_and_a_limit_in_the_station(
    hass: HomeAssistant, site: Site, garage: Station
) -> None:
    site.set_vehicle(GARAGE, VehicleFacts(capacity_wh=60_000.0, soc_percent=60.0))
    site.set_outlook(dear_now(site))
    await act(hass, "number.set_value", "number.garage_charge_to", value=80)
    await act(hass, "select.select_option", MODE, option="cheapest")
    await until(hass, "sensor.garage_limited_by", "planned")
    await until(hass, "sensor.garage_planned_power", "0")
    await comes(lambda: told_a(site) == 0.0)
    start = hass.states.get("sensor.garage_next_start")
    assert start is not None
    begins = dt_util.parse_datetime(start.state)
    assert begins is not None
    assert begins > dt_util.utcnow()
    cost = hass.states.get("sensor.garage_planned_cost")
    assert cost is not None
    # 12 kWh into the battery, a tenth is lost.
    assert float(cost.state) == pytest.approx(1.33, abs=0.05)
    await act(hass, "select.select_option", MODE, option="fast")
    await until(hass, "sensor.garage_limited_by", "own_maximum")
    await comes(lambda: told_a(site) == 16.0)


async def test_a_departure_that_cannot_be_met_is_an_issue_at_once(
    hass: HomeAssistant, site: Site, garage: Station
) -> None:
    site.set_vehicle(GARAGE, VehicleFacts(capacity_wh=60_000.0, soc_percent=20.0))
    await site.set_departure(GARAGE, dt_util.utcnow() + timedelta(hours=1))
    await act(hass, "select.select_option", MODE, option="cheapest")
    issues = ir.async_get(hass)

    def found() -> list[ir.IssueEntry]:
        return [
            issue
            for issue in issues.issues.values()
            if issue.translation_key == "departure_too_soon"
        ]

    await comes(lambda: bool(found()))
    [issue] = found()
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["name"] == "Garage"
    assert 30 <= float(issue.translation_placeholders["missing"]) <= 45
    await comes(
        lambda: hass.states.get("sensor.garage_missing_at_departure") is not None
    )
    await site.set_departure(GARAGE, None)
    await comes(lambda: not found())


async def test_without_a_solver_it_is_said_at_once_as_well(
    hass: HomeAssistant, site: Site, garage: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer degrades to simple rules, is labelled so, and the owner still hears what will be missing."""
    monkeypatch.setattr(highs, "is_there", lambda: False)
    site.set_vehicle(GARAGE, VehicleFacts(capacity_wh=60_000.0, soc_percent=20.0))
    await site.set_departure(GARAGE, dt_util.utcnow() + timedelta(hours=1))
    await act(hass, "select.select_option", MODE, option="cheapest")
    issues = ir.async_get(hass)
    await comes(
        lambda: any(
            issue.translation_key == "departure_too_soon"
            for issue in issues.issues.values()
        )
    )
    # It gets what there is.
    await until(hass, "sensor.garage_limited_by", "own_maximum")
    await comes(
        lambda: hass.states.get("sensor.garage_missing_at_departure") is not None
    )
    plan = hass.states.get("sensor.garage_planned_power")
    assert plan is not None
    assert plan.attributes["kind"] == "greedy"
    missing = hass.states.get("sensor.garage_missing_at_departure")
    assert missing is not None
    assert 30 <= float(missing.state) <= 45
    answer = await hass.services.async_call(
        "evenload",
        "get_plan",
        {"entity_id": MODE},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    assert "greedy" in json.dumps(answer)


async def test_with_planning_broken_the_car_charges_and_an_issue_says_so(
    hass: HomeAssistant, site: Site, garage: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("No solver")

    monkeypatch.setattr(solving, "solve", broken)
    await act(hass, "select.select_option", MODE, option="cheapest")
    issues = ir.async_get(hass)
    await comes(
        lambda: any(
            issue.translation_key == "planning_failed"
            for issue in issues.issues.values()
        )
    )
    await until(hass, "sensor.garage_limited_by", "own_maximum")


async def test_the_sun_without_a_meter_is_refused_in_words(
    hass: HomeAssistant, site: Site
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "select.select_option", MODE, option="solar")
    assert caught.value.translation_key == "sun_needs_meter"


async def test_a_price_limit_has_to_be_known_before_it_is_waited_for(
    hass: HomeAssistant, site: Site, garage: Station
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "select.select_option", MODE, option="price_limit")
    assert caught.value.translation_key == "price_limit_missing"
    site.set_outlook(dear_now(site))
    await act(hass, "number.set_value", "number.garage_price_limit", value=0.2)
    await act(hass, "select.select_option", MODE, option="price_limit")
    await until(hass, "sensor.garage_limited_by", "price_too_high")
    await act(hass, "number.set_value", "number.garage_price_limit", value=0.6)
    await until(hass, "sensor.garage_limited_by", "own_maximum")
