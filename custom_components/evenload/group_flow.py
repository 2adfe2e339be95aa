"""The forms of a load balancing group."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.util.ulid import ulid_now

from .checks import check_name, form_error
from .configuration import group_config, site_config
from .const import CONF_LIMIT, CONF_MAIN_FUSE_A, CONF_MEMBERS
from .engine.balancing.checks import check_group
from .engine.model.errors import BadSetting
from .schemas import group_schema


class GroupFlow(ConfigSubentryFlow):
    """Adds a group and changes it."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a group."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if not self._stations:
            return self.async_abort(reason="no_stations")
        if user_input is not None:
            data = dict(user_input)
            name = data.pop(CONF_NAME).strip()
            try:
                self._check(ulid_now(), name, data)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                return self.async_create_entry(title=name, data=data)
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                group_schema(self._stations), user_input or self._suggestion
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a group."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            data = dict(user_input)
            name = data.pop(CONF_NAME).strip()
            try:
                self._check(subentry.subentry_id, name, data)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                return self.async_update_and_abort(
                    self._get_entry(), subentry, title=name, data=data
                )
        current = {CONF_NAME: subentry.title, **subentry.data}
        # A station that was removed cannot be ticked off.
        current[CONF_MEMBERS] = [
            member for member in subentry.data[CONF_MEMBERS] if member in self._stations
        ]
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                group_schema(self._stations), user_input or current
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    @property
    def _stations(self) -> dict[str, str]:
        """The names of the site's stations by identity."""
        stations = site_config(self._get_entry()).stations.values()
        return {station.identity: station.name for station in stations}

    @property
    def _suggestion(self) -> dict[str, Any]:
        """What a new group begins with: no limit can be above the main fuse."""
        return {CONF_LIMIT: self._get_entry().options[CONF_MAIN_FUSE_A]}

    def _check(self, group_id: str, name: str, data: dict[str, Any]) -> None:
        """Raise `BadSetting` when the group cannot be set up like this."""
        check_name(name)
        site = site_config(self._get_entry())
        check_group(site, group_config(group_id, name, data, site.stations))
