"""What the owner can do, and what is said when it does not work."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.errors import (
    BadSetting,
    InvalidRequest,
    NotConnected,
    StationRefused,
    StationSilent,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from tests.homeassistant.fake_site import FakeSite

GARAGE = EvseKey("garage", 1)


async def act(hass: HomeAssistant, action: str, entity_id: str, **data: Any) -> None:
    """Do what a click would."""
    domain, _, service = action.partition(".")
    await hass.services.async_call(
        domain, service, {"entity_id": entity_id, **data}, blocking=True
    )


@pytest.fixture
async def online(hass: HomeAssistant, site: FakeSite) -> FakeSite:
    """A site whose garage is connected."""
    site.put_station("garage", connected=True)
    return site


async def test_the_owner_s_settings_can_be_changed_while_a_station_is_away(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await act(hass, "number.set_value", "number.garage_maximum_current", value=10)
    await act(hass, "switch.turn_off", "switch.garage_charging_allowed")
    assert site.asked == [
        ("set_maximum", GARAGE, 10),
        ("set_charging_allowed", GARAGE, False),
    ]
    assert hass.states.get("number.garage_maximum_current").state == "10.0"
    assert hass.states.get("switch.garage_charging_allowed").state == "off"

    await act(hass, "switch.turn_on", "switch.garage_charging_allowed")
    assert hass.states.get("switch.garage_charging_allowed").state == "on"


@pytest.mark.parametrize("value", [5.9, 33])
async def test_a_maximum_out_of_range_is_refused(
    hass: HomeAssistant, site: FakeSite, value: float
) -> None:
    with pytest.raises(ServiceValidationError):
        await act(
            hass, "number.set_value", "number.garage_maximum_current", value=value
        )
    assert site.asked == []


async def test_a_station_is_asked(hass: HomeAssistant, online: FakeSite) -> None:
    registry = er.async_get(hass)
    assert registry.async_get("button.garage_restart_without_waiting").disabled

    await act(hass, "button.press", "button.garage_unlock_cable")
    online.command.unlock.assert_awaited_once_with(1)
    await act(hass, "button.press", "button.garage_restart")
    online.command.reset.assert_awaited_once_with(hard=False)
    await act(hass, "switch.turn_off", "switch.garage_in_service")
    online.command.set_availability.assert_awaited_once_with(1, operative=False)


async def test_a_restart_without_waiting_is_for_those_who_enable_it(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    er.async_get(hass).async_update_entity(
        "button.garage_restart_without_waiting", disabled_by=None
    )
    async_fire_time_changed(hass, fire_all=True)
    await hass.async_block_till_done()
    site = entry.runtime_data
    site.put_station("garage", connected=True)

    await act(hass, "button.press", "button.garage_restart_without_waiting")
    site.command.reset.assert_awaited_once_with(hard=True)


async def test_limits_are_learnt_again_by_those_who_ask_for_it(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    er.async_get(hass).async_update_entity(
        "button.garage_learn_limits_again", disabled_by=None
    )
    async_fire_time_changed(hass, fire_all=True)
    await hass.async_block_till_done()
    site = entry.runtime_data
    site.put_station("garage", connected=True)

    await act(hass, "button.press", "button.garage_learn_limits_again")
    assert ("learn_limits_again", "garage") in site.asked


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (NotConnected("garage"), HomeAssistantError, "Garage is not connected"),
        (
            StationSilent("garage", "UnlockConnector"),
            HomeAssistantError,
            "Garage did not answer UnlockConnector in time.",
        ),
        (
            StationRefused("garage", "UnlockConnector", "NotSupported"),
            HomeAssistantError,
            "Garage refused: it answered UnlockConnector with NotSupported",
        ),
        (
            StationRefused("sold", "UnlockConnector", "NotSupported"),
            HomeAssistantError,
            "sold refused",
        ),
        (
            InvalidRequest("UnlockConnector", "connectorId is missing"),
            ServiceValidationError,
            "UnlockConnector was not sent: connectorId is missing",
        ),
        (
            BadSetting("maximum_out_of_range", minimum="6", maximum="16"),
            ServiceValidationError,
            "Enter a current between 6 and 16 A.",
        ),
    ],
)
async def test_what_does_not_work_is_said(
    hass: HomeAssistant,
    online: FakeSite,
    error: Exception,
    kind: type[HomeAssistantError],
    message: str,
) -> None:
    online.command.unlock.side_effect = error
    with pytest.raises(kind) as caught:
        await act(hass, "button.press", "button.garage_unlock_cable")
    assert type(caught.value) is kind
    assert str(caught.value).startswith(message)


async def test_a_group_s_limit_is_lowered_and_its_form_stays(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    for value in (14, 0, 20):
        await act(hass, "number.set_value", "number.yard_limit", value=value)
        assert site.groups["group-yard"].limit == Current(value)
        assert hass.states.get("number.yard_limit").state == f"{value}.0"
    assert entry.subentries["group-yard"].data["limit"] == 20
    assert entry.runtime_data is site

    with pytest.raises(ServiceValidationError, match="outside valid range"):
        await act(hass, "number.set_value", "number.yard_limit", value=21)
