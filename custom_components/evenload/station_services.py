"""Actions for what is inside a station: its settings, and messages that it sends when it is asked to."""

from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv, service
import voluptuous as vol

from .const import DOMAIN
from .errors import translated_errors
from .targets import connectors, stations

SERVICE_GET_CONFIGURATION = "get_configuration"
SERVICE_SET_CONFIGURATION = "set_configuration"
SERVICE_TRIGGER_MESSAGE = "trigger_message"

ATTR_KEY = "key"
ATTR_KEYS = "keys"
ATTR_MESSAGE = "message"
ATTR_VALUE = "value"

GET_SCHEMA = cv.make_entity_service_schema(
    {vol.Optional(ATTR_KEYS, default=list): vol.All(cv.ensure_list, [cv.string])}
)
SET_SCHEMA = cv.make_entity_service_schema(
    {vol.Required(ATTR_KEY): cv.string, vol.Required(ATTR_VALUE): cv.string}
)
TRIGGER_SCHEMA = cv.make_entity_service_schema({vol.Required(ATTR_MESSAGE): cv.string})


@callback
def async_setup_station_services(hass: HomeAssistant) -> None:
    """Register the actions. A setting can cut a station off, or show a password."""
    service.async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_GET_CONFIGURATION,
        _get_configuration,
        schema=GET_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    service.async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_SET_CONFIGURATION,
        _set_configuration,
        schema=SET_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN, SERVICE_TRIGGER_MESSAGE, _trigger_message, schema=TRIGGER_SCHEMA
    )


async def _get_configuration(call: ServiceCall) -> ServiceResponse:
    """Return the settings of stations, all of them where none is named."""
    answers: list[Any] = []
    for entry, identity in stations(call):
        with translated_errors(entry):
            commands = entry.runtime_data.commands(identity)
            found = await commands.get_configuration(call.data[ATTR_KEYS])
        settings = {
            key: {"value": one.value, "readonly": one.readonly}
            for key, one in found.items()
        }
        answers.append({"station": identity, "configuration": settings})
    return {"stations": answers}


async def _set_configuration(call: ServiceCall) -> ServiceResponse:
    """Write a setting of stations, and return which of them have to be restarted first."""
    answers: list[Any] = []
    for entry, identity in stations(call):
        with translated_errors(entry):
            commands = entry.runtime_data.commands(identity)
            waits = await commands.set_configuration(
                call.data[ATTR_KEY], call.data[ATTR_VALUE]
            )
        answers.append({"station": identity, "restart_needed": waits})
    return {"stations": answers} if call.return_response else None


async def _trigger_message(call: ServiceCall) -> None:
    """Let stations send a message now, about each connector that is meant."""
    message: str = call.data[ATTR_MESSAGE]
    if message not in _OF_CONNECTORS:
        for entry, identity in stations(call):
            with translated_errors(entry):
                await entry.runtime_data.commands(identity).trigger(message)
        return
    for entry, key in connectors(call):
        with translated_errors(entry):
            commands = entry.runtime_data.commands(key.identity)
            await commands.trigger(message, key.evse)


# Of the messages that can be asked for (1.6 §7.31, 2.0.1 §3.55), those that are about one connector.
_OF_CONNECTORS = {"MeterValues", "StatusNotification", "TransactionEvent"}
