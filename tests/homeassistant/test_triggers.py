"""Triggers of connectors fire when what they say happens, once, and for those that were chosen."""

from dataclasses import replace
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import async_get_all_descriptions
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.model.transactions import Session
from custom_components.evenload.trigger import TRIGGERS
from tests.homeassistant.automating import GARAGE, arm, connect, device, go, limit
from tests.homeassistant.conftest import NOW
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_translations import ENGLISH, ICONS

AVAILABLE, PREPARING = EvseStatus.AVAILABLE, EvseStatus.PREPARING
CHARGING, FINISHING = EvseStatus.CHARGING, EvseStatus.FINISHING
BY_VEHICLE, BY_STATION = EvseStatus.SUSPENDED_EV, EvseStatus.SUSPENDED_EVSE


@pytest.fixture
async def online(hass: HomeAssistant, site: FakeSite) -> FakeSite:
    """A site whose stations are connected and free."""
    return await connect(hass, site)


@pytest.mark.parametrize(
    ("trigger", "statuses", "fires"),
    [
        ("started_charging", (PREPARING, CHARGING), 1),
        ("started_charging", (PREPARING, CHARGING, BY_STATION, CHARGING), 2),
        ("started_charging", (PREPARING, BY_VEHICLE, FINISHING), 0),
        ("paused_charging", (PREPARING, CHARGING, BY_STATION), 1),
        ("paused_charging", (CHARGING, BY_VEHICLE, FINISHING), 0),
        ("stopped_charging", (CHARGING, BY_VEHICLE, FINISHING, AVAILABLE), 1),
        ("stopped_charging", (CHARGING, AVAILABLE), 1),
        ("stopped_charging", (CHARGING, EvseStatus.FAULTED), 1),
        # It was only paused, and the vehicle needs a moment to wake up.
        ("stopped_charging", (CHARGING, BY_STATION, BY_VEHICLE, CHARGING), 0),
        ("stopped_charging", (CHARGING, BY_STATION, AVAILABLE), 1),
        ("stopped_charging", (PREPARING, BY_VEHICLE, AVAILABLE), 0),
        ("station_faulted", (PREPARING, EvseStatus.FAULTED), 1),
        ("station_faulted", (PREPARING, EvseStatus.UNAVAILABLE), 0),
    ],
)
async def test_what_a_connector_does(
    hass: HomeAssistant,
    online: FakeSite,
    trigger: str,
    statuses: tuple[EvseStatus, ...],
    fires: int,
) -> None:
    runs = await arm(hass, trigger, {"device_id": device(hass, "garage")})
    await go(hass, online, *statuses)
    assert [run.data["entity_id"] for run in runs] == ["sensor.garage_status"] * fires


async def test_a_station_that_comes_back_charging_did_not_start(
    hass: HomeAssistant, online: FakeSite
) -> None:
    runs = await arm(hass, "started_charging", {"device_id": device(hass, "garage")})
    await go(hass, online, CHARGING)
    for connected in (False, True):
        online.put_station("garage", connected=connected)
        await hass.async_block_till_done()
    assert len(runs) == 1


async def test_sessions_are_told_from_plugging_in_to_unplugging(
    hass: HomeAssistant, online: FakeSite
) -> None:
    target = {"device_id": device(hass, "garage")}
    runs = await arm(hass, "vehicle_plugged_in", target)
    session = Session(GARAGE, NOW)
    online.put(replace(online.evse(GARAGE), session=session))
    await hass.async_block_till_done()
    assert [run.data["entity_id"] for run in runs] == ["event.garage_activity"]
    online.put(
        replace(online.evse(GARAGE), session=session.ending(NOW + timedelta(hours=1)))
    )
    await hass.async_block_till_done()
    assert len(runs) == 1


async def test_unplugging_is_known_of_a_station_that_was_away(
    hass: HomeAssistant, online: FakeSite
) -> None:
    runs = await arm(hass, "vehicle_unplugged", {"device_id": device(hass, "garage")})
    session = Session(GARAGE, NOW)
    online.put(replace(online.evse(GARAGE), session=session))
    online.put_station("garage", connected=False)
    await hass.async_block_till_done()
    ended = session.ending(NOW + timedelta(hours=1))
    online.put(replace(online.evse(GARAGE), session=ended))
    await hass.async_block_till_done()
    assert len(runs) == 1


@pytest.mark.parametrize(
    ("before", "reasons", "fires"),
    [
        (CHARGING, (Reason.OWN_MAXIMUM, Reason.GROUP_LIMIT, Reason.MAIN_FUSE), 1),
        (CHARGING, (Reason.OWN_MAXIMUM, Reason.VEHICLE_TAKES_NO_MORE), 0),
        # Others make room first; that is not yet what it gets.
        (CHARGING, (Reason.PAUSED, Reason.WAITING_FOR_OTHERS, Reason.MAIN_FUSE), 1),
        # The room is there in a minute: the limit never ceased to hold.
        (
            CHARGING,
            (Reason.PAUSED, Reason.MAIN_FUSE, Reason.RAISING_SLOWLY, Reason.MAIN_FUSE),
            1,
        ),
        (CHARGING, (Reason.MAIN_FUSE, Reason.OWN_MAXIMUM, Reason.METER_LOST), 1),
        # A free connector gets no more than its group either, and nobody minds.
        (AVAILABLE, (Reason.OWN_MAXIMUM, Reason.GROUP_LIMIT), 0),
    ],
)
async def test_a_limit_begins_to_hold_a_vehicle_back(
    hass: HomeAssistant,
    online: FakeSite,
    before: EvseStatus,
    reasons: tuple[Reason, ...],
    fires: int,
) -> None:
    await go(hass, online, before)
    runs = await arm(hass, "limit_became_active", {"device_id": device(hass, "garage")})
    await limit(hass, online, *reasons)
    assert [run.data["entity_id"] for run in runs] == (
        ["sensor.garage_limited_by"] * fires
    )


async def test_a_vehicle_comes_to_a_limit_that_holds_already(
    hass: HomeAssistant, online: FakeSite
) -> None:
    await limit(hass, online, Reason.GROUP_LIMIT)
    # Also when only one of the two entities is chosen.
    runs = await arm(hass, "limit_became_active", {"entity_id": "sensor.garage_status"})
    await go(hass, online, PREPARING, CHARGING)
    assert len(runs) == 1
    await go(hass, online, AVAILABLE, CHARGING)
    assert len(runs) == 2


async def test_a_vehicle_waits_for_its_turn_for_long(
    hass: HomeAssistant, online: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    runs = await arm(
        hass,
        "started_waiting",
        {"device_id": device(hass, "garage")},
        **{"for": {"minutes": 30}},
    )
    await limit(hass, online, Reason.WAITING_FOR_TURN, Reason.GROUP_LIMIT)
    for reason, minutes, expected in (
        (Reason.GROUP_LIMIT, 40, 0),
        (Reason.WAITING_FOR_TURN, 29, 0),
        (Reason.WAITING_FOR_TURN, 2, 1),
    ):
        await limit(hass, online, reason)
        freezer.tick(timedelta(minutes=minutes))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        assert len(runs) == expected


async def test_others_entities_are_nobody_s_business(
    hass: HomeAssistant, online: FakeSite
) -> None:
    runs = await arm(hass, "started_charging", {"entity_id": "sensor.robot"})
    for state in ("available", "charging"):
        hass.states.async_set("sensor.robot", state)
        await hass.async_block_till_done()
    assert not runs


@pytest.mark.usefixtures("site")
async def test_every_trigger_is_described(hass: HomeAssistant) -> None:
    await arm(hass, "started_charging", {"entity_id": "sensor.garage_status"})
    described = await async_get_all_descriptions(hass)
    ours = {
        name.removeprefix("evenload."): description
        for name, description in described.items()
        if name.startswith("evenload.")
    }
    assert ours.keys() == TRIGGERS.keys() == ENGLISH["triggers"].keys()
    assert ICONS["triggers"].keys() == TRIGGERS.keys()
    for name, description in ours.items():
        assert description, name
        words = ENGLISH["triggers"][name]
        assert description["fields"].keys() == words["fields"].keys()
        assert all(
            filters["integration"] == "evenload"
            for filters in description["target"]["entity"]
        )
