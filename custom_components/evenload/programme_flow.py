"""The form of a grid programme: where it is, who asks, and whom it may dispatch."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME, CONF_URL
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .checks import form_error
from .configuration import site_config
from .const import SECTION_ADVANCED
from .data import EvenloadConfigEntry
from .engine.grid.server import ProgrammeError
from .engine.model.errors import BadSetting
from .engine.model.identity import EvseKey
from .programme_config import (
    CHARGES,
    CONF_ALLOW_HTTP,
    CONF_DISPATCH_SIGN,
    CONF_POLL_S,
    CONF_PROGRAMME,
    CONF_RESOURCE_NAME,
    CONF_SCOPE,
    CONF_TARGET,
    CONF_TOKEN_URL,
    CONF_VEN_NAME,
    CONF_VERSION,
    DEFAULT_POLL_S,
    DEFAULT_VEN_NAME,
    DISCHARGES,
    EDITIONS,
    TARGET_SITE,
    check_programme,
    server_of,
)
from .programme_door import async_try_programme
from .schemas import unfolded

# What stands in the section is said above the form.
OF_ADVANCED = {
    "poll_out_of_range",
    "programme_token_url_invalid",
    "programme_not_encrypted",
}

_TEXT = TextSelector()
_URL = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))

ADVANCED_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_DISPATCH_SIGN, default=CHARGES): SelectSelector(
            SelectSelectorConfig(
                options=[CHARGES, DISCHARGES],
                mode=SelectSelectorMode.LIST,
                translation_key="dispatch_sign",
            )
        ),
        vol.Required(CONF_POLL_S, default=DEFAULT_POLL_S): NumberSelector(
            NumberSelectorConfig(
                mode=NumberSelectorMode.BOX, step=1, unit_of_measurement="s"
            )
        ),
        vol.Optional(CONF_TOKEN_URL): _URL,
        vol.Optional(CONF_SCOPE): _TEXT,
        vol.Required(CONF_VEN_NAME, default=DEFAULT_VEN_NAME): _TEXT,
        vol.Required(CONF_RESOURCE_NAME, default=DEFAULT_VEN_NAME): _TEXT,
        vol.Required(CONF_ALLOW_HTTP, default=False): BooleanSelector(),
    }
)


def programme_schema(targets: dict[str, str]) -> vol.Schema:
    """Return the fields; `targets` are the names of whom it may dispatch."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): _TEXT,
            vol.Required(CONF_URL): _URL,
            vol.Required(CONF_VERSION, default="v3_1"): SelectSelector(
                SelectSelectorConfig(
                    options=list(EDITIONS),
                    mode=SelectSelectorMode.LIST,
                    translation_key="openadr_version",
                )
            ),
            vol.Required(CONF_PROGRAMME): _TEXT,
            vol.Optional(CONF_CLIENT_ID): _TEXT,
            vol.Optional(CONF_CLIENT_SECRET): TextSelector(
                TextSelectorConfig(type=TextSelectorType.PASSWORD)
            ),
            vol.Required(CONF_TARGET, default=TARGET_SITE): SelectSelector(
                SelectSelectorConfig(
                    options=[
                        SelectOptionDict(value=value, label=label)
                        for value, label in targets.items()
                    ],
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            vol.Required(SECTION_ADVANCED): section(
                ADVANCED_SCHEMA, {"collapsed": True}
            ),
        }
    )


class ProgrammeFlow(ConfigSubentryFlow):
    """Adds a grid programme and changes it."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a programme."""
        return await self._async_ask("user", None, user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a programme."""
        subentry = self._get_reconfigure_subentry()
        current = {CONF_NAME: subentry.title, **subentry.data}
        # It is not shown again.
        current.pop(CONF_CLIENT_SECRET, None)
        # A station or group that was removed cannot be chosen any more.
        if current[CONF_TARGET] not in self._targets:
            current[CONF_TARGET] = TARGET_SITE
        return await self._async_ask("reconfigure", current, user_input)

    async def _async_ask(
        self,
        step_id: str,
        suggested: dict[str, Any] | None,
        user_input: dict[str, Any] | None,
    ) -> SubentryFlowResult:
        """Show the form until the programme answers."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            data = dict(user_input)
            name = data.pop(CONF_NAME).strip()
            self._keep_secret(data)
            try:
                check_programme(name, data)
                await async_try_programme(self.hass, server_of(data))
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            except ProgrammeError as err:
                errors = {"base": f"programme_{err.trouble}"}
                placeholders = {"detail": err.detail[:200]}
            else:
                if step_id == "user":
                    return self.async_create_entry(title=name, data=data)
                return self.async_update_and_abort(
                    self._get_entry(),
                    self._get_reconfigure_subentry(),
                    title=name,
                    data=data,
                )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                unfolded(programme_schema(self._targets), errors, _section(errors)),
                user_input or suggested,
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _keep_secret(self, data: dict[str, Any]) -> None:
        """Take the secret that is known, where the same client is named without one."""
        if "subentry_id" not in self.context or data.get(CONF_CLIENT_SECRET):
            return
        known = self._get_reconfigure_subentry().data
        if data.get(CONF_CLIENT_ID) and data[CONF_CLIENT_ID] == known.get(
            CONF_CLIENT_ID
        ):
            data[CONF_CLIENT_SECRET] = known[CONF_CLIENT_SECRET]

    @property
    def _targets(self) -> dict[str, str]:
        """The names of whom a programme may dispatch."""
        return dispatch_targets(self._get_entry())


def _section(errors: dict[str, str]) -> str | None:
    """Return the section that a sentence above the form speaks of."""
    return SECTION_ADVANCED if errors.get("base") in OF_ADVANCED else None


def dispatch_targets(entry: EvenloadConfigEntry) -> dict[str, str]:
    """Return the names of the site, its groups and its connectors."""
    site = site_config(entry)
    targets = {TARGET_SITE: site.name}
    targets |= {group.id: group.name for group in site.groups.values()}
    for station in site.stations.values():
        known = getattr(entry, "runtime_data", None)
        numbers = (
            list(known.stations[station.identity].evses)
            if known is not None and station.identity in known.stations
            else [1]
        )
        for number in numbers:
            name = station.name if len(numbers) == 1 else f"{station.name} ({number})"
            targets[str(EvseKey(station.identity, number))] = name
    return targets
