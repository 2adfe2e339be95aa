"""Variables, reports and monitors (OCPP 2.x B05-B08, N02-N08, N11-N15)."""

import asyncio

import pytest

from simulator import Faults, Quirk, Vehicle
from simulator.ocpp2.monitor_calls import open_stream
from simulator.paths import REMOVE
from tests.simulator.central_system import StationError


@pytest.fixture(params=["2.0.1", "2.1"])
def version(request):
    return request.param


def at(component, variable, **more):
    named = {"name": variable}
    if "instance" in more:
        named["instance"] = more.pop("instance")
    if "evse" in more:
        more["evse"] = {"id": more["evse"]}
    return {"component": {"name": component, **more}, "variable": named}


async def get(central, *wanted):
    answer = await central.call("X", "GetVariables", {"getVariableData": list(wanted)})
    return [
        (result["attributeStatus"], result.get("attributeValue"))
        for result in answer["getVariableResult"]
    ]


async def put(central, *wanted):
    items = [place | {"attributeValue": value} for place, value in wanted]
    answer = await central.call("X", "SetVariables", {"setVariableData": items})
    return [result["attributeStatus"] for result in answer["setVariableResult"]]


async def test_reads_each_variable_on_its_own(switch_on, central, version):
    await switch_on(versions=[version], evses=2, maximum_a=16)
    # B06.FR.04-FR.09; names are case-insensitive.
    assert await get(
        central,
        at("txctrlr", "EVCONNECTIONTIMEOUT"),
        at("TxCtrlr", "Nonsense"),
        at("Oven", "Heat"),
        at("SecurityCtrlr", "BasicAuthPassword"),
        at("EVSE", "Power", evse=2) | {"attributeType": "MaxSet"},
        at("EVSE", "Power", evse=2) | {"attributeType": "MinSet"},
        at("EVSE", "Power", evse=3),
        at("DeviceDataCtrlr", "ItemsPerMessage", instance="GetVariables"),
    ) == [
        ("Accepted", "60"),
        ("UnknownVariable", None),
        ("UnknownComponent", None),
        ("Rejected", None),
        ("Accepted", "11040"),
        ("NotSupportedAttributeType", None),
        ("UnknownComponent", None),
        ("Accepted", "50"),
    ]


async def test_writes_each_variable_on_its_own(switch_on, central, clock, version):
    station = await switch_on(versions=[version])
    interval = at("SampledDataCtrlr", "TxUpdatedInterval")
    # B05.FR.01-FR.10
    assert await put(
        central,
        (interval, "30"),
        (interval, "-1"),
        (interval, "soon"),
        (at("SampledDataCtrlr", "TxUpdatedMeasurands"), "Voltage,Nonsense"),
        (at("SampledDataCtrlr", "Available"), "false"),
        (at("TxCtrlr", "StopTxOnInvalidId"), "perhaps"),
        (at("TxCtrlr", "Nonsense"), "1"),
        (interval | {"attributeType": "Target"}, "1"),
        (at("OCPPCommCtrlr", "NetworkConfigurationPriority"), "2,1"),
        (at("SecurityCtrlr", "BasicAuthPassword"), "short"),
    ) == [
        "Accepted",
        *["Rejected"] * 5,
        "UnknownVariable",
        "NotSupportedAttributeType",
        "RebootRequired",
        "Rejected",
    ]
    # What was written outlives a reboot.
    rebooting = asyncio.ensure_future(station.reboot())
    await clock.advance(10)
    await rebooting
    assert await get(central, interval) == [("Accepted", "30")]


async def test_a_message_has_only_so_many_items(switch_on, central, version):
    # B05.FR.11, B06.FR.16
    await switch_on(
        versions=[version],
        configuration={"DeviceDataCtrlr.ItemsPerMessage[GetVariables]": "2"},
    )
    wanted = [at("TxCtrlr", "EVConnectionTimeOut")] * 3
    assert len(await get(central, *wanted[:2])) == 2
    with pytest.raises(StationError, match="OccurrenceConstraintViolation"):
        await get(central, *wanted)


async def reported(central, clock, action, payload):
    """What is reported, checked for its parts."""
    central.received.clear()
    answer = await central.call("X", action, {"requestId": 7} | payload)
    await clock.advance(2)
    parts = central.sent("NotifyReport")
    assert [part["seqNo"] for part in parts] == list(range(len(parts)))
    assert [part.get("tbc", False) for part in parts[:-1]] == [True] * (len(parts) - 1)
    assert all(part["requestId"] == 7 for part in parts)
    if parts:
        assert "tbc" not in parts[-1]
    data = [item for part in parts for item in part["reportData"]]
    return answer["status"], data


async def test_reports_itself_in_parts(switch_on, central, clock, version):
    await switch_on(versions=[version], evses=2)
    counts = {}
    for base in ("FullInventory", "ConfigurationInventory", "SummaryInventory"):
        status, data = await reported(
            central, clock, "GetBaseReport", {"reportBase": base}
        )
        assert status == "Accepted"
        counts[base] = len(data)
        if base == "FullInventory":
            assert len(central.sent("NotifyReport")) > 3
            boxes = {
                item["component"]["evse"]["id"]
                for item in data
                if item["component"]["name"] == "EVSE"
            }
            assert boxes == {1, 2}
        if base == "ConfigurationInventory":
            # B07.FR.08: only what can be written.
            access = {item["variableAttribute"][0]["mutability"] for item in data}
            assert access == {"ReadWrite", "WriteOnly"}
    assert (
        counts["FullInventory"]
        > counts["ConfigurationInventory"]
        > counts["SummaryInventory"]
    )


async def test_reports_what_is_asked_for(switch_on, central, clock, version):
    # B08
    await switch_on(versions=[version], evses=2)
    status, data = await reported(
        central,
        clock,
        "GetReport",
        {"componentVariable": [{"component": {"name": "EVSE", "evse": {"id": 2}}}]},
    )
    assert status == "Accepted"
    assert {item["component"]["evse"]["id"] for item in data} == {2}
    status, _ = await reported(
        central, clock, "GetReport", {"componentCriteria": ["Problem"]}
    )
    assert status == "EmptyResultSet"


async def test_an_inventory_without_its_evses(switch_on, central, clock):
    await switch_on(
        versions=["2.0.1"],
        faults=Faults(
            quirks=[
                Quirk(
                    "NotifyReport",
                    edit={
                        "reportData[component.name=EVSE]": REMOVE,
                        "reportData[component.name=Connector]": REMOVE,
                    },
                )
            ]
        ),
    )
    _, data = await reported(
        central, clock, "GetBaseReport", {"reportBase": "FullInventory"}
    )
    assert data
    assert not [i for i in data if i["component"]["name"] in ("EVSE", "Connector")]


async def test_a_monitor_tells_when_a_threshold_is_crossed(
    switch_on, central, clock, version
):
    station = await switch_on(versions=[version], autostart_tag="FREE")
    wanted = at("EVSE", "Power", evse=1)
    limits = {"type": "UpperThreshold", "value": 5000, "severity": 3}
    answer = await central.call(
        "X", "SetVariableMonitoring", {"setMonitoringData": [wanted | limits]}
    )
    monitor_id = answer["setMonitoringResult"][0]["id"]
    again = await central.call(
        "X", "SetVariableMonitoring", {"setMonitoringData": [wanted | limits]}
    )
    # N04.FR.09
    assert again["setMonitoringResult"][0]["status"] == "Duplicate"
    station.plug_in(1, Vehicle())
    await clock.advance(30)
    station.unplug(1)
    await clock.advance(5)
    events = [e["eventData"][0] for e in central.sent("NotifyEvent")]
    assert [e.get("cleared", False) for e in events] == [False, True]
    assert {e["variableMonitoringId"] for e in events} == {monitor_id}
    central.received.clear()
    assert await central.call("X", "GetMonitoringReport", {"requestId": 1}) == {
        "status": "Accepted"
    }
    await clock.advance(1)
    assert len(central.sent("NotifyMonitoringReport")[0]["monitor"]) == 1
    await central.call("X", "ClearVariableMonitoring", {"id": [monitor_id]})
    station.plug_in(1, Vehicle())
    await clock.advance(30)
    assert not central.sent("NotifyEvent")


async def test_streams_are_sent_without_an_answer(switch_on, central, clock):
    # N11-N12, and part 4 §4.2.5: message type 6.
    station = await switch_on(versions=["2.1"], autostart_tag="FREE")
    wanted = at("EVSE", "Power", evse=1) | {
        "type": "Periodic",
        "value": 1,
        "severity": 5,
    }
    await central.call("X", "SetVariableMonitoring", {"setMonitoringData": [wanted]})
    central.answers["OpenPeriodicEventStream"] = lambda _: {"status": "Accepted"}
    data = {"id": 4, "variableMonitoringId": 1, "params": {"interval": 10}}
    await station.call("OpenPeriodicEventStream", open_stream(station.brain, data))
    await clock.advance(30)
    assert not central.sent("NotifyEvent")
    streams = central.sent("NotifyPeriodicEventStream")
    assert len(streams) == 2 or len(streams) == 3
    assert [frame[0] for frame in central.frames if frame[0] == 6]
    assert len(streams[-1]["data"]) >= 9
    answer = await central.call("X", "GetPeriodicEventStream", {})
    assert answer["constantStreamData"][0]["id"] == 4
