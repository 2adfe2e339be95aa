"""No session is lost, none is counted twice, whatever happens to the house, the line or the station (promise 8)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.model.events import (
    Connected,
    Disconnected,
    Event,
    TransactionStarted,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.transactions import Session
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.vault import Part
from simulator import SimulatedStation, Vehicle
from tests.engine.csms.conftest import Dial, DictVault, OpenSite
from tests.engine.csms.dialler import Dialler

KEY = EvseKey("A", 1)


def ago(**how_long: float) -> str:
    """A moment of the past, as stations write it."""
    moment = datetime.now(UTC) - timedelta(**how_long)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def start(timestamp: str, meter: int = 1000, **fields: Any) -> dict[str, Any]:
    return {
        "connectorId": 1,
        "idTag": "CARD",
        "meterStart": meter,
        "timestamp": timestamp,
    } | fields


def stop(transaction: int, timestamp: str, meter: int, **fields: Any) -> dict[str, Any]:
    return {
        "transactionId": transaction,
        "meterStop": meter,
        "timestamp": timestamp,
    } | fields


def meter(wh: int, timestamp: str, transaction: int | None = None) -> dict[str, Any]:
    value = {"timestamp": timestamp, "sampledValue": [{"value": str(wh)}]}
    payload: dict[str, Any] = {"connectorId": 1, "meterValue": [value]}
    return payload if transaction is None else payload | {"transactionId": transaction}


def status(word: str, timestamp: str) -> dict[str, Any]:
    return {
        "connectorId": 1,
        "errorCode": "NoError",
        "status": word,
        "timestamp": timestamp,
    }


async def begin(station: Dialler, payload: dict[str, Any]) -> int:
    answer = await station.result("StartTransaction", payload)
    assert answer["idTagInfo"] == {"status": "Accepted"}
    return answer["transactionId"]


def ended(site: Site) -> list[Session]:
    return list(site._ledger.ended)


async def test_a_transaction_from_plug_to_plug(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    station = await dial(site)
    await station.result("StatusNotification", status("Preparing", ago(minutes=9)))
    transaction = await begin(station, start(ago(minutes=8)))
    assert 0 < transaction < 2**31
    await station.result("MeterValues", meter(1500, ago(minutes=5), transaction))
    session = site.evse(KEY).session
    assert session is not None
    assert session.energy_wh == 500.0
    await station.result("StopTransaction", stop(transaction, ago(minutes=2), 1800))
    await station.result("StatusNotification", status("Finishing", ago(minutes=2)))
    await station.result("StatusNotification", status("Available", ago(minutes=1)))
    [whole] = ended(site)
    assert whole.energy_wh == 800.0
    assert whole.duration_s(datetime.now(UTC)) == pytest.approx(480, abs=2)
    [only] = whole.transactions
    assert only.id == str(transaction)
    assert only.end_reason == "Local"


@pytest.mark.parametrize("crash", [False, True], ids=["restart", "crash"])
async def test_ids_and_energy_survive_the_house(
    open_site: OpenSite, dial: Dial, vault: DictVault, crash: bool
) -> None:
    before = await open_site("A")
    station = await dial(before)
    first = await begin(station, start(ago(minutes=8)))
    await station.result("MeterValues", meter(1400, ago(minutes=6), first))
    if crash:
        # Nothing is closed and nothing more is written: a new life begins with what is on the disk.
        kept = vault.copy()
    else:
        await before.close()
        kept = vault
    after = await open_site("A", vault=kept)
    restored = after.evse(KEY).transaction
    assert restored is not None
    assert restored.id == str(first)
    assert not after.stations["A"].connected
    again = await dial(after)
    # Told again, because its answer was lost: it is the same one, even in another life.
    assert (
        await begin(again, start(restored.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")))
        == first
    )
    await again.result("MeterValues", meter(1900, ago(minutes=3), first))
    session = after.evse(KEY).session
    assert session is not None
    assert session.energy_wh == 900.0
    await again.result("StopTransaction", stop(first, ago(minutes=1), 2100))
    await again.result("StatusNotification", status("Available", ago(seconds=5)))
    [whole] = ended(after)
    assert whole.energy_wh == 1100.0
    assert len(whole.transactions) == 1
    # No id is ever given twice.
    assert await begin(again, start(ago(seconds=2), 2100)) > first


async def test_an_id_is_on_the_disk_before_the_station_has_it(
    open_site: OpenSite, dial: Dial, vault: DictVault
) -> None:
    site = await open_site("A")
    station = await dial(site)
    transaction = await begin(station, start(ago(seconds=5)))
    assert str(transaction) in str(vault.parts[Part.STATE]["pages"])
    await station.result("StopTransaction", stop(transaction, ago(seconds=1), 1100))
    await station.result("StatusNotification", status("Available", ago(seconds=0)))
    await site.close()
    assert str(transaction) in str(vault.parts[Part.SESSIONS])


async def test_told_twice_is_once(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    told: list[Event] = []
    site.on_event(told.append)
    station = await dial(site)
    payload = start(ago(minutes=8))
    first = await begin(station, payload)
    assert await begin(station, payload) == first
    station.cut()
    again = await dial(site)
    assert await begin(again, payload) == first
    assert len([one for one in told if isinstance(one, TransactionStarted)]) == 1
    end = stop(first, ago(minutes=2), 1700)
    for _ in range(3):
        assert await again.result("StopTransaction", end) == {}
    await again.result("StatusNotification", status("Available", ago(minutes=1)))
    assert await again.result("StopTransaction", end) == {}
    # A start whose answer was lost may be told after everything else, too.
    assert await begin(again, payload) == first
    [whole] = ended(site)
    assert whole.energy_wh == 700.0
    assert [one.id for one in whole.transactions] == [str(first)]
    assert site.evse(KEY).transaction is None


async def test_a_clock_that_is_ahead_makes_no_second_transaction(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    payload = start(ago(minutes=-3))
    first = await begin(station, payload)
    assert await begin(station, payload) == first
    transaction = site.evse(KEY).transaction
    assert transaction is not None
    assert transaction.started_at <= datetime.now(UTC)
    # Another one is another one.
    assert await begin(station, start(ago(minutes=-4), 1001)) != first


async def test_what_happened_offline_is_told_once_and_at_its_time(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    hours = {"first": (9, 8), "second": (5, 4)}
    ids = {}
    for _ in range(2):
        for name, (begun, over) in hours.items():
            began = (datetime.now(UTC) - timedelta(hours=begun)).replace(
                minute=0, second=0
            )
            text = began.strftime("%Y-%m-%dT%H:%M:%SZ")
            base = 1000 * begun
            ids.setdefault(name, await begin(station, start(text, base)))
            assert await begin(station, start(text, base)) == ids[name]
            half = (began + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
            await station.result("MeterValues", meter(base + 50, half, ids[name]))
            finish = (began + timedelta(hours=begun - over)).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            )
            await station.result("StopTransaction", stop(ids[name], finish, base + 100))
    await station.result("StatusNotification", status("Available", ago(seconds=1)))
    transactions = [one for session in ended(site) for one in session.transactions]
    assert {int(one.id): one.energy_wh for one in transactions} == dict.fromkeys(
        ids.values(), 100.0
    )
    assert len(transactions) == 2
    for one in transactions:
        assert one.ended_at is not None
        assert one.ended_at - one.started_at == timedelta(hours=1)
        assert one.started_at.minute == 0


async def test_a_stations_own_queue_is_recorded(open_site: OpenSite) -> None:
    site = await open_site("A")
    async with SimulatedStation(
        "A",
        f"ws://127.0.0.1:{site.port}",
        tick_s=0.02,
        autostart_tag="CARD",
        configuration={"AllowOfflineTxForUnknownId": "true"},
    ) as station:
        station.link.back_off.first_s = 0.05
        await station.wait_accepted()
        station.go_offline()
        station.plug_in(1, Vehicle(start_delay_s=0, reaction_s=0, ramp_a_per_s=1000))
        async with asyncio.timeout(5):
            while station.evse(1).register_wh < 3:
                await asyncio.sleep(0.02)
        station.unplug(1)
        energy_wh = station.evse(1).register_wh
        station.go_online()
        # The plug may be told to be free before the transaction is told to be over.
        async with asyncio.timeout(10):
            while not ended(site) or len(station.charge_point.outbox):
                await asyncio.sleep(0.02)
        [session] = ended(site)
        assert session.energy_wh == pytest.approx(energy_wh, abs=1)
        [transaction] = session.transactions
        assert transaction.token == "CARD"
        # The answer was lost, or seems so: the station tells it again.
        await station.resend("StartTransaction")
        await station.resend("StopTransaction")
        assert len(ended(site)) == 1
        assert site.evse(KEY).transaction is None


async def test_a_reconnect_keeps_the_transaction(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    transaction = await begin(station, start(ago(minutes=8)))
    station.cut()
    async with asyncio.timeout(2):
        while site.stations["A"].connected:
            await asyncio.sleep(0.01)
    running = site.evse(KEY).transaction
    assert running is not None
    assert running.id == str(transaction)
    again = await dial(site)
    await again.boot()
    await again.result("MeterValues", meter(1300, ago(minutes=2), transaction))
    session = site.evse(KEY).session
    assert session is not None
    assert session.energy_wh == 300.0
    assert len(session.transactions) == 1


async def test_a_new_socket_replaces_the_old_one(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    old = await dial(site)
    await old.boot()
    told: list[Event] = []
    site.on_event(told.append)
    new = await dial(site)
    await new.boot()
    await asyncio.wait_for(old.closed.wait(), 5)
    assert old.close_code == 1001
    await asyncio.sleep(0.05)
    assert [
        type(one) for one in told if isinstance(one, (Connected, Disconnected))
    ] == [Connected]
    assert site.stations["A"].connected
    # What is asked goes to the new one.
    old.calls.clear()
    await site.commands("A").reset(hard=False)
    assert new.asked("Reset")
    assert old.calls == []


@pytest.mark.parametrize("unknown", [2**31 - 1, 2**31, 2**63 - 1, 0, -1, 12])
async def test_what_is_said_of_unknown_transactions_costs_nothing(
    open_site: OpenSite, dial: Dial, unknown: int
) -> None:
    site = await open_site("A")
    station = await dial(site)
    assert (
        await station.result("StopTransaction", stop(unknown, ago(minutes=1), 500))
        == {}
    )
    assert (
        await station.result("StopTransaction", stop(unknown, ago(minutes=1), 500))
        == {}
    )
    assert len(ended(site)) <= 1
    assert sum(session.energy_wh for session in ended(site)) == 0.0
    assert site.evse(KEY).transaction is None
    # A real one begins with an id that stations can hold.
    assert 0 < await begin(station, start(ago(seconds=9))) < 2**31


async def test_no_transaction_is_2_to_the_63_less_1(
    open_site: OpenSite, dial: Dial
) -> None:
    # Alfen sends this id outside a transaction, and may do so while one runs.
    site = await open_site("A")
    station = await dial(site)
    await station.result("MeterValues", meter(900, ago(minutes=9), 2**63 - 1))
    assert site.evse(KEY).transaction is None
    transaction = await begin(station, start(ago(minutes=8)))
    await station.result("MeterValues", meter(1250, ago(minutes=5), 2**63 - 1))
    session = site.evse(KEY).session
    assert session is not None
    assert [one.id for one in session.transactions] == [str(transaction)]
    assert session.energy_wh == 250.0


async def test_a_transaction_whose_start_was_lost_is_recovered(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    await station.result("MeterValues", meter(1000, ago(minutes=8), 4711))
    await station.result("MeterValues", meter(1200, ago(minutes=5), 4711))
    transaction = site.evse(KEY).transaction
    assert transaction is not None
    assert transaction.recovered
    assert (transaction.id, transaction.energy_wh) == ("4711", 200.0)
    await station.result("StopTransaction", stop(4711, ago(minutes=2), 1300))
    await station.result("StatusNotification", status("Available", ago(minutes=1)))
    [session] = ended(site)
    assert session.energy_wh == 300.0


@pytest.mark.parametrize("timestamp", ["", "soon", "2026-13-01T00:00:00Z"])
async def test_a_start_without_a_time_is_refused(
    open_site: OpenSite, dial: Dial, timestamp: str
) -> None:
    site = await open_site("A")
    station = await dial(site)
    assert (
        await station.error("StartTransaction", start(timestamp))
        == "TypeConstraintViolation"
    )
    assert site.evse(KEY).transaction is None
