"""Sessions that begin and end, and cards that are shown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.events import Booted, TokenPresented
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse, StationInfo
from custom_components.evenload.engine.model.transactions import Session, Transaction
from tests.homeassistant.conftest import NOW
from tests.homeassistant.fake_site import FakeSite

GARAGE = EvseKey("garage", 1)
LATER = NOW + timedelta(hours=1)
OPEN = Session(
    GARAGE, NOW, (Transaction("17", GARAGE, NOW, "04A1B2C3", 1000, 8400, LATER),)
)
ENDED = replace(OPEN, ended_at=LATER)


@pytest.fixture
def told(hass: HomeAssistant, site: FakeSite) -> list[dict[str, Any]]:
    """What the garage's event entity told, latest last."""
    told: list[dict[str, Any]] = []

    @callback
    def listen(event: Any) -> None:
        if event.data["entity_id"] == "event.garage_activity":
            attributes = dict(event.data["new_state"].attributes)
            attributes.pop("event_types")
            attributes.pop("friendly_name")
            told.append(attributes)

    hass.bus.async_listen("state_changed", listen)
    return told


async def test_a_session_is_told_when_it_begins_and_when_it_ends(
    hass: HomeAssistant, site: FakeSite, told: list[dict[str, Any]]
) -> None:
    site.put(Evse(GARAGE, session=Session(GARAGE, NOW)))
    site.put(Evse(GARAGE, session=OPEN))
    site.put(Evse(GARAGE, session=ENDED))
    site.put(Evse(GARAGE, session=None))
    await hass.async_block_till_done()

    assert [one["event_type"] for one in told] == ["session_started", "session_ended"]
    assert told[0]["ended_at"] is None
    assert told[0]["tag"] is None
    assert told[1] == {
        "event_type": "session_ended",
        "started_at": "2026-11-01T12:00:00+00:00",
        "ended_at": "2026-11-01T13:00:00+00:00",
        "energy_kwh": 7.4,
        "duration_s": 3600,
        "transactions": ["17"],
        "tag": "…B2C3",
    }


@pytest.mark.parametrize(
    "after", [None, Session(GARAGE, LATER)], ids=["nothing", "another session"]
)
async def test_an_end_that_was_missed_is_told_all_the_same(
    hass: HomeAssistant,
    site: FakeSite,
    told: list[dict[str, Any]],
    after: Session | None,
) -> None:
    site.put(Evse(GARAGE, session=OPEN))
    site.put(Evse(GARAGE, session=after))
    await hass.async_block_till_done()

    expected = ["session_started", "session_ended"]
    assert [one["event_type"] for one in told][:2] == expected
    assert len(told) == (3 if after else 2)


async def test_a_session_that_began_earlier_than_thought_is_still_one(
    hass: HomeAssistant, site: FakeSite, told: list[dict[str, Any]]
) -> None:
    site.put(Evse(GARAGE, session=Session(GARAGE, LATER)))
    site.put(Evse(GARAGE, session=OPEN))
    await hass.async_block_till_done()
    assert [one["event_type"] for one in told] == ["session_started"]


async def test_a_session_that_goes_on_after_a_restart_is_not_told_again(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    site.put(Evse(GARAGE, session=OPEN))
    before = hass.states.get("event.garage_activity").state
    site.put_station("garage", connected=False)
    site.put_station("garage", connected=True)
    assert hass.states.get("event.garage_activity").state == before


async def test_a_card_is_told_with_its_last_digits(
    hass: HomeAssistant, site: FakeSite, told: list[dict[str, Any]]
) -> None:
    site.put(Evse(EvseKey("garage", 2)))
    await hass.async_block_till_done()
    told.clear()
    for event in (
        TokenPresented(identity="garage", at=NOW, token="04A1B2C3", accepted=True),
        TokenPresented(identity="garage", at=NOW, token="42", accepted=False, evse=1),
        TokenPresented(
            identity="garage", at=NOW, token="1234567", accepted=True, evse=2
        ),
        TokenPresented(identity="drive", at=NOW, token="1234567", accepted=True),
        Booted(identity="garage", at=NOW, info=StationInfo()),
    ):
        site.tell(event)
    await hass.async_block_till_done()

    assert told == [
        {"event_type": "tag_read", "tag": "…B2C3", "accepted": True},
        {"event_type": "tag_read", "tag": "…", "accepted": False},
    ]
    second = hass.states.get("event.garage_connector_2_activity")
    assert second.attributes["tag"] == "…4567"
