"""Quirks and faults: stations that depart from the standard, as data."""

import asyncio

import pytest

from simulator import L1, Faults, PerPhase, Quirk, Vehicle
from simulator.paths import REMOVE, edited, values
from tests.simulator.central_system import StationError
from tests.simulator.test_thin_line import profile


def sample():
    return {
        "meterValue": [
            {
                "sampledValue": [
                    {"measurand": "Voltage", "unit": "V", "phase": "L1"},
                    {"measurand": "Current.Import", "unit": "A"},
                    {"measurand": "Voltage", "unit": "V"},
                ]
            }
        ]
    }


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("meterValue.*.sampledValue.*.unit", "x", ["x", "x", "x"]),
        ("meterValue.0.sampledValue[measurand=Voltage].unit", "v", ["v", "A", "v"]),
        ("meterValue.*.sampledValue[phase=L1].unit", 7, [7, "A", "V"]),
        ("meterValue.*.sampledValue[measurand=Voltage]", REMOVE, ["A"]),
        ("meterValue.*.sampledValue.*.unit", str.lower, ["v", "a", "v"]),
        ("meterValue.*.sampledValue.1.unit", "<remove>", ["V", "V"]),
        ("nothing.there", 1, ["V", "A", "V"]),
    ],
)
def test_edits_by_path(path, value, expected):
    payload = sample()
    edited(payload, path, value)
    assert values(payload, "meterValue.*.sampledValue.*.unit") == expected


async def test_refuses_by_what_a_call_says(switch_on, central):
    await switch_on(
        faults=Faults(
            quirks=[
                Quirk(
                    "SetChargingProfile",
                    where={"csChargingProfiles.stackLevel": lambda level: level >= 3},
                    answer={"status": "Rejected"},
                ),
                Quirk("ChangeAvailability", where={"connectorId": 0}, error=""),
            ]
        )
    )
    for stack, status in ((3, "Rejected"), (2, "Accepted")):
        call = {"connectorId": 1, "csChargingProfiles": profile(9, stack=stack)}
        assert await central.call("X", "SetChargingProfile", call) == {"status": status}
    with pytest.raises(StationError):
        await central.call(
            "X", "ChangeAvailability", {"connectorId": 0, "type": "Operative"}
        )
    call = {"connectorId": 1, "type": "Operative"}
    assert await central.call("X", "ChangeAvailability", call) == {"status": "Accepted"}


async def test_is_silent_for_some_time_then_answers(switch_on, central, clock):
    await switch_on(
        faults=Faults(quirks=[Quirk("GetLocalListVersion", silent=True, times=2)])
    )
    for _ in range(2):
        never = await central.ask("X", "GetLocalListVersion", {})
        await clock.advance(5)
        assert not never.done()
    assert await central.call("X", "GetLocalListVersion", {}) == {"listVersion": 0}


async def test_drops_the_line_after_an_answer_to_its_start(switch_on, central, clock):
    station = await switch_on(
        autostart_tag="FREE",
        faults=Faults(quirks=[Quirk("StartTransactionResponse", drop_after_s=0.8)]),
    )
    station.plug_in(1)
    await clock.advance(0.5)
    assert central.sent("StartTransaction")
    assert station.connected
    await clock.advance(1)
    assert not station.connected
    await clock.advance(5)
    assert station.connected


async def test_reboots_when_it_is_asked(switch_on, central, clock):
    await switch_on(
        faults=Faults(
            quirks=[
                Quirk(
                    "GetConfiguration",
                    where={"key.*": "MeterValuesSampledData"},
                    reboot_after_s=0,
                )
            ]
        )
    )
    await central.call("X", "GetConfiguration", {"key": ["HeartbeatInterval"]})
    await clock.advance(5)
    assert central.actions()["BootNotification"] == 1
    await central.ask("X", "GetConfiguration", {"key": ["MeterValuesSampledData"]})
    await clock.advance(5)
    assert central.actions()["BootNotification"] == 2


async def test_edits_what_it_says_and_adds_calls_of_its_own(switch_on, central, clock):
    station = await switch_on(
        accepted=False,
        faults=Faults(
            quirks=[
                Quirk("BootNotification", edit={"chargePointVendor": ""}),
                Quirk(
                    "StatusNotification",
                    where={"connectorId": 1},
                    edit={"errorCode": "Error"},
                    then_call=("TransactionStarted", {"transactionId": 7}),
                    times=1,
                ),
            ]
        ),
    )
    central.answers["TransactionStarted"] = lambda _: {"error": "NotImplemented"}
    await clock.advance(3)
    assert station.accepted
    assert central.sent("BootNotification")[0]["chargePointVendor"] == ""
    errors = [s["errorCode"] for s in central.sent("StatusNotification")]
    assert errors == ["NoError", "Error"]
    assert central.sent("TransactionStarted") == [{"transactionId": 7}]
    central.invalid.clear()


@pytest.mark.parametrize(
    ("faults", "limit", "currents"),
    [
        ({"ignores_purposes": ["TxDefaultProfile"]}, 6, PerPhase.even(16)),
        ({"ignores_purposes": ["TxProfile"]}, 6, PerPhase.even(6)),
        ({"zero_means_minimum": True}, 0, PerPhase.even(6)),
        ({"single_phase_below_w": 4200.0}, 6, PerPhase(16, 0, 0)),
        ({"single_phase_below_w": 4200.0}, 7, PerPhase.even(7)),
    ],
)
async def test_obeys_in_its_own_way(switch_on, central, clock, faults, limit, currents):
    station = await switch_on(autostart_tag="FREE", switches_phases=True)
    station.faults.change(faults)
    station.plug_in(1, Vehicle(maximum_a=16))
    call = {"connectorId": 1, "csChargingProfiles": profile(limit)}
    await central.call("X", "SetChargingProfile", call)
    await clock.advance(30)
    assert station.evse(1).currents == currents


async def test_ignores_the_first_limit_after_a_pause(switch_on, central, clock):
    station = await switch_on(
        autostart_tag="FREE", faults=Faults(ignores_limit_after_pause=True)
    )
    station.plug_in(1, Vehicle(maximum_a=16))
    drawn = []
    for limit in (8, 0, 8, 9):
        call = {"connectorId": 1, "csChargingProfiles": profile(limit)}
        await central.call("X", "SetChargingProfile", call)
        await clock.advance(20)
        drawn.append(station.evse(1).currents.l1)
    assert drawn == [8, 0, 16, 9]


async def test_takes_a_pause_for_an_end(switch_on, central, clock):
    station = await switch_on(
        autostart_tag="FREE",
        faults=Faults(zero_ends_transaction=True, needs_replug=True),
    )
    station.plug_in(1)
    await clock.advance(10)
    call = {"connectorId": 1, "csChargingProfiles": profile(0)}
    await central.call("X", "SetChargingProfile", call)
    await clock.advance(2)
    assert central.actions()["StopTransaction"] == 1
    start = {"connectorId": 1, "idTag": "A"}
    assert await central.call("X", "RemoteStartTransaction", start) == {
        "status": "Rejected"
    }


async def test_reads_its_meter_in_its_own_way(switch_on, central, clock):
    station = await switch_on(
        autostart_tag="FREE",
        phases=(L1,),
        faults=Faults(register_per_session=True, currents_on_neutral=True),
    )
    station.station.evses[1].meter.register_wh = 5000
    station.plug_in(1, Vehicle(phases=1))
    await clock.advance(30)
    assert central.sent("StartTransaction")[0]["meterStart"] == 0
    told = {
        (v["measurand"], v.get("phase")): v["value"]
        for v in central.sent("MeterValues")[-1]["meterValue"][0]["sampledValue"]
    }
    assert told["Current.Import", "N"] == "16.0"
    assert float(told["Energy.Active.Import.Register", None]) < 100
    station.faults.change({"register_per_session": False})
    station.faults.change({"register_reads_zero_every": 1})
    await clock.advance(5)
    values_ = central.sent("MeterValues")[-1]["meterValue"][0]["sampledValue"]
    assert values_[0]["value"] == "0"


async def test_hangs_up_when_nobody_talks_to_it(switch_on, central, clock):
    await switch_on(faults=Faults(closes_when_idle_s=110, redials_after_s=60))
    await clock.advance(100)
    assert central.connections == 1
    await clock.advance(65)
    assert central.connections == 1
    await clock.advance(20)
    assert central.connections == 2


async def test_says_what_is_no_json(switch_on, central, clock):
    quirk = Quirk("GetConfigurationResponse", raw='[3,"{id}",{"key":[nonsense]}]')
    station = await switch_on(faults=Faults(quirks=[quirk]))
    never = await central.ask("X", "GetConfiguration", {"key": ["Nobody"]})
    await clock.advance(2)
    assert not never.done()
    assert station.frames[-1][1].startswith('[3,"GetConfiguration-0"')


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_forgets_what_it_was_told(switch_on, central, clock, version):
    station = await switch_on(
        versions=[version], faults=Faults(forgets_configuration=True)
    )
    if version == "1.6":
        wanted = {"key": "MeterValueSampleInterval", "value": "77"}
        await central.call("X", "ChangeConfiguration", wanted)
        read = station.charge_point.configuration.number
        name = wanted["key"]
    else:
        wanted = {
            "component": {"name": "SampledDataCtrlr"},
            "variable": {"name": "TxUpdatedInterval"},
            "attributeValue": "77",
        }
        await central.call("X", "SetVariables", {"setVariableData": [wanted]})
        name = "SampledDataCtrlr.TxUpdatedInterval"
        read = station.brain.device_model.number
    assert read(name) == 77
    rebooting = asyncio.ensure_future(station.reboot())
    await clock.advance(10)
    await rebooting
    assert read(name) == 5


def test_quirks_are_set_by_plain_values():
    faults = Faults()
    faults.change({"quirks": [{"on": "Reset", "answer": {"status": "Rejected"}}]})
    assert faults.quirks == [Quirk("Reset", answer={"status": "Rejected"})]
    with pytest.raises(ValueError, match="a quirk has no sloth"):
        faults.change({"quirks": [{"on": "Reset", "sloth": 1}]})
