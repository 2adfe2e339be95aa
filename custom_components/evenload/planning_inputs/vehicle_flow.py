"""The steps of the vehicles in a station's form: what their own sensors tell, or their owner."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant

from ..engine.model.errors import BadSetting
from ..meter_checks import own_sensors
from ..v2g_checks import MAXIMUM_CAPACITY_KWH, check_soc_sensor
from ..v2g_config import CONF_CAPACITY_KWH, CONF_SOC_SENSOR, CONF_V2G, rows_of
from ..v2g_flow import DischargingSteps
from .cars import found_cars
from .vehicle_config import (
    CONF_CALENDAR,
    CONF_CALENDAR_LEAD_MIN,
    CONF_CAPACITY_SENSOR,
    CONF_CARS,
    CONF_DEPARTURE_ENTITY,
    CONF_EFFICIENCY,
    car_rows,
    vehicle_configs,
)
from .vehicle_fields import CONF_CONNECTORS, VEHICLE_SCHEMA, connectors_schema

# Chargers in cars lose less than half, and give back no more than they get.
EFFICIENCIES = (50, 100)
MOST_LEAD_MIN = 24 * 60

# The field that a sentence stands at; the others stand above the form.
FIELDS = {
    "capacity_out_of_range": CONF_CAPACITY_KWH,
    "capacity_sensor_own": CONF_CAPACITY_SENSOR,
    "efficiency_out_of_range": CONF_EFFICIENCY,
    "lead_out_of_range": CONF_CALENDAR_LEAD_MIN,
    "soc_sensor_missing": CONF_SOC_SENSOR,
    "soc_sensor_own": CONF_SOC_SENSOR,
    "soc_sensor_wrong_kind": CONF_SOC_SENSOR,
    "vehicle_entity_missing": "base",
}


class VehicleSteps(DischargingSteps):
    """Asks of one connector after the other what is known of its vehicle, then what may be fed back."""

    # The connectors that are still to be asked about, what is known, and whether discharging comes after.
    _vehicles_left: list[str]
    _cars: dict[str, dict[str, Any]]
    _then_discharging: bool

    async def _async_more(
        self, title: str, data: dict[str, Any], *, vehicles: bool, discharging: bool
    ) -> SubentryFlowResult:
        """Go on after the first page, which is saved already."""
        self._title, self._data = title, data
        self._then_discharging = discharging
        if not vehicles:
            data.pop(CONF_CARS, None)
            return await self._async_discharging(title, data)
        self._rows = {number: dict(row) for number, row in rows_of(data).items()}
        self._cars = {number: dict(row) for number, row in car_rows(data).items()}
        connectors = self._connectors
        if len(connectors) > 1:
            return await self.async_step_vehicle_connectors()
        self._vehicles_left = [str(number) for number in connectors]
        return await self.async_step_vehicle()

    async def async_step_vehicle_connectors(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask of which connectors' vehicles something is known."""
        if user_input is not None:
            chosen = user_input[CONF_CONNECTORS]
            self._vehicles_left = sorted(chosen, key=int)
            self._cars = {k: v for k, v in self._cars.items() if k in chosen}
            return await self._async_next_vehicle()
        return self.async_show_form(
            step_id="vehicle_connectors",
            data_schema=self.add_suggested_values_to_schema(
                connectors_schema(self._connectors), {CONF_CONNECTORS: [*self._cars]}
            ),
            last_step=False,
        )

    async def async_step_vehicle(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what is known of the vehicle at a connector."""
        errors: dict[str, str] = {}
        number = self._vehicles_left[0]
        placeholders = {"connector": number}
        if user_input is not None:
            try:
                check_vehicle(self.hass, user_input)
            except BadSetting as err:
                errors = {FIELDS.get(err.key, "base"): err.key}
                placeholders |= err.placeholders
            else:
                self._cars[number] = user_input
                self._vehicles_left.pop(0)
                return await self._async_next_vehicle()
        return self.async_show_form(
            step_id="vehicle",
            data_schema=self.add_suggested_values_to_schema(
                VEHICLE_SCHEMA, user_input or self._cars.get(number) or self._offered()
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_next_vehicle(self) -> SubentryFlowResult:
        """Go on with the next connector, then with discharging, or keep what was said."""
        if self._vehicles_left:
            return await self.async_step_vehicle()
        data = {key: value for key, value in self._data.items() if key != CONF_CARS}
        if self._cars:
            data[CONF_CARS] = self._cars
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        if not self._then_discharging:
            data.pop(CONF_V2G, None)
            return self.async_update_and_abort(
                entry, subentry, title=self._title, data=data
            )
        self.hass.config_entries.async_update_subentry(entry, subentry, data=data)
        return await self._async_discharging(self._title, data)

    def _offered(self) -> dict[str, Any]:
        """Return the sensors of a car that no connector has yet."""
        known = vehicle_configs(self._get_entry()).values()
        taken = [config.soc_sensor for config in known if config.soc_sensor]
        for car in found_cars(self.hass, taken):
            offered = {CONF_SOC_SENSOR: car.soc_sensor}
            if car.capacity_sensor:
                offered[CONF_CAPACITY_SENSOR] = car.capacity_sensor
            return offered
        return {}


def check_vehicle(hass: HomeAssistant, said: Mapping[str, Any]) -> None:
    """Check what was said of a vehicle. Raises `BadSetting`."""
    if (sensor := said.get(CONF_SOC_SENSOR)) is not None:
        check_soc_sensor(hass, sensor)
    if (capacity := said.get(CONF_CAPACITY_KWH)) is not None:
        _check("capacity_out_of_range", capacity, 1, MAXIMUM_CAPACITY_KWH)
    if said.get(CONF_CAPACITY_SENSOR) in own_sensors(hass):
        raise BadSetting("capacity_sensor_own", sensor=said[CONF_CAPACITY_SENSOR])
    _check("efficiency_out_of_range", said[CONF_EFFICIENCY], *EFFICIENCIES)
    _check("lead_out_of_range", said[CONF_CALENDAR_LEAD_MIN], 0, MOST_LEAD_MIN)
    for key in (CONF_CAPACITY_SENSOR, CONF_DEPARTURE_ENTITY, CONF_CALENDAR):
        if (entity_id := said.get(key)) and hass.states.get(entity_id) is None:
            raise BadSetting("vehicle_entity_missing", entity=entity_id)


def _check(key: str, value: float, minimum: float, maximum: float) -> None:
    if not isfinite(value) or not minimum <= value <= maximum:
        raise BadSetting(key, minimum=f"{minimum:g}", maximum=f"{maximum:g}")
