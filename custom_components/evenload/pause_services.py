"""Actions that pause connectors and let them go on: for their owner, or for a reason that counts by itself."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .engine.model.pauses import checked
from .errors import translated_errors
from .moments import ATTR_DURATION, ATTR_UNTIL, said_end
from .registering import async_register
from .targets import connectors_behind, what_they_may
from .together import do_all

SERVICE_PAUSE_CHARGING = "pause_charging"
SERVICE_RESUME_CHARGING = "resume_charging"

ATTR_REASON = "reason"

# Where nobody says how long: who paused it may be gone by then.
USUAL = timedelta(hours=1)

PAUSE_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Optional(ATTR_REASON): cv.string,
        vol.Exclusive(ATTR_UNTIL, "end"): cv.datetime,
        vol.Exclusive(ATTR_DURATION, "end"): cv.positive_time_period,
    }
)
RESUME_SCHEMA = cv.make_entity_service_schema({vol.Optional(ATTR_REASON): cv.string})


@callback
def async_setup_pause_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_register(
        hass,
        (SERVICE_PAUSE_CHARGING, _pause, PAUSE_SCHEMA),
        (SERVICE_RESUME_CHARGING, _resume, RESUME_SCHEMA),
    )


async def _pause(call: ServiceCall) -> ServiceResponse:
    """Pause connectors without ending their sessions; for a reason, until it ends or is taken back."""
    reason: str | None = call.data.get(ATTR_REASON)
    if reason is None:
        if ATTR_UNTIL in call.data or ATTR_DURATION in call.data:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="pause_without_reason"
            )
        return await _allow(call, allowed=False)
    now = dt_util.utcnow()
    until = said_end(call) or now + USUAL
    meant = connectors_behind(call)
    with translated_errors(meant[0][0]):
        checked(reason, until, now)
    await do_all(
        call.hass,
        meant,
        lambda entry, key: entry.runtime_data.pause(key, reason, until),
    )
    return what_they_may(call, meant)


async def _resume(call: ServiceCall) -> ServiceResponse:
    """Let connectors go on, or pause no more for one reason; it may be a while until it is their turn."""
    reason: str | None = call.data.get(ATTR_REASON)
    if reason is None:
        return await _allow(call, allowed=True)
    meant = connectors_behind(call)
    await do_all(
        call.hass, meant, lambda entry, key: entry.runtime_data.resume(key, reason)
    )
    return what_they_may(call, meant)


async def _allow(call: ServiceCall, *, allowed: bool) -> ServiceResponse:
    meant = connectors_behind(call)
    await do_all(
        call.hass,
        meant,
        lambda entry, key: entry.runtime_data.set_charging_allowed(
            key, allowed=allowed
        ),
    )
    return what_they_may(call, meant)
