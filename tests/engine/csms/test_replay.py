"""A day told late, twice and out of order, through real sockets: the same sessions and registers as the day in order.

The same days as in tests/engine/sessions, as stations of 1.6 (§4.8, §4.10) and of 2.0.1 (block E) put them in words.
"""

import asyncio
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
import pytest

from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.csms.dialler import Dialler, Payload
from tests.engine.csms.dialler2 import Dialler2, event
from tests.engine.sessions.days import IDENTITY, Day, Message
from tests.engine.sessions.test_replay import House, Told, as_it_happened, replays

FEW = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

WORDS_16 = {
    EvseStatus.AVAILABLE: "Available",
    EvseStatus.PREPARING: "Preparing",
    EvseStatus.CHARGING: "Charging",
    EvseStatus.FINISHING: "Finishing",
}
KINDS = {"start": "Started", "update": "Updated", "meter": "Updated", "end": "Ended"}
CONTEXTS = {"start": "Transaction.Begin", "end": "Transaction.End"}


def meter_value(message: Message) -> list[Payload]:
    if message.wh is None:
        return []
    context = CONTEXTS.get(message.kind, "Sample.Periodic")
    sampled: Payload = {"value": message.wh, "context": context}
    return [{"timestamp": message.at.isoformat(), "sampledValue": [sampled]}]


async def tell_16(
    station: Dialler, ids: dict[int, int], message: Message, _offline: bool
) -> None:
    """Say it as 1.6 does."""
    at = message.at.isoformat()
    common: Payload = {"timestamp": at}
    if message.token is not None:
        common["idTag"] = message.token
    number = ids.get(message.number, -1) if message.knows_id else -1
    match message.kind:
        case "status":
            assert message.status is not None
            told = {"errorCode": "NoError", "status": WORDS_16[message.status]}
            fields = common | {"connectorId": message.evse} | told
            await station.result("StatusNotification", fields)
        case "start":
            fields = {"connectorId": message.evse, "meterStart": int(message.wh or 0)}
            answer = await station.result("StartTransaction", common | fields)
            ids[message.number] = answer["transactionId"]
        case "meter":
            [value] = meter_value(message)
            value["sampledValue"][0]["value"] = str(message.wh)
            fields = {"connectorId": message.evse, "transactionId": number}
            await station.result("MeterValues", fields | {"meterValue": [value]})
        case "end":
            fields = {"transactionId": number, "meterStop": int(message.wh or 0)}
            reason = {"reason": message.reason}
            await station.result("StopTransaction", common | fields | reason)


async def tell_201(
    station: Dialler, numbers: dict[int, int], message: Message, offline: bool
) -> None:
    """Say it as 2.0.1 does; `numbers` counts the messages of each transaction as they happened."""
    at = message.at.isoformat()
    if message.status is not None:
        free = message.status is EvseStatus.AVAILABLE
        fields: Payload = {
            "timestamp": at,
            "connectorStatus": "Available" if free else "Occupied",
            "evseId": message.evse,
            "connectorId": 1,
        }
        await station.result("StatusNotification", fields)
        return
    fields = {"offline": offline}
    if values := meter_value(message):
        fields["meterValue"] = values
    if message.names_evse:
        fields["evse"] = {"id": message.evse, "connectorId": 1}
    if message.token is not None:
        fields["idToken"] = {"idToken": message.token, "type": "ISO14443"}
    told = event(
        KINDS[message.kind],
        at,
        numbers[id(message)],
        transaction=f"uuid-{message.number}",
        reason=message.reason,
        **fields,
    )
    await station.result("TransactionEvent", told)


async def played(day: Day, told: list[Told]) -> House:
    """A house that was told all of it by a station on a socket."""
    house = House(day.version)
    site = house.site
    await site.load()
    await site.open()
    kind = Dialler if day.version == 1 else Dialler2
    ids = {} if day.version == 1 else sequence(day)
    tell: Any = tell_16 if day.version == 1 else tell_201
    try:
        async with kind(site.port, IDENTITY) as station:
            await station.boot()
            for at, message in told:
                house.at = at
                await tell(station, ids, message, (at - message.at).seconds > 5)
                house.look()
    finally:
        await site.close()
    return house


def sequence(day: Day) -> dict[int, int]:
    """The seqNo of every message: they count up within a transaction as it happened."""
    counts: dict[int, int] = {}
    numbers: dict[int, int] = {}
    for message in day.messages:
        numbers[id(message)] = counts.setdefault(message.number, 0)
        counts[message.number] += 1
    return numbers


@pytest.mark.parametrize("version", [1, 2])
def test_a_day_replayed_through_a_socket_is_the_same_day(version: int) -> None:
    # 2.x tells no status of the past (2.0.1 B04, G01): its statuses do not wait with its transactions.
    @FEW
    @given(replays(version, statuses_wait=version == 1))
    def compare(case: tuple[Day, list[Told], int]) -> None:
        day, told, _ = case
        straight = asyncio.run(played(day, as_it_happened(day)))
        replayed = asyncio.run(played(day, told))
        assert replayed.sessions() == straight.sessions()
        registers_wh = straight.registers_wh()
        assert replayed.registers_wh() == registers_wh
        # While readings are missing more may have been shown, and what is shown never falls: it is overtaken.
        assert all(replayed.shown_wh[evse] >= wh for evse, wh in registers_wh.items())

    compare()
