"""What connectors and transactions of 2.x come to (2.0.1 part 2, ConnectorStatusEnumType, ChargingStateEnumType)."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.csms.v2.statuses import (
    ChargingState,
    ConnectorStatus,
    Course,
    evse_status,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus, StationError
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler2 import Dialler2, event

FREE = ConnectorStatus.AVAILABLE
BUSY = ConnectorStatus.OCCUPIED
KEPT = ConnectorStatus.RESERVED
OFF = ConnectorStatus.UNAVAILABLE
BAD = ConnectorStatus.FAULTED

NONE, OPEN, USED, ENDED = Course

TABLE = [
    # Connectors alone; of several the one that says most.
    ([], NONE, None, None),
    ([FREE], NONE, None, EvseStatus.AVAILABLE),
    ([KEPT], NONE, None, EvseStatus.RESERVED),
    ([OFF], NONE, None, EvseStatus.UNAVAILABLE),
    ([BAD], NONE, None, EvseStatus.FAULTED),
    ([BUSY], NONE, None, EvseStatus.PREPARING),
    ([BUSY, OFF], NONE, None, EvseStatus.PREPARING),
    ([FREE, BAD], NONE, None, EvseStatus.AVAILABLE),
    ([FREE, OFF], NONE, None, EvseStatus.AVAILABLE),
    ([BAD, OFF], NONE, None, EvseStatus.FAULTED),
    ([KEPT, BAD], NONE, None, EvseStatus.RESERVED),
    # A transaction says what the plug cannot.
    ([BUSY], OPEN, None, EvseStatus.PREPARING),
    ([BUSY], USED, ChargingState.EV_CONNECTED, EvseStatus.PREPARING),
    ([BUSY], USED, ChargingState.CHARGING, EvseStatus.CHARGING),
    ([BUSY, OFF], USED, ChargingState.CHARGING, EvseStatus.CHARGING),
    ([BUSY], USED, ChargingState.SUSPENDED_EV, EvseStatus.SUSPENDED_EV),
    ([BUSY], USED, ChargingState.SUSPENDED_EVSE, EvseStatus.SUSPENDED_EVSE),
    # Some stations say Available while a vehicle is plugged in (reference: FoxESS).
    ([FREE], USED, ChargingState.CHARGING, EvseStatus.CHARGING),
    ([], USED, ChargingState.CHARGING, EvseStatus.CHARGING),
    # Authorised before plugging in; and unplugged before the transaction is over.
    ([FREE], OPEN, ChargingState.IDLE, EvseStatus.PREPARING),
    ([FREE], USED, ChargingState.IDLE, EvseStatus.FINISHING),
    # Over, and still plugged in.
    ([BUSY], ENDED, None, EvseStatus.FINISHING),
    ([FREE], ENDED, None, EvseStatus.AVAILABLE),
    ([], ENDED, None, EvseStatus.FINISHING),
    # Nothing charges through what is out of order.
    ([BAD], USED, ChargingState.CHARGING, EvseStatus.FAULTED),
    ([OFF, BAD], USED, ChargingState.SUSPENDED_EV, EvseStatus.FAULTED),
    ([OFF], USED, ChargingState.CHARGING, EvseStatus.UNAVAILABLE),
    ([BUSY, BAD], USED, ChargingState.CHARGING, EvseStatus.CHARGING),
]


@pytest.mark.parametrize(("connectors", "course", "state", "status"), TABLE)
def test_two_voices_make_one_status(
    connectors: list[ConnectorStatus],
    course: Course,
    state: ChargingState | None,
    status: EvseStatus | None,
) -> None:
    assert evse_status(connectors, course, state) is status


def at(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=2) + timedelta(minutes=minutes)).isoformat()  # fmt: skip


@pytest.fixture
async def pair(open_site: OpenSite, dial2: Dial2) -> tuple[Site, Dialler2]:
    site = await open_site("A")
    station = await dial2(site)
    await station.boot()
    await station.settled()
    return site, station


def status_of(site: Site, evse: int = 1) -> EvseStatus | None:
    return site.evse(EvseKey("A", evse)).status


async def told(station: Dialler2, *words: object, **fields: object) -> None:
    await station.result("TransactionEvent", event(*words, **fields))


async def test_connectors_of_one_evse_are_one(pair: tuple[Site, Dialler2]) -> None:
    site, station = pair
    await station.status("Available", connector=1)
    await station.status("Available", connector=2)
    await station.status("Occupied", connector=2)
    await station.status("Unavailable", connector=1)
    assert status_of(site) is EvseStatus.PREPARING
    assert list(site.stations["A"].evses) == [1]


async def test_a_status_of_the_station_as_a_whole(pair: tuple[Site, Dialler2]) -> None:
    # Some stations send EVSE 0, connector 0 (reference: FoxESS).
    site, station = pair
    await station.status("Available")
    await station.status("Unavailable", evse=0, connector=0)
    assert not site.stations["A"].operative
    assert status_of(site) is EvseStatus.AVAILABLE
    assert list(site.stations["A"].evses) == [1]
    await station.status("Available", evse=0, connector=0)
    assert site.stations["A"].operative


async def test_garbage_makes_no_evse(pair: tuple[Site, Dialler2]) -> None:
    site, station = pair
    payload = {"timestamp": at(0), "connectorStatus": "Available", "connectorId": 1}
    for evse in (33, -1, 10**6):
        error = await station.error("StatusNotification", payload | {"evseId": evse})
        assert error == "PropertyConstraintViolation"
    assert list(site.stations["A"].evses) == [1]


async def test_what_is_told_late_changes_nothing(pair: tuple[Site, Dialler2]) -> None:
    # E04: what a station queued while it was offline comes after what is so now.
    site, station = pair
    await station.status("Available", at=at(60))
    await station.status("Occupied", at=at(30))
    assert status_of(site) is EvseStatus.AVAILABLE
    evse = {"id": 1, "connectorId": 1}
    await told(station, "Started", at(10), 0, state="Charging", offline=True, evse=evse)
    assert status_of(site) is EvseStatus.AVAILABLE
    await told(station, "Updated", at(15), 1, state="SuspendedEV", offline=True)
    await told(station, "Ended", at(20), 2, offline=True)
    assert status_of(site) is EvseStatus.AVAILABLE
    # The next vehicle is the next vehicle.
    await station.status("Occupied", at=at(70))
    assert status_of(site) is EvseStatus.PREPARING


async def test_what_is_told_twice_or_out_of_order_changes_nothing(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    evse = {"id": 1}
    await told(station, "Started", at(0), 0, state="EVConnected", evse=evse)
    await told(station, "Updated", at(2), 5, state="SuspendedEV")
    for sequence, state in ((5, "Charging"), (3, "Charging"), (0, "EVConnected")):
        await told(station, "Updated", at(1), sequence, state=state)
        assert status_of(site) is EvseStatus.SUSPENDED_EV
    # A gap is no reason not to believe what comes after it.
    await told(station, "Updated", at(9), 40, state="Charging")
    assert status_of(site) is EvseStatus.CHARGING
    # An event without a charging state says that it has not changed.
    await told(station, "Updated", at(10), 41, trigger="MeterValuePeriodic")
    assert status_of(site) is EvseStatus.CHARGING
    await told(station, "Ended", at(11), 42)
    await told(station, "Updated", at(12), 43, state="Charging")
    assert status_of(site) is EvseStatus.FINISHING


async def test_an_end_that_was_lost_ends_with_the_plug(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    await told(station, "Started", at(0), 0, state="Charging", evse={"id": 1})
    assert status_of(site) is EvseStatus.CHARGING
    await station.status("Available", at=at(5))
    assert status_of(site) is EvseStatus.AVAILABLE


async def test_after_an_end_the_vehicle_may_still_be_there(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    await station.status("Occupied", at=at(0))
    await told(station, "Started", at(1), 0, state="Charging", evse={"id": 1})
    await told(station, "Ended", at(2), 1)
    assert status_of(site) is EvseStatus.FINISHING
    await told(
        station, "Started", at(3), 0, transaction="T2", state="Charging", evse={"id": 1}
    )
    assert status_of(site) is EvseStatus.CHARGING
    await station.status("Available", at=at(4))
    await told(station, "Ended", at(5), 1, transaction="T2")
    assert status_of(site) is EvseStatus.AVAILABLE
    await station.status("Occupied", at=at(6))
    assert status_of(site) is EvseStatus.PREPARING


async def test_a_fault_is_data_and_names_its_cause(pair: tuple[Site, Dialler2]) -> None:
    # G05, N07: NotifyEvent tells what StatusNotification cannot.
    site, station = pair
    await station.status("Available", at=at(0))

    async def problem(value: str, **fields: object) -> None:
        item = {
            "eventId": 1,
            "timestamp": at(1),
            "trigger": "Alerting",
            "actualValue": value,
            "eventNotificationType": "HardWiredNotification",
            "component": {"name": "ElectricalFeed", "evse": {"id": 1}},
            "variable": {"name": "Problem"},
        }
        await station.result(
            "NotifyEvent",
            {"generatedAt": at(1), "seqNo": 0, "eventData": [item | fields]},
        )

    await problem("true", techCode="E42", techInfo="no PEN")
    evse = site.evse(EvseKey("A", 1))
    assert evse.error == StationError("ElectricalFeed", "E42", "no PEN")
    assert evse.status is EvseStatus.AVAILABLE
    await station.status("Faulted", at=at(2))
    evse = site.evse(EvseKey("A", 1))
    assert (evse.status, evse.error.code) == (EvseStatus.FAULTED, "ElectricalFeed")
    assert site.stations["A"].connected
    await problem("false")
    assert site.evse(EvseKey("A", 1)).error.code == "OtherError"
    await station.status("Available", at=at(3))
    assert site.evse(EvseKey("A", 1)).error == StationError()


async def test_a_status_may_come_as_an_event(pair: tuple[Site, Dialler2]) -> None:
    # G01.FR.06: NotifyEvent of a connector's AvailabilityState stands in for StatusNotification.
    site, station = pair
    item = {
        "eventId": 1,
        "timestamp": at(0),
        "trigger": "Delta",
        "actualValue": "Occupied",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 1}},
        "variable": {"name": "AvailabilityState"},
    }
    payload = {"generatedAt": at(0), "seqNo": 0, "eventData": [item]}
    await station.result("NotifyEvent", payload)
    assert status_of(site) is EvseStatus.PREPARING


async def test_a_clock_that_was_lost_does_not_hold_a_vehicle(
    open_site: OpenSite, dial2: Dial2
) -> None:
    # After a power cut, a station without a battery begins in another year, and the transaction's end is lost.
    site = await open_site("A")
    station = await dial2(site)
    await station.boot()
    await station.settled()
    await told(station, "Started", at(0), 0, state="Charging", evse={"id": 1})
    station.cut()
    again = await dial2(site)
    await again.boot()
    await again.status("Available", at="2015-01-01T00:00:00Z")
    assert status_of(site) is EvseStatus.AVAILABLE
