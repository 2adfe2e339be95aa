"""The actions that give a vehicle, a group or the whole site a signed setpoint, and take it back."""

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .const import DOMAIN
from .discharge_services import ATTR_DURATION, ATTR_POWER, ATTR_UNTIL, said_end
from .engine.model.v2x import V2gMode
from .errors import translated_errors
from .targets import Target, targets

SERVICE_DISPATCH = "dispatch"
SERVICE_END_DISPATCH = "end_dispatch"

ATTR_AFTERWARDS = "afterwards"

DISPATCH_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_POWER): vol.Coerce(float),
        vol.Exclusive(ATTR_UNTIL, "end"): cv.datetime,
        vol.Exclusive(ATTR_DURATION, "end"): cv.positive_time_period,
        vol.Optional(ATTR_AFTERWARDS): vol.Coerce(V2gMode),
    }
)
END_SCHEMA = cv.make_entity_service_schema({})


@callback
def async_setup_dispatch_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action, schema in (
        (SERVICE_DISPATCH, _dispatch, DISPATCH_SCHEMA),
        (SERVICE_END_DISPATCH, _end_dispatch, END_SCHEMA),
    ):
        hass.services.async_register(
            DOMAIN,
            name,
            action,
            schema=schema,
            supports_response=SupportsResponse.OPTIONAL,
        )


async def _dispatch(call: ServiceCall) -> ServiceResponse:
    """Give a setpoint, and return it with what those who are meant can do of it."""
    until = said_end(call)
    if until is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="dispatch_without_end"
        )
    target = _target(call)
    name, site = target.name, target.entry.runtime_data
    with translated_errors(target.entry):
        dispatch = await site.dispatch(
            name,
            call.data[ATTR_POWER],
            until,
            afterwards=call.data.get(ATTR_AFTERWARDS),
        )
        battery = site.battery_of(name)
    if not call.return_response:
        return None
    return {
        "id": dispatch.id,
        "target": name,
        "power_w": dispatch.power_w,
        "until": dispatch.until.isoformat(),
        "afterwards": dispatch.afterwards,
        "vehicles": battery.vehicles,
        "charge_power_w": battery.charge_w,
        "discharge_power_w": battery.discharge_w,
        "energy_available_wh": battery.available_wh,
    }


async def _end_dispatch(call: ServiceCall) -> ServiceResponse:
    """Take a setpoint back, and return whether there was one."""
    target = _target(call)
    name, site = target.name, target.entry.runtime_data
    ended = any(one.target == name for one in site.dispatches)
    with translated_errors(target.entry):
        await site.end_dispatch(name)
    if not call.return_response:
        return None
    return {"target": name, "ended": ended}


def _target(call: ServiceCall) -> Target:
    """Return who is meant. Raises where that is nobody, or more than one: a power is for all of them together."""
    found = targets(call)
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="dispatch_nobody"
        )
    if len(found) > 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="dispatch_several"
        )
    return found[0]
