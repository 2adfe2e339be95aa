"""A group as one charging station under a CSMS: its EVSEs are the members', under numbers and names of its own (2.0.1 C, E, G01, K01; 1.6 §4)."""

import asyncio
from typing import Any

import pytest

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.uplink import Domain, Role
from custom_components.evenload.engine.site import Site
from tests.csms_above import Csms
from tests.engine.csms.dialler2 import Dialler2
from tests.engine.uplink.conftest import Below, Gather, newer, older
from tests.engine.uplink.test_above_16 import meter, start, stop
from tests.engine.uplink.test_above_other import EVSE, register, tell
from tests.engine.uplink.test_controller import allotted, cap, connected, set_cap

SHOWN = {"idToken": {"idToken": "CARD", "type": "ISO14443"}}


async def ready(
    gather: Gather, above: str, *decides: Domain, **changes: Any
) -> tuple[Site, dict[str, Below], Csms]:
    site, below, csms = await gather(Role.STATION, above, *decides, **changes)
    await connected(site)
    return site, below, csms


async def charge(station: Dialler2, transaction: str = "T1") -> None:
    await station.status("Occupied")
    await tell(
        station,
        "Started",
        0,
        transaction=transaction,
        state="Charging",
        trigger="Authorized",
        **EVSE,
        **SHOWN,
        **register(1000, "Transaction.Begin"),
    )


async def test_its_members_transactions_are_told_as_its_own(gather: Gather) -> None:
    _, below, csms = await ready(gather, "2.0.1")
    [boot] = await csms.heard.until("BootNotification")
    assert boot["charging_station"]["model"] == "Charging group"
    ours = await start(older(below))
    await charge(newer(below))
    await meter(older(below), ours, 150)
    await stop(older(below), ours, 400)
    await tell(
        newer(below),
        "Ended",
        1,
        trigger="EVDeparted",
        reason="EVDisconnected",
        **register(3500, "Transaction.End"),
    )
    events = await csms.heard.until("TransactionEvent", 5)
    of: dict[str, list[dict[str, Any]]] = {}
    for one in events:
        of.setdefault(one["transaction_info"]["transaction_id"], []).append(one)
    # Neither station's own name of it is told.
    assert not of.keys() & {str(ours), "T1"}
    first, second = of.values()
    assert [one["event_type"] for one in first] == ["Started", "Updated", "Ended"]
    assert [one["event_type"] for one in second] == ["Started", "Ended"]
    assert (first[0]["evse"]["id"], second[0]["evse"]["id"]) == (1, 2)
    last = first[-1]["meter_value"][-1]["sampled_value"][0]
    assert (last["value"], last["context"]) == (400.0, "Transaction.End")
    [sample] = second[-1]["meter_value"][0]["sampled_value"]
    assert (sample["value"], sample["unit_of_measure"]["unit"]) == (3.5, "kWh")
    places = {one["evse_id"] for one in csms.heard.of("StatusNotification")}
    assert places == {1, 2}
    assert csms.errors == []


async def test_two_members_with_one_name_for_two_transactions(gather: Gather) -> None:
    site, below, csms = await ready(gather, "2.0.1", Domain.TRANSACTIONS)
    ours = await start(older(below))
    await charge(newer(below), transaction=str(ours))
    events = await csms.heard.until("TransactionEvent", 2)
    names = [one["transaction_info"]["transaction_id"] for one in events]
    assert len(set(names)) == 2
    reply = await csms.ask(
        "upstairs", "RequestStopTransaction", transaction_id=names[1]
    )
    assert reply.status == "Accepted"
    assert await newer(below).called("RequestStopTransaction") == [
        {"transactionId": str(ours)}
    ]
    assert older(below).asked("RemoteStopTransaction") == []
    assert site.stations["A"].connected


async def test_numbers_stay_when_members_and_the_house_change(gather: Gather) -> None:
    site, below, csms = await ready(gather, "2.0.1")
    await site.close()
    again, below, _ = await gather(Role.STATION, "2.0.1", csms=csms, with_stations=True)
    await connected(again)
    csms.heard.said.clear()
    await charge(newer(below))
    [told] = await csms.heard.until("TransactionEvent")
    assert told["evse"]["id"] == 2


async def test_a_member_that_goes_is_out_of_service_above(gather: Gather) -> None:
    _, below, csms = await ready(gather, "2.0.1")
    await csms.heard.until("StatusNotification")
    await newer(below).close()
    async with asyncio.timeout(5):
        while (csms.heard.of("StatusNotification")[-1]["connector_status"]) != (
            "Unavailable"
        ):
            await asyncio.sleep(0.01)
    assert csms.heard.of("StatusNotification")[-1]["evse_id"] == 2


async def test_its_caps_bound_the_group_and_one_member(gather: Gather) -> None:
    site, below, csms = await ready(gather, "2.0.1", Domain.LIMITS)
    await start(older(below))
    assert await set_cap(csms, cap(12)) == "Accepted"
    assert await allotted(site, "A", 12.0) is Reason.UPSTREAM
    own = cap(7, number=2, purpose="TxDefaultProfile", charging_profile_kind="Relative")
    assert await set_cap(csms, own, evse=1) == "Accepted"
    assert await allotted(site, "A", 7.0) is Reason.UPSTREAM
    composite = await csms.ask(
        "upstairs", "GetCompositeSchedule", evse_id=1, duration=600
    )
    [period] = composite.schedule["charging_schedule_period"]
    assert period["limit"] == 7.0
    assert await set_cap(csms, own, evse=9) == "Rejected"


async def test_what_is_not_left_to_it_is_refused(gather: Gather) -> None:
    _, below, csms = await ready(gather, "2.0.1")
    assert await set_cap(csms, cap(12)) == "Rejected"
    reply = await csms.ask(
        "upstairs",
        "RequestStartTransaction",
        id_token={"id_token": "APP", "type": "Central"},
        remote_start_id=42,
        evse_id=1,
    )
    assert reply.status == "Rejected"
    assert older(below).asked("RemoteStartTransaction") == []


@pytest.mark.parametrize("evse", [1, 2])
async def test_a_start_from_above_is_told_back_by_its_number(
    gather: Gather, evse: int
) -> None:
    _, below, csms = await ready(gather, "2.0.1", Domain.TRANSACTIONS)
    reply = await csms.ask(
        "upstairs",
        "RequestStartTransaction",
        id_token={"id_token": "APP", "type": "Central"},
        remote_start_id=42,
        evse_id=evse,
    )
    assert reply.status == "Accepted"
    if evse == 1:
        await older(below).called("RemoteStartTransaction")
        await start(older(below), "APP")
    else:
        [asked] = await newer(below).called("RequestStartTransaction")
        assert asked["evseId"] == 1
        shown = {"idToken": {"idToken": "APP", "type": "Central"}}
        await tell(newer(below), "Started", 0, trigger="RemoteStart", **EVSE, **shown)
    [told] = await csms.heard.until("TransactionEvent")
    assert told["transaction_info"]["remote_start_id"] == 42
    assert told["evse"]["id"] == evse


async def test_who_is_refused_above_may_not_charge(gather: Gather) -> None:
    _, below, csms = await ready(gather, "2.0.1", Domain.TRANSACTIONS)
    csms.heard.blocked.add("BAD")
    answer = await older(below).result("Authorize", {"idTag": "BAD"})
    assert answer["idTagInfo"]["status"] == "Blocked"


async def test_its_members_keep_their_own_lists_of_cards(gather: Gather) -> None:
    """Nobody above a group can send a station its list: it must not be without one while the house is away."""
    site, _, csms = await ready(gather, "2.0.1", Domain.TRANSACTIONS)
    reply = await csms.ask(
        "upstairs", "SendLocalList", version_number=1, update_type="Full"
    )
    assert reply.status == "Failed"
    doorkeeper = site._fleet.doorkeeper  # what stations are sent is its tests' matter
    assert not doorkeeper.is_above("A")


async def test_a_csms_of_1_6_sees_connectors(gather: Gather) -> None:
    site, below, csms = await ready(gather, "1.6", Domain.LIMITS, Domain.TRANSACTIONS)
    ours = await start(older(below))
    await charge(newer(below))
    begun = await csms.heard.until("StartTransaction", 2)
    assert [one["connector_id"] for one in begun] == [1, 2]
    assert begun[1]["meter_start"] == 1000
    await stop(older(below), ours, 400)
    [ended] = await csms.heard.until("StopTransaction")
    assert (ended["transaction_id"], ended["meter_stop"]) == (7001, 400)
    reply = await csms.ask("upstairs", "RemoteStopTransaction", transaction_id=7002)
    assert reply.status == "Accepted"
    assert await newer(below).called("RequestStopTransaction") == [
        {"transactionId": "T1"}
    ]
    profile = {
        "charging_profile_id": 1,
        "stack_level": 0,
        "charging_profile_purpose": "ChargePointMaxProfile",
        "charging_profile_kind": "Relative",
        "charging_schedule": {
            "charging_rate_unit": "A",
            "charging_schedule_period": [{"start_period": 0, "limit": 10.0}],
        },
    }
    reply = await csms.ask(
        "upstairs", "SetChargingProfile", connector_id=0, cs_charging_profiles=profile
    )
    assert reply.status == "Accepted"
    assert await allotted(site, "B", 10.0) is Reason.UPSTREAM
    assert csms.errors == []


async def test_the_upstream_away_and_back_hears_all_in_order(gather: Gather) -> None:
    site, below, csms = await ready(gather, "2.0.1")
    await csms.go()
    while (status := site.node_uplink("up")) is None or status.state == "connected":
        await asyncio.sleep(0.01)
    ours = await start(older(below))
    for number in range(10):
        await meter(older(below), ours, 100 + number)
    await stop(older(below), ours, 400)
    await csms.come()
    events = await csms.heard.until("TransactionEvent", 12)
    assert [one["seq_no"] for one in events] == list(range(12))
    assert all(one["offline"] for one in events)
