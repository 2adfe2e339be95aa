"""The form of a grid programme: where it is, who asks, and whom it may dispatch."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME, CONF_URL
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .configuration import site_config
from .const import CONF_TARGET, TARGET_SITE
from .data import EvenloadConfigEntry
from .engine.grid.server import ProgrammeError
from .engine.model.identity import EvseKey
from .one_form_flow import OneFormFlow, advanced, choice_of
from .programme_config import (
    CHARGES,
    CONF_ALLOW_HTTP,
    CONF_DISPATCH_SIGN,
    CONF_POLL_S,
    CONF_PROGRAMME,
    CONF_RESOURCE_NAME,
    CONF_SCOPE,
    CONF_TOKEN_URL,
    CONF_VEN_NAME,
    CONF_VERSION,
    DEFAULT_POLL_S,
    DEFAULT_VEN_NAME,
    DISCHARGES,
    EDITIONS,
    check_programme,
    server_of,
)
from .programme_door import async_try_programme

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
            vol.Required(CONF_TARGET, default=TARGET_SITE): choice_of(targets),
            **advanced(ADVANCED_SCHEMA),
        }
    )


class ProgrammeFlow(OneFormFlow):
    """Adds a grid programme and changes it."""

    of_advanced = frozenset(
        {
            "poll_out_of_range",
            "programme_token_url_invalid",
            "programme_not_encrypted",
        }
    )

    @override
    def _schema(self) -> vol.Schema:
        return programme_schema(self._targets)

    @override
    def _shown(self, known: dict[str, Any]) -> dict[str, Any]:
        known.pop(CONF_CLIENT_SECRET, None)
        return known

    @override
    async def _async_check(
        self, name: str, data: Mapping[str, Any]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """The programme has to answer."""
        check_programme(name, data)
        try:
            await async_try_programme(self.hass, server_of(data))
        except ProgrammeError as err:
            return {"base": f"programme_{err.trouble}"}, {"detail": err.detail[:200]}
        return {}, {}

    @override
    def _keep_secret(self, data: dict[str, Any], known: Mapping[str, Any]) -> None:
        if data.get(CONF_CLIENT_SECRET) or not data.get(CONF_CLIENT_ID):
            return
        if data[CONF_CLIENT_ID] == known.get(CONF_CLIENT_ID):
            data[CONF_CLIENT_SECRET] = known[CONF_CLIENT_SECRET]

    @property
    @override
    def _targets(self) -> dict[str, str]:
        """The names of whom a programme may dispatch."""
        return dispatch_targets(self._get_entry())


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
