"""Actions for sessions on record: list them, and write them to files."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import voluptuous as vol

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import station_of
from .driver_config import drivers_of
from .driver_targets import drivers_by_site
from .engine.drivers.tokens import plain
from .engine.model.errors import StoreUnusable
from .engine.model.sessions import SessionQuery, SessionRecord
from .moments import said
from .session_files import table_name
from .session_rows import shown
from .session_tables import CSV, HTML, write_csv
from .statements import statements, write_statements
from .states import masked

SERVICE_EXPORT_SESSIONS = "export_sessions"
SERVICE_LIST_SESSIONS = "list_sessions"

ATTR_DETAILS = "details"
ATTR_DRIVER = "driver"
ATTR_END = "end"
ATTR_FORMAT = "format"
ATTR_LIMIT = "limit"
ATTR_PATH = "path"
ATTR_START = "start"
ATTR_TAG = "tag"

# So many are listed where nobody says how many: answers are kept in traces.
LISTED = 100

type _Listed = tuple[datetime, dict[str, Any]]

_FILTERS = {
    vol.Optional(ATTR_START): cv.datetime,
    vol.Optional(ATTR_END): cv.datetime,
    vol.Optional(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional(ATTR_DRIVER): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional(ATTR_TAG): vol.All(cv.ensure_list, [cv.string]),
}
LIST_SCHEMA = vol.Schema(
    {
        **_FILTERS,
        vol.Optional(ATTR_LIMIT, default=LISTED): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=10_000)
        ),
        vol.Optional(ATTR_DETAILS, default=False): cv.boolean,
    }
)
EXPORT_SCHEMA = vol.Schema(
    {
        **_FILTERS,
        vol.Optional(ATTR_FORMAT, default=CSV): vol.In([CSV, HTML]),
        vol.Optional(ATTR_PATH): cv.string,
    }
)


@callback
def async_setup_session_services(hass: HomeAssistant) -> None:
    """Register the actions. Who charged when is nobody's business but the administrators'."""
    service.async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_LIST_SESSIONS,
        _list,
        schema=LIST_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    service.async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_EXPORT_SESSIONS,
        _export,
        schema=EXPORT_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _list(call: ServiceCall) -> ServiceResponse:
    """Return sessions, the newest first."""
    rows: list[_Listed] = []
    for entry, query in _meant(call):
        try:
            # There may be thousands: a thread makes what is shown of them.
            rows += await entry.runtime_data.each_session(query, _shown_of(entry))
        except StoreUnusable as err:
            raise _unusable(entry) from err
    rows.sort(key=lambda row: row[0], reverse=True)
    listed: list[Any] = [row for _, row in rows[: call.data[ATTR_LIMIT]]]
    return {"sessions": listed}


def _shown_of(
    entry: EvenloadConfigEntry,
) -> Callable[[Iterable[SessionRecord]], list[_Listed]]:
    """Return what makes of sessions what is listed, each with when it began."""
    return lambda records: [(one.started_at, shown(entry, one)) for one in records]


async def _export(call: ServiceCall) -> ServiceResponse:
    """Write sessions to files, and return where they are."""
    files: list[Any] = []
    for entry, query in _meant(call):
        folder = _folder(call.hass, call.data.get(ATTR_PATH))
        site = entry.runtime_data
        try:
            if call.data[ATTR_FORMAT] == CSV:
                path = folder / table_name(entry, query, CSV)
                count = await site.each_session(query, write_csv(entry, path))
                files.append({"path": str(path), "sessions": count})
                continue
            words = await statements(call.hass, entry)
            write = write_statements(words, query, folder)
            found = await site.each_session(query, write)
        except StoreUnusable as err:
            raise _unusable(entry) from err
        except OSError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="export_failed",
                translation_placeholders={"path": str(folder), "detail": str(err)},
            ) from err
        files += [{"path": str(path), "sessions": count} for path, count in found]
    return {"files": files} if call.return_response else None


def _meant(call: ServiceCall) -> Iterator[tuple[EvenloadConfigEntry, SessionQuery]]:
    """Go through the sites that are meant, each with what is asked of it. Raises where there is none."""
    start, end = said(call, ATTR_START), said(call, ATTR_END)
    if start is not None and end is not None and end <= start:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="end_before_start"
        )
    stations = _stations(call)
    drivers = drivers_by_site(call.hass, call.data.get(ATTR_DRIVER, ()))
    entries: list[EvenloadConfigEntry] = call.hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    for entry in entries:
        here = stations.get(entry.entry_id, set())
        theirs = drivers.get(entry.entry_id, set())
        if (stations and not here) or (drivers and not theirs):
            continue
        yield (
            entry,
            SessionQuery(
                start=start,
                end=end,
                identities=frozenset(here),
                drivers=frozenset(theirs),
                tokens=_strangers(entry, call.data.get(ATTR_TAG, ())),
                details=call.data.get(ATTR_DETAILS, False),
                limit=call.data.get(ATTR_LIMIT),
            ),
        )


def _stations(call: ServiceCall) -> dict[str, set[str]]:
    """Return the stations that are named, by their sites."""
    found: dict[str, set[str]] = {}
    for device_id in call.data.get(ATTR_DEVICE_ID, ()):
        entry: EvenloadConfigEntry
        device, entry = service.async_get_device_and_config_entry(
            call.hass, DOMAIN, device_id
        )
        identity = station_of(entry, device)
        if identity is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_station",
                translation_placeholders={"device": device.name or device.id},
            )
        found.setdefault(entry.entry_id, set()).add(identity)
    return found


def _strangers(entry: EvenloadConfigEntry, tags: Iterable[str]) -> frozenset[str]:
    """Return the cards that are meant, which nobody else can name. Raises where one is a driver's."""
    known = {
        plain(token.value): driver.name
        for driver in drivers_of(entry).values()
        for token in driver.tokens
    }
    for tag in tags:
        if (driver := known.get(plain(tag))) is not None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="tag_of_driver",
                translation_placeholders={"tag": masked(tag), "driver": driver},
            )
    return frozenset(plain(tag) for tag in tags)


def _folder(hass: HomeAssistant, path: str | None) -> Path:
    """Return where to write. Raises where that is not allowed."""
    folder = Path(hass.config.path("evenload") if path is None else path)
    if path is not None and not hass.config.is_allowed_path(path):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="path_not_allowed",
            translation_placeholders={"path": path},
        )
    return folder


def _unusable(entry: EvenloadConfigEntry) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="sessions_unusable",
        translation_placeholders={"site": entry.title},
    )
