"""Actions for what is inside a station: its settings, and messages that it sends when it is asked to."""

from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, service
import voluptuous as vol

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import station_subentry
from .engine.model.errors import StationRefused
from .engine.model.identity import EvseKey
from .registering import async_register
from .targets import connectors, stations
from .together import check_all, do_all, is_connected

SERVICE_GET_CONFIGURATION = "get_configuration"
SERVICE_SET_CONFIGURATION = "set_configuration"
SERVICE_TRIGGER_MESSAGE = "trigger_message"

ATTR_KEY = "key"
ATTR_KEYS = "keys"
ATTR_MESSAGE = "message"
ATTR_VALUE = "value"

# How stations say that there is no such setting: OCPP 1.6, and 2.x.
_UNKNOWN = {"NotSupported", "UnknownVariable", "UnknownComponent"}

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
    async_register(hass, (SERVICE_TRIGGER_MESSAGE, _trigger_message, TRIGGER_SCHEMA))


async def _get_configuration(call: ServiceCall) -> ServiceResponse:
    """Return the settings of stations, all of them where none is named."""
    meant = stations(call)

    async def get(entry: EvenloadConfigEntry, identity: str) -> dict[str, Any]:
        commands = entry.runtime_data.commands(identity)
        found = await commands.get_configuration(call.data[ATTR_KEYS])
        settings = {
            key: {"value": one.value, "readonly": one.readonly}
            for key, one in found.items()
        }
        return {"station": identity, "configuration": settings}

    check_all(call.hass, meant, is_connected)
    answers: list[Any] = await do_all(call.hass, meant, get)
    return {"stations": answers}


async def _set_configuration(call: ServiceCall) -> ServiceResponse:
    """Write a setting of stations, and return which of them have to be restarted first."""
    meant = stations(call)

    async def write(entry: EvenloadConfigEntry, identity: str) -> dict[str, Any]:
        key: str = call.data[ATTR_KEY]
        commands = entry.runtime_data.commands(identity)
        try:
            waits = await commands.set_configuration(key, call.data[ATTR_VALUE])
        except StationRefused as err:
            if err.answer not in _UNKNOWN:
                raise
            subentry = station_subentry(entry, identity)
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="setting_unknown",
                translation_placeholders={
                    "station": subentry.title if subentry else identity,
                    "key": key,
                },
            ) from err
        return {"station": identity, "restart_needed": waits}

    check_all(call.hass, meant, is_connected)
    answers: list[Any] = await do_all(call.hass, meant, write)
    return {"stations": answers} if call.return_response else None


async def _trigger_message(call: ServiceCall) -> ServiceResponse:
    """Let stations send a message now, about each connector that is meant, and return which have said that they will."""
    message: str = call.data[ATTR_MESSAGE]

    async def of_station(entry: EvenloadConfigEntry, identity: str) -> dict[str, Any]:
        await entry.runtime_data.commands(identity).trigger(message)
        return {"station": identity}

    async def of_connector(entry: EvenloadConfigEntry, key: EvseKey) -> dict[str, Any]:
        commands = entry.runtime_data.commands(key.identity)
        await commands.trigger(message, key.evse)
        return {"station": key.identity, "connector": key.evse}

    check_all(call.hass, stations(call), is_connected)
    done: list[Any] = (
        await do_all(call.hass, connectors(call), of_connector)
        if message in _OF_CONNECTORS
        else await do_all(call.hass, stations(call), of_station)
    )
    return {"accepted": done} if call.return_response else None


# Of the messages that can be asked for (1.6 §7.31, 2.0.1 §3.55), those that are about one connector.
_OF_CONNECTORS = {"MeterValues", "StatusNotification", "TransactionEvent"}
