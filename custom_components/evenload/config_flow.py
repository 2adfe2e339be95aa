"""Forms of a site: setting it up, its connection, and the stations that dialled in."""

from dataclasses import replace
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

from .checks import check_identity, check_options, check_station, form_error, is_adopted
from .configuration import listener_config
from .connection import async_try_certificate, async_try_port, station_url
from .const import (
    CONF_CERTIFICATE,
    CONF_IDENTITY,
    CONF_MAIN_FUSE_A,
    CONF_PHASES,
    CONF_PRIVATE_KEY,
    CONF_VOLTAGE_V,
    DOMAIN,
    SECTION_ADVANCED,
    SUBENTRY_GROUP,
    SUBENTRY_STATION,
)
from .discovery import UnknownStation, has_enough_cards
from .engine.model.errors import BadSetting
from .group_flow import GroupFlow
from .options_flow import EvenloadOptionsFlow
from .schemas import CONNECTION_SCHEMA, STATION_SCHEMA, USER_SCHEMA
from .station_flow import StationFlow

_LOGGER = logging.getLogger(__name__)

UNKNOWN = "–"


class EvenloadConfigFlow(ConfigFlow, domain=DOMAIN):
    """Sets up a site and adopts stations."""

    VERSION = 1

    _card: UnknownStation

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
        """Return the forms of stations and groups."""
        return {SUBENTRY_STATION: StationFlow, SUBENTRY_GROUP: GroupFlow}

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
            if not errors and not (errors := await self._async_try(data)):
                return self.async_create_entry(
                    title=self.hass.config.location_name,
                    data=data,
                    options=options,
                    description_placeholders={
                        "url": station_url(self.hass, listener_config(data))
                    },
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(USER_SCHEMA, user_input),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change where stations dial in."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            data = _connection(user_input)
            self._async_abort_entries_match({CONF_PORT: data[CONF_PORT]})
            if not (errors := await self._async_try(data, entry)):
                # An entry that is loaded notices by itself.
                if entry.state is not ConfigEntryState.LOADED:
                    self.hass.config_entries.async_schedule_reload(entry.entry_id)
                return self.async_update_and_abort(entry, data=data)
        current = {CONF_PORT: entry.data[CONF_PORT], SECTION_ADVANCED: entry.data}
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                CONNECTION_SCHEMA, user_input or current
            ),
            errors=errors,
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
        }
        entry = self.hass.config_entries.async_get_entry(card.entry_id)
        if entry is None:
            return self.async_abort(reason="site_removed")
        if user_input is not None:
            name = user_input.pop(CONF_NAME)
            data = {CONF_IDENTITY: card.identity, **user_input}
            try:
                check_identity(self.hass, card.identity)
                check_station(entry, name, data)
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
            CONF_PHASES: entry.options[CONF_PHASES],
        }
        return self.async_show_form(
            step_id="discovery_confirm",
            data_schema=self.add_suggested_values_to_schema(
                STATION_SCHEMA, user_input or suggested
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_try(
        self, data: dict[str, Any], entry: ConfigEntry | None = None
    ) -> dict[str, str]:
        """Try the connection; of a port that the entry itself holds only the address is tried."""
        new = listener_config(data)
        if entry and _holds_port(entry, data):
            new = replace(new, port=0)
        try:
            errors = await async_try_certificate(self.hass, new)
            return errors or await async_try_port(self.hass, new)
        except Exception:
            _LOGGER.exception("Unexpected error while trying the connection")
            return {"base": "unknown"}


def _connection(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return what the form says of the connection, empty fields left out."""
    advanced = user_input[SECTION_ADVANCED]
    return {CONF_PORT: user_input[CONF_PORT]} | {
        key: value
        for key in (CONF_HOST, CONF_CERTIFICATE, CONF_PRIVATE_KEY)
        if (value := advanced.get(key, "").strip())
    }


def _holds_port(entry: ConfigEntry, data: dict[str, Any]) -> bool:
    """Whether the entry has this port open now."""
    return entry.state is ConfigEntryState.LOADED and (
        entry.data[CONF_PORT] == data[CONF_PORT]
    )
