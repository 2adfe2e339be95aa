"""The real engine in Home Assistant: a vehicle is tested, carries the house, and rests when its sensor says that it is low."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, override

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.control.v2x import direction
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.conftest import station
from tests.homeassistant.real_site import Station, until
from tests.homeassistant.test_discharging import PERMISSION

pytestmark = pytest.mark.usefixtures("socket_enabled")

CAR = "sensor.car_battery"
GRID = "sensor.grid_power"
KEY = "GridPower"


engine, site = real_site.engine, real_site.site


def say(hass: HomeAssistant, entity_id: str, value: float, unit: str) -> None:
    hass.states.async_set(entity_id, str(value), {"unit_of_measurement": unit})


def house(hass: HomeAssistant, *subentries: ConfigSubentryData) -> MockConfigEntry:
    """Return a house that takes 3 kW, and a station whose maker's manual names a key."""
    say(hass, CAR, 70, "%")
    say(hass, GRID, 3000, "W")
    permission = PERMISSION | {
        "soc_sensor": CAR,
        "capacity_kwh": 60,
        "told": "configuration_key",
        "dialect": {"key": KEY, "expires_s": 60, "settles_s": 0},
    }
    meter = {"kind": "total", "total": GRID, "spread": "even"}
    return real_site.entry_of(
        hass,
        station("garage", "Garage", v2g={"1": permission}),
        *subentries,
        options={"meter": meter},
    )


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A house with nothing else."""
    return house(hass)


class Feeding(Station):
    """Does at once what its key says, and tells so all the time; the house's meter sees it."""

    hass: HomeAssistant
    written: list[str]
    ticker: asyncio.Task[None]
    goes = False

    @override
    async def _hear(self, kind: int, name: str, *rest: Any) -> None:
        await super()._hear(kind, name, *rest)
        if kind == 2 and rest[0] == "ChangeConfiguration" and rest[1]["key"] == KEY:
            self.written.append(rest[1]["value"])

    @override
    async def hang_up(self) -> None:
        self.goes = True
        await self.ticker
        await super().hang_up()

    async def tick(self) -> None:
        """Tell what flows again and again."""
        while not self.goes:
            await self.measure()
            await asyncio.sleep(0.1)

    async def measure(self) -> None:
        """Tell what flows, to everybody."""
        written = self.written[-1] if self.written else "ChargingOnly"
        power_w = 0.0 if written == "ChargingOnly" else float(written)
        say(self.hass, GRID, 3000 + power_w, "W")
        values = {
            "Power.Active.Import": max(power_w, 0.0),
            "Power.Active.Export": max(-power_w, 0.0),
        }
        await self.say(
            "MeterValues",
            connectorId=1,
            transactionId=1,
            meterValue=[
                {
                    "timestamp": datetime.now(UTC).isoformat(),
                    "sampledValue": [
                        {"measurand": measurand, "value": str(value), "unit": "W"}
                        for measurand, value in values.items()
                    ],
                }
            ],
        )


@pytest.fixture
async def garage(hass: HomeAssistant, site: Site) -> AsyncGenerator[Feeding]:
    """A station with a vehicle that charges."""
    feeding = await Feeding.dial(site, "garage")
    feeding.hass, feeding.written = hass, []
    now = datetime.now(UTC).isoformat()
    await feeding.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Charging"
    )
    await feeding.say(
        "StartTransaction", connectorId=1, idTag="x", meterStart=0, timestamp=now
    )
    feeding.ticker = asyncio.create_task(feeding.tick())
    yield feeding
    await feeding.hang_up()


async def choose(hass: HomeAssistant, mode: str) -> None:
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": "select.garage_discharging_mode", "option": mode},
        blocking=True,
    )


async def press_test(hass: HomeAssistant) -> None:
    """Test as soon as the meter has shown what the house takes beside the vehicle."""
    async with asyncio.timeout(10):
        while True:
            with suppress(ServiceValidationError):
                await hass.services.async_call(
                    "button",
                    "press",
                    {"entity_id": "button.garage_test_discharging"},
                    blocking=True,
                )
                return
            await asyncio.sleep(0.1)


async def test_a_vehicle_is_tested_and_carries_the_house(
    hass: HomeAssistant,
    site: Site,
    garage: Feeding,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A vehicle rests for a minute before it begins again.
    for name in ("TURNS_AFTER", "BEGINS_AGAIN_AFTER"):
        monkeypatch.setattr(direction, name, timedelta(seconds=1))
    await choose(hass, "house")
    await until(hass, "sensor.garage_not_discharging_because", "not_proven")
    assert garage.written == []

    await press_test(hass)
    assert float(garage.written[0]) < -1000
    ability = site.stations["garage"].capabilities.v2x[1]
    assert [method.value for method in ability.proven] == ["configuration_key"]

    await until(hass, "sensor.garage_not_discharging_because", "nothing")
    await until(hass, "binary_sensor.garage_discharging", "on")
    assert float(hass.states.get("sensor.garage_setpoint").state) < -1000
    async with asyncio.timeout(5):
        battery = "sensor.home_energy_available_from_vehicles"
        while not 20 < float(hass.states.get(battery).state) < 25:
            await asyncio.sleep(0.01)

    await choose(hass, "setpoint")
    await until(hass, "sensor.garage_not_discharging_because", "no_order")
    await hass.services.async_call(
        "evenload",
        "discharge_until",
        {
            "entity_id": "sensor.garage_setpoint",
            "duration": "01:00:00",
            "energy": 5,
            "power": 2000,
        },
        blocking=True,
    )
    await until(hass, "sensor.garage_setpoint", "-2000.0")
    assert hass.states.get("sensor.garage_discharges_until").state != "unknown"

    say(hass, CAR, 30, "%")
    await until(hass, "sensor.garage_not_discharging_because", "soc_at_minimum")
    await until(hass, "binary_sensor.garage_discharging", "off")
