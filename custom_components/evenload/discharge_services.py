"""The action that lets vehicles feed back until a time, or until so much energy was given."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .moments import ATTR_DURATION, ATTR_UNTIL, said_end
from .registering import async_register
from .targets import connectors
from .together import check_all, do_all

SERVICE_DISCHARGE_UNTIL = "discharge_until"

ATTR_ENERGY = "energy"
ATTR_POWER = "power"

DISCHARGE_UNTIL_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Exclusive(ATTR_UNTIL, "end"): cv.datetime,
        vol.Exclusive(ATTR_DURATION, "end"): cv.positive_time_period,
        vol.Optional(ATTR_ENERGY): vol.Coerce(float),
        vol.Optional(ATTR_POWER): vol.Coerce(float),
    }
)


@callback
def async_setup_discharge_services(hass: HomeAssistant) -> None:
    """Register the action."""
    async_register(
        hass, (SERVICE_DISCHARGE_UNTIL, _discharge_until, DISCHARGE_UNTIL_SCHEMA)
    )


async def _discharge_until(call: ServiceCall) -> ServiceResponse:
    """Let vehicles feed back, and return what each of them is to give and what hinders it now."""
    until = said_end(call)
    energy_kwh: float | None = call.data.get(ATTR_ENERGY)
    said: dict[str, Any] = {
        "until": until,
        "energy_wh": None if energy_kwh is None else energy_kwh * 1000,
        "power_w": call.data.get(ATTR_POWER),
    }
    told = connectors(call)
    check_all(
        call.hass,
        told,
        lambda entry, key: entry.runtime_data.check_discharge(key, **said),
    )
    await do_all(
        call.hass,
        told,
        lambda entry, key: entry.runtime_data.discharge_until(key, **said),
    )
    if not call.return_response:
        return None
    return {
        "connectors": [
            {
                "station": key.identity,
                "connector": key.evse,
                "until": None if until is None else until.isoformat(),
                "energy_kwh": energy_kwh,
                "hindrance": entry.runtime_data.evse(key).discharge.hindrance,
            }
            for entry, key in told
        ]
    }
