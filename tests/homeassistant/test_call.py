"""The action that sends a station any message."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.errors import StationRefused
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse
from tests.homeassistant.fake_site import FakeSite


async def call(
    hass: HomeAssistant, name: str, context: Context | None = None
) -> object:
    """Send a message to the station of a device."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, name), "site")
    return await hass.services.async_call(
        DOMAIN,
        "call",
        {
            "device_id": device.id if device else name,
            "action": "GetConfiguration",
            "payload": {"key": ["HeartbeatInterval"]},
        },
        blocking=True,
        return_response=True,
        context=context,
    )


async def test_an_answer_is_returned(hass: HomeAssistant, site: FakeSite) -> None:
    site.put_station("garage", connected=True)
    site.command.call.return_value = {"configurationKey": []}
    assert await call(hass, "garage") == {"configurationKey": []}
    site.command.call.assert_awaited_once_with(
        "GetConfiguration", {"key": ["HeartbeatInterval"]}
    )


async def test_a_refusal_is_said(hass: HomeAssistant, site: FakeSite) -> None:
    with pytest.raises(HomeAssistantError, match="Garage is not connected"):
        await call(hass, "garage")
    site.put_station("garage", connected=True)
    site.command.call.side_effect = StationRefused("garage", "X", "NotSupported")
    with pytest.raises(HomeAssistantError, match="Garage refused"):
        await call(hass, "garage")


async def test_a_connector_stands_for_its_station(
    hass: HomeAssistant, site: FakeSite
) -> None:
    site.put_station("garage", connected=True)
    site.put(Evse(EvseKey("garage", 2)))
    child = dr.async_get(hass).async_get_child_device_by_identifier(
        (DOMAIN, "garage/2"), "site"
    )
    site.command.call.return_value = {}
    assert await call(hass, child.id) == {}


@pytest.mark.parametrize("name", ["group-yard", "site", "nobody"])
async def test_only_a_station_can_be_called(
    hass: HomeAssistant, site: FakeSite, name: str
) -> None:
    with pytest.raises(ServiceValidationError):
        await call(hass, name)


async def test_only_an_administrator_may(
    hass: HomeAssistant, site: FakeSite, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await call(hass, "garage", Context(user_id=hass_read_only_user.id))
