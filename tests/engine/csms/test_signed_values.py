"""Meter values that the meter has signed are on record to the letter, wherever a station tells them (OCMF, 2.0.1 J01, 1.6 §7.33)."""

from base64 import b64encode
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path

import pytest

from custom_components.evenload.engine.model.configuration import ListenerConfig
from custom_components.evenload.engine.model.sessions import SessionQuery, SignedValue
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial, Dial2, DictVault, site_config
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2, event

BEGUN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
CARD = {"idToken": "CARD", "type": "ISO14443"}
KEY = "3059301306072A8648CE3D020106082A8648CE3D03010703420004"


def ocmf(kind: str, reading: float) -> str:
    """What a meter signs (OCMF 1.0), with the spaces and letters that it happens to have."""
    said = {
        "FV": "1.0",
        "GI": "Gateway Straße 1",
        "MV": "Maker",
        "PG": "T12",
        "IS": True,
        "IT": "ISO14443",
        "RD": [{"TM": "2026-11-22T10:00:00,000+0000 S", "TX": kind, "RV": reading}],
    }
    signature = {"SA": "ECDSA-secp256r1-SHA256", "SD": "3045022100D1+/=="}
    return f"OCMF|{json.dumps(said, ensure_ascii=False)}|{json.dumps(signature)}"


BEGIN, MIDDLE, END = (
    b64encode(ocmf(kind, reading).encode()).decode()
    for kind, reading in (("B", 10.0), ("C", 11.0), ("E", 12.0))
)


def at(minutes: float) -> str:
    return (BEGUN + timedelta(minutes=minutes)).isoformat()


def meter(minutes: float, wh: float, data: str, context: str) -> list[Payload]:
    """A register reading of 2.x, with its signature beside it (SignedMeterValueType)."""
    signed = {
        "signedMeterData": data,
        "signingMethod": "",
        "encodingMethod": "OCMF",
        "publicKey": KEY,
    }
    sampled = {"value": wh, "context": context, "signedMeterValue": signed}
    return [{"timestamp": at(minutes), "sampledValue": [sampled]}]


@pytest.fixture
async def site(tmp_path: Path) -> AsyncGenerator[Site]:
    """A site that puts its sessions on record."""
    vault, listener = DictVault(), ListenerConfig(0, "127.0.0.1")
    site = Site(
        site_config("A"),
        listener,
        vault,
        lambda: datetime.now(UTC),
        tmp_path / "sessions.db",
    )
    await site.load()
    await site.open()
    yield site
    await site.close()


async def signed_of(site: Site) -> list[SignedValue]:
    """What is on record of the only session."""
    [record] = await site.list_sessions(SessionQuery(details=True))
    return sorted(record.signed, key=lambda one: one.at)


async def settled(site: Site, dial2: Dial2, *, evses: int = 1) -> Dialler2:
    """A station of 2.0.1 that has been set up."""
    station = await dial2(site)
    for evse in range(2, evses + 1):
        station.model[f"EVSE@{evse}/AvailabilityState"] = ("Available", "ReadOnly", "")
    await station.boot()
    await station.settled()
    return station


async def tell(
    station: Dialler2, kind: str, minutes: float, n: int, **more: object
) -> None:
    await station.result("TransactionEvent", event(kind, at(minutes), n, **more))


async def test_a_transaction_that_says_its_evse_later(site: Site, dial2: Dial2) -> None:
    """E03: a card is shown before it is clear which EVSE will be used; the meter has signed its beginning by then."""
    station = await settled(site, dial2, evses=2)
    begin = meter(0, 10_000, BEGIN, "Transaction.Begin")
    await tell(station, "Started", 0, 0, idToken=CARD, meterValue=begin)
    middle = meter(15, 11_000, MIDDLE, "Sample.Periodic")
    evse = {"id": 2, "connectorId": 1}
    await tell(station, "Updated", 1, 1, evse=evse, state="Charging")
    await tell(station, "Updated", 15, 2, meterValue=middle)
    end = meter(30, 12_000, END, "Transaction.End")
    await tell(station, "Ended", 30, 3, reason="EVDisconnected", meterValue=end)
    found = await signed_of(site)
    assert [(one.at.isoformat(), one.data) for one in found] == [
        (at(0), BEGIN),
        (at(15), MIDDLE),
        (at(30), END),
    ]
    assert {(one.encoding, one.public_key) for one in found} == {("OCMF", KEY)}
    assert found[0].context == "Transaction.Begin"
    [record] = await site.list_sessions(SessionQuery())
    assert (record.key.evse, record.token) == (2, "CARD")
    assert record.account.energy_wh == 2000


async def test_the_place_of_a_transaction_is_told_over_another_connection(
    site: Site, dial2: Dial2
) -> None:
    """What was confirmed is known by then, with its card and where its meter began."""
    station = await settled(site, dial2, evses=2)
    begin = meter(0, 10_000, BEGIN, "Transaction.Begin")
    await tell(station, "Started", 0, 0, idToken=CARD, meterValue=begin)
    station.cut()
    again = await dial2(site)
    end = meter(30, 12_000, END, "Transaction.End")
    await tell(again, "Ended", 30, 1, evse={"id": 2}, meterValue=end)
    [record] = await site.list_sessions(SessionQuery(details=True))
    assert (record.key.evse, record.token, record.started_at) == (2, "CARD", BEGUN)
    assert record.account.energy_wh == 2000
    assert {one.data for one in record.signed} == {BEGIN, END}


async def test_what_is_signed_beside_a_transaction(site: Site, dial2: Dial2) -> None:
    """J01: MeterValues name an EVSE and no transaction: they are of the one that ran there then."""
    station = await settled(site, dial2)
    await tell(station, "Started", 0, 0, idToken=CARD, evse={"id": 1})
    await tell(station, "Ended", 30, 1)
    for minutes in (15, 45):
        values = meter(minutes, 11_000, MIDDLE, "Sample.Clock")
        await station.result("MeterValues", {"evseId": 1, "meterValue": values})
    [one] = await signed_of(site)
    assert (one.at.isoformat(), one.data) == (at(15), MIDDLE)


async def test_a_station_of_1_6(site: Site, dial: Dial) -> None:
    """§7.33: the value is the signature, beside the readable one or instead of it."""
    station = await dial(site)
    await station.boot()
    begun = {"connectorId": 1, "idTag": "CARD", "meterStart": 10_000}
    answer = await station.result("StartTransaction", begun | {"timestamp": at(0)})
    number = answer["transactionId"]
    raw = ocmf("E", 12.0)

    def values(minutes: float, data: str, context: str) -> list[Payload]:
        value = {"value": data, "format": "SignedData", "context": context}
        return [{"timestamp": at(minutes), "sampledValue": [value]}]

    said = {"connectorId": 1, "transactionId": number}
    said["meterValue"] = values(0, BEGIN, "Transaction.Begin")
    await station.result("MeterValues", said)
    ended = {"transactionId": number, "meterStop": 12_000, "timestamp": at(30)}
    ended["transactionData"] = values(30, raw, "Transaction.End")
    await station.result("StopTransaction", ended)
    found = await signed_of(site)
    assert [(one.at.isoformat(), one.data) for one in found] == [
        (at(0), BEGIN),
        (at(30), raw),
    ]
    # A signature is no reading: the energy is the register's.
    [record] = await site.list_sessions(SessionQuery())
    assert record.account.energy_wh == 2000
