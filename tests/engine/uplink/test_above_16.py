"""A station of 1.6 under a CSMS of 1.6: what that hears, by which names, and what it decides."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custom_components.evenload.engine.control import admitting
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import ListenerConfig
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.uplink import Domain, UplinkState
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler
from tests.engine.uplink.conftest import Come

NOW = datetime.now(UTC).replace(microsecond=0).isoformat()


async def plug_in(station: Dialler, status: str = "Charging") -> None:
    await station.result(
        "StatusNotification",
        {"connectorId": 1, "errorCode": "NoError", "status": status},
    )


async def start(station: Dialler, tag: str = "CARD") -> int:
    await plug_in(station)
    answer = await station.result(
        "StartTransaction",
        {"connectorId": 1, "idTag": tag, "meterStart": 100, "timestamp": NOW},
    )
    return int(answer["transactionId"])


async def meter(station: Dialler, transaction: int, register: int) -> None:
    value = {"value": str(register), "measurand": "Energy.Active.Import.Register"}
    await station.result(
        "MeterValues",
        {
            "connectorId": 1,
            "transactionId": transaction,
            "meterValue": [{"timestamp": NOW, "sampledValue": [value]}],
        },
    )


async def stop(station: Dialler, transaction: int, register: int) -> None:
    await station.result(
        "StopTransaction",
        {"transactionId": transaction, "meterStop": register, "timestamp": NOW},
    )


async def connected(site: Site) -> None:
    async with asyncio.timeout(5):
        while (status := site.uplink("A")) is None or (
            status.state is not UplinkState.CONNECTED
        ):
            await asyncio.sleep(0.01)


async def test_a_station_is_introduced_and_its_transaction_told(come: Come) -> None:
    _site, station, csms = await come("1.6", "1.6")
    [boot] = await csms.heard.until("BootNotification")
    assert boot["charge_point_serial_number"] == "S1"
    assert csms.authorizations[0] == "Basic dXBzdGFpcnM6c2VjcmV0"
    ours = await start(station)
    await meter(station, ours, 150)
    await stop(station, ours, 400)
    [begun] = await csms.heard.until("StartTransaction")
    assert (begun["id_tag"], begun["meter_start"]) == ("CARD", 100)
    [metered] = await csms.heard.until("MeterValues")
    [ended] = await csms.heard.until("StopTransaction")
    assert metered["transaction_id"] == ended["transaction_id"] == 7001
    assert (ended["meter_stop"], 7001) == (400, csms.heard.next_transaction)
    assert ours != 7001
    statuses = [one["status"] for one in csms.heard.of("StatusNotification")]
    assert statuses[-1] == "Charging"


async def test_one_that_is_away_hears_all_once_and_in_order_when_it_is_back(
    come: Come,
) -> None:
    site, station, csms = await come("1.6", "1.6")
    await connected(site)
    await csms.go()
    transactions = [await start(station) for _ in range(1)]
    for number in range(40):
        await meter(station, transactions[0], 100 + number)
    await stop(station, transactions[0], 900)
    status = site.uplink("A")
    assert status is not None
    assert status.queued >= 42
    await csms.come()
    await csms.heard.until("StopTransaction")
    story = [
        (action, said)
        for action, said in csms.heard.said
        if action in {"StartTransaction", "MeterValues", "StopTransaction"}
    ]
    assert [action for action, _ in story] == [
        "StartTransaction",
        *["MeterValues"] * 40,
        "StopTransaction",
    ]
    registers = [
        said["meter_value"][0]["sampled_value"][0]["value"] for _, said in story[1:-1]
    ]
    assert registers == [str(100 + number) for number in range(40)]
    assert {said["transaction_id"] for _, said in story[1:]} == {7001}


async def test_it_may_decide_who_charges(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.TRANSACTIONS)
    await connected(site)
    csms.heard.blocked.add("BAD")
    for tag, status in (("GOOD", "Accepted"), ("BAD", "Blocked")):
        answer = await station.result("Authorize", {"idTag": tag})
        assert answer["idTagInfo"]["status"] == status
    assert [one["id_tag"] for one in csms.heard.of("Authorize")] == ["GOOD", "BAD"]


async def test_who_says_nothing_is_not_waited_for(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "custom_components.evenload.engine.uplink.relay.PATIENCE_S", 0.1
    )
    site, station, csms = await come("1.6", "1.6", Domain.TRANSACTIONS)
    await connected(site)
    csms.heard.slow_s = 2.0
    async with asyncio.timeout(1):
        answer = await station.result("Authorize", {"idTag": "CARD"})
    assert answer["idTagInfo"]["status"] == "Accepted"


async def test_a_transaction_that_it_refuses_is_ended(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "ENDS_WITHIN", admitting.ENDS_WITHIN * 0)
    site, station, csms = await come("1.6", "1.6", Domain.TRANSACTIONS)
    await connected(site)
    csms.heard.blocked.add("BAD")
    ours = await start(station, "BAD")
    assert await station.called("RemoteStopTransaction") == [{"transactionId": ours}]


async def test_it_starts_and_stops_by_its_own_names(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.TRANSACTIONS)
    await connected(site)
    reply = await csms.ask(
        "upstairs", "RemoteStartTransaction", id_tag="APP", connector_id=1
    )
    assert reply.status == "Accepted"
    assert await station.called("RemoteStartTransaction") == [
        {"idTag": "APP", "connectorId": 1}
    ]
    ours = await start(station, "APP")
    await csms.heard.until("StartTransaction")
    await asyncio.sleep(0.05)
    reply = await csms.ask("upstairs", "RemoteStopTransaction", transaction_id=7001)
    assert reply.status == "Accepted"
    assert await station.called("RemoteStopTransaction") == [{"transactionId": ours}]
    reply = await csms.ask("upstairs", "RemoteStopTransaction", transaction_id=ours)
    assert reply.status == "Rejected"


@pytest.mark.parametrize(
    ("action", "payload", "status"),
    [
        ("RemoteStartTransaction", {"id_tag": "APP", "connector_id": 1}, "Rejected"),
        ("ChangeAvailability", {"connector_id": 1, "type": "Inoperative"}, "Rejected"),
        ("Reset", {"type": "Soft"}, "Rejected"),
        ("UnlockConnector", {"connector_id": 1}, "UnlockFailed"),
        ("ChangeConfiguration", {"key": "LightIntensity", "value": "5"}, "Rejected"),
    ],
)
async def test_what_the_owner_keeps_is_refused(
    come: Come, action: str, payload: dict[str, object], status: str
) -> None:
    site, station, csms = await come("1.6", "1.6")
    await connected(site)
    station.calls.clear()
    reply = await csms.ask("upstairs", action, **payload)
    assert reply.status == status
    assert station.asked(action) == []


def profile(limit: float, **body: object) -> dict[str, object]:
    return {
        "charging_profile_id": 5,
        "stack_level": 0,
        "charging_profile_purpose": "TxDefaultProfile",
        "charging_profile_kind": "Relative",
        "charging_schedule": {
            "charging_rate_unit": "A",
            "charging_schedule_period": [{"start_period": 0, "limit": limit}],
        },
    } | body


async def test_its_limit_bounds_what_the_house_gives_and_is_shown(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.LIMITS)
    await connected(site)
    await start(station)
    evse = site.stations["A"].evses[1]
    assert evse.allotment is not None
    assert evse.allotment.current.a > 10
    reply = await csms.ask(
        "upstairs",
        "SetChargingProfile",
        connector_id=1,
        cs_charging_profiles=profile(10),
    )
    assert reply.status == "Accepted"
    async with asyncio.timeout(5):
        while (allotment := site.stations["A"].evses[1].allotment) is None or (
            allotment.current.a != 10
        ):
            await asyncio.sleep(0.02)
    assert allotment.reason is Reason.UPSTREAM
    # The station gets one limit, and it is the house's.
    async with asyncio.timeout(5):
        while not any(
            one["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0][
                "limit"
            ]
            == 10
            for one in station.asked("SetChargingProfile")
        ):
            await asyncio.sleep(0.02)
    composite = await csms.ask(
        "upstairs", "GetCompositeSchedule", connector_id=1, duration=3600
    )
    periods = composite.charging_schedule["charging_schedule_period"]
    assert periods == [{"start_period": 0, "limit": 10.0}]
    cleared = await csms.ask("upstairs", "ClearChargingProfile", id=5)
    assert cleared.status == "Accepted"
    async with asyncio.timeout(5):
        while (allotment := site.stations["A"].evses[1].allotment) is None or (
            allotment.reason is Reason.UPSTREAM
        ):
            await asyncio.sleep(0.02)


async def test_less_than_a_vehicle_can_take_pauses_it(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.LIMITS)
    await connected(site)
    await start(station)
    await csms.ask(
        "upstairs",
        "SetChargingProfile",
        connector_id=1,
        cs_charging_profiles=profile(4),
    )
    async with asyncio.timeout(5):
        while (allotment := site.stations["A"].evses[1].allotment) is None or (
            allotment.current.a != 0
        ):
            await asyncio.sleep(0.02)
    assert allotment.reason is Reason.UPSTREAM


async def test_its_limits_are_refused_where_the_owner_decides(come: Come) -> None:
    site, _, csms = await come("1.6", "1.6")
    await connected(site)
    reply = await csms.ask(
        "upstairs",
        "SetChargingProfile",
        connector_id=1,
        cs_charging_profiles=profile(10),
    )
    assert reply.status == "Rejected"


async def test_it_may_read_settings_and_change_those_that_are_not_the_houses(
    come: Come,
) -> None:
    site, _station, csms = await come("1.6", "1.6", Domain.CONFIGURATION)
    await connected(site)
    shown = await csms.ask("upstairs", "GetConfiguration", key=["NumberOfConnectors"])
    assert shown.configuration_key[0]["value"] == "1"
    for key, status in (
        ("LightIntensity", "Accepted"),
        ("HeartbeatInterval", "Rejected"),
    ):
        reply = await csms.ask("upstairs", "ChangeConfiguration", key=key, value="5")
        assert reply.status == status


async def test_one_that_lets_a_station_wait_is_asked_again(come: Come) -> None:
    site, _, csms = await come("1.6", "1.6")
    await connected(site)
    status = site.uplink("A")
    assert status is not None
    assert (status.state, status.queued) == (UplinkState.CONNECTED, 0)
    assert csms.errors == []
    assert site.stations["A"].version is OcppVersion.V16


@pytest.mark.parametrize(
    ("connector", "wrong"),
    [(1, {"valid_to": "tomorrow"}), (7, {})],
)
async def test_a_limit_that_cannot_be_kept_is_refused_and_costs_nothing(
    come: Come, connector: int, wrong: dict[str, object]
) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.LIMITS)
    await connected(site)
    await start(station)
    reply = await csms.ask(
        "upstairs",
        "SetChargingProfile",
        connector_id=connector,
        cs_charging_profiles=profile(8, **wrong),
    )
    assert reply.status == "Rejected"
    allotment = site.stations["A"].evses[1].allotment
    assert allotment is not None
    assert allotment.current.a > 8


async def test_what_was_begun_before_a_restart_is_ended_by_its_name_above(
    come: Come, tmp_path: Path
) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.LIMITS)
    await connected(site)
    ours = await start(station)
    await csms.heard.until("StartTransaction")
    await csms.ask(
        "upstairs",
        "SetChargingProfile",
        connector_id=1,
        cs_charging_profiles=profile(10),
    )
    await asyncio.sleep(0.3)
    config = site._fleet.config  # the same house again
    vault = site._memory._vault  # as above
    await site.close()
    again = Site(
        config,
        ListenerConfig(0, "127.0.0.1"),
        vault,
        database=tmp_path / "evenload.db",
    )
    await again.load()
    await again.open()
    try:
        allotment = again.stations["A"].evses[1].allotment
        assert allotment is not None
        assert allotment.current.a <= 10
        async with Dialler(again.port, "A") as back:
            await back.boot()
            await connected(again)
            await stop(back, ours, 400)
            [ended] = await csms.heard.until("StopTransaction")
        assert ended["transaction_id"] == 7001
    finally:
        await again.close()
