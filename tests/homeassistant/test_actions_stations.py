"""The actions that look into stations, and change what is there."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.csms.commands import (
    CompositeSchedule,
    ConfigurationValue,
    SchedulePeriod,
)
from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    Place,
    ProfileKind,
    Purpose,
    Rung,
)
from custom_components.evenload.engine.model.errors import StationRefused
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.stations import Evse, OcppVersion
from tests.homeassistant.conftest import NOW
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_actions_wishes import act, device_id

PROFILE = {
    "profile_id": 7,
    "purpose": "station_maximum",
    "unit": "a",
    "periods": [{"limit": 10}, {"start": "06:00:00", "limit": 16, "phases": 3}],
    "start": "2026-11-01T22:00:00+00:00",
    "daily": True,
}
OURS = Rung(Purpose.TX_DEFAULT, ProfileKind.ABSOLUTE, 3, RateUnit.AMPERES)


@pytest.fixture
def garage(site: FakeSite, freezer: FrozenDateTimeFactory) -> FakeSite:
    """A station of OCPP 1.6 that is connected, and takes everything."""
    freezer.move_to(NOW)
    capabilities = Capabilities(rungs={Place.LEASE: OURS})
    site.put_station(
        "garage", connected=True, version=OcppVersion.V16, capabilities=capabilities
    )
    site.command.call.return_value = {"status": "Accepted"}
    return site


async def test_what_a_station_will_allow(hass: HomeAssistant, garage: FakeSite) -> None:
    garage.command.composite_schedule.return_value = CompositeSchedule(
        1, RateUnit.AMPERES, NOW, (SchedulePeriod(0, 16.0), SchedulePeriod(900, 6.0, 1))
    )
    answer = await act(hass, "get_composite_schedule", "garage", duration="00:30:00")
    garage.command.composite_schedule.assert_awaited_once_with(1, 1800, None)
    assert answer == {
        "schedules": [
            {
                "station": "garage",
                "connector": 1,
                "unit": "A",
                "start": NOW.isoformat(),
                "periods": [
                    {"start_s": 0, "limit": 16.0, "phases": None},
                    {"start_s": 900, "limit": 6.0, "phases": 1},
                ],
            }
        ]
    }


async def test_settings_are_read_and_written(
    hass: HomeAssistant, garage: FakeSite
) -> None:
    garage.command.get_configuration.return_value = {
        "HeartbeatInterval": ConfigurationValue("300", readonly=False)
    }
    answer = await act(hass, "get_configuration", "garage", keys=["HeartbeatInterval"])
    garage.command.get_configuration.assert_awaited_once_with(["HeartbeatInterval"])
    settings = {"HeartbeatInterval": {"value": "300", "readonly": False}}
    assert answer["stations"] == [{"station": "garage", "configuration": settings}]
    garage.command.set_configuration.return_value = True
    said = {"key": "HeartbeatInterval", "value": "60"}
    answer = await act(hass, "set_configuration", "garage", **said)
    garage.command.set_configuration.assert_awaited_once_with("HeartbeatInterval", "60")
    assert answer["stations"] == [{"station": "garage", "restart_needed": True}]


async def test_a_setting_that_a_station_does_not_have(
    hass: HomeAssistant, garage: FakeSite
) -> None:
    said = {"key": "Nope", "value": "60"}
    for answer in ("NotSupported", "UnknownVariable", "UnknownComponent"):
        refused = StationRefused("garage", "ChangeConfiguration", answer)
        garage.command.set_configuration.side_effect = refused
        with pytest.raises(HomeAssistantError, match="does not know the setting Nope"):
            await act(hass, "set_configuration", "garage", **said)
    rejected = StationRefused("garage", "ChangeConfiguration", "Rejected")
    garage.command.set_configuration.side_effect = rejected
    with pytest.raises(HomeAssistantError, match="with Rejected"):
        await act(hass, "set_configuration", "garage", **said)


async def test_messages_are_asked_for(hass: HomeAssistant, garage: FakeSite) -> None:
    garage.put(Evse(EvseKey("garage", 2)))
    for message in ("Heartbeat", "StatusNotification"):
        await hass.services.async_call(
            DOMAIN,
            "trigger_message",
            {"message": message},
            target={"device_id": device_id(hass, "garage")},
            blocking=True,
        )
    asked = [call.args for call in garage.command.trigger.await_args_list]
    assert asked == [
        ("Heartbeat",),
        ("StatusNotification", 1),
        ("StatusNotification", 2),
    ]


async def test_a_profile_of_1_6(hass: HomeAssistant, garage: FakeSite) -> None:
    # OCPP 1.6 §6.43 and §7.8.
    answer = await act(hass, "set_charging_profile", "garage", **PROFILE)
    garage.command.call.assert_awaited_once_with(
        "SetChargingProfile",
        {
            "connectorId": 0,
            "csChargingProfiles": {
                "chargingProfileId": 7,
                "stackLevel": 0,
                "chargingProfilePurpose": "ChargePointMaxProfile",
                "chargingProfileKind": "Recurring",
                "recurrencyKind": "Daily",
                "chargingSchedule": {
                    "chargingRateUnit": "A",
                    "startSchedule": "2026-11-01T22:00:00Z",
                    "chargingSchedulePeriod": [
                        {"startPeriod": 0, "limit": 10},
                        {"startPeriod": 21600, "limit": 16, "numberPhases": 3},
                    ],
                },
            },
        },
    )
    assert answer["profiles"][0]["profile_id"] == 7


async def test_a_profile_of_2_0_1(hass: HomeAssistant, garage: FakeSite) -> None:
    # OCPP 2.0.1 K01; it counts from when charging begins.
    garage.put_station("garage", version=OcppVersion.V201)
    said = {
        "profile_id": 7,
        "purpose": "tx_default",
        "stack_level": 2,
        "unit": "w",
        "periods": [{"limit": 4000}],
        "duration": "01:00:00",
        "valid_to": "2026-12-01T00:00:00+00:00",
    }
    await act(hass, "set_charging_profile", "garage", **said)
    garage.command.call.assert_awaited_once_with(
        "SetChargingProfile",
        {
            "evseId": 1,
            "chargingProfile": {
                "id": 7,
                "stackLevel": 2,
                "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Relative",
                "validTo": "2026-12-01T00:00:00Z",
                "chargingSchedule": [
                    {
                        "id": 7,
                        "chargingRateUnit": "W",
                        "duration": 3600,
                        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 4000}],
                    }
                ],
            },
        },
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"profile_id": 8301}, "one of Evenload's own"),
        ({"purpose": "tx_default", "stack_level": 3}, "a stack level of at most 2"),
        # Nothing of ours has this purpose yet.
        ({"stack_level": 1}, "a stack level of at most 0"),
        ({"periods": [{"start": "01:00:00", "limit": 6}]}, "begin at 00:00:00"),
        ({"start": None}, "when a day of this profile begins"),
    ],
)
async def test_no_profile_takes_the_place_of_ours(
    hass: HomeAssistant, garage: FakeSite, changes: dict[str, Any], reason: str
) -> None:
    said = {key: one for key, one in (PROFILE | changes).items() if one is not None}
    said |= {"purpose": "tx_default"} if "start" not in said else {}
    with pytest.raises(ServiceValidationError, match=reason):
        await act(hass, "set_charging_profile", "garage", **said)
    garage.command.call.assert_not_awaited()


async def test_no_room_beneath_ours(hass: HomeAssistant, garage: FakeSite) -> None:
    lowest = Rung(Purpose.STATION_MAXIMUM, ProfileKind.ABSOLUTE, 0, RateUnit.AMPERES)
    capabilities = Capabilities(rungs={Place.STATION: lowest})
    garage.put_station("garage", capabilities=capabilities)
    with pytest.raises(ServiceValidationError, match="There is no room beneath"):
        await act(hass, "set_charging_profile", "garage", **PROFILE)


async def test_a_refused_profile(hass: HomeAssistant, garage: FakeSite) -> None:
    garage.command.call.return_value = {"status": "Rejected"}
    with pytest.raises(HomeAssistantError, match="Garage refused.*Rejected"):
        await act(hass, "set_charging_profile", "garage", **PROFILE)


async def test_a_profile_of_a_transaction_is_not_offered(
    hass: HomeAssistant, garage: FakeSite
) -> None:
    with pytest.raises(vol.Invalid):
        await act(hass, "set_charging_profile", "garage", **PROFILE | {"purpose": "tx"})


async def test_a_profile_is_taken_out(hass: HomeAssistant, garage: FakeSite) -> None:
    garage.command.clear_profile.return_value = True
    answer = await act(hass, "clear_profile", "garage", profile_id=7)
    garage.command.clear_profile.assert_awaited_once_with(7)
    assert answer == {"stations": [{"station": "garage", "cleared": True}]}
    with pytest.raises(ServiceValidationError, match="one of Evenload's own"):
        await act(hass, "clear_profile", "garage", profile_id=8200)


async def test_what_a_station_says_is_told(
    hass: HomeAssistant, garage: FakeSite
) -> None:
    garage.command.get_configuration.side_effect = StationRefused("garage", "X", "No")
    with pytest.raises(HomeAssistantError, match="Garage refused"):
        await act(hass, "get_configuration", "garage")
    with pytest.raises(HomeAssistantError, match="Drive is not connected"):
        await act(hass, "get_composite_schedule", "drive")


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("get_configuration", {}),
        ("set_configuration", {"key": "A", "value": "B"}),
        ("set_charging_profile", PROFILE),
        ("clear_profile", {"profile_id": 1}),
    ],
)
async def test_only_an_administrator_may(
    hass: HomeAssistant,
    garage: FakeSite,
    hass_read_only_user: MockUser,
    action: str,
    data: dict[str, Any],
) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            action,
            {"device_id": device_id(hass, "garage"), **data},
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )
