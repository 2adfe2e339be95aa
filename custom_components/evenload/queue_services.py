"""Actions for who charges first."""

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .const import DOMAIN
from .errors import translated_errors
from .targets import connectors, what_they_may

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
    for name, action, schema in (
        (SERVICE_BOOST, _boost, BOOST_SCHEMA),
        (SERVICE_SET_PRIORITY, _set_priority, PRIORITY_SCHEMA),
    ):
        hass.services.async_register(
            DOMAIN,
            name,
            action,
            schema=schema,
            supports_response=SupportsResponse.OPTIONAL,
        )


async def _boost(call: ServiceCall) -> ServiceResponse:
    """Put connectors to the front of the queue until they are unplugged, or take them back."""
    for entry, key in connectors(call):
        with translated_errors(entry):
            await entry.runtime_data.boost(key, on=call.data[ATTR_ON])
    return what_they_may(call)


async def _set_priority(call: ServiceCall) -> ServiceResponse:
    """Set whom connectors come before."""
    for entry, key in connectors(call):
        with translated_errors(entry):
            await entry.runtime_data.set_priority(key, call.data[ATTR_PRIORITY])
    return what_they_may(call)
