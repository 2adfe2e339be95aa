"""The forms of the site: its grid connection, how it is shared, the household's meter, and what is expected."""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigFlowContext,
    ConfigFlowResult,
    OptionsFlow,
)
import voluptuous as vol

from .checks import check_site
from .configuration import site_config
from .const import CONF_METER
from .engine.model.configuration import SiteConfig
from .engine.model.errors import BadSetting
from .engine.model.limits import Limit
from .engine.model.phases import Phase
from .form_errors import form_error
from .meter_config import CONF_KIND, NO_METER, is_complete
from .meter_fields import METER_SCHEMA
from .meter_flow import MeterSteps
from .planning_inputs.outlook_flow import OutlookSteps
from .schemas import GRID_SCHEMA, SESSIONS_SCHEMA, SHARING_SCHEMA
from .v2g_checks import check_grid, form_error as v2g_error, fuse_w
from .v2g_config import CONF_FREQUENCY_SENSOR
from .v2g_fields import GRID_DISCHARGE_SCHEMA


class EvenloadOptionsFlow(
    MeterSteps[ConfigFlowContext, ConfigFlowResult, str], OutlookSteps, OptionsFlow
):
    """Changes the site while everything stays connected."""

    # What the steps have changed so far.
    _options: dict[str, Any]

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what to change."""
        self._options = dict(self.config_entry.options)
        self._meter = dict(self._options.get(CONF_METER, {}))
        return self.async_show_menu(
            step_id="init",
            menu_options=[
                *("grid", "sharing", "meter", "outlook", "discharging", "sessions"),
            ],
        )

    async def async_step_grid(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the main fuse."""
        return await self._async_change("grid", GRID_SCHEMA, user_input)

    async def async_step_sharing(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change how the main fuse is shared."""
        return await self._async_change("sharing", SHARING_SCHEMA, user_input)

    async def async_step_discharging(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change what vehicles may feed into the grid, and what tells its frequency."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            try:
                check_grid(self.hass, user_input, fuse_w(self._metered_site))
            except BadSetting as err:
                errors, placeholders = v2g_error(err), err.placeholders
            else:
                # A field that was emptied is not sent.
                self._options.pop(CONF_FREQUENCY_SENSOR, None)
                return self.async_create_entry(data=self._options | user_input)
        return self.async_show_form(
            step_id="discharging",
            data_schema=self.add_suggested_values_to_schema(
                GRID_DISCHARGE_SCHEMA, user_input or self._options
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_sessions(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change how long sessions are kept."""
        if user_input is not None:
            return self.async_create_entry(data=self._options | user_input)
        return self.async_show_form(
            step_id="sessions",
            data_schema=self.add_suggested_values_to_schema(
                SESSIONS_SCHEMA, self._options
            ),
        )

    async def async_step_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what kind of meter there is."""
        if user_input is None:
            return self.async_show_form(
                step_id="meter",
                data_schema=self.add_suggested_values_to_schema(
                    METER_SCHEMA, self._meter
                ),
            )
        if user_input[CONF_KIND] == NO_METER:
            self._options.pop(CONF_METER, None)
            return self.async_create_entry(data=self._options)
        self._meter |= user_input
        return await self.async_step_meter_sensors()

    async def _async_change(
        self, step_id: str, schema: vol.Schema, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Show a form of options, and keep what is right; a meter that lacks a line now is asked for."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            options = self._options | user_input
            try:
                check_site(self.config_entry, options)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                self._options = options
                if self._meter and not is_complete(self._meter, self._metered_lines):
                    return await self.async_step_meter_sensors()
                return self.async_create_entry(data=options)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or self._options
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    @property
    @override
    def _metered_site(self) -> SiteConfig:
        return site_config(self.config_entry, self._options)

    @property
    @override
    def _metered_limit(self) -> Limit:
        return self._metered_site.main_fuse

    @property
    @override
    def _metered_lines(self) -> tuple[Phase, ...]:
        return self._metered_site.phases

    @override
    async def _finish_meter(self) -> ConfigFlowResult:
        return self.async_create_entry(data=self._options | {CONF_METER: self._meter})
