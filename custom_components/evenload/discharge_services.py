"""The action that lets vehicles feed back until a time, or until so much energy was given."""

from datetime import datetime, timedelta

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .errors import translated_errors
from .targets import connectors

SERVICE_DISCHARGE_UNTIL = "discharge_until"

ATTR_DURATION = "duration"
ATTR_ENERGY = "energy"
ATTR_POWER = "power"
ATTR_UNTIL = "until"

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
    hass.services.async_register(
        DOMAIN,
        SERVICE_DISCHARGE_UNTIL,
        _discharge_until,
        schema=DISCHARGE_UNTIL_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _discharge_until(call: ServiceCall) -> ServiceResponse:
    """Let vehicles feed back, and return what each of them is to give and what hinders it now."""
    until = said_end(call)
    energy_kwh: float | None = call.data.get(ATTR_ENERGY)
    told = connectors(call)
    for entry, key in told:
        with translated_errors(entry):
            await entry.runtime_data.discharge_until(
                key,
                until=until,
                energy_wh=None if energy_kwh is None else energy_kwh * 1000,
                power_w=call.data.get(ATTR_POWER),
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


def said_end(call: ServiceCall) -> datetime | None:
    """Return when it ends, if a time or a duration was said. Raises where that is over."""
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    if duration is not None:
        return dt_util.utcnow() + duration
    said: datetime | None = call.data.get(ATTR_UNTIL)
    if said is None:
        return None
    # Who says no time zone means the one of the house.
    until = dt_util.as_utc(said)
    if until <= dt_util.utcnow():
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="discharge_end_passed",
            translation_placeholders={
                "until": dt_util.as_local(until).isoformat(" ", "minutes")
            },
        )
    return until
