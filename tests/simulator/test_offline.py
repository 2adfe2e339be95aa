"""What a station does while nobody listens, and after (OCPP 1.6 §3.7, §4.2, §5.14)."""

import asyncio
import gc
import json

import pytest

from simulator import PerPhase, SimulatedStation, Vehicle
from tests.simulator.test_thin_line import profile


async def online_again(station, clock):
    station.go_online()
    for _ in range(100):
        await clock.advance(0.5)
        if station.accepted:
            break
    await clock.advance(2)


async def test_a_transaction_offline_is_told_in_order_with_its_own_times(
    switch_on, central, clock
):
    station = await switch_on(autostart_tag="FREE", meter_interval_s=60)
    station.go_offline()
    await clock.advance(5)
    start = clock.now()
    station.plug_in(1)
    await clock.advance(130)
    station.unplug(1)
    await clock.advance(600)
    assert central.sent("StartTransaction") == []
    told_before = len(central.received)

    await online_again(station, clock)
    about = [
        (name, payload)
        for name, payload in central.received[told_before:]
        if name in ("StartTransaction", "MeterValues", "StopTransaction")
    ]
    assert [name for name, _ in about] == [
        "StartTransaction",
        *["MeterValues"] * 3,
        "StopTransaction",
    ]
    assert about[0][1]["timestamp"] == start.isoformat(timespec="milliseconds").replace(
        "+00:00", "Z"
    )
    assert {payload["transactionId"] for _, payload in about[1:]} == {101}
    assert about[-1][1]["reason"] == "EVDisconnected"
    assert about[-1][1]["timestamp"] < clock.now().isoformat()[:17]
    assert central.actions()["BootNotification"] == 1


async def test_a_stop_that_got_no_answer_is_sent_again(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1)
    await clock.advance(10)
    central.answers["StopTransaction"] = lambda _: None
    station.unplug(1)
    await clock.advance(1)
    assert len(central.sent("StopTransaction")) == 1
    del central.answers["StopTransaction"]
    await clock.advance(40)
    first, second = central.sent("StopTransaction")
    assert first == second


async def test_a_refused_message_is_tried_so_often_and_no_more(
    switch_on, central, clock
):
    station = await switch_on(autostart_tag="FREE")
    central.answers["StartTransaction"] = lambda _: {"error": "InternalError"}
    station.plug_in(1)
    await clock.advance(5)
    assert len(central.sent("StartTransaction")) == 1
    await clock.advance(60)
    assert len(central.sent("StartTransaction")) == 3
    await clock.advance(120)
    assert len(central.sent("StartTransaction")) == 3
    assert {payload["transactionId"] for payload in central.sent("MeterValues")} == {-1}


async def test_status_changes_offline_are_told_afterwards(switch_on, central, clock):
    station = await switch_on()
    station.go_offline()
    station.plug_in(1)
    await clock.advance(5)
    before = len(central.sent("StatusNotification"))
    await online_again(station, clock)
    assert [s["status"] for s in central.sent("StatusNotification")[before:]] == [
        "Preparing"
    ]


@pytest.mark.parametrize(
    ("kind", "reason"), [("Soft", "SoftReset"), ("Hard", "HardReset")]
)
async def test_a_reset_keeps_what_must_be_kept(switch_on, central, clock, kind, reason):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1)
    await clock.advance(60)
    for connector, purpose, number in (
        (0, "ChargePointMaxProfile", 1),
        (1, "TxDefaultProfile", 2),
        (1, "TxProfile", 3),
    ):
        wanted = profile(6 + number, purpose=purpose, profile_id=number)
        await central.call(
            "X",
            "SetChargingProfile",
            {"connectorId": connector, "csChargingProfiles": wanted},
        )
    await central.call(
        "X", "ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "9"}
    )
    register = station.evse(1).register_wh
    assert station.evse(1).limit_a == 7

    await central.call("X", "Reset", {"type": kind})
    await clock.advance(20)
    assert central.actions()["BootNotification"] == 2
    assert [stop["reason"] for stop in central.sent("StopTransaction")] == [reason]
    kept = [entry.profile.profile_id for entry in station.charge_point.profiles]
    assert kept == [1, 2]
    assert station.charge_point.configuration.number("MeterValueSampleInterval") == 9
    assert station.evse(1).register_wh >= register > 0
    # The car never left, and everybody may charge: a new transaction runs.
    assert station.evse(1).transaction_id == 102


async def test_power_comes_back_to_a_state_file(central, clock, tmp_path):
    state = tmp_path / "x.json"
    options = {"clock": clock, "state": state, "autostart_tag": "FREE"}
    async with SimulatedStation("X", central.url, **options) as station:
        await clock.advance(1)
        station.plug_in(1)
        await clock.advance(60)
        register = station.evse(1).register_wh
    async with SimulatedStation("X", central.url, **options) as station:
        await clock.advance(5)
        assert station.evse(1).register_wh == pytest.approx(register, rel=0.01)
        (stop,) = central.sent("StopTransaction")
        assert (stop["reason"], stop["transactionId"]) == ("PowerLoss", 101)
    assert json.loads(state.read_text())["outlets"]["1"]["transaction"] is None


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
async def test_waits_to_be_accepted(switch_on, central, clock, status):
    central.answers["BootNotification"] = lambda _: {
        "status": status,
        "currentTime": central.time(),
        "interval": 20,
    }
    station = await switch_on(accepted=False)
    answer = await central.ask("X", "GetConfiguration", {"key": ["HeartbeatInterval"]})
    await clock.advance(15)
    assert central.actions() == {"BootNotification": 1}
    assert answer.done() is (status == "Pending")
    del central.answers["BootNotification"]
    await clock.advance(10)
    assert station.accepted
    assert central.actions()["StatusNotification"] == 2


async def test_redials_with_growing_pauses(switch_on, central, clock):
    station = await switch_on()
    port = central.port
    await central.close()
    await clock.advance(120)
    assert not station.connected
    await central.listen(port)
    await clock.advance(31)
    assert station.connected
    assert central.connections == 2


async def test_dropped_by_the_server_it_keeps_charging(switch_on, central, clock):
    station = await switch_on(autostart_tag="FREE")
    station.plug_in(1, Vehicle(maximum_a=10))
    await clock.advance(10)
    await station.drop()
    await clock.advance(10)
    assert station.evse(1).currents == PerPhase.even(10)
    assert central.connections == 2
    assert station.evse(1).transaction_id == 101


async def test_boots_at_once_when_the_connection_broke_in_the_middle_of_a_boot(
    switch_on, central, clock
):
    central.answers["BootNotification"] = lambda _: None
    station = await switch_on(accepted=False)
    await clock.advance(2)
    del central.answers["BootNotification"]
    await station.drop()
    await clock.advance(2)
    assert station.accepted
    assert central.actions()["BootNotification"] == 2


@pytest.mark.parametrize("end", ["reboot", "drop", "stop"])
async def test_a_call_that_meets_the_end_of_the_connection_leaves_no_trace(
    switch_on, clock, end
):
    said = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: said.append(context["message"])
    )
    station = await switch_on()
    ending = asyncio.create_task(getattr(station, end)())
    for _ in range(4):
        station.charge_point.notify("Heartbeat", {})
        await asyncio.sleep(0)
    await clock.advance(5)
    await ending
    gc.collect()
    assert said == []
