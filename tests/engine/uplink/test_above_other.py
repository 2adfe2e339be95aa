"""Stations under a CSMS of another version, and of 2.0.1 under 2.0.1: one transaction, told from plug to plug."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.control import admitting
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.site import Site
from tests.csms_above import Csms
from tests.engine.csms.dialler2 import Dialler2, event
from tests.engine.uplink.conftest import Come, reported_profiles
from tests.engine.uplink.test_above_16 import connected, meter, plug_in, start, stop

NOW = datetime.now(UTC).replace(microsecond=0).isoformat()
EVSE = {"evse": {"id": 1, "connectorId": 1}}


def register(wh: float, context: str = "Sample.Periodic") -> dict[str, Any]:
    value = {
        "value": wh / 1000,
        "context": context,
        "measurand": "Energy.Active.Import.Register",
        "unitOfMeasure": {"unit": "kWh"},
    }
    return {"meterValue": [{"timestamp": NOW, "sampledValue": [value]}]}


async def tell(
    station: Dialler2, kind: str, number: int, **fields: Any
) -> dict[str, Any]:
    return await station.result("TransactionEvent", event(kind, NOW, number, **fields))


async def charge_2(station: Dialler2) -> None:
    """Plug in, show a card, charge, and end."""
    shown = {"idToken": {"idToken": "CARD", "type": "ISO14443"}}
    await station.status("Occupied")
    await tell(
        station,
        "Started",
        0,
        state="EVConnected",
        trigger="CablePluggedIn",
        **EVSE,
        **register(1000, "Transaction.Begin"),
    )
    await tell(
        station, "Updated", 1, state="Charging", trigger="Authorized", **EVSE, **shown
    )
    await tell(
        station,
        "Updated",
        2,
        state="Charging",
        trigger="MeterValuePeriodic",
        **EVSE,
        **register(1500),
    )
    await tell(
        station,
        "Ended",
        3,
        trigger="EVDeparted",
        reason="EVDisconnected",
        **EVSE,
        **register(2500, "Transaction.End"),
    )


async def under(
    come: Come, below: str, above: str, *decides: Domain
) -> tuple[Site, Any, Csms]:
    site, station, csms = await come(below, above, *decides)
    await connected(site)
    return site, station, csms


async def test_2_0_1_under_1_6(come: Come) -> None:
    _, station, csms = await under(come, "2.0.1", "1.6")
    await charge_2(station)
    [ended] = await csms.heard.until("StopTransaction")
    [begun] = csms.heard.of("StartTransaction")
    [metered] = csms.heard.of("MeterValues")
    assert (begun["connector_id"], begun["id_tag"], begun["meter_start"]) == (
        1,
        "CARD",
        1000,
    )
    assert metered["transaction_id"] == ended["transaction_id"] == 7001
    [sample] = metered["meter_value"][0]["sampled_value"]
    assert (sample["value"], sample["unit"]) == ("1.5", "kWh")
    assert (ended["meter_stop"], ended["reason"]) == (2500, "EVDisconnected")
    statuses = [one["status"] for one in csms.heard.of("StatusNotification")]
    assert statuses[-3:] != []
    assert "Charging" in statuses
    assert csms.errors == []


async def test_1_6_under_2_0_1(come: Come) -> None:
    _, station, csms = await under(come, "1.6", "2.0.1")
    ours = await start(station)
    await meter(station, ours, 150)
    await plug_in(station, "SuspendedEV")
    await stop(station, ours, 400)
    events = await csms.heard.until("TransactionEvent", 4)
    assert [one["event_type"] for one in events] == [
        "Started",
        "Updated",
        "Updated",
        "Ended",
    ]
    assert [one["seq_no"] for one in events] == [0, 1, 2, 3]
    assert {one["transaction_info"]["transaction_id"] for one in events} == {str(ours)}
    # Not the number of a chip.
    assert events[0]["id_token"] == {"id_token": "CARD", "type": "Central"}
    assert events[2]["transaction_info"]["charging_state"] == "SuspendedEV"
    last = events[3]["meter_value"][-1]["sampled_value"][0]
    assert (last["value"], last["context"]) == (400.0, "Transaction.End")
    assert events[3]["transaction_info"]["stopped_reason"] == "Local"
    assert csms.errors == []


async def test_2_0_1_under_2_0_1_keeps_its_own_names(come: Come) -> None:
    _, station, csms = await under(come, "2.0.1", "2.0.1")
    await charge_2(station)
    events = await csms.heard.until("TransactionEvent", 4)
    assert [one["seq_no"] for one in events] == [0, 1, 2, 3]
    assert {one["transaction_info"]["transaction_id"] for one in events} == {"T1"}
    assert not any(one.get("offline") for one in events)


async def test_what_happened_while_it_was_away_is_told_as_of_then(come: Come) -> None:
    site, station, csms = await under(come, "2.0.1", "2.0.1")
    await csms.go()
    while (status := site.uplink("A")) is None or status.state == "connected":
        await asyncio.sleep(0.01)
    await charge_2(station)
    await csms.come()
    events = await csms.heard.until("TransactionEvent", 4)
    assert [one["seq_no"] for one in events] == [0, 1, 2, 3]
    assert all(one["offline"] for one in events)


async def test_a_start_from_above_is_told_back_by_its_number(come: Come) -> None:
    _, station, csms = await under(come, "2.0.1", "2.0.1", Domain.TRANSACTIONS)
    reply = await csms.ask(
        "upstairs",
        "RequestStartTransaction",
        id_token={"id_token": "APP", "type": "Central"},
        remote_start_id=42,
        evse_id=1,
    )
    assert reply.status == "Accepted"
    [asked] = await station.called("RequestStartTransaction")
    number = asked["remoteStartId"]
    assert number != 42
    info = {"transactionId": "T9", "chargingState": "Charging", "remoteStartId": number}
    await station.result(
        "TransactionEvent",
        event("Started", NOW, 0, trigger="RemoteStart", **EVSE)
        | {"transactionInfo": info},
    )
    [told] = await csms.heard.until("TransactionEvent")
    assert told["transaction_info"]["remote_start_id"] == 42
    # Only what those above have asked for is told by a number.
    assert csms.errors == []


async def test_1_6_is_started_from_above_in_2_0_1(come: Come) -> None:
    _, station, csms = await under(come, "1.6", "2.0.1", Domain.TRANSACTIONS)
    reply = await csms.ask(
        "upstairs",
        "RequestStartTransaction",
        id_token={"id_token": "APP", "type": "Central"},
        remote_start_id=42,
        evse_id=1,
    )
    assert reply.status == "Accepted"
    assert await station.called("RemoteStartTransaction") == [
        {"idTag": "APP", "connectorId": 1}
    ]
    ours = await start(station, "APP")
    [told] = await csms.heard.until("TransactionEvent")
    assert told["trigger_reason"] == "RemoteStart"
    assert told["transaction_info"]["remote_start_id"] == 42
    reply = await csms.ask(
        "upstairs", "RequestStopTransaction", transaction_id=str(ours)
    )
    assert reply.status == "Accepted"
    assert await station.called("RemoteStopTransaction") == [{"transactionId": ours}]


async def test_reports_go_to_who_asked_for_them(come: Come) -> None:
    _, station, csms = await under(come, "2.0.1", "2.0.1")
    await station.settled()
    assert csms.heard.of("NotifyReport") == []
    await csms.ask(
        "upstairs", "GetBaseReport", request_id=7, report_base="FullInventory"
    )
    reports = await csms.heard.until("NotifyReport")
    assert {one["request_id"] for one in reports} == {7}


async def test_who_is_refused_above_in_2_0_1_is_ended(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "ENDS_WITHIN", admitting.ENDS_WITHIN * 0)
    _, station, csms = await under(come, "2.0.1", "2.0.1", Domain.TRANSACTIONS)
    csms.heard.blocked.add("BAD")
    shown = {"idToken": {"idToken": "BAD", "type": "ISO14443"}}
    answer = await station.result("Authorize", shown)
    assert answer["idTokenInfo"]["status"] == "Blocked"
    await tell(station, "Started", 0, state="Charging", **EVSE, **shown)
    assert await station.called("RequestStopTransaction") == [{"transactionId": "T1"}]


def profile(limit: float) -> dict[str, Any]:
    schedule = {
        "id": 1,
        "charging_rate_unit": "A",
        "charging_schedule_period": [{"start_period": 0, "limit": limit}],
    }
    return {
        "id": 5,
        "stack_level": 0,
        "charging_profile_purpose": "TxDefaultProfile",
        "charging_profile_kind": "Relative",
        "charging_schedule": [schedule],
    }


@pytest.mark.parametrize("below", ["1.6", "2.0.1"])
async def test_limits_of_2_0_1_bound_every_station(come: Come, below: str) -> None:
    site, station, csms = await under(come, below, "2.0.1", Domain.LIMITS)
    if below == "1.6":
        await start(station)
    else:
        await station.status("Occupied")
        await tell(station, "Started", 0, state="Charging", **EVSE)
    reply = await csms.ask(
        "upstairs", "SetChargingProfile", evse_id=1, charging_profile=profile(9)
    )
    assert reply.status == "Accepted"
    async with asyncio.timeout(5):
        while (allotment := site.stations["A"].evses[1].allotment) is None or (
            allotment.current.a != 9
        ):
            await asyncio.sleep(0.02)
    assert allotment.reason is Reason.UPSTREAM
    composite = await csms.ask(
        "upstairs", "GetCompositeSchedule", evse_id=1, duration=600
    )
    [period] = composite.schedule["charging_schedule_period"]
    assert period["limit"] == 9.0
    told = await reported_profiles(csms)
    assert (told["request_id"], told["charging_profile"][0]["id"]) == (3, 5)


async def test_what_no_version_has_is_not_supported(come: Come) -> None:
    _, _, csms = await under(come, "1.6", "2.0.1")
    reply = await csms.ask(
        "upstairs", "GetBaseReport", request_id=7, report_base="FullInventory"
    )
    # The package hands out None where the answer is CALLERROR.
    assert reply is None
