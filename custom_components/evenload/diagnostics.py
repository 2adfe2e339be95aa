"""What helps to find out why something does not work, without what is nobody's business."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .const import CONF_CERTIFICATE, CONF_CLIENT_CA, CONF_PRIVATE_KEY
from .data import EvenloadConfigEntry
from .devices import node_name, station_of, station_subentry
from .driver_config import CONF_TOKEN_KINDS, CONF_TOKENS, SUBENTRY_DRIVER
from .engine.discretion import discreet
from .engine.makes import make_of
from .engine.model.stations import Station
from .engine.model.tree import ROOT
from .engine.security import Security
from .household import meters_of
from .outside_sensors import said_outside
from .planning_inputs.shown import inputs_shown
from .programme_sensors import programmes_shown
from .shown_inside import async_store_shown, drivers_shown, plan_shown, uplinks_shown
from .v2g_config import CONF_VEHICLES

TO_REDACT = {
    CONF_CERTIFICATE,
    CONF_CLIENT_CA,
    CONF_PRIVATE_KEY,
    CONF_VEHICLES,
    "address",
    "client_id",
    "client_secret",
    "iccid",
    "imsi",
    "meter_serial",
    "password",
    "pin",
    "serial",
    "token",
    # There may be keys in it.
    "url",
    "username",
    CONF_TOKENS,
    CONF_TOKEN_KINDS,
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: EvenloadConfigEntry
) -> dict[str, Any]:
    """Return what the site is and does."""
    site = entry.runtime_data
    return _redacted(
        {
            "entry": {"data": entry.data, "options": entry.options},
            "subentries": [
                {
                    "type": subentry.subentry_type,
                    "title": _title(subentry),
                    "data": subentry.data,
                }
                for subentry in entry.subentries.values()
            ],
            "port": site.port,
            "security": _security(site.security),
            "stations": [_station(entry, one) for one in site.stations.values()],
            "whole": site.whole,
            "cap": site.cap,
            "groups": list(site.groups.values()),
            "meters": meters_of(hass, entry),
            "discharging": {
                **_discharging(entry),
                "sensors": said_outside(hass, entry),
            },
            "planning_inputs": inputs_shown(hass, entry),
            "planning": plan_shown(entry),
            "uplinks": uplinks_shown(entry),
            "drivers": drivers_shown(entry),
            "sessions": await async_store_shown(hass, entry),
            "programmes": programmes_shown(hass, entry),
            "pending": list(site.pending.values()),
        }
    )


def _discharging(entry: EvenloadConfigEntry) -> dict[str, Any]:
    """Return what vehicles may feed back and are asked to; what each of them does is with its station."""
    site = entry.runtime_data
    return {
        "export_cap_w": site.export_cap_w,
        "dispatches": site.dispatches,
        "batteries": {
            node_name(entry, node_id): site.battery_of(node_id)
            for node_id in (ROOT, *site.groups)
        },
    }


def _security(security: Security) -> dict[str, Any]:
    """Return how the site is protected."""
    certificate = security.certificate
    return {
        "encrypted_port": security.tls_port,
        "certificate_ends": certificate and certificate.not_after,
        "encryption_failures": dict(security.tls_failures),
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: EvenloadConfigEntry, device: dr.AnyDeviceEntry
) -> dict[str, Any]:
    """Return what the station of this device is and does."""
    identity = station_of(entry, device)
    stations = entry.runtime_data.stations.values()
    return _redacted(
        {
            "stations": [
                _station(entry, station)
                for station in stations
                if station.identity == identity
            ]
        }
    )


def _station(entry: EvenloadConfigEntry, station: Station) -> dict[str, Any]:
    """Return a station with what it said last."""
    known = _texts_cleaned(_plain(station))
    secrets = set(_secrets(known))
    security = entry.runtime_data.security
    keys = security.keys(station.identity)
    subentry = station_subentry(entry, station.identity)
    return {
        **known,
        "make": make_of(station.info),
        "settings": subentry and subentry.data,
        "security": {
            "required": int(security.required(station.identity)),
            "has_password": keys.password is not None,
            "was_offered_password": bool(keys.offered),
            "is_pinned": keys.pin is not None,
        },
        "frames": [
            {key: _without(secrets, text) for key, text in frame.items()}
            for frame in entry.runtime_data.frames(station.identity)
        ],
    }


def _title(subentry: ConfigSubentry) -> str:
    """Return what a subentry is called, but not who drives."""
    is_person = subentry.subentry_type == SUBENTRY_DRIVER
    return REDACTED if is_person else subentry.title


def _redacted(data: dict[str, Any]) -> dict[str, Any]:
    """Return it as JSON can hold it, without what is nobody's business."""
    return async_redact_data(_plain(data), TO_REDACT)


def _plain(value: Any) -> Any:
    """Return dictionaries whose keys are texts, and lists."""
    if is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name)) for field in fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _texts_cleaned(value: Any) -> Any:
    """Return plain data without secrets in its texts."""
    if isinstance(value, dict):
        return {key: _texts_cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts_cleaned(item) for item in value]
    return discreet(value) if isinstance(value, str) else value


def _texts(value: Any) -> Iterator[str]:
    """Go through the texts of what is redacted as a whole."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict | list):
        for item in value:
            yield from _texts(item)


def _secrets(value: Any) -> Iterator[str]:
    """Find what is redacted where it has a name, to find it in frames too."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in TO_REDACT:
                yield from _texts(item)
            yield from _secrets(item)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets(item)


def _without(secrets: Iterable[str], text: str) -> str:
    """Return a frame with every secret blotted out as a whole text of it."""
    for secret in secrets:
        text = text.replace(f'"{secret}"', f'"{REDACTED}"')
    return text
