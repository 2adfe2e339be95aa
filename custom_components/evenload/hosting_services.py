"""Actions that keep connectors for a driver, and that begin and end charging."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .configuration import site_config
from .data import EvenloadConfigEntry
from .driver_targets import driver_of
from .engine.model.drivers import TokenPolicy
from .engine.model.identity import EvseKey
from .moments import ATTR_UNTIL
from .registering import async_register
from .targets import connectors
from .together import check_all, do_all, is_connected

SERVICE_CANCEL_RESERVATION = "cancel_reservation"
SERVICE_RESERVE = "reserve"
SERVICE_START_CHARGING = "start_charging"
SERVICE_STOP_CHARGING = "stop_charging"

ATTR_DRIVER = "driver"

NOTHING_SCHEMA = cv.make_entity_service_schema({})
RESERVE_SCHEMA = cv.make_entity_service_schema(
    {vol.Required(ATTR_DRIVER): cv.string, vol.Required(ATTR_UNTIL): cv.datetime}
)
START_SCHEMA = cv.make_entity_service_schema({vol.Optional(ATTR_DRIVER): cv.string})


@callback
def async_setup_hosting_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_register(
        hass,
        (SERVICE_CANCEL_RESERVATION, _cancel_reservation, NOTHING_SCHEMA),
        (SERVICE_RESERVE, _reserve, RESERVE_SCHEMA),
        (SERVICE_START_CHARGING, _start_charging, START_SCHEMA),
        (SERVICE_STOP_CHARGING, _stop_charging, NOTHING_SCHEMA),
    )


async def _reserve(call: ServiceCall) -> ServiceResponse:
    """Keep connectors for a driver until a time."""
    # Who says no time zone means the one of the house.
    until = dt_util.as_utc(call.data[ATTR_UNTIL])
    drivers = _drivers(call)
    return await _all(
        call,
        lambda entry, key: entry.runtime_data.check_reservation(
            key, drivers[entry.entry_id], until
        ),
        lambda entry, key: entry.runtime_data.reserve(
            key, drivers[entry.entry_id], until
        ),
    )


async def _cancel_reservation(call: ServiceCall) -> ServiceResponse:
    """Keep connectors for nobody any more."""
    return await _all(
        call,
        is_connected,
        lambda entry, key: entry.runtime_data.cancel_reservation(key),
    )


async def _start_charging(call: ServiceCall) -> ServiceResponse:
    """Begin to charge, on a driver's account where one is named."""
    named = ATTR_DRIVER in call.data
    drivers = _drivers(call) if named else {}
    if named or any(_asks_who(entry, key) for entry, key in connectors(call)):
        await _check_administrator(call)
    return await _all(
        call,
        lambda entry, key: entry.runtime_data.check_start(
            key, drivers.get(entry.entry_id)
        ),
        lambda entry, key: entry.runtime_data.start_charging(
            key, drivers.get(entry.entry_id)
        ),
    )


async def _stop_charging(call: ServiceCall) -> ServiceResponse:
    """End what is being charged."""
    return await _all(
        call,
        lambda entry, key: entry.runtime_data.check_stop(key),
        lambda entry, key: entry.runtime_data.stop_charging(key),
    )


async def _all(
    call: ServiceCall,
    check: Callable[[EvenloadConfigEntry, EvseKey], object],
    do: Callable[[EvenloadConfigEntry, EvseKey], Awaitable[None]],
) -> ServiceResponse:
    """Do something at all connectors or at none, and tell at which."""
    meant = connectors(call)
    check_all(call.hass, meant, check)
    await do_all(call.hass, meant, do)
    if not call.return_response:
        return None
    done: list[Any] = [
        {"station": key.identity, "connector": key.evse} for _, key in meant
    ]
    return {"connectors": done}


def _drivers(call: ServiceCall) -> dict[str, str]:
    """Return the driver who is named at each site that is meant. Raises where it is another site's."""
    return {
        entry.entry_id: driver_of(call.hass, entry, call.data[ATTR_DRIVER])
        for entry, _ in connectors(call)
    }


def _asks_who(entry: EvenloadConfigEntry, key: EvseKey) -> bool:
    """Whether a station lets nobody charge whom it does not know."""
    admission = site_config(entry).stations[key.identity].admission
    return admission.policy is TokenPolicy.KNOWN


async def _check_administrator(call: ServiceCall) -> None:
    """Check that nobody charges on another's account, or past the reader. Raises `Unauthorized`."""
    if call.context.user_id is None:
        return
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None or not user.is_admin:
        raise Unauthorized(context=call.context)
