"""Actions for what an owner wishes of connectors and circuits: limits, pauses, departures."""

from datetime import datetime, timedelta
from typing import Any

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

from .amounts import for_circuit, for_connector
from .const import DOMAIN
from .engine.model.limits import Current, Limit, Power
from .errors import translated_errors
from .targets import Target, connectors, targets, what_they_may

SERVICE_PAUSE_CHARGING = "pause_charging"
SERVICE_RESUME_CHARGING = "resume_charging"
SERVICE_SET_DEPARTURE = "set_departure"
SERVICE_SET_LIMIT = "set_limit"

ATTR_CURRENT = "current"
ATTR_DEPARTURE = "departure"
ATTR_DURATION = "duration"
ATTR_POWER = "power"

ALLOWED_SCHEMA = cv.make_entity_service_schema({})
DEPARTURE_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Exclusive(ATTR_DEPARTURE, "when"): cv.datetime,
        vol.Exclusive(ATTR_DURATION, "when"): cv.positive_time_period,
    }
)
LIMIT_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Exclusive(ATTR_CURRENT, "limit"): vol.Coerce(float),
        vol.Exclusive(ATTR_POWER, "limit"): vol.Coerce(float),
    }
)


@callback
def async_setup_wish_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action, schema in (
        (SERVICE_PAUSE_CHARGING, _pause, ALLOWED_SCHEMA),
        (SERVICE_RESUME_CHARGING, _resume, ALLOWED_SCHEMA),
        (SERVICE_SET_DEPARTURE, _set_departure, DEPARTURE_SCHEMA),
        (SERVICE_SET_LIMIT, _set_limit, LIMIT_SCHEMA),
    ):
        hass.services.async_register(
            DOMAIN,
            name,
            action,
            schema=schema,
            supports_response=SupportsResponse.OPTIONAL,
        )


async def _set_limit(call: ServiceCall) -> ServiceResponse:
    """Limit connectors or circuits, and return what holds now, each in its own unit."""
    limit = _said_limit(call)
    found = targets(call)
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_target"
        )
    limits: list[Any] = [await _limit(target, limit) for target in found]
    return {"limits": limits} if call.return_response else None


async def _limit(target: Target, limit: Limit) -> dict[str, Any]:
    entry, key, node_id = target
    site = entry.runtime_data
    with translated_errors(entry):
        if key is None:
            number = for_circuit(entry, node_id, limit)
            await site.set_limit(node_id, number)
            state = site.groups.get(node_id, site.whole)
            unit = "a" if isinstance(state.limit, Current) else "w"
            return {"group": state.id or None, f"limit_{unit}": number}
        number = for_connector(entry, key, limit)
        await site.set_maximum(key, number)
    unit = "w" if site.kind(key).is_dc else "a"
    return {
        "station": key.identity,
        "connector": key.evse,
        f"limit_{unit}": number,
    }


def _said_limit(call: ServiceCall) -> Limit:
    if (current_a := call.data.get(ATTR_CURRENT)) is not None:
        return Current(current_a)
    if (power_w := call.data.get(ATTR_POWER)) is not None:
        return Power(power_w)
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="limit_missing"
    )


async def _pause(call: ServiceCall) -> ServiceResponse:
    """Pause connectors without ending their sessions."""
    return await _allow(call, allowed=False)


async def _resume(call: ServiceCall) -> ServiceResponse:
    """Let connectors go on; it may be a while until it is their turn."""
    return await _allow(call, allowed=True)


async def _allow(call: ServiceCall, *, allowed: bool) -> ServiceResponse:
    for entry, key in connectors(call):
        with translated_errors(entry):
            await entry.runtime_data.set_charging_allowed(key, allowed=allowed)
    return what_they_may(call)


async def _set_departure(call: ServiceCall) -> ServiceResponse:
    """Set when vehicles leave, or that this is not known."""
    departs_at = _said_departure(call)
    answers: list[Any] = []
    for entry, key in connectors(call):
        with translated_errors(entry):
            await entry.runtime_data.set_departure(key, departs_at)
        answers.append(
            {
                "station": key.identity,
                "connector": key.evse,
                "departure": departs_at.isoformat() if departs_at else None,
            }
        )
    return {"connectors": answers} if call.return_response else None


def _said_departure(call: ServiceCall) -> datetime | None:
    """Return when they leave. Raises where that is over."""
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    if duration is not None:
        return dt_util.utcnow() + duration
    said: datetime | None = call.data.get(ATTR_DEPARTURE)
    if said is None:
        return None
    # Who says no time zone means the one of the house.
    departs_at = dt_util.as_utc(said)
    if departs_at <= dt_util.utcnow():
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="departure_passed",
            translation_placeholders={
                "departure": dt_util.as_local(departs_at).isoformat(" ", "minutes")
            },
        )
    return departs_at
