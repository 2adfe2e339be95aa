"""A whole visit over OCPP 2.0.1 and 2.1: the same events, states and limits as with 1.6 (2.0.1 part 2, blocks B, E, G, J, K)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite, site_config
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2, event

VERSIONS = ("2.0.1", "2.1")
KEY = EvseKey("A", 1)

pytestmark = pytest.mark.parametrize("version", VERSIONS)


def at(clock: str) -> str:
    """A time of this morning, as it were: a station's clock is believed where it is not months away."""
    hours, minutes, seconds = map(int, clock.split(":"))
    noon = datetime.now(UTC) - timedelta(hours=12)
    return (noon + timedelta(hours=hours, minutes=minutes, seconds=seconds)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def sampled(moment: str, register: float, **fields: Any) -> Payload:
    """A meter value of one phase that charges."""
    return {
        "timestamp": moment,
        "sampledValue": [
            {"value": register, **fields},
            {"value": 16.0, "measurand": "Current.Import", "phase": "L1"},
            {"value": 3.68, "measurand": "Power.Active.Import"}
            | {"unitOfMeasure": {"unit": "kW"}},
        ],
    }


async def visit(site: Site, station: Dialler2) -> None:
    """Plug in, show a card, charge, and leave."""

    def evse() -> Evse:
        return site.evse(KEY)

    await station.status("Available", at=at("08:00:00"))
    assert evse().status is EvseStatus.AVAILABLE
    await station.status("Occupied", at=at("09:00:00"))
    assert evse().status is EvseStatus.PREPARING
    token = {"idToken": "CARD", "type": "ISO14443"}
    answer = await station.result(
        "TransactionEvent",
        event(
            "Started",
            at("09:00:05"),
            0,
            state="EVConnected",
            trigger="Authorized",
            evse={"id": 1, "connectorId": 1},
            idToken=token,
            meterValue=[
                {
                    "timestamp": at("09:00:05"),
                    "sampledValue": [{"value": 1000, "context": "Transaction.Begin"}],
                }
            ],
        ),
    )
    assert answer == {"idTokenInfo": {"status": "Accepted"}}
    # E01.FR.16: from here on the EVSE is left out.
    answer = await station.result(
        "TransactionEvent",
        event("Updated", at("09:00:10"), 1, state="Charging"),
    )
    assert answer == {}
    assert evse().status is EvseStatus.CHARGING
    await station.result(
        "TransactionEvent",
        event(
            "Updated",
            at("09:30:00"),
            2,
            trigger="MeterValuePeriodic",
            meterValue=[sampled(at("09:30:00"), 2840)],
        ),
    )
    assert evse().reading.power_w == 3680.0
    assert evse().reading.current_a[Phase.L1] == 16.0
    assert evse().session is not None
    assert evse().session.energy_wh == 1840.0
    assert evse().transaction is not None
    assert evse().transaction.token == "CARD"


async def test_from_boot_to_unplugging(
    open_site: OpenSite, dial2: Dial2, version: str
) -> None:
    site = await open_site("A")
    station = await dial2(site, version=version)
    assert station.subprotocol == f"ocpp{version}"
    answer = await station.boot(serialNumber="S1", firmwareVersion="1.0")
    assert (answer["status"], answer["interval"]) == ("Accepted", 60)
    assert site.stations["A"].info.serial == "S1"
    assert site.stations["A"].version == version
    await station.settled()
    assert [one["evseId"] for one in station.asked("SetChargingProfile")] == [0, 1]
    await visit(site, station)
    # The owner pauses: a limit of 0 A reaches the station.
    station.calls.clear()
    await site.set_charging_allowed(KEY, allowed=False)
    [lease] = await station.called("SetChargingProfile")
    schedule = lease["chargingProfile"]["chargingSchedule"][0]
    assert schedule["chargingSchedulePeriod"][0]["limit"] == 0
    await station.result(
        "TransactionEvent",
        event("Updated", at("09:30:10"), 3, state="SuspendedEVSE"),
    )
    assert site.evse(KEY).status is EvseStatus.SUSPENDED_EVSE
    # And then stops.
    await site.commands("A").stop("T1")
    assert await station.called("RequestStopTransaction") == [{"transactionId": "T1"}]
    await station.result(
        "TransactionEvent",
        event(
            "Ended",
            at("09:31:00"),
            4,
            trigger="RemoteStop",
            reason="Remote",
            meterValue=[sampled(at("09:31:00"), 2850, context="Transaction.End")],
        ),
    )
    assert site.evse(KEY).status is EvseStatus.FINISHING
    assert site.evse(KEY).transaction is None
    await station.status("Available", at=at("09:40:00"))
    ended = site.evse(KEY).session
    assert site.evse(KEY).status is EvseStatus.AVAILABLE
    assert ended is not None
    assert (ended.is_open, ended.energy_wh) == (False, 1850.0)
    assert ended.transactions[0].end_reason == "Remote"


async def test_an_unknown_station_waits_to_be_adopted(
    open_site: OpenSite, dial2: Dial2, version: str
) -> None:
    # B02: Pending; and it has no say beyond its name, so that it keeps what it would have said (E04).
    site = await open_site()
    station = await dial2(site, version=version)
    answer = await station.boot(serialNumber="S1", modem={"iccid": "I", "imsi": "M"})
    assert (answer["status"], answer["interval"]) == ("Pending", 30)
    info = site.pending["A"].info
    assert info is not None
    assert (info.vendor, info.model, info.serial) == ("Maker", "Box", "S1")
    assert (info.iccid, info.imsi) == ("I", "M")
    started = event("Started", at("09:00:00"), 0, evse={"id": 1})
    assert await station.error("TransactionEvent", started) == "SecurityError"
    assert "currentTime" in await station.result("Heartbeat", {})
    assert station.asked("SetChargingProfile") == []
    # Once adopted, it is asked to boot again, and everything it says counts.
    site.reconfigure(site_config("A"))
    await station.called("TriggerMessage")
    assert (await station.boot())["status"] == "Accepted"
    await station.result("TransactionEvent", started)
    await station.called("SetChargingProfile")
    assert site.evse(KEY).transaction is not None


async def test_a_reconnect_keeps_what_was_going_on(
    open_site: OpenSite, dial2: Dial2, version: str
) -> None:
    # A station that lost its connection does not boot: it says only what changed meanwhile.
    site = await open_site("A")
    station = await dial2(site, version=version)
    await station.boot(firmwareVersion="1.0")
    await station.settled()
    await visit(site, station)
    station.cut()
    again = await dial2(site, version=version)
    await again.status("Occupied", at=at("09:45:00"))
    assert site.evse(KEY).status is EvseStatus.CHARGING
    await again.settled()
    # It is neither read nor set up again, and asked how things stand.
    actions = {action for action, _ in again.calls}
    assert not actions & {"GetBaseReport", "GetVariables", "SetVariables"}
    assert [one["requestedMessage"] for one in again.asked("TriggerMessage")] == [
        "StatusNotification",
        "TransactionEvent",
        "MeterValues",
    ]
    # The transaction goes on without naming its EVSE.
    await again.result(
        "TransactionEvent",
        event(
            "Updated",
            at("09:50:00"),
            3,
            state="SuspendedEV",
            meterValue=[sampled(at("09:50:00"), 4000)],
        ),
    )
    assert site.evse(KEY).status is EvseStatus.SUSPENDED_EV
    assert site.evse(KEY).session.energy_wh == 3000.0


async def test_limits_come_before_the_station_is_set_up(
    open_site: OpenSite, dial2: Dial2, version: str
) -> None:
    site = await open_site("A")
    station = await dial2(site, version=version)
    station.model["SampledDataCtrlr/TxUpdatedInterval"] = ("60", "ReadWrite", "")
    await station.boot()
    await station.settled()
    actions = [action for action, _ in station.calls]
    assert actions[0] == "GetBaseReport"
    assert actions.index("SetChargingProfile") < actions.index("SetVariables")
    assert station.written == [("SampledDataCtrlr/TxUpdatedInterval", "10")]
