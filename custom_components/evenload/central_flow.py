"""The form of a central system above the site or a group: where it is, as what it sees them, and what it decides."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_URL
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .central_config import CONF_ROLE, DOMAINS, check_node_uplink
from .configuration import site_config
from .const import CONF_IDENTITY, CONF_TARGET, SECTION_ADVANCED, TARGET_SITE
from .engine.model.uplink import Domain, Role
from .one_form_flow import OneFormFlow, advanced, choice_of
from .uplink_config import (
    BY_CERTIFICATE,
    BY_PASSWORD,
    CONF_DECIDES,
    CONF_VERSION,
    URL_FIELD,
    VERSION_FIELD,
)

_TEXT = TextSelector()

ADVANCED_SCHEMA = vol.Schema({**BY_PASSWORD, **BY_CERTIFICATE})


def central_schema(targets: dict[str, str]) -> vol.Schema:
    """Return the fields; `targets` are the names of the site and its groups."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): _TEXT,
            vol.Required(CONF_URL): URL_FIELD,
            vol.Required(CONF_IDENTITY): _TEXT,
            vol.Required(CONF_VERSION, default="2_0_1"): VERSION_FIELD,
            vol.Required(CONF_ROLE, default=Role.CONTROLLER.value): SelectSelector(
                SelectSelectorConfig(
                    options=[role.value for role in Role],
                    mode=SelectSelectorMode.LIST,
                    translation_key="central_role",
                )
            ),
            vol.Required(CONF_TARGET, default=TARGET_SITE): choice_of(targets),
            vol.Required(
                CONF_DECIDES, default=lambda: [Domain.LIMITS.value]
            ): SelectSelector(
                SelectSelectorConfig(
                    options=[domain.value for domain in DOMAINS],
                    multiple=True,
                    mode=SelectSelectorMode.LIST,
                    translation_key="decides",
                )
            ),
            **advanced(ADVANCED_SCHEMA),
        }
    )


class CentralFlow(OneFormFlow):
    """Adds a central system and changes it."""

    of_advanced = frozenset({"uplink_certificate_incomplete"})

    @override
    def _schema(self) -> vol.Schema:
        return central_schema(self._targets)

    @override
    def _shown(self, known: dict[str, Any]) -> dict[str, Any]:
        more = dict(known.get(SECTION_ADVANCED, {}))
        more.pop(CONF_PASSWORD, None)
        return {**known, SECTION_ADVANCED: more}

    @override
    async def _async_check(
        self, name: str, data: Mapping[str, Any]
    ) -> tuple[dict[str, str], dict[str, str]]:
        check_node_uplink(name, data)
        return {}, {}

    @override
    def _keep_secret(self, data: dict[str, Any], known: Mapping[str, Any]) -> None:
        more = dict(data.get(SECTION_ADVANCED, {}))
        password = known.get(SECTION_ADVANCED, {}).get(CONF_PASSWORD)
        if (
            password
            and not more.get(CONF_PASSWORD)
            and data[CONF_URL] == known[CONF_URL]
        ):
            data[SECTION_ADVANCED] = more | {CONF_PASSWORD: password}

    @property
    @override
    def _targets(self) -> dict[str, str]:
        """The names of what can be known above."""
        site = site_config(self._get_entry())
        groups = {group.id: group.name for group in site.groups.values()}
        return {TARGET_SITE: site.name, **groups}
