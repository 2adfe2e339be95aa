"""The forms of a load balancing group."""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigSubentryFlow,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.util.ulid import ulid_now
import voluptuous as vol

from .checks import check_group_data
from .configuration import group_config, site_config
from .const import (
    CONF_LIMIT,
    CONF_MAIN_FUSE_A,
    CONF_MEMBERS,
    CONF_METER,
    CONF_PARENT,
    PARENT_SITE,
)
from .engine.model.configuration import GroupConfig, SiteConfig
from .engine.model.errors import BadSetting
from .engine.model.limits import Limit
from .engine.model.phases import Phase
from .form_errors import form_error
from .meter_config import CONF_KIND, NO_METER
from .meter_flow import MeterSteps
from .schemas import group_schema, unfolded


class GroupFlow(
    MeterSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]],
    ConfigSubentryFlow,
):
    """Adds a group and changes it."""

    # What the first form said; the meter's forms follow it.
    _name: str
    _data: dict[str, Any]

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a group."""
        if not self._stations:
            return self.async_abort(reason="no_stations")
        # No limit can be above the main fuse.
        suggestion = {CONF_LIMIT: self._get_entry().options[CONF_MAIN_FUSE_A]}
        return await self._async_ask("user", suggestion, user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a group."""
        subentry = self._get_reconfigure_subentry()
        current = {CONF_NAME: subentry.title, **subentry.data}
        # A station or group that was removed cannot be chosen any more.
        current[CONF_MEMBERS] = [
            member for member in subentry.data[CONF_MEMBERS] if member in self._stations
        ]
        if current.get(CONF_PARENT) not in self._parents:
            current[CONF_PARENT] = PARENT_SITE
        meter = current.get(CONF_METER)
        current[CONF_METER] = meter[CONF_KIND] if meter else NO_METER
        return await self._async_ask("reconfigure", current, user_input)

    async def _async_ask(
        self,
        step_id: str,
        suggested: dict[str, Any],
        user_input: dict[str, Any] | None,
    ) -> SubentryFlowResult:
        """Show the form of a group; one with a meter goes on to that."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            data = dict(user_input)
            self._name, kind = data.pop(CONF_NAME).strip(), data.pop(CONF_METER)
            self._data = data
            try:
                check_group_data(self._get_entry(), self._id, self._name, data)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                if kind == NO_METER:
                    return self._finish()
                self._meter = self._known_meter() | {CONF_KIND: kind}
                return await self.async_step_meter_sensors()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                unfolded(self._schema(), errors), user_input or suggested
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _schema(self) -> vol.Schema:
        return group_schema(self._stations, self._parents)

    def _finish(self) -> SubentryFlowResult:
        """Keep the group."""
        if self._is_new:
            return self.async_create_entry(title=self._name, data=self._data)
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=self._name,
            data=self._data,
        )

    @property
    def _is_new(self) -> bool:
        return "subentry_id" not in self.context

    @property
    def _id(self) -> str:
        """The group's id; one that is new gets its own when it is kept."""
        return ulid_now() if self._is_new else self._reconfigure_subentry_id

    def _known_meter(self) -> dict[str, Any]:
        """Return the meter that the group has, to begin with."""
        if self._is_new:
            return {}
        return dict(self._get_reconfigure_subentry().data.get(CONF_METER, {}))

    @property
    def _stations(self) -> dict[str, str]:
        """The names of the site's stations by identity."""
        stations = site_config(self._get_entry()).stations.values()
        return {station.identity: station.name for station in stations}

    @property
    def _parents(self) -> dict[str, str]:
        """The names of what the group may hang on; whether that goes round in a circle is answered by a sentence."""
        site = site_config(self._get_entry())
        return {PARENT_SITE: site.name} | {
            group.id: group.name
            for group in site.groups.values()
            if group.id != self._id
        }

    @property
    def _group(self) -> GroupConfig:
        site = self._metered_site
        return group_config(
            self._id, self._name, self._data, site.stations, site.phases
        )

    @property
    @override
    def _metered_site(self) -> SiteConfig:
        return site_config(self._get_entry())

    @property
    @override
    def _metered_limit(self) -> Limit:
        return self._group.limit

    @property
    @override
    def _metered_lines(self) -> tuple[Phase, ...]:
        """The lines that the group's stations are on; a group of groups may be on all."""
        site, group = self._metered_site, self._group
        wired = {phase for one in group.members for phase in site.stations[one].wiring}
        if not wired or any(one.parent == group.id for one in site.groups.values()):
            return site.phases
        return tuple(phase for phase in site.phases if phase in wired)

    @override
    async def _finish_meter(self) -> SubentryFlowResult:
        self._data[CONF_METER] = self._meter
        return self._finish()
