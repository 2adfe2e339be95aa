"""Actions for what an owner wishes of connectors and circuits: limits and departures."""

from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .amounts import check_limit, for_circuit, for_connector
from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.identity import EvseKey
from .engine.model.limits import Current, Limit, Power
from .moments import ATTR_DURATION, said_end
from .registering import async_register
from .targets import connectors, targets
from .together import check_all, do_all

SERVICE_SET_DEPARTURE = "set_departure"
SERVICE_SET_LIMIT = "set_limit"

ATTR_CURRENT = "current"
ATTR_DEPARTURE = "departure"
ATTR_POWER = "power"

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
    async_register(
        hass,
        (SERVICE_SET_DEPARTURE, _set_departure, DEPARTURE_SCHEMA),
        (SERVICE_SET_LIMIT, _set_limit, LIMIT_SCHEMA),
    )


async def _set_limit(call: ServiceCall) -> ServiceResponse:
    """Limit connectors or circuits, and return what holds now, each in its own unit."""
    limit = _said_limit(call)
    found = targets(call)
    if not found:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_target"
        )
    meant = [(one.entry, one.key or one.node_id) for one in found]
    check_all(call.hass, meant, lambda entry, where: check_limit(entry, where, limit))
    limits: list[Any] = await do_all(
        call.hass, meant, lambda entry, where: _limit(entry, where, limit)
    )
    return {"limits": limits} if call.return_response else None


async def _limit(
    entry: EvenloadConfigEntry, where: EvseKey | str, limit: Limit
) -> dict[str, Any]:
    site = entry.runtime_data
    if isinstance(where, str):
        number = for_circuit(entry, where, limit)
        await site.set_limit(where, number)
        state = site.groups.get(where, site.whole)
        unit = "a" if isinstance(state.limit, Current) else "w"
        return {"group": state.id or None, f"limit_{unit}": number}
    number = for_connector(entry, where, limit)
    await site.set_maximum(where, number)
    unit = "w" if site.kind(where).is_dc else "a"
    return {
        "station": where.identity,
        "connector": where.evse,
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


async def _set_departure(call: ServiceCall) -> ServiceResponse:
    """Set when vehicles leave, or that this is not known."""
    departs_at = said_end(call, ATTR_DEPARTURE)
    meant = connectors(call)
    await do_all(
        call.hass,
        meant,
        lambda entry, key: entry.runtime_data.set_departure(key, departs_at),
    )
    if not call.return_response:
        return None
    return {
        "connectors": [
            {
                "station": key.identity,
                "connector": key.evse,
                "departure": departs_at.isoformat() if departs_at else None,
            }
            for _, key in meant
        ]
    }
