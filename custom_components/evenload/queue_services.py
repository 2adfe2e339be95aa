"""Actions for who charges first."""

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .const import DOMAIN
from .errors import translated_errors
from .targets import connectors

SERVICE_BOOST = "boost"
SERVICE_SET_PRIORITY = "set_priority"

ATTR_ON = "on"
ATTR_PRIORITY = "priority"

BOOST_SCHEMA = cv.make_entity_service_schema(
    {vol.Optional(ATTR_ON, default=True): cv.boolean}
)
PRIORITY_SCHEMA = cv.make_entity_service_schema(
    {vol.Required(ATTR_PRIORITY): vol.Coerce(int)}
)


@callback
def async_setup_queue_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(DOMAIN, SERVICE_BOOST, _boost, schema=BOOST_SCHEMA)
    hass.services.async_register(
        DOMAIN, SERVICE_SET_PRIORITY, _set_priority, schema=PRIORITY_SCHEMA
    )


async def _boost(call: ServiceCall) -> None:
    """Put connectors to the front of the queue until they are unplugged, or take them back."""
    for entry, key in connectors(call):
        with translated_errors(entry):
            await entry.runtime_data.boost(key, on=call.data[ATTR_ON])


async def _set_priority(call: ServiceCall) -> None:
    """Set whom connectors come before."""
    for entry, key in connectors(call):
        with translated_errors(entry):
            await entry.runtime_data.set_priority(key, call.data[ATTR_PRIORITY])
