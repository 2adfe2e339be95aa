"""The real engine in Home Assistant: a station with an AC and a DC connector, and one that switches phases."""

import asyncio
import json
from typing import Any, override

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.conftest import group, station
from tests.homeassistant.real_site import Station, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

CONNECTORS = {
    "simultaneous": True,
    "evses": [
        {"number": 1, "current_type": "ac", "maximum": 16, "unit": "a"},
        {"number": 2, "current_type": "dc", "maximum": 20_000, "unit": "w"},
    ],
}


engine, site = real_site.engine, real_site.site


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with two stations, each in a group of its own."""
    return real_site.entry_of(
        hass,
        station("yard", "Yard", maximum_a=63, connectors=CONNECTORS),
        station("garage", "Garage", phases="l2_l3_l1"),
        group("Row", "yard", limit=25),
        group("House", "garage", unit="w", limit=11_040),
        options={"main_fuse_a": 63},
    )


class Charger(Station):
    """Keeps the limits that it was given, and has settings to show."""

    settings: dict[str, str]

    @override
    async def _hear(self, kind: int, name: str, *rest: Any) -> None:
        if kind == 2 and rest[0] == "GetConfiguration":
            shown = [
                {"key": key, "value": value, "readonly": True}
                for key, value in self.settings.items()
            ]
            self.heard.append(rest[0])
            answer = json.dumps([3, name, {"configurationKey": shown}])
            await self._socket.send(answer)
            return
        if kind == 2 and rest[0] == "SetChargingProfile":
            self.limits.append(rest[1])
        await super()._hear(kind, name, *rest)

    @property
    def limits(self) -> list[dict[str, Any]]:
        """The profiles that came, the latest last."""
        return self.__dict__.setdefault("_limits", [])

    async def limited(self, connector: int, unit: str, **period: float) -> None:
        """Wait until a connector's last limit in a unit says this; a vehicle that may be there is given ten seconds."""
        async with asyncio.timeout(20):
            while not period.items() <= self._last(connector, unit).items():
                await asyncio.sleep(0.01)

    async def leased(self, connector: int, **period: float) -> None:
        """Wait until a limit above that to which a connector falls back was this."""
        async with asyncio.timeout(20):
            while not any(
                period.items() <= self._period(payload).items()
                for payload in self.limits
                if payload["connectorId"] == connector
                and payload["csChargingProfiles"]["stackLevel"] > 0
            ):
                await asyncio.sleep(0.01)

    def _last(self, connector: int, unit: str) -> dict[str, Any]:
        for payload in reversed(self.limits):
            schedule = payload["csChargingProfiles"]["chargingSchedule"]
            if (payload["connectorId"], schedule["chargingRateUnit"]) == (
                connector,
                unit,
            ):
                return self._period(payload)
        return {}

    @staticmethod
    def _period(payload: dict[str, Any]) -> dict[str, Any]:
        schedule = payload["csChargingProfiles"]["chargingSchedule"]
        return dict(schedule["chargingSchedulePeriod"][0])

    async def charge(
        self, connector: int, at: str, **sampled: tuple[float, str]
    ) -> None:
        """Charge, and say what the meter reads."""
        await self.say(
            "StatusNotification",
            connectorId=connector,
            errorCode="NoError",
            status="Charging",
        )
        values = [
            {"measurand": name.replace("_", "."), "value": str(value), "unit": unit}
            for name, (value, unit) in sampled.items()
        ]
        await self.say(
            "MeterValues",
            connectorId=connector,
            meterValue=[{"timestamp": at, "sampledValue": values}],
        )


async def test_an_ac_and_a_dc_connector(hass: HomeAssistant, site: Site) -> None:
    Charger.settings = {"NumberOfConnectors": "2"}
    yard = await Charger.dial(site, "yard")
    assert isinstance(yard, Charger)

    # 25 A are shared evenly; half of it makes 7762 W of direct current, losses included.
    await yard.limited(1, "A", limit=12.5)
    await yard.limited(2, "W", limit=7762)
    named = [text for text in map(json.dumps, yard.limits) if "numberPhases" in text]
    assert named == []

    await yard.charge(
        2,
        "2026-11-01T12:00:00Z",
        Power_Active_Import=(6210, "W"),
        Current_Import=(15.5, "A"),
        Voltage=(400, "V"),
    )
    await until(hass, "sensor.yard_connector_2_power", "6210.0")
    await until(hass, "sensor.yard_connector_2_current_to_vehicle", "15.5")
    await until(hass, "sensor.row_used_l1", "10.0")
    await until(hass, "sensor.row_used_l3", "10.0")
    assert hass.states.get("sensor.yard_connector_2_current_l1") is None
    assert hass.states.get("number.yard_connector_2_maximum_current") is None
    assert hass.states.get("number.yard_connector_2_maximum_power").state == "20000"
    assert hass.states.get("number.yard_connector_1_maximum_current").state == "16"

    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.yard_connector_2_maximum_power", "value": 5000},
        blocking=True,
    )
    # What the DC connector cannot use goes to the other, as far as that can, once it was seen to let go.
    await yard.limited(2, "W", limit=4968)
    await yard.charge(2, "2026-11-01T12:00:10Z", Power_Active_Import=(4950, "W"))
    await yard.limited(1, "A", limit=16)
    await yard.hang_up()


async def test_a_rotated_station_that_switches_phases(
    hass: HomeAssistant, site: Site
) -> None:
    Charger.settings = {
        "NumberOfConnectors": "1",
        "ConnectorSwitch3to1PhaseSupported": "true",
    }
    garage = await Charger.dial(site, "garage")
    assert isinstance(garage, Charger)
    await garage.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Available"
    )
    await until(hass, "select.garage_phases", "automatic")
    await garage.limited(1, "A", limit=16, numberPhases=3)

    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": "select.garage_phases", "option": "one"},
        blocking=True,
    )
    await until(hass, "select.garage_phases", "one")
    # Nothing charges: it is told at once, and goes on once its contactors have moved.
    # What it falls back to is told right after.
    await garage.leased(1, limit=0, numberPhases=1)
    await until(hass, "sensor.garage_limited_by", "switching_phases")
    await garage.hang_up()
