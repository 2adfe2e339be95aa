"""Forms of a site: setting it up, its connection, and the stations that dialled in."""

import logging
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.core import callback

from .central_config import SUBENTRY_CENTRAL
from .central_flow import CentralFlow
from .checks import (
    check_identity,
    check_options,
    check_ports,
    check_station,
    is_adopted,
)
from .configuration import listener_config, site_config
from .connection import async_try_certificate, async_try_port, own_url, station_url
from .const import (
    CONF_CERTIFICATE,
    CONF_CLIENT_CA,
    CONF_IDENTITY,
    CONF_MAIN_FUSE_A,
    CONF_PHASES,
    CONF_PRIVATE_KEY,
    CONF_TLS_PORT,
    CONF_VOLTAGE_V,
    DOMAIN,
    SECTION_ADVANCED,
    SUBENTRY_GROUP,
    SUBENTRY_STATION,
)
from .discovery import UnknownStation, has_enough_cards
from .driver_config import SUBENTRY_DRIVER
from .driver_flow import DriverFlow
from .engine.model.errors import BadSetting
from .engine.security import CertificateFacts
from .form_errors import form_error
from .group_flow import GroupFlow
from .options_flow import EvenloadOptionsFlow
from .programme_config import SUBENTRY_PROGRAMME
from .programme_flow import ProgrammeFlow
from .schemas import CONNECTION_SCHEMA, STATION_SCHEMA, USER_SCHEMA, unfolded
from .security_flow import async_protect, check_encryption, fingerprint
from .station_fields import station_schema, usual_wiring
from .station_flow import StationFlow

_LOGGER = logging.getLogger(__name__)

UNKNOWN = "–"


class EvenloadConfigFlow(ConfigFlow, domain=DOMAIN):
    """Sets up a site and adopts stations."""

    VERSION = 1

    _card: UnknownStation
    _certificate: CertificateFacts | None = None

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> EvenloadOptionsFlow:
        """Return the form of the main fuse."""
        return EvenloadOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the forms of stations, groups, grid programmes, drivers and central systems."""
        return {
            SUBENTRY_STATION: StationFlow,
            SUBENTRY_GROUP: GroupFlow,
            SUBENTRY_PROGRAMME: ProgrammeFlow,
            SUBENTRY_DRIVER: DriverFlow,
            SUBENTRY_CENTRAL: CentralFlow,
        }

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Set up a site."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            data = _connection(user_input)
            self._async_abort_entries_match({CONF_PORT: data[CONF_PORT]})
            options = {
                key: user_input[key]
                for key in (CONF_MAIN_FUSE_A, CONF_PHASES, CONF_VOLTAGE_V)
            }
            try:
                check_options(options)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            if not errors:
                errors, placeholders = await self._async_try(data)
            if not errors:
                return self.async_create_entry(
                    title=self.hass.config.location_name,
                    data=data,
                    options=options,
                    description_placeholders={
                        "url": station_url(
                            self.hass, listener_config(data), self._certificate
                        )
                    },
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                unfolded(USER_SCHEMA, errors, SECTION_ADVANCED), user_input
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change where stations dial in."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            data = _connection(user_input)
            self._async_abort_entries_match({CONF_PORT: data[CONF_PORT]})
            errors, placeholders = await self._async_try(data, entry)
            if not errors:
                # An entry that is loaded notices by itself.
                if entry.state is not ConfigEntryState.LOADED:
                    self.hass.config_entries.async_schedule_reload(entry.entry_id)
                return self.async_update_and_abort(entry, data=data)
        current = {CONF_PORT: entry.data[CONF_PORT], SECTION_ADVANCED: entry.data}
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                unfolded(CONNECTION_SCHEMA, errors, SECTION_ADVANCED),
                user_input or current,
            ),
            errors=errors,
            description_placeholders={"url": own_url(self.hass, entry), **placeholders},
        )

    @override
    async def async_step_integration_discovery(
        self, discovery_info: Any
    ) -> ConfigFlowResult:
        """Announce a station that dialled in and is not known."""
        card: UnknownStation = discovery_info
        await self.async_set_unique_id(card.identity)
        self._abort_if_unique_id_configured()
        if is_adopted(self.hass, card.identity):
            return self.async_abort(reason="station_already_added")
        if has_enough_cards(self.hass):
            return self.async_abort(reason="too_many_unknown")
        self._card = card
        make = card.make
        self.context["title_placeholders"] = {
            "name": f"{make} ({card.identity})" if make else card.identity
        }
        return await self.async_step_discovery_confirm()

    async def async_step_discovery_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Adopt the station with one click."""
        errors: dict[str, str] = {}
        card = self._card
        placeholders = {
            "identity": card.identity,
            "vendor": card.vendor or UNKNOWN,
            "model": card.model or UNKNOWN,
            "serial": card.serial or UNKNOWN,
            "certificate": fingerprint(card.pin) or UNKNOWN,
        }
        entry = self.hass.config_entries.async_get_entry(card.entry_id)
        if entry is None:
            return self.async_abort(reason="site_removed")
        if user_input is not None:
            data = {CONF_IDENTITY: card.identity, **user_input}
            name = data.pop(CONF_NAME).strip()
            try:
                check_identity(self.hass, card.identity)
                check_station(entry, name, data)
                await async_protect(entry, card.identity, data)
            except BadSetting as err:
                if err.key == "already_configured":
                    return self.async_abort(reason="station_already_added")
                errors, placeholders = form_error(err), placeholders | err.placeholders
            else:
                self.hass.config_entries.async_add_subentry(
                    entry,
                    ConfigSubentry(
                        data=MappingProxyType(data),
                        subentry_type=SUBENTRY_STATION,
                        title=name,
                        unique_id=card.identity,
                    ),
                )
                return self.async_abort(
                    reason="station_added", description_placeholders={"name": name}
                )
        suggested = {
            CONF_NAME: card.make or card.identity,
            CONF_PHASES: usual_wiring(entry),
        }
        return self.async_show_form(
            step_id="discovery_confirm",
            data_schema=self.add_suggested_values_to_schema(
                unfolded(station_schema(STATION_SCHEMA, entry), errors),
                user_input or suggested,
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_try(
        self, data: dict[str, Any], entry: ConfigEntry | None = None
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Try the connection; of a port that the entry itself holds only the address is tried."""
        new = listener_config(data)
        ports = [port for port in (new.port, new.tls_port) if port is not None]
        held = set() if entry is None else _held_ports(entry)
        try:
            check_ports(ports)
            if entry is not None:
                check_encryption(site_config(entry), new)
            self._certificate = await async_try_certificate(self.hass, new)
            for port in ports:
                tried = 0 if port in held else port
                if key := await async_try_port(self.hass, new.host, tried):
                    # What stands in the section is said above the form.
                    at_port = port == new.port and key != "no_such_address"
                    field = CONF_PORT if at_port else "base"
                    return {field: key}, {"port": str(port), "host": new.host or ""}
        except BadSetting as err:
            return form_error(err), err.placeholders
        except Exception:
            _LOGGER.exception("Unexpected error while trying the connection")
            return {"base": "unknown"}, {}
        return {}, {}


def _connection(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return what the form says of the connection, empty fields left out."""
    advanced = user_input[SECTION_ADVANCED]
    connection = {CONF_PORT: _whole(user_input[CONF_PORT])} | {
        key: value
        for key in (CONF_HOST, CONF_CERTIFICATE, CONF_PRIVATE_KEY, CONF_CLIENT_CA)
        if (value := advanced.get(key, "").strip())
    }
    if (tls_port := advanced.get(CONF_TLS_PORT)) is not None:
        connection[CONF_TLS_PORT] = _whole(tls_port)
    return connection


def _whole(value: float) -> float:
    """Return a whole number as one; any other is no port, which is checked."""
    return int(value) if float(value).is_integer() else value


def _held_ports(entry: ConfigEntry) -> set[int]:
    """Return the ports that the entry has open now."""
    if entry.state is not ConfigEntryState.LOADED:
        return set()
    return {entry.data[CONF_PORT], entry.data.get(CONF_TLS_PORT, entry.data[CONF_PORT])}
