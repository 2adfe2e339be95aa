"""The actions that give a vehicle, a group or the whole site a signed setpoint, and take it back; and one for the grid's signal."""

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .const import DOMAIN
from .discharge_services import ATTR_POWER
from .engine.model.tree import ROOT
from .engine.model.v2x import ACTION, V2gMode
from .errors import translated_errors
from .moments import ATTR_DURATION, ATTR_UNTIL, said_end
from .registering import async_register
from .targets import Target, targets

SERVICE_DISPATCH = "dispatch"
SERVICE_END_DISPATCH = "end_dispatch"
SERVICE_SHARE_GRID_SIGNAL = "share_grid_signal"

ATTR_AFTERWARDS = "afterwards"
ATTR_SIGNAL = "signal"

DISPATCH_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_POWER): vol.Coerce(float),
        vol.Exclusive(ATTR_UNTIL, "end"): cv.datetime,
        vol.Exclusive(ATTR_DURATION, "end"): cv.positive_time_period,
        vol.Optional(ATTR_AFTERWARDS): vol.Coerce(V2gMode),
    }
)
END_SCHEMA = cv.make_entity_service_schema({})
SIGNAL_SCHEMA = cv.make_entity_service_schema(
    {vol.Required(ATTR_SIGNAL): vol.Coerce(int)}
)


@callback
def async_setup_dispatch_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_register(
        hass,
        (SERVICE_DISPATCH, _dispatch, DISPATCH_SCHEMA),
        (SERVICE_END_DISPATCH, _end_dispatch, END_SCHEMA),
        (SERVICE_SHARE_GRID_SIGNAL, _share_grid_signal, SIGNAL_SCHEMA),
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
    """Take a setpoint back that an action gave, and return whether there was one; those of programmes and plans go on."""
    target = _target(call)
    name, site = target.name, target.entry.runtime_data
    own = (one for one in site.dispatches if one.source == ACTION)
    ended = any(one.target == name for one in own)
    with translated_errors(target.entry):
        await site.end_dispatch(name)
    if not call.return_response:
        return None
    return {"target": name, "ended": ended}


async def _share_grid_signal(call: ServiceCall) -> ServiceResponse:
    """Take a grid operator's signal for a grid connection, and return who follows it."""
    entry = _target(call).entry
    site = entry.runtime_data
    with translated_errors(entry):
        site.share_grid_signal(call.data[ATTR_SIGNAL])
    if not call.return_response:
        return None
    return {
        "signal": call.data[ATTR_SIGNAL],
        "offered_w": sum(site.responses.values()),
        "vehicles": site.battery_of(ROOT).vehicles,
    }


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
