"""A station of 1.6 under 2.x: what its transactions, starts and cables become, section by section."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.uplink import remote_starts
from tests.csms_above import Csms
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import event
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import NOW, connected, plug_in, start, stop

APP = {"id_token": "APP", "type": "KeyCode"}


async def older_under_2(come: Come, *decides: Domain) -> tuple[Any, Dialler, Csms]:
    site, station, csms = await come("1.6", "2.0.1", *decides)
    await connected(site)
    assert isinstance(station, Dialler)
    return site, station, csms


async def sampled(station: Dialler, transaction: int, **sample: str) -> None:
    value = {"value": "150", "measurand": "Energy.Active.Import.Register", **sample}
    said = {
        "connectorId": 1,
        "transactionId": transaction,
        "meterValue": [{"timestamp": NOW, "sampledValue": [value]}],
    }
    await station.result("MeterValues", said)


async def test_e02_charging_that_is_said_before_the_start_is_the_starts(
    come: Come,
) -> None:
    _, station, csms = await older_under_2(come)
    await start(station)
    [begun] = await csms.heard.until("TransactionEvent")
    assert begun["event_type"] == "Started"
    assert begun["transaction_info"]["charging_state"] == "Charging"


@pytest.mark.parametrize(
    ("context", "trigger"),
    [
        ({}, "MeterValuePeriodic"),
        ({"context": "Sample.Periodic"}, "MeterValuePeriodic"),
        ({"context": "Sample.Clock"}, "MeterValueClock"),
        ({"context": "Trigger"}, "Trigger"),
    ],
)
async def test_j01_readings_by_the_clock_are_told_as_such(
    come: Come, context: dict[str, str], trigger: str
) -> None:
    _, station, csms = await older_under_2(come)
    await sampled(station, await start(station), **context)
    read = (await csms.heard.until("TransactionEvent", 2))[1]
    assert (read["event_type"], read["trigger_reason"]) == ("Updated", trigger)


async def ask_to_start(
    csms: Csms, token: dict[str, str], number: int, evse: int = 1
) -> None:
    reply = await csms.ask(
        "upstairs",
        "RequestStartTransaction",
        id_token=token,
        remote_start_id=number,
        evse_id=evse,
    )
    assert reply.status == "Accepted"


async def test_f01_a_start_keeps_the_kind_of_its_token(come: Come) -> None:
    _, station, csms = await older_under_2(come, Domain.TRANSACTIONS)
    await ask_to_start(csms, APP, 42)
    ours = await start(station, "APP")
    said = {"transactionId": ours, "meterStop": 9, "timestamp": NOW, "idTag": "app"}
    await station.result("StopTransaction", said)
    events = await csms.heard.until("TransactionEvent", 2)
    assert [one["id_token"] for one in (events[0], events[-1])] == [APP, APP]
    assert events[0]["transaction_info"]["remote_start_id"] == 42


async def test_f02_who_comes_too_late_begins_by_the_card(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_starts, "WAITS", timedelta(days=-1))
    _, station, csms = await older_under_2(come, Domain.TRANSACTIONS)
    await ask_to_start(csms, APP, 42)
    await start(station, "APP")
    [begun] = await csms.heard.until("TransactionEvent")
    assert begun["trigger_reason"] == "Authorized"
    assert "remote_start_id" not in begun["transaction_info"]


async def test_f01_a_start_is_followed_once(come: Come) -> None:
    _, station, csms = await older_under_2(come, Domain.TRANSACTIONS)
    reply = await csms.ask(
        "upstairs", "RequestStartTransaction", id_token=APP, remote_start_id=7
    )
    assert reply.status == "Accepted"
    first = await start(station, "APP")
    await stop(station, first, 200)
    await start(station, "APP")
    events = await csms.heard.until("TransactionEvent", 3)
    begun = [one for one in events if one["event_type"] == "Started"]
    asked = [one["transaction_info"].get("remote_start_id") for one in begun]
    # Once, and not again the next day.
    assert asked == [7, None]


async def test_f01_one_card_may_start_at_two_connectors(come: Come) -> None:
    _, station, csms = await older_under_2(come, Domain.TRANSACTIONS)
    ready = {"errorCode": "NoError", "status": "Preparing"}
    for evse in (1, 2):
        await station.result("StatusNotification", {"connectorId": evse, **ready})
    await ask_to_start(csms, APP, 41, evse=1)
    await ask_to_start(csms, APP, 42, evse=2)
    for evse in (1, 2):
        begun = {"connectorId": evse, "idTag": "APP", "meterStart": 0, "timestamp": NOW}
        await station.result("StartTransaction", begun)
    events = await csms.heard.until("TransactionEvent", 2)
    assert [
        (one["evse"]["id"], one["transaction_info"]["remote_start_id"])
        for one in events
        if one["event_type"] == "Started"
    ] == [(1, 41), (2, 42)]


async def test_c02_nobody_shows_anything(come: Come) -> None:
    _, station, csms = await older_under_2(come, Domain.TRANSACTIONS)
    nobody = {"id_token": "", "type": "NoAuthorization"}
    await ask_to_start(csms, nobody, 1)
    [asked] = await station.called("RemoteStartTransaction")
    assert asked["idTag"] == "NOAUTH"
    await start(station, "NOAUTH")
    [begun] = await csms.heard.until("TransactionEvent")
    assert begun["id_token"] == nobody


async def test_c02_nobody_under_1_6(come: Come) -> None:
    site, station, csms = await come("2.0.1", "1.6")
    await connected(site)
    nobody = {"idToken": {"idToken": "", "type": "NoAuthorization"}}
    place = {"evse": {"id": 1, "connectorId": 1}}
    said = event("Started", NOW, 0, state="Charging", **place, **nobody)
    await station.result("TransactionEvent", said)
    [begun] = await csms.heard.until("StartTransaction")
    assert begun["id_tag"] == "NOAUTH"


async def unlock(csms: Csms, evse: int = 1, connector: int = 1) -> str:
    reply = await csms.ask(
        "upstairs", "UnlockConnector", evse_id=evse, connector_id=connector
    )
    return str(reply.status)


async def test_f05_a_connector_that_is_not_there_is_unknown(come: Come) -> None:
    _, station, csms = await older_under_2(come, Domain.TRANSACTIONS)
    await plug_in(station, "Preparing")
    station.answers["UnlockConnector"] = {"status": "Unlocked"}
    assert await unlock(csms) == "Unlocked"
    assert await unlock(csms, connector=2) == "UnknownConnector"
    assert await unlock(csms, evse=9) == "UnknownConnector"
    assert station.asked("UnlockConnector") == [{"connectorId": 1}]


async def test_f05_unlocking_ends_no_transaction(come: Come) -> None:
    # 1.6 §5.18 has the station end it.
    _, station, csms = await older_under_2(come, Domain.TRANSACTIONS)
    ours = await start(station)
    assert await unlock(csms) == "OngoingAuthorizedTransaction"
    assert station.asked("UnlockConnector") == []
    await stop(station, ours, 300)
    station.answers["UnlockConnector"] = {"status": "Unlocked"}
    assert await unlock(csms) == "Unlocked"


async def test_f05_a_station_of_2_x_is_asked_for_the_very_connector(come: Come) -> None:
    site, station, csms = await come("2.0.1", "2.0.1", Domain.TRANSACTIONS)
    await connected(site)
    station.answers["UnlockConnector"] = {"status": "OngoingAuthorizedTransaction"}
    assert await unlock(csms, connector=2) == "OngoingAuthorizedTransaction"
    assert station.asked("UnlockConnector") == [{"evseId": 1, "connectorId": 2}]


@pytest.mark.parametrize(
    ("below", "answer"), [("1.6", "NotSupported"), ("2.0.1", "UnknownConnector")]
)
async def test_1_6_5_18_a_connector_that_is_not_there_is_not_supported(
    come: Come, below: str, answer: str
) -> None:
    site, station, csms = await come(below, "1.6", Domain.TRANSACTIONS)
    await connected(site)
    station.answers["UnlockConnector"] = {"status": answer}
    reply = await csms.ask("upstairs", "UnlockConnector", connector_id=1)
    assert reply.status == "NotSupported"


async def test_e14_what_goes_on_and_what_is_still_to_come(come: Come) -> None:
    site, station, csms = await older_under_2(come)
    ours = await start(station)
    await csms.heard.until("TransactionEvent")

    async def asked(**fields: str) -> tuple[bool | None, bool]:
        reply = await csms.ask("upstairs", "GetTransactionStatus", **fields)
        return reply.ongoing_indicator, reply.messages_in_queue

    async with asyncio.timeout(5):
        while site.uplink("A").queued:
            await asyncio.sleep(0.01)
    # E14.FR.02, FR.06, FR.01.
    assert await asked(transaction_id=str(ours)) == (True, False)
    assert await asked() == (None, False)
    assert await asked(transaction_id="X") == (False, False)
    await stop(station, ours, 300)
    await csms.heard.until("TransactionEvent", 2)
    assert (await asked(transaction_id=str(ours)))[0] is False


async def test_b01_why_a_station_is_introduced(come: Come) -> None:
    site, station, csms = await come("2.0.1", "2.0.1")
    await connected(site)
    boots = await csms.heard.until("BootNotification")
    assert boots[0]["reason"] == "PowerUp"
    # Those above come back: the station was here all the time.
    await csms.go()
    await csms.come()
    boots = await csms.heard.until("BootNotification", len(boots) + 1)
    assert boots[-1]["reason"] == "Unknown"
    await connected(site)
    said = {"vendorName": "Maker", "model": "Box", "modem": {"iccid": "89"}}
    await station.result(
        "BootNotification", {"reason": "Watchdog", "chargingStation": said}
    )
    boots = await csms.heard.until("BootNotification", len(boots) + 1)
    assert boots[-1]["reason"] == "Watchdog"
    assert boots[-1]["charging_station"]["modem"] == {"iccid": "89"}
    # That was told: when those above come back once more, nothing has restarted since.
    await csms.go()
    await csms.come()
    boots = await csms.heard.until("BootNotification", len(boots) + 1)
    assert boots[-1]["reason"] == "Unknown"
