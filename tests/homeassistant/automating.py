"""What tests of triggers, conditions and blueprints have in common."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.homeassistant.fake_site import FakeSite

GARAGE = EvseKey("garage", 1)


def device(hass: HomeAssistant, name: str) -> str:
    """Return a device of ours: of a station, a group, or the grid connection."""
    found = dr.async_get(hass).async_get_device_by_identifier(
        ("evenload", name), "site"
    )
    assert found
    return found.id


async def arm(
    hass: HomeAssistant, trigger: str, target: dict[str, Any], **options: Any
) -> list[ServiceCall]:
    """Set up an automation; returns its runs."""
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {
                    "trigger": f"evenload.{trigger}",
                    "target": target,
                    "options": options,
                },
                "actions": {
                    "action": "test.run",
                    "data": {"entity_id": "{{ trigger.entity_id }}"},
                },
            }
        },
    )
    await hass.async_block_till_done()
    return async_mock_service(hass, "test", "run")


async def go(hass: HomeAssistant, site: FakeSite, *statuses: EvseStatus) -> None:
    """Let the connector in the garage go through these states."""
    for status in statuses:
        site.put(replace(site.evse(GARAGE), status=status))
        await hass.async_block_till_done()


async def limit(hass: HomeAssistant, site: FakeSite, *reasons: Reason) -> None:
    """Let the connector in the garage be limited for these reasons."""
    for reason in reasons:
        allotment = Allotment(GARAGE, Current(10), reason)
        site.put(replace(site.evse(GARAGE), allotment=allotment))
        await hass.async_block_till_done()


async def connect(hass: HomeAssistant, site: FakeSite) -> FakeSite:
    """Let both stations connect; their connectors are free."""
    for identity in ("garage", "drive"):
        site.put_station(identity, connected=True)
        key = EvseKey(identity, 1)
        site.put(replace(site.evse(key), status=EvseStatus.AVAILABLE))
    await hass.async_block_till_done()
    return site
