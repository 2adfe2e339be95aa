"""Blueprints that tell somebody something."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from custom_components.evenload.engine.model.transactions import Session, Transaction
from tests.homeassistant.automating import GARAGE, connect, device, go, limit
from tests.homeassistant.blueprints import end, restart, use
from tests.homeassistant.conftest import NOW
from tests.homeassistant.fake_site import FakeSite

PHONE = "notify.phone"


@pytest.fixture
async def online(hass: HomeAssistant, site: FakeSite) -> AsyncGenerator[FakeSite]:
    """A site whose stations are connected and free."""
    yield await connect(hass, site)
    await end(hass)


@pytest.fixture
def told(hass: HomeAssistant) -> list[ServiceCall]:
    """What was sent to phones."""
    return async_mock_service(hass, "notify", "send_message")


@pytest.fixture
def shown(hass: HomeAssistant) -> list[ServiceCall]:
    """What Home Assistant showed."""
    return async_mock_service(hass, "persistent_notification", "create")


async def later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: float
) -> None:
    """Let time pass."""
    freezer.tick(timedelta(minutes=minutes))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def visit(
    hass: HomeAssistant, site: FakeSite, key: EvseKey, energy_wh: float
) -> None:
    """Let a vehicle come, take its energy in 190 minutes, and go."""
    site.put(replace(site.evse(key), session=Session(key, NOW)))
    await hass.async_block_till_done()
    until = NOW + timedelta(minutes=190)
    taken = Transaction(
        "1", key, NOW, None, 0, energy_wh, until, until, meter_stop_wh=energy_wh
    )
    session = Session(key, NOW, (taken,)).ending(until)
    site.put(replace(site.evse(key), session=session))
    await hass.async_block_till_done()


async def test_a_session_ended(
    hass: HomeAssistant, online: FakeSite, told: list[ServiceCall]
) -> None:
    garage = device(hass, "garage")
    await use(hass, "notify_session_ended", stations=[garage], phones=[PHONE])
    await visit(hass, online, GARAGE, 12_340)
    [message] = told
    assert message.data == {
        "entity_id": [PHONE],
        "title": "Garage",
        "message": "12.3 kWh in 3 h 10 min.",
    }


async def test_it_is_said_in_the_words_of_its_owner(
    hass: HomeAssistant, online: FakeSite, told: list[ServiceCall]
) -> None:
    await use(
        hass,
        "notify_session_ended",
        stations=[device(hass, "garage")],
        phones=[PHONE],
        message="Fertig nach {duration}, {energy} kWh.",
    )
    await visit(hass, online, GARAGE, 12_340)
    assert told[0].data["message"] == "Fertig nach 3 h 10 min, 12.3 kWh."


async def test_a_session_ended_elsewhere_or_with_nothing(
    hass: HomeAssistant, online: FakeSite, shown: list[ServiceCall]
) -> None:
    garage = device(hass, "garage")
    await use(hass, "notify_session_ended", stations=[garage])
    await visit(hass, online, EvseKey("drive", 1), 12_340)
    await visit(hass, online, GARAGE, 40)
    assert not shown


async def test_a_connector_of_several_is_named_with_its_station(
    hass: HomeAssistant, online: FakeSite, shown: list[ServiceCall]
) -> None:
    key = EvseKey("garage", 2)
    online.put(Evse(key, status=EvseStatus.AVAILABLE))
    await hass.async_block_till_done()
    garage = device(hass, "garage")
    await use(hass, "notify_session_ended", stations=[garage])
    await visit(hass, online, key, 7000)
    [message] = shown
    assert message.data["title"] == "Garage, Connector 2"
    assert message.data["message"] == "7.0 kWh in 3 h 10 min."


async def test_a_vehicle_waits(
    hass: HomeAssistant,
    online: FakeSite,
    freezer: FrozenDateTimeFactory,
    told: list[ServiceCall],
) -> None:
    await use(
        hass,
        "notify_long_wait",
        stations=[device(hass, "garage")],
        wait={"minutes": 90},
        phones=[PHONE],
    )
    await limit(hass, online, Reason.OWN_MAXIMUM, Reason.WAITING_FOR_TURN)
    await later(hass, freezer, 89)
    assert not told
    await later(hass, freezer, 2)
    [message] = told
    assert message.data["title"] == "Garage"
    assert (
        message.data["message"] == "The vehicle has waited for its turn for 1 h 30 min."
    )


async def test_a_station_has_a_fault(
    hass: HomeAssistant,
    online: FakeSite,
    freezer: FrozenDateTimeFactory,
    told: list[ServiceCall],
) -> None:
    garage = device(hass, "garage")
    await use(hass, "notify_station_trouble", stations=[garage], phones=[PHONE])
    await go(hass, online, EvseStatus.FAULTED)
    await later(hass, freezer, 0.5)
    assert not told
    await later(hass, freezer, 1)
    [message] = told
    assert message.data["title"] == "Garage"
    assert message.data["message"].startswith("The charging station reports a fault.")


async def test_a_station_stays_offline(
    hass: HomeAssistant,
    online: FakeSite,
    freezer: FrozenDateTimeFactory,
    told: list[ServiceCall],
) -> None:
    garage = device(hass, "garage")
    await use(hass, "notify_station_trouble", stations=[garage], phones=[PHONE])
    for minutes, messages in ((5, 0), (20, 1)):
        online.put_station("garage", connected=False)
        await hass.async_block_till_done()
        await later(hass, freezer, minutes)
        assert len(told) == messages
        online.put_station("garage", connected=True)
        await hass.async_block_till_done()
    assert told[0].data["message"].startswith("The charging station is offline.")


@pytest.mark.parametrize(
    ("come_back", "expected"),
    [
        (["garage", "drive"], []),
        (["drive"], ["Garage"]),
        ([], ["Garage, Drive"]),
    ],
)
async def test_stations_did_not_come_back_with_home_assistant(
    hass: HomeAssistant,
    online: FakeSite,
    freezer: FrozenDateTimeFactory,
    told: list[ServiceCall],
    come_back: list[str],
    expected: list[str],
) -> None:
    stations = ["garage", "drive"]
    for identity in stations:
        online.put_station(identity, connected=False)
    await hass.async_block_till_done()
    await use(
        hass,
        "notify_station_trouble",
        stations=[device(hass, identity) for identity in stations],
        phones=[PHONE],
    )
    freezer.tick(timedelta(seconds=10))
    await restart(hass)
    for identity in come_back:
        online.put_station(identity, connected=True)
    await later(hass, freezer, 16)
    assert [message.data["title"] for message in told] == expected


async def test_somebody_plugs_in_while_you_are_away(
    hass: HomeAssistant, online: FakeSite, shown: list[ServiceCall]
) -> None:
    hass.states.async_set("input_boolean.away", "off")
    await use(
        hass,
        "holiday",
        away="input_boolean.away",
        switches=["switch.garage_charging_allowed", "switch.drive_charging_allowed"],
        stations=[device(hass, "garage")],
    )
    for away, messages in (("off", 0), ("on", 1)):
        hass.states.async_set("input_boolean.away", away)
        await hass.async_block_till_done()
        assert online.evse(GARAGE).may_charge is (away == "off")
        await visit(hass, online, GARAGE, 40)
        assert len(shown) == messages
    assert shown[0].data["title"] == "Garage"
    hass.states.async_set("input_boolean.away", "off")
    await hass.async_block_till_done()
    for key in (GARAGE, EvseKey("drive", 1)):
        assert online.evse(key).may_charge
