"""Actions on several: all of them do it, or none, and who cannot is named."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.errors import StationRefused
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse, OcppVersion
from tests.homeassistant.conftest import config_entry, driver, group, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_actions_wishes import device_id
from tests.homeassistant.test_discharging import PERMISSION

STATIONS = ["garage", "drive"]


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site where one of two stations is away, and only the other may feed back."""
    entry = config_entry(
        station("garage", "Garage", v2g={"1": PERMISSION}),
        station("drive", "Drive", maximum_a=16),
        group("Yard", "garage", "drive"),
        driver("Anna", "04A2B3C4"),
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def half(hass: HomeAssistant, site: FakeSite) -> FakeSite:
    """The drive has lost its connection."""
    site.put_station("garage", connected=True, version=OcppVersion.V16)
    site.away = frozenset({"drive"})
    site.asked.clear()
    return site


async def act(hass: HomeAssistant, action: str, names: list[str], **data: Any) -> Any:
    """Call an action on several, and return its answer."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": [device_id(hass, name) for name in names], **data},
        blocking=True,
        return_response=True,
    )


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("stop_charging", {}),
        ("start_charging", {}),
        ("cancel_reservation", {}),
        ("reserve", {"until": "2030-11-22 18:00:00"}),
        ("set_configuration", {"key": "HeartbeatInterval", "value": "300"}),
        ("get_configuration", {}),
        ("trigger_message", {"message": "Heartbeat"}),
        ("trigger_message", {"message": "MeterValues"}),
        ("clear_profile", {"profile_id": 1}),
        ("get_composite_schedule", {}),
        (
            "set_charging_profile",
            {
                "profile_id": 1,
                "purpose": "tx_default",
                "unit": "a",
                "periods": [{"limit": 10}],
            },
        ),
    ],
)
async def test_where_one_is_away_nobody_is_asked(
    hass: HomeAssistant, half: FakeSite, action: str, data: dict[str, Any]
) -> None:
    if action == "reserve":
        data = data | {"driver": device_id(hass, "driver-anna")}
    sentence = "Nothing was done.*Drive is not connected"
    with pytest.raises(ServiceValidationError, match=sentence) as caught:
        await act(hass, action, STATIONS, **data)
    assert caught.value.translation_key == "not_all_can"
    assert "Garage" not in str(caught.value)
    assert half.asked == []
    assert half.command.mock_calls == []


@pytest.mark.parametrize(
    ("action", "data", "sentence"),
    [
        ("set_limit", {"current": 20}, "Drive: .*between 6 and 16 A"),
        ("set_priority", {"priority": 11}, "between 1 and 10"),
        ("discharge_until", {"duration": "01:00:00"}, "Drive: "),
        ("pause_charging", {"reason": " "}, "why charging pauses"),
    ],
)
async def test_what_one_cannot_do_is_done_by_none(
    hass: HomeAssistant,
    half: FakeSite,
    action: str,
    data: dict[str, Any],
    sentence: str,
) -> None:
    with pytest.raises(ServiceValidationError, match=sentence):
        await act(hass, action, STATIONS, **data)
    assert half.asked == []


async def test_one_alone_says_it_plainly(hass: HomeAssistant, half: FakeSite) -> None:
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass, "stop_charging", ["drive"])
    assert caught.value.translation_key == "not_connected"


async def test_who_says_no_at_the_last_moment_keeps_nobody_from_it(
    hass: HomeAssistant, half: FakeSite
) -> None:
    half.put_station("drive", connected=True)

    async def write(key: str, value: str) -> bool:
        if half.command.set_configuration.await_count == 1:
            raise StationRefused("drive", "ChangeConfiguration", "Rejected")
        return False

    half.command.set_configuration.side_effect = write
    with pytest.raises(ServiceValidationError, match="Drive refused") as caught:
        await act(hass, "set_configuration", STATIONS, key="X", value="1")
    assert caught.value.translation_key == "not_all_did"
    assert half.command.set_configuration.await_count == 2


async def test_a_connector_of_several_is_named_with_its_station(
    hass: HomeAssistant, half: FakeSite
) -> None:
    half.put(Evse(EvseKey("drive", 2)))
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError, match="Drive, Connector 2: "):
        await act(hass, "set_limit", STATIONS, current=20)


async def test_it_is_said_in_the_language_of_the_house(
    hass: HomeAssistant, half: FakeSite
) -> None:
    hass.config.language = "de"
    await async_get_translations(hass, "de", "exceptions", {DOMAIN})
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "stop_charging", STATIONS)
    reasons = caught.value.translation_placeholders["reasons"]
    assert reasons.startswith("Drive ist nicht verbunden.")


async def test_a_group_stands_for_all_behind_it(
    hass: HomeAssistant, half: FakeSite
) -> None:
    answer = await act(
        hass, "pause_charging", ["group-yard"], reason="price", duration="00:15:00"
    )
    assert [one["station"] for one in answer["connectors"]] == ["drive", "garage"]
    answer = await act(hass, "resume_charging", ["site"], reason="price")
    assert all(not one["paused_for"] for one in answer["connectors"])
