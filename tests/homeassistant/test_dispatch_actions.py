"""The actions that give a connector, a group or the site a signed setpoint, and take it back."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse
from custom_components.evenload.engine.model.v2x import Battery, V2gMode
from tests.homeassistant.conftest import NOW
from tests.homeassistant.fake_site import FakeSite


@pytest.fixture(autouse=True)
def noon(entry: MockConfigEntry, freezer: Any) -> None:
    """It is noon."""
    freezer.move_to(NOW)


def device(hass: HomeAssistant, name: str) -> str:
    found = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, name), "site")
    return found.id


async def call(
    hass: HomeAssistant, action: str, answer: bool = True, **data: Any
) -> Any:
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=answer
    )


@pytest.mark.parametrize(
    ("name", "target"),
    [("garage", "garage_1"), ("group-yard", "group-yard"), ("site", "")],
)
async def test_a_setpoint_for_a_connector_a_group_and_the_site(
    hass: HomeAssistant, site: FakeSite, name: str, target: str
) -> None:
    site.batteries[target] = Battery(
        vehicles=2, charge_w=7000, discharge_w=5000, available_wh=20000
    )
    answer = await call(
        hass,
        "dispatch",
        device_id=device(hass, name),
        power=-3000,
        duration={"minutes": 30},
        afterwards="house",
    )
    until = NOW + timedelta(minutes=30)
    assert site.asked[-1] == ("dispatch", target, -3000, until, "action")
    assert answer == {
        "id": "action-1",
        "target": target,
        "power_w": -3000,
        "until": until.isoformat(),
        "afterwards": V2gMode.HOUSE,
        "vehicles": 2,
        "charge_power_w": 7000,
        "discharge_power_w": 5000,
        "energy_available_wh": 20000,
    }
    assert await call(hass, "end_dispatch", device_id=device(hass, name)) == {
        "target": target,
        "ended": True,
    }
    assert site.asked[-1] == ("end_dispatch", target)
    again = await call(hass, "end_dispatch", device_id=device(hass, name))
    assert again["ended"] is False


async def test_an_entity_stands_for_its_connector_and_no_answer_is_asked_for(
    hass: HomeAssistant, site: FakeSite
) -> None:
    entity = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, "garage_1_status")
    until = NOW + timedelta(hours=2)
    answer = await call(
        hass, "dispatch", False, entity_id=entity, power=2000, until=until.isoformat()
    )
    assert answer is None
    assert site.asked[-1] == ("dispatch", "garage_1", 2000, until, "action")
    assert site.dispatched["garage_1"].afterwards is None
    assert await call(hass, "end_dispatch", False, entity_id=entity) is None


async def test_what_a_programme_has_asked_for_is_not_ended_by_an_action(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await site.dispatch("", -2000, NOW + timedelta(hours=1), source="programme")
    answer = await call(hass, "end_dispatch", device_id=device(hass, "site"))
    assert answer == {"target": "", "ended": False}
    assert site.dispatches


@pytest.mark.parametrize(
    ("names", "said", "error"),
    [
        (["garage"], {}, "dispatch_without_end"),
        (["garage"], {"until": "2026-11-01T11:00:00+00:00"}, "end_passed"),
        (["garage", "drive"], {"duration": "01:00:00"}, "dispatch_several"),
        ([], {"duration": "01:00:00"}, "dispatch_nobody"),
    ],
)
async def test_what_cannot_be_dispatched(
    hass: HomeAssistant,
    site: FakeSite,
    names: list[str],
    said: dict[str, Any],
    error: str,
) -> None:
    devices = [device(hass, name) for name in names] or ["gone"]
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "dispatch", device_id=devices, power=1000, **said)
    assert caught.value.translation_key == error
    assert not site.dispatched


async def test_a_station_of_two_connectors_is_none_of_them(
    hass: HomeAssistant, site: FakeSite
) -> None:
    site.put(Evse(EvseKey("garage", 2)))
    await hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as caught:
        await call(
            hass,
            "dispatch",
            device_id=device(hass, "garage"),
            power=1000,
            duration="01:00:00",
        )
    assert caught.value.translation_key == "dispatch_several"
    second = dr.async_get(hass).async_get_child_device_by_identifier(
        (DOMAIN, "garage/2"), "site"
    )
    await call(
        hass,
        "dispatch",
        device_id=second.id,
        power=1000,
        duration="01:00:00",
    )
    assert site.dispatched.keys() == {"garage_2"}


@pytest.mark.parametrize(
    "data",
    [
        {"power": "much", "duration": "01:00:00"},
        {"duration": "01:00:00"},
        {"power": 1, "duration": "01:00:00", "until": "2026-11-01 14:00:00"},
        {"power": 1, "duration": "01:00:00", "afterwards": "sell"},
    ],
)
async def test_what_is_no_dispatch(
    hass: HomeAssistant, site: FakeSite, data: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await call(hass, "dispatch", device_id=device(hass, "garage"), **data)


async def test_a_signal_of_the_grid_operator_s(
    hass: HomeAssistant, site: FakeSite
) -> None:
    site.batteries[""] = Battery(vehicles=2)
    home = device(hass, "site")
    answer = await call(hass, "share_grid_signal", device_id=home, signal=-40)
    assert site.asked[-1] == ("share_grid_signal", -40)
    assert answer == {"signal": -40, "offered_w": 4000, "vehicles": 2}
    assert not await call(hass, "share_grid_signal", False, device_id=home, signal=0)
    site.offered.clear()
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "share_grid_signal", device_id=home, signal=10)
    assert caught.value.translation_key == "signal_for_nobody"
    with pytest.raises(vol.Invalid):
        await call(hass, "share_grid_signal", device_id=home, signal="much")
