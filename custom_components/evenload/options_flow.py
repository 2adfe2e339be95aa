"""The form of the main fuse."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow

from .checks import check_site, form_error
from .engine.model.errors import BadSetting
from .schemas import SITE_SCHEMA


class EvenloadOptionsFlow(OptionsFlow):
    """Changes the site while everything stays connected."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the main fuse."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            try:
                check_site(self.config_entry, user_input)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                SITE_SCHEMA, user_input or self.config_entry.options
            ),
            errors=errors,
            description_placeholders=placeholders,
        )
