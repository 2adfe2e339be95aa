"""The form of the roof: where the simulated home tells its forecast."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_URL
import voluptuous as vol


class RoofFlow(ConfigFlow, domain="simulated_roof"):
    """Asks for an address."""

    VERSION = 1

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of the simulated home."""
        if user_input is not None:
            await self.async_set_unique_id("roof")
            self._abort_if_unique_id_configured(updates=user_input)
            return self.async_create_entry(title="Solar roof", data=user_input)
        return self.async_show_form(
            step_id="user", data_schema=vol.Schema({vol.Required(CONF_URL): str})
        )
