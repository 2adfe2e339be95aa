"""A restart that those above ask for in 2.x: what was asked for, or a no (2.0.1 B11, B12; 2.1 ResetEnum)."""

import pytest

from custom_components.evenload.engine.model.uplink import Domain
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import connected, start, stop


async def test_a_restart_of_one_evse_is_passed_on(come: Come) -> None:
    site, station, csms = await come("2.0.1", "2.0.1", Domain.AVAILABILITY)
    await connected(site)
    reply = await csms.ask("upstairs", "Reset", type="Immediate", evse_id=1)
    assert reply.status == "Accepted"
    assert station.asked("Reset") == [{"type": "Immediate", "evseId": 1}]


async def test_a_restart_that_waits_is_told_so(come: Come) -> None:
    site, station, csms = await come("2.0.1", "2.0.1", Domain.AVAILABILITY)
    await connected(site)
    station.answers["Reset"] = {"status": "Scheduled"}
    reply = await csms.ask("upstairs", "Reset", type="OnIdle")
    assert reply.status == "Scheduled"


async def test_1_6_restarts_as_a_whole_and_at_once(come: Come) -> None:
    site, station, csms = await come("1.6", "2.1", Domain.AVAILABILITY)
    await connected(site)
    ours = await start(station)
    for wrong in (
        {"type": "Immediate", "evse_id": 1},
        {"type": "OnIdle"},
        {"type": "ImmediateAndResume"},
    ):
        reply = await csms.ask("upstairs", "Reset", **wrong)
        assert reply.status == "Rejected"
    assert station.asked("Reset") == []
    await stop(station, ours, 400)
    reply = await csms.ask("upstairs", "Reset", type="OnIdle")
    assert reply.status == "Accepted"
    assert station.asked("Reset") == [{"type": "Soft"}]


@pytest.mark.parametrize(
    ("below", "status"), [("2.0.1", "Rejected"), ("2.1", "Accepted")]
)
async def test_sessions_resume_where_the_station_can(
    come: Come, below: str, status: str
) -> None:
    site, station, csms = await come(below, "2.1", Domain.AVAILABILITY)
    await connected(site)
    reply = await csms.ask("upstairs", "Reset", type="ImmediateAndResume")
    assert reply.status == status
    passed = [{"type": "ImmediateAndResume"}] if status == "Accepted" else []
    assert station.asked("Reset") == passed


async def test_who_does_not_decide_restarts_nothing(come: Come) -> None:
    site, station, csms = await come("2.0.1", "2.0.1")
    await connected(site)
    reply = await csms.ask("upstairs", "Reset", type="Immediate", evse_id=1)
    assert reply.status == "Rejected"
    assert station.asked("Reset") == []
