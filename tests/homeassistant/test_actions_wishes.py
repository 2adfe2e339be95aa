"""The actions for limits, pauses and departures."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, device_registry as dr
import pytest
import voluptuous as vol

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    EvseTraits,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.phases import CurrentType
from custom_components.evenload.engine.model.stations import Evse
from custom_components.evenload.engine.model.tree import ROOT
from tests.homeassistant.conftest import NOW
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import DRIVE, GARAGE


def device_id(hass: HomeAssistant, name: str) -> str:
    """Return the device of a station, a group or the site."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, name), "site")
    return device.id


async def act(hass: HomeAssistant, action: str, name: str, **data: Any) -> Any:
    """Call an action on a device, and return its answer."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": device_id(hass, name), **data},
        blocking=True,
        return_response=True,
    )


@pytest.mark.parametrize(
    ("name", "said", "asked", "answer"),
    [
        (
            "garage",
            {"current": 10},
            ("set_maximum", GARAGE, 10),
            {"station": "garage", "connector": 1, "limit_a": 10},
        ),
        (
            # On three phases of 230 V.
            "garage",
            {"power": 7000},
            ("set_maximum", GARAGE, 10.1),
            {"station": "garage", "connector": 1, "limit_a": 10.1},
        ),
        (
            "group-yard",
            {"current": 12},
            ("set_limit", "group-yard", 12),
            {"group": "group-yard", "limit_a": 12},
        ),
        (
            "site",
            {"power": 13800},
            ("set_limit", ROOT, 20),
            {"group": None, "limit_a": 20},
        ),
    ],
)
async def test_a_limit(
    hass: HomeAssistant,
    site: FakeSite,
    name: str,
    said: dict[str, Any],
    asked: tuple[Any, ...],
    answer: dict[str, Any],
) -> None:
    assert await act(hass, "set_limit", name, **said) == {"limits": [answer]}
    assert site.asked == [asked]


async def test_direct_current_is_limited_in_watts(
    hass: HomeAssistant, site: FakeSite
) -> None:
    traits = {1: EvseTraits(current_type=CurrentType.DC)}
    site.put_station("garage", capabilities=Capabilities(evse_traits=traits))
    await act(hass, "set_limit", "garage", power=7000)
    # Of ten amperes on three phases a tenth is lost on the way.
    await act(hass, "set_limit", "garage", current=10)
    assert [asked[2] for asked in site.asked] == [7000, pytest.approx(6210)]


@pytest.mark.parametrize(
    ("name", "said", "reason"),
    [
        ("drive", {"current": 20}, "between 6 and 16 A"),
        ("group-yard", {"current": 25}, "between 0 and 20 A"),
        ("drive", {}, "a current in A or a power in W"),
    ],
)
async def test_a_limit_that_cannot_be(
    hass: HomeAssistant, site: FakeSite, name: str, said: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ServiceValidationError, match=reason):
        await act(hass, "set_limit", name, **said)


async def test_one_limit_at_a_time(hass: HomeAssistant, site: FakeSite) -> None:
    with pytest.raises(vol.Invalid):
        await act(hass, "set_limit", "drive", current=10, power=7000)


async def test_an_entity_or_an_area_names_it_too(
    hass: HomeAssistant, site: FakeSite
) -> None:
    area = ar.async_get(hass).async_create("Carport")
    dr.async_get(hass).async_update_device(device_id(hass, "drive"), area_id=area.id)
    for target in (
        {"entity_id": "switch.garage_charging_allowed"},
        {"area_id": area.id},
    ):
        await hass.services.async_call(
            DOMAIN, "pause_charging", target=target, blocking=True
        )
    assert site.asked == [
        ("set_charging_allowed", GARAGE, False),
        ("set_charging_allowed", DRIVE, False),
    ]


async def test_of_nobody(hass: HomeAssistant, site: FakeSite) -> None:
    nobody = {"entity_id": "light.kitchen"}
    for action, data in (("set_limit", {"current": 9}), ("pause_charging", {})):
        with pytest.raises(ServiceValidationError, match="Choose a charging station"):
            await hass.services.async_call(
                DOMAIN, action, data, target=nobody, blocking=True
            )


async def test_pausing_and_going_on(hass: HomeAssistant, site: FakeSite) -> None:
    site.put(Evse(EvseKey("garage", 2)))
    answer = await act(hass, "pause_charging", "garage")
    assert [one["charging_allowed"] for one in answer["connectors"]] == [False, False]
    answer = await act(hass, "resume_charging", "drive")
    assert answer["connectors"] == [
        {
            "station": "drive",
            "connector": 1,
            "charging_allowed": True,
            "paused_for": [],
            "priority": 5,
            "charges_first": False,
            "allowed_a": None,
            "limited_by": None,
        }
    ]


@pytest.mark.parametrize(
    ("said", "departs_at"),
    [
        ({"departure": "2026-11-02T07:00:00+00:00"}, NOW + timedelta(hours=19)),
        # Without a zone it is the one of the house.
        ({"departure": "2026-11-02 07:00:00"}, datetime(2026, 11, 2, 15, tzinfo=UTC)),
        ({"duration": "08:00:00"}, NOW + timedelta(hours=8)),
        ({}, None),
    ],
)
async def test_departures(
    hass: HomeAssistant,
    site: FakeSite,
    freezer: FrozenDateTimeFactory,
    said: dict[str, Any],
    departs_at: datetime | None,
) -> None:
    freezer.move_to(NOW)
    answer = await act(hass, "set_departure", "garage", **said)
    assert site.asked == [("set_departure", GARAGE, departs_at)]
    departure = departs_at.isoformat() if departs_at else None
    assert answer["connectors"][0]["departure"] == departure


async def test_a_departure_that_is_over(
    hass: HomeAssistant, site: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOW)
    with pytest.raises(ServiceValidationError, match="is over already"):
        await act(hass, "set_departure", "garage", departure="2026-11-01T11:00:00Z")
    assert site.asked == []


async def test_who_comes_first(hass: HomeAssistant, site: FakeSite) -> None:
    answer = await act(hass, "boost", "garage")
    assert answer["connectors"][0]["charges_first"] is True
    answer = await act(hass, "set_priority", "garage", priority=8)
    assert answer["connectors"][0]["priority"] == 8
