"""Subentries of one form: something with a name that belongs to the site, and that acts on a part of it."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import CONF_TARGET, SECTION_ADVANCED, TARGET_SITE
from .engine.model.errors import BadSetting
from .form_errors import form_error
from .schemas import unfolded


def choice_of(labels: Mapping[str, str]) -> SelectSelector:
    """Return a field for one of many, by their labels."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in labels.items()
            ],
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def advanced(schema: vol.Schema) -> dict[Any, Any]:
    """Return the section for what few need to change."""
    return {vol.Required(SECTION_ADVANCED): section(schema, {"collapsed": True})}


class OneFormFlow(ConfigSubentryFlow):
    """Adds one and changes it."""

    # Sentences above the form that speak of what stands in the section.
    of_advanced: frozenset[str]

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add one."""
        return await self._async_ask("user", None, user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change one."""
        return await self._async_ask("reconfigure", self._current(), user_input)

    async def _async_ask(
        self,
        step_id: str,
        suggested: dict[str, Any] | None,
        user_input: dict[str, Any] | None,
    ) -> SubentryFlowResult:
        """Show the form until what it says can be."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            data = dict(user_input)
            name = data.pop(CONF_NAME).strip()
            if self._is_known:
                self._keep_secret(data, self._get_reconfigure_subentry().data)
            try:
                errors, placeholders = await self._async_check(name, data)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            if not errors:
                return self._finish(name, data)
        is_advanced = errors.get("base") in self.of_advanced
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                unfolded(
                    self._schema(), errors, SECTION_ADVANCED if is_advanced else None
                ),
                user_input or suggested,
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _finish(self, name: str, data: dict[str, Any]) -> SubentryFlowResult:
        if not self._is_known:
            return self.async_create_entry(title=name, data=data)
        return self.async_update_and_abort(
            self._get_entry(), self._get_reconfigure_subentry(), title=name, data=data
        )

    @property
    def _is_known(self) -> bool:
        return "subentry_id" in self.context

    @abstractmethod
    def _schema(self) -> vol.Schema:
        """Return the fields."""

    def _current(self) -> dict[str, Any]:
        """Return what the form shows of the one that is changed."""
        subentry = self._get_reconfigure_subentry()
        current = self._shown({CONF_NAME: subentry.title, **subentry.data})
        # What was removed cannot be chosen any more.
        if current[CONF_TARGET] not in self._targets:
            current[CONF_TARGET] = TARGET_SITE
        return current

    @property
    @abstractmethod
    def _targets(self) -> dict[str, str]:
        """The names of what it may act on."""

    @abstractmethod
    def _shown(self, known: dict[str, Any]) -> dict[str, Any]:
        """Return what is known without its secrets, which are not shown again."""

    @abstractmethod
    def _keep_secret(self, data: dict[str, Any], known: Mapping[str, Any]) -> None:
        """Take the secret that is known, where the same other side is named without one."""

    @abstractmethod
    async def _async_check(
        self, name: str, data: Mapping[str, Any]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return what is wrong, and what fills its sentences. Raises `BadSetting`."""
