"""Actions for charging profiles in stations: what they come to, and those that an owner writes."""

from datetime import timedelta
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.capabilities import Purpose
from .engine.model.errors import StationRefused
from .engine.model.identity import EvseKey
from .engine.model.limits import RateUnit
from .engine.owners_profiles import (
    OwnersPeriod,
    OwnersProfile,
    check_id,
    check_profile,
    profile_message,
)
from .moments import ATTR_DURATION, said as moment
from .registering import async_register
from .targets import connectors, stations
from .together import check_all, do_all, is_connected

SERVICE_CLEAR_PROFILE = "clear_profile"
SERVICE_GET_COMPOSITE_SCHEDULE = "get_composite_schedule"
SERVICE_SET_CHARGING_PROFILE = "set_charging_profile"

ATTR_DAILY = "daily"
ATTR_PERIODS = "periods"
ATTR_PROFILE_ID = "profile_id"
ATTR_PURPOSE = "purpose"
ATTR_STACK_LEVEL = "stack_level"
ATTR_START = "start"
ATTR_UNIT = "unit"
ATTR_VALID_TO = "valid_to"

PURPOSES = (Purpose.STATION_MAXIMUM, Purpose.TX_DEFAULT)
UNITS = {"a": RateUnit.AMPERES, "w": RateUnit.WATTS}

PERIOD_SCHEMA = vol.Schema(
    {
        vol.Optional("start", default=timedelta()): cv.positive_time_period,
        vol.Required("limit"): vol.All(vol.Coerce(float), vol.Range(min=0)),
        vol.Optional("phases"): vol.All(vol.Coerce(int), vol.Range(min=1, max=3)),
    }
)
SCHEDULE_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Optional(
            ATTR_DURATION, default=timedelta(hours=1)
        ): cv.positive_time_period,
        vol.Optional(ATTR_UNIT): vol.In(UNITS),
    }
)
PROFILE_SCHEMA = cv.make_entity_service_schema(
    {
        vol.Required(ATTR_PROFILE_ID): cv.positive_int,
        vol.Required(ATTR_PURPOSE): vol.In([one.value for one in PURPOSES]),
        vol.Optional(ATTR_STACK_LEVEL, default=0): cv.positive_int,
        vol.Required(ATTR_UNIT): vol.In(UNITS),
        vol.Required(ATTR_PERIODS): vol.All(cv.ensure_list, [PERIOD_SCHEMA]),
        vol.Optional(ATTR_START): cv.datetime,
        vol.Optional(ATTR_DURATION): cv.positive_time_period,
        vol.Optional(ATTR_DAILY, default=False): cv.boolean,
        vol.Optional(ATTR_VALID_TO): cv.datetime,
    }
)
CLEAR_SCHEMA = cv.make_entity_service_schema(
    {vol.Required(ATTR_PROFILE_ID): cv.positive_int}
)


@callback
def async_setup_profile_services(hass: HomeAssistant) -> None:
    """Register the actions; what stays in a station is an administrator's affair."""
    async_register(
        hass,
        (SERVICE_GET_COMPOSITE_SCHEDULE, _get_composite_schedule, SCHEDULE_SCHEMA),
        answers=SupportsResponse.ONLY,
    )
    for name, action, schema in (
        (SERVICE_SET_CHARGING_PROFILE, _set_charging_profile, PROFILE_SCHEMA),
        (SERVICE_CLEAR_PROFILE, _clear_profile, CLEAR_SCHEMA),
    ):
        service.async_register_admin_service(
            hass,
            DOMAIN,
            name,
            action,
            schema=schema,
            supports_response=SupportsResponse.OPTIONAL,
        )


async def _get_composite_schedule(call: ServiceCall) -> ServiceResponse:
    """Return what stations say that they will allow, all their profiles taken together."""
    unit = call.data.get(ATTR_UNIT)
    seconds = int(call.data[ATTR_DURATION].total_seconds())
    meant = connectors(call)

    async def ask(entry: EvenloadConfigEntry, key: EvseKey) -> dict[str, Any]:
        commands = entry.runtime_data.commands(key.identity)
        schedule = await commands.composite_schedule(
            key.evse, seconds, UNITS[unit] if unit else None
        )
        return {
            "station": key.identity,
            "connector": key.evse,
            "unit": schedule.unit.value,
            "start": schedule.start.isoformat() if schedule.start else None,
            "periods": [
                {
                    "start_s": period.start_s,
                    "limit": period.limit,
                    "phases": period.phases,
                }
                for period in schedule.periods
            ],
        }

    check_all(call.hass, meant, is_connected)
    answers: list[Any] = await do_all(call.hass, meant, ask)
    return {"schedules": answers}


async def _set_charging_profile(call: ServiceCall) -> ServiceResponse:
    """Put a profile into stations, below Evenload's own, and return where it lies now."""
    meant = connectors(call)
    if call.data[ATTR_PURPOSE] == Purpose.STATION_MAXIMUM:
        meant = list({key.identity: (entry, key) for entry, key in meant}.values())

    def check(entry: EvenloadConfigEntry, key: EvseKey) -> None:
        is_connected(entry, key)
        station = entry.runtime_data.stations[key.identity]
        check_profile(station.capabilities, _said_profile(call, key))

    async def put(entry: EvenloadConfigEntry, key: EvseKey) -> dict[str, Any]:
        profile = _said_profile(call, key)
        station = entry.runtime_data.stations[key.identity]
        commands = entry.runtime_data.commands(key.identity)
        message = profile_message(station.version, profile)
        answer = await commands.call("SetChargingProfile", message)
        status = str(answer.get("status"))
        if status.lower() != "accepted":
            raise StationRefused(key.identity, "SetChargingProfile", status)
        return {
            "station": key.identity,
            "connector": key.evse,
            "profile_id": profile.id,
            "stack_level": profile.stack_level,
        }

    check_all(call.hass, meant, check)
    answers: list[Any] = await do_all(call.hass, meant, put)
    return {"profiles": answers} if call.return_response else None


async def _clear_profile(call: ServiceCall) -> ServiceResponse:
    """Take a profile out of stations, and return which of them had it."""
    meant = stations(call)
    number: int = call.data[ATTR_PROFILE_ID]

    def check(entry: EvenloadConfigEntry, identity: str) -> None:
        check_id(number)
        is_connected(entry, identity)

    async def clear(entry: EvenloadConfigEntry, identity: str) -> dict[str, Any]:
        cleared = await entry.runtime_data.commands(identity).clear_profile(number)
        return {"station": identity, "cleared": cleared}

    check_all(call.hass, meant, check)
    answers: list[Any] = await do_all(call.hass, meant, clear)
    return {"stations": answers} if call.return_response else None


def _said_profile(call: ServiceCall, key: EvseKey) -> OwnersProfile:
    said = call.data
    purpose = Purpose(said[ATTR_PURPOSE])
    start = moment(call, ATTR_START)
    if purpose is Purpose.STATION_MAXIMUM and start is None:
        # It has no transaction to count from (2.0.1 K01.FR.38).
        start = dt_util.utcnow()
    duration: timedelta | None = said.get(ATTR_DURATION)
    return OwnersProfile(
        id=said[ATTR_PROFILE_ID],
        evse=key.evse,
        purpose=purpose,
        stack_level=said[ATTR_STACK_LEVEL],
        unit=UNITS[said[ATTR_UNIT]],
        periods=[
            OwnersPeriod(
                start_s=int(period["start"].total_seconds()),
                limit=period["limit"],
                phases=period.get("phases"),
            )
            for period in said[ATTR_PERIODS]
        ],
        start=start,
        duration_s=None if duration is None else int(duration.total_seconds()),
        daily=said[ATTR_DAILY],
        valid_to=moment(call, ATTR_VALID_TO),
    )
