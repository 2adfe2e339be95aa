"""The action that says when something else than a vehicle runs most cheaply."""

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

from .const import DOMAIN
from .errors import translated_errors
from .moments import ATTR_DURATION, said
from .plans import price_unit
from .registering import async_register
from .targets import targets

SERVICE_CHEAPEST_HOURS = "cheapest_hours"

ATTR_EARLIEST = "earliest"
ATTR_LATEST = "latest"
ATTR_TOGETHER = "together"

# Where nobody says by when.
USUAL = timedelta(days=1)

CHEAPEST_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_DURATION): cv.positive_time_period,
        vol.Optional(ATTR_EARLIEST): cv.datetime,
        vol.Optional(ATTR_LATEST): cv.datetime,
        vol.Optional(ATTR_TOGETHER, default=True): cv.boolean,
    }
)


@callback
def async_setup_appliance_services(hass: HomeAssistant) -> None:
    """Register the action."""
    async_register(
        hass,
        (SERVICE_CHEAPEST_HOURS, _cheapest_hours, CHEAPEST_SCHEMA),
        answers=SupportsResponse.ONLY,
    )


async def _cheapest_hours(call: ServiceCall) -> ServiceResponse:
    """Return when something runs for so long at the lowest prices of a grid connection."""
    entries = {one.entry.entry_id: one.entry for one in targets(call)}
    if len(entries) != 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="one_grid_connection"
        )
    [entry] = entries.values()
    site = entry.runtime_data
    earliest = said(call, ATTR_EARLIEST) or dt_util.utcnow()
    with translated_errors(entry):
        found = site.cheapest(
            earliest,
            said(call, ATTR_LATEST) or earliest + USUAL,
            call.data[ATTR_DURATION],
            together=call.data[ATTR_TOGETHER],
        )
    windows: list[Any] = [
        {"start": _local(span.start), "end": _local(span.end)} for span in found.spans
    ]
    return {
        "start": windows[0]["start"],
        "end": windows[-1]["end"],
        "windows": windows,
        "price": None if found.price is None else round(found.price, 5),
        "price_unit": price_unit(call.hass, site),
        "prices_known": found.price is not None,
        "in_time": found.fits,
    }


def _local(moment: datetime) -> str:
    return dt_util.as_local(moment).isoformat()
