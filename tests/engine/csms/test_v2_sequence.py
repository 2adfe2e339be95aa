"""Stations that do not count the events of a transaction as they should (2.0.1 E01, TransactionEventRequest.seqNo)."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler2 import Dialler2, event

PLUG = {"id": 1, "connectorId": 1}


def at(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=2) + timedelta(minutes=minutes)).isoformat()  # fmt: skip


@pytest.fixture
async def pair(open_site: OpenSite, dial2: Dial2) -> tuple[Site, Dialler2]:
    site = await open_site("A")
    station = await dial2(site)
    await station.boot()
    await station.settled()
    await station.status("Occupied", at=at(0))
    return site, station


def status_of(site: Site) -> EvseStatus | None:
    return site.evse(EvseKey("A", 1)).status


async def told(station: Dialler2, *words: object, **fields: object) -> None:
    await station.result("TransactionEvent", event(*words, evse=PLUG, **fields))


async def test_a_station_that_does_not_count_is_followed(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    await told(station, "Started", at(1), 0, state="EVConnected")
    await told(station, "Updated", at(2), 0, state="Charging")
    assert status_of(site) is EvseStatus.CHARGING
    await told(station, "Updated", at(3), 0, state="SuspendedEV")
    assert status_of(site) is EvseStatus.SUSPENDED_EV
    await told(station, "Ended", at(4), 0)
    assert status_of(site) is EvseStatus.FINISHING


async def test_two_events_of_one_second_are_told_apart(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    await told(station, "Started", at(1), 0, state="EVConnected")
    second = at(2)
    await told(station, "Updated", second, 2, state="SuspendedEV")
    await told(station, "Updated", second, 1, state="Charging")
    assert status_of(site) is EvseStatus.SUSPENDED_EV
    await told(station, "Updated", second, 3, state="Charging")
    assert status_of(site) is EvseStatus.CHARGING


async def test_a_station_may_begin_to_count_anew(pair: tuple[Site, Dialler2]) -> None:
    site, station = pair
    await told(station, "Started", at(1), 0, state="Charging")
    await told(station, "Updated", at(2), 19, state="Charging")
    await told(station, "Updated", at(3), 0, state="SuspendedEV")
    assert status_of(site) is EvseStatus.SUSPENDED_EV
    await told(station, "Ended", at(4), 1)
    assert status_of(site) is EvseStatus.FINISHING


async def test_after_a_boot_the_clock_may_be_another_too(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    await told(station, "Started", at(60), 0, state="Charging")
    await told(station, "Updated", at(61), 19, state="Charging")
    await station.boot()
    await told(station, "Updated", at(30), 0, state="SuspendedEV")
    assert status_of(site) is EvseStatus.SUSPENDED_EV


async def test_the_end_is_the_end_whatever_its_number(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    await told(station, "Started", at(1), 7, state="Charging")
    await told(station, "Updated", at(9), 8, state="Charging")
    await told(station, "Ended", at(8), 1)
    assert status_of(site) is EvseStatus.FINISHING
    await told(station, "Updated", at(10), 9, state="Charging")
    assert status_of(site) is EvseStatus.FINISHING


@pytest.mark.parametrize("evse", [-1, 33, 10**12])
async def test_a_transaction_of_an_evse_that_cannot_be_is_refused(
    pair: tuple[Site, Dialler2], evse: int
) -> None:
    site, station = pair
    for kind in ("Started", "Updated", "Ended"):
        error = await station.error(
            "TransactionEvent",
            event(kind, at(1), 0, transaction="X", state="Charging", evse={"id": evse}),
        )
        assert error == "PropertyConstraintViolation"
    assert list(site.stations["A"].evses) == [1]
    assert site.evse(EvseKey("A", 1)).transaction is None
    assert status_of(site) is EvseStatus.PREPARING
    await told(station, "Started", at(2), 0, state="Charging")
    assert status_of(site) is EvseStatus.CHARGING


async def test_what_is_told_of_an_unknown_place_does_no_harm(
    open_site: OpenSite, dial2: Dial2
) -> None:
    # E01.FR.16: the EVSE is named once; of a station with two, nobody can say which one is meant where it never was.
    site = await open_site("A")
    station = await dial2(site)
    station.model["EVSE@2/SupplyPhases"] = ("3", "ReadOnly", "")
    await station.boot()
    await station.settled()
    values = [{"timestamp": at(1), "sampledValue": [{"value": 5.0}]}]
    for number, fields in enumerate(
        (
            {},
            {"evse": {"id": 0}},
            {"meterValue": values},
            {"evse": {"id": 7, "connectorId": 99}},
            {"evse": {"id": 8}, "meterValue": values},
            {"idToken": {"idToken": "", "type": "NoAuthorization"}},
        )
    ):
        for kind in ("Updated", "Ended", "Started"):
            await station.result(
                "TransactionEvent",
                event(kind, at(2), 0, transaction=f"U{number}", **fields),
            )
    assert site.stations["A"].connected


async def test_a_group_of_tokens_is_neither_heard_nor_named(
    pair: tuple[Site, Dialler2],
) -> None:
    # C09: the house knows no groups. A station that tells of one adds what is not in the message.
    site, station = pair
    group = {"idToken": "FAMILY", "type": "Central"}
    shown = {"idToken": "CARD", "type": "ISO14443"}
    info = await station.result("Authorize", {"idToken": shown, "groupIdToken": group})
    assert set(info["idTokenInfo"]) == {"status"}
    payload = event("Started", at(1), 0, state="Charging", evse=PLUG, idToken=shown)
    answer = await station.result("TransactionEvent", payload | {"groupIdToken": group})
    assert set(answer["idTokenInfo"]) == {"status"}
    transaction = site.evse(EvseKey("A", 1)).transaction
    assert transaction is not None
    assert transaction.token == "CARD"
