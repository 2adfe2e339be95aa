"""Versions, passwords and certificates on the wire (OCPP 2.x part 4 §3, §4, A00)."""

import base64

import pytest

from simulator import Faults, Quirk, SimulatedStation, Vehicle, trust
from tests.simulator.central_system import CentralSystem
from tests.simulator.papers import Papers

ALL = ["2.1", "2.0.1", "1.6"]


@pytest.mark.parametrize(
    ("spoken", "agreed"),
    [
        (["ocpp1.6"], "1.6"),
        (["ocpp1.6", "ocpp2.0.1"], "1.6"),
        (["ocpp2.0.1", "ocpp1.6"], "2.0.1"),
        (["ocpp2.1", "ocpp2.0.1", "ocpp1.6"], "2.1"),
    ],
)
async def test_becomes_what_the_central_system_chooses(
    switch_on, central, clock, spoken, agreed
):
    central.speaks[:] = spoken
    await central.close()
    await central.listen(0)
    station = await switch_on(versions=ALL, autostart_tag="FREE")
    assert station.version == agreed
    station.plug_in(1, Vehicle(maximum_a=16))
    await clock.advance(20)
    assert station.evse(1).currents.l1 == 16
    expected = "StartTransaction" if agreed == "1.6" else "TransactionEvent"
    assert central.sent(expected)


async def test_becomes_another_when_the_central_system_learns(
    switch_on, central, clock
):
    """The cars stay where they are, and so does the meter."""
    port = central.port
    central.speaks[:] = ["ocpp1.6"]
    await central.close()
    await central.listen(port)
    station = await switch_on(versions=ALL, autostart_tag="FREE")
    station.plug_in(1, Vehicle(maximum_a=16))
    await clock.advance(20)
    register_wh = station.evse(1).register_wh
    central.speaks[:] = ["ocpp2.0.1"]
    await central.close()
    await central.listen(port)
    await clock.advance(60)
    assert station.version == "2.0.1"
    assert station.evse(1).currents.l1 == 16
    assert station.evse(1).register_wh > register_wh
    assert central.sent("TransactionEvent")[0]["eventType"] == "Started"


async def test_offers_its_versions_in_order(switch_on, central):
    await switch_on(versions=ALL)
    offered = central.headers["sec-websocket-protocol"]
    assert offered == "ocpp2.1, ocpp2.0.1, ocpp1.6"


async def test_may_offer_nothing(switch_on, central):
    station = await switch_on(faults=Faults(offers_no_subprotocol=True))
    assert "sec-websocket-protocol" not in central.headers
    assert station.version == "1.6"


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_shows_its_password_and_takes_a_new_one(
    switch_on, central, clock, version
):
    # A00.FR.204, A01
    await switch_on(versions=[version], password="a-first-password")

    def shown(password):
        return "Basic " + base64.b64encode(f"X:{password}".encode()).decode()

    assert central.headers["authorization"] == shown("a-first-password")
    wanted = {
        "component": {"name": "SecurityCtrlr"},
        "variable": {"name": "BasicAuthPassword"},
        "attributeValue": "a-second-password",
    }
    answer = await central.call("X", "SetVariables", {"setVariableData": [wanted]})
    assert answer["setVariableResult"][0]["attributeStatus"] == "Accepted"
    await clock.advance(5)
    assert central.connections == 2
    assert central.headers["authorization"] == shown("a-second-password")


@pytest.mark.parametrize("mutual", [False, True])
@pytest.mark.parametrize("version", ALL)
async def test_dials_by_tls(tmp_path, version, mutual):
    # Security profiles 2 and 3
    papers = Papers.write(tmp_path)
    central = CentralSystem()
    await central.listen(0, papers.server_context(mutual=mutual))
    url = central.url.replace("ws:", "wss:")
    own = papers.station if mutual else None
    async with SimulatedStation(
        "X",
        url,
        versions=[version],
        ssl=trust(papers.authority, own),
        shows_certificate=mutual,
        password="sixteen-characters",
        tick_s=0.05,
    ) as station:
        await station.wait_accepted(5)
        assert station.link.dial.security_profile() == ("3" if mutual else "2")
    await central.close()
    assert central.actions()["BootNotification"] == 1
    assert central.invalid == []


async def test_without_a_certificate_it_stays_outside(tmp_path):
    papers = Papers.write(tmp_path)
    central = CentralSystem()
    await central.listen(0, papers.server_context(mutual=True))
    url = central.url.replace("ws:", "wss:")
    ssl = trust(papers.authority)
    async with SimulatedStation("X", url, ssl=ssl, tick_s=0.05) as station:
        with pytest.raises(TimeoutError):
            await station.wait_accepted(0.5)
    await central.close()


async def test_says_that_an_answer_cannot_be_read(switch_on, central, clock):
    # 2.1 part 4 §4.2.4: message type 5
    quirk = Quirk("HeartbeatResponse", error="FormatViolation")
    station = await switch_on(versions=["2.1"], faults=Faults(quirks=[quirk]))
    await central.call("X", "TriggerMessage", {"requestedMessage": "Heartbeat"})
    await clock.advance(1)
    [error] = [frame for frame in central.frames if frame[0] == 5]
    assert error[2] == "FormatViolation"
    assert station.accepted


async def test_quirks_are_the_same_in_every_version(switch_on, central, clock):
    quirks = [
        Quirk("BootNotification", edit={"chargingStation.vendorName": ""}),
        Quirk("StatusNotification", edit={"evseId": 0, "connectorId": 0}),
        Quirk(
            "SetChargingProfile",
            where={"chargingProfile.chargingProfileKind": "Absolute"},
            answer={"status": "Rejected"},
        ),
    ]
    await switch_on(versions=["2.0.1"], faults=Faults(quirks=quirks))
    assert central.sent("BootNotification")[0]["chargingStation"]["vendorName"] == ""
    assert {s["evseId"] for s in central.sent("StatusNotification")} == {0}


async def test_tells_its_connectors_by_events(switch_on, central, clock):
    # G01: instead of StatusNotification
    await switch_on(versions=["2.1"], tells_by_events=True)
    assert not central.sent("StatusNotification")
    [event] = central.sent("NotifyEvent")[0]["eventData"]
    assert event["component"] == {
        "name": "Connector",
        "evse": {"id": 1, "connectorId": 1},
    }
    assert (event["variable"]["name"], event["actualValue"]) == (
        "AvailabilityState",
        "Available",
    )
