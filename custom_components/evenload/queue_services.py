"""Actions for who charges first."""

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .engine.model.stations import EvseSettings
from .engine.settings import with_priority
from .errors import translated_errors
from .registering import async_register
from .targets import connectors, what_they_may
from .together import do_all

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
    async_register(
        hass,
        (SERVICE_BOOST, _boost, BOOST_SCHEMA),
        (SERVICE_SET_PRIORITY, _set_priority, PRIORITY_SCHEMA),
    )


async def _boost(call: ServiceCall) -> ServiceResponse:
    """Put connectors to the front of the queue until they are unplugged, or take them back."""
    on: bool = call.data[ATTR_ON]
    meant = connectors(call)
    await do_all(
        call.hass, meant, lambda entry, key: entry.runtime_data.boost(key, on=on)
    )
    return what_they_may(call, meant)


async def _set_priority(call: ServiceCall) -> ServiceResponse:
    """Set whom connectors come before."""
    priority: int = call.data[ATTR_PRIORITY]
    meant = connectors(call)
    with translated_errors(meant[0][0]):
        with_priority(EvseSettings(), priority)
    await do_all(
        call.hass,
        meant,
        lambda entry, key: entry.runtime_data.set_priority(key, priority),
    )
    return what_they_may(call, meant)
