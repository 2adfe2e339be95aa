"""A dialect that a careful owner writes down in the station's form, tested by its button against a station that speaks it (D1 to D4)."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.control.v2x import direction
from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.csms.discharging import preparing
from custom_components.evenload.engine.site import Site
from simulator import Bidirectional, Form, SimulatedStation, Vehicle
from simulator.bidirectional import Manual
from tests.homeassistant import real_site
from tests.homeassistant.conftest import station
from tests.homeassistant.discharging_pages import allow, go_on
from tests.homeassistant.real_site import until
from tests.homeassistant.test_discharging_dialects import ADVANCED
from tests.homeassistant.test_real_discharging import CAR, GRID, press_test, say

pytestmark = [pytest.mark.usefixtures("socket_enabled"), pytest.mark.timeout(120)]

engine, site = real_site.engine, real_site.site

ALONE = {"charges_by_limits": False}
# In kilowatts, and the other way round: as the maker's manual has it.
KEY = Manual(key="GridPower", scale=0.001, discharge_is_positive=True)
MESSAGE = Manual(vendor="com.example", message="Power", power_field="watts")
BY_KEY = {"key": "GridPower"}
BY_MESSAGE = {
    "vendor": "com.example",
    "message": "Power",
    "fields": [
        {"field": "evse", "value": "{evse}"},
        {"field": "operationMode", "value": "{mode}"},
        {"field": "watts", "value": "{power}"},
        {"field": "limit", "value": "{charge_limit}"},
        {"field": "dischargeLimit", "value": "{discharge_limit}"},
        {"field": "duration", "value": "{seconds}"},
    ],
}
TURNED = {"scale": 0.001, "discharge_is_positive": True}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A house that takes 4 kW, and knows how full the car is."""
    say(hass, CAR, 70, "%")
    say(hass, GRID, 4000, "W")
    meter = {"kind": "total", "total": GRID, "spread": "even"}
    box = station("garage", "Garage")
    return real_site.entry_of(hass, box, options={"meter": meter})


@pytest.mark.parametrize(
    ("told", "said", "advanced", "form", "options"),
    [
        ("negative_limit", {}, {}, Form.NEGATIVE_LIMIT, {}),
        (
            "configuration_key",
            BY_KEY,
            TURNED | ALONE,
            Form.SETPOINT_KEY,
            ALONE | {"manual": KEY},
        ),
        (
            "data_transfer",
            BY_MESSAGE,
            ALONE,
            Form.DATA_TRANSFER,
            ALONE | {"manual": MESSAGE},
        ),
        (
            "configuration_key",
            BY_KEY,
            TURNED,
            Form.SETPOINT_KEY,
            {"manual": KEY},
        ),
    ],
    ids=["D1", "D2", "D3", "D4"],
)
async def test_what_a_manual_says_is_written_down_and_proven(
    hass: HomeAssistant,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    told: str,
    said: dict[str, Any],
    advanced: dict[str, Any],
    form: Form,
    options: dict[str, Any],
) -> None:
    for name in ("TURNS_AFTER", "BEGINS_AGAIN_AFTER"):
        monkeypatch.setattr(direction, name, timedelta(seconds=1))
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 0.2)
    monkeypatch.setattr(preparing, "SETTLES_S", 0.2)
    monkeypatch.setattr(preparing, "SAMPLE_INTERVAL_S", 1)
    page = await allow(hass, told=told, soc_sensor=CAR, capacity_kwh=60)
    result = await go_on(hass, page, said | {"advanced": ADVANCED | advanced})
    assert result["reason"] == "reconfigure_successful"
    box = SimulatedStation(
        "garage",
        f"ws://127.0.0.1:{site.port}",
        versions=["1.6"],
        maximum_a=16.0,
        autostart_tag="FREE",
        meter_interval_s=1,
        bidirectional=Bidirectional(
            {1: 7000.0}, forms=frozenset({form}), tells=False, **options
        ),
    )
    async with box:
        await box.wait_accepted()
        box.plug_in(1, Vehicle(soc_percent=70, discharge_maximum_w=7000))
        metering = asyncio.create_task(_meter(hass, box))
        try:
            await _mode(hass, "house")
            await until(hass, "sensor.garage_not_discharging_because", "not_proven")
            await _prove(hass, site)
            ability = site.stations["garage"].capabilities.v2x[1]
            assert [method.value for method in ability.proven] == [told]
            await until(hass, "binary_sensor.garage_discharging", "on")
            assert box.evse(1).power_w < -1000
            assert box.evse(1).export_wh > 0
        finally:
            metering.cancel()


async def _meter(hass: HomeAssistant, box: SimulatedStation) -> None:
    while True:
        say(hass, GRID, round(4000 + box.evse(1).power_w), "W")
        await asyncio.sleep(0.25)


async def _prove(hass: HomeAssistant, site: Site) -> None:
    """Press the button until a test was not cut short: a vehicle that has just begun hides what the house takes."""
    async with asyncio.timeout(40):
        known = site.stations["garage"]
        while not (1 in known.capabilities.v2x and known.capabilities.v2x[1].proven):
            with suppress(HomeAssistantError):
                await press_test(hass)
            await asyncio.sleep(1)
            known = site.stations["garage"]


async def _mode(hass: HomeAssistant, mode: str) -> None:
    """Choose a mode, as soon as there is one to choose."""
    async with asyncio.timeout(10):
        while True:
            with suppress(ServiceValidationError):
                await hass.services.async_call(
                    "select",
                    "select_option",
                    {"entity_id": "select.garage_discharging_mode", "option": mode},
                    blocking=True,
                )
                if hass.states.get("select.garage_discharging_mode").state == mode:
                    return
            await asyncio.sleep(0.1)
