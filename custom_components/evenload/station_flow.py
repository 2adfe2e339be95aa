"""The forms of a charging station."""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_NAME

from .checks import check_identity, check_station
from .connection import own_url
from .const import CONF_IDENTITY, CONF_PHASES
from .engine.model.errors import BadSetting
from .form_errors import form_error
from .planning_inputs.vehicle_config import CONF_CARS
from .planning_inputs.vehicle_fields import CONF_VEHICLES_KNOWN
from .planning_inputs.vehicle_flow import VehicleSteps
from .schemas import NEW_STATION_SCHEMA, unfolded
from .security_flow import async_protect, suggested_security
from .station_fields import KNOWN_STATION_SCHEMA, station_schema, usual_wiring
from .uplink_config import kept_secret, shown
from .v2g_config import CONF_V2G
from .v2g_fields import CONF_DISCHARGING


class StationFlow(VehicleSteps):
    """Adds a station before it dials in, and changes it."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a station."""
        errors: dict[str, str] = {}
        entry = self._get_entry()
        placeholders = {"url": own_url(self.hass, entry)}
        if user_input is not None:
            data = dict(user_input)
            name = data.pop(CONF_NAME).strip()
            try:
                check_identity(self.hass, data[CONF_IDENTITY])
                check_station(entry, name, data)
                await async_protect(entry, data[CONF_IDENTITY], data)
            except BadSetting as err:
                errors, placeholders = form_error(err), placeholders | err.placeholders
            else:
                return self.async_create_entry(
                    title=name, data=data, unique_id=data[CONF_IDENTITY]
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                unfolded(station_schema(NEW_STATION_SCHEMA, entry), errors),
                user_input or {CONF_PHASES: usual_wiring(entry)},
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a station; its identity is what the station itself says."""
        errors: dict[str, str] = {}
        entry = self._get_entry()
        subentry = self._get_reconfigure_subentry()
        placeholders = {"identity": subentry.data[CONF_IDENTITY]}
        if user_input is not None:
            data = {**subentry.data, **user_input}
            kept_secret(data, subentry.data)
            name = data.pop(CONF_NAME).strip()
            discharges = data.pop(CONF_DISCHARGING)
            vehicles = data.pop(CONF_VEHICLES_KNOWN)
            try:
                check_station(entry, name, data)
                await async_protect(entry, data[CONF_IDENTITY], data)
            except BadSetting as err:
                errors, placeholders = form_error(err), placeholders | err.placeholders
            else:
                if discharges or vehicles:
                    # This page holds, whatever becomes of the next.
                    self.hass.config_entries.async_update_subentry(
                        entry, subentry, title=name, data=data
                    )
                    return await self._async_more(
                        name, data, vehicles=vehicles, discharging=discharges
                    )
                data.pop(CONF_V2G, None)
                data.pop(CONF_CARS, None)
                return self.async_update_and_abort(
                    entry, subentry, title=name, data=data
                )
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                unfolded(
                    station_schema(KNOWN_STATION_SCHEMA, entry, subentry.data), errors
                ),
                user_input
                or {
                    CONF_NAME: subentry.title,
                    **subentry.data,
                    **shown(subentry.data),
                    CONF_VEHICLES_KNOWN: CONF_CARS in subentry.data,
                    CONF_DISCHARGING: CONF_V2G in subentry.data,
                    **suggested_security(
                        entry, subentry.data[CONF_IDENTITY], subentry.data
                    ),
                },
            ),
            errors=errors,
            description_placeholders=placeholders,
        )
