"""The pages behind repair issues, as an owner goes through them."""

from typing import Any

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.evenload.const import DOMAIN


def ours(hass: HomeAssistant, key: str) -> list[ir.IssueEntry]:
    """Return the issues with these words that are shown."""
    issues = ir.async_get(hass).issues.values()
    return [
        one
        for one in issues
        if one.domain == DOMAIN and one.translation_key == key and one.active
    ]


async def opened(hass: HomeAssistant, key: str) -> dict[str, Any]:
    """Open the only issue with these words."""
    assert await async_setup_component(hass, "repairs", {})
    (issue,) = ours(hass, key)
    assert issue.is_fixable
    manager = repairs_flow_manager(hass)
    assert manager is not None
    found: Any = await manager.async_init(DOMAIN, data={"issue_id": issue.issue_id})
    return dict(found)


async def answered(
    hass: HomeAssistant, page: dict[str, Any], **said: Any
) -> dict[str, Any]:
    """Submit a page."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    found: Any = await manager.async_configure(page["flow_id"], said)
    await hass.async_block_till_done(wait_background_tasks=True)
    return dict(found)
