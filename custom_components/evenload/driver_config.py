"""Drivers, and whom a station lets charge, as the forms and the subentries write them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.util import dt as dt_util

from .const import SECTION_MORE
from .engine.drivers.tokens import is_valid, likely_kind, plain
from .engine.model.access import TokenKind
from .engine.model.drivers import Admission, Driver, DriverToken, Hours, TokenPolicy
from .engine.model.errors import BadSetting
from .engine.model.wall_clock import first_shown

SUBENTRY_DRIVER = "driver"

# Of a driver. What a card is, as far as a reader told it, is kept beside the numbers.
CONF_TOKENS = "tokens"
CONF_TOKEN_KINDS = "token_kinds"
CONF_STATIONS = "stations"
CONF_WEEKDAYS = "weekdays"
CONF_BEGINS = "begins"
CONF_ENDS = "ends"
CONF_VALID_UNTIL = "valid_until"
CONF_COUNTED = "counted"
CONF_CONCURRENT = "concurrent"
CONF_BLOCKED = "blocked"

# Of a station.
SECTION_ADMISSION = "admission"
CONF_POLICY = "policy"
CONF_DEFAULT_DRIVER = "default_driver"

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = "00:00:00"


def drivers_of(entry: ConfigEntry) -> dict[str, Driver]:
    """Return the drivers of a site by their ids."""
    return {
        subentry.subentry_id: _driver(subentry)
        for subentry in entry.get_subentries_of_type(SUBENTRY_DRIVER)
    }


def is_counted(data: Mapping[str, Any]) -> bool:
    """Whether what a driver charges is charged for."""
    return bool(data.get(SECTION_MORE, {}).get(CONF_COUNTED, True))


def admission_of(data: Mapping[str, Any]) -> Admission:
    """Return whom a station lets charge."""
    said = data.get(SECTION_ADMISSION, {})
    return Admission(
        TokenPolicy(said.get(CONF_POLICY, TokenPolicy.FREE)),
        said.get(CONF_DEFAULT_DRIVER),
    )


def tidied(tokens: Iterable[str]) -> list[str]:
    """Return tokens as they are compared, each once. Raises `BadSetting` for what no card has."""
    found = dict.fromkeys(plain(token) for token in tokens if token.strip())
    for token in found:
        if not is_valid(token):
            raise BadSetting("token_invalid", token=token[:40])
    return list(found)


def check_driver(
    entry: ConfigEntry, driver_id: str | None, name: str, data: Mapping[str, Any]
) -> None:
    """Check what the form of a driver says. Raises `BadSetting`."""
    if not name:
        raise BadSetting("name_missing")
    mine = set(data[CONF_TOKENS])
    for other in drivers_of(entry).values():
        if other.id != driver_id and any(
            plain(token.value) in mine for token in other.tokens
        ):
            raise BadSetting("token_taken", driver=other.name)


def check_admission(entry: ConfigEntry, data: Mapping[str, Any]) -> None:
    """Check whom a station is to let charge. Raises `BadSetting`."""
    admission, drivers = admission_of(data), drivers_of(entry)
    if admission.policy is TokenPolicy.KNOWN and not any(
        driver.tokens for driver in drivers.values()
    ):
        raise BadSetting("no_drivers")
    if (
        admission.policy is TokenPolicy.PLUG_AND_CHARGE
        and admission.default_driver not in drivers
    ):
        raise BadSetting("default_driver_missing")


def _driver(subentry: ConfigSubentry) -> Driver:
    data = subentry.data
    more = data.get(SECTION_MORE, {})
    kinds = data.get(CONF_TOKEN_KINDS, {})
    until = _until(more.get(CONF_VALID_UNTIL))
    return Driver(
        id=subentry.subentry_id,
        name=subentry.title,
        tokens=tuple(
            DriverToken(
                token, TokenKind(kinds.get(token, likely_kind(token))), until=until
            )
            for token in data.get(CONF_TOKENS, ())
        ),
        stations=frozenset(data.get(CONF_STATIONS, ())),
        hours=_hours(more),
        counted=is_counted(data),
        blocked=more.get(CONF_BLOCKED, False),
        concurrent=more.get(CONF_CONCURRENT, False),
    )


def _hours(more: Mapping[str, Any]) -> Hours | None:
    """Return when a driver may charge; None is at any time."""
    weekdays = frozenset(WEEKDAYS.index(day) for day in more.get(CONF_WEEKDAYS, ()))
    begins = more.get(CONF_BEGINS) or MIDNIGHT
    ends = more.get(CONF_ENDS) or MIDNIGHT
    if not weekdays and begins == ends:
        return None
    return Hours(
        time.fromisoformat(begins),
        time.fromisoformat(ends),
        weekdays,
        dt_util.get_default_time_zone(),
    )


def _until(day: str | None) -> datetime | None:
    """Return the end of the last day on which a driver's cards are good."""
    if not day:
        return None
    after = date.fromisoformat(day) + timedelta(days=1)
    zone = dt_util.get_default_time_zone()
    return first_shown(datetime.combine(after, time(0), zone))
