"""A start from above that brings a charging profile: both hold, or neither (1.6 §5.11, 2.0.1 F01)."""

import asyncio
from typing import Any

import pytest

from custom_components.evenload.engine.model.uplink import Domain
from tests.csms_above import Csms
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import connected, plug_in, start

BOTH = (Domain.TRANSACTIONS, Domain.LIMITS)


def profile(above: str, limit: float, **changes: Any) -> dict[str, Any]:
    schedule = {
        "charging_rate_unit": "A",
        "charging_schedule_period": [{"start_period": 0, "limit": limit}],
    }
    named: dict[str, Any] = (
        {"charging_profile_id": 5, "charging_schedule": schedule}
        if above == "1.6"
        else {"id": 5, "charging_schedule": [{"id": 1, **schedule}]}
    )
    return {
        "stack_level": 1,
        "charging_profile_purpose": "TxProfile",
        "charging_profile_kind": "Relative",
        **named,
        **changes,
    }


async def ask(csms: Csms, above: str, said: dict[str, Any], **where: Any) -> str:
    if above == "1.6":
        reply = await csms.ask(
            "upstairs",
            "RemoteStartTransaction",
            id_tag="APP",
            charging_profile=said,
            **where,
        )
    else:
        reply = await csms.ask(
            "upstairs",
            "RequestStartTransaction",
            id_token={"id_token": "APP", "type": "Central"},
            remote_start_id=1,
            charging_profile=said,
            **where,
        )
    return str(reply.status)


async def in_force(csms: Csms, above: str) -> float:
    if above == "1.6":
        reply = await csms.ask(
            "upstairs", "GetCompositeSchedule", connector_id=1, duration=60
        )
        schedule = reply.charging_schedule
    else:
        reply = await csms.ask(
            "upstairs", "GetCompositeSchedule", evse_id=1, duration=60
        )
        schedule = reply.schedule
    return float(schedule["charging_schedule_period"][0]["limit"])


@pytest.mark.parametrize("above", ["1.6", "2.0.1"])
async def test_the_only_connector_is_the_one_that_is_meant(
    come: Come, above: str
) -> None:
    site, station, csms = await come("1.6", above, *BOTH)
    await connected(site)
    await plug_in(station, "Preparing")
    assert await ask(csms, above, profile(above, 7)) == "Accepted"
    await station.called("RemoteStartTransaction")
    await start(station, "APP")
    async with asyncio.timeout(5):
        while await in_force(csms, above) != 7:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("above", ["1.6", "2.0.1"])
async def test_nobody_knows_which_connector_is_meant(come: Come, above: str) -> None:
    site, station, csms = await come("1.6", above, *BOTH)
    await connected(site)
    for connector in (1, 2):
        await station.result(
            "StatusNotification",
            {"connectorId": connector, "errorCode": "NoError", "status": "Preparing"},
        )
    assert await ask(csms, above, profile(above, 7)) == "Rejected"
    assert station.asked("RemoteStartTransaction") == []


@pytest.mark.parametrize("above", ["1.6", "2.0.1"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"charging_profile_purpose": "TxDefaultProfile"},
        {"valid_to": "never"},
    ],
)
async def test_a_profile_that_is_none_starts_nothing(
    come: Come, above: str, wrong: dict[str, Any]
) -> None:
    site, station, csms = await come("1.6", above, *BOTH)
    await connected(site)
    await plug_in(station, "Preparing")
    where = {"connector_id": 1} if above == "1.6" else {"evse_id": 1}
    said = profile(above, 7, **wrong)
    assert await ask(csms, above, said, **where) == "Rejected"
    assert station.asked("RemoteStartTransaction") == []


async def test_where_the_owner_decides_limits_it_is_ignored(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.TRANSACTIONS)
    await connected(site)
    await plug_in(station, "Preparing")
    assert await ask(csms, "1.6", profile("1.6", 7), connector_id=1) == "Accepted"
    await start(station, "APP")
    assert await in_force(csms, "1.6") > 7
