"""Who is above is away for an hour of charging, and hears all of it once, in order and as of then: each version under each."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.csms_above import Csms
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import Dialler2, event
from tests.engine.uplink.conftest import Below, Come
from tests.engine.uplink.test_above_16 import connected, plug_in

BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
EVERY_S = 10
READINGS = 3600 // EVERY_S
BEGAN_WH = 1000

# At 11 kW.
PER_READING_WH = 30
ENDED_WH = BEGAN_WH + (READINGS + 1) * PER_READING_WH

# The register and when it showed that.
type Read = tuple[datetime, float]


def read(number: int) -> Read:
    """Return a reading of the hour."""
    at = BEGAN + timedelta(seconds=EVERY_S * (number + 1))
    return at, float(BEGAN_WH + (number + 1) * PER_READING_WH)


HOUR: list[Read] = [
    (BEGAN, BEGAN_WH),
    *(read(number) for number in range(READINGS)),
    (BEGAN + timedelta(seconds=EVERY_S * (READINGS + 1)), ENDED_WH),
]


def values(at: datetime, wh: float) -> list[dict[str, Any]]:
    """Return a reading as both versions write it."""
    return [{"timestamp": at.isoformat(), "sampledValue": [{"value": wh}]}]


async def charge_16(station: Dialler) -> None:
    """Charge for that hour as a station of 1.6."""
    await plug_in(station)
    (began, began_wh), *readings, (ended, ended_wh) = HOUR
    said = {"connectorId": 1, "idTag": "CARD", "meterStart": int(began_wh)}
    answer = await station.result(
        "StartTransaction", said | {"timestamp": began.isoformat()}
    )
    transaction = answer["transactionId"]
    for at, wh in readings:
        value = {
            "timestamp": at.isoformat(),
            "sampledValue": [{"value": str(int(wh))}],
        }
        await station.result(
            "MeterValues",
            {"connectorId": 1, "transactionId": transaction, "meterValue": [value]},
        )
    await station.result(
        "StopTransaction",
        {
            "transactionId": transaction,
            "meterStop": int(ended_wh),
            "timestamp": ended.isoformat(),
        },
    )


async def charge_201(station: Dialler2) -> None:
    """Charge for that hour as a station of 2.0.1."""
    await station.status("Occupied")
    place: dict[str, Any] = {"evse": {"id": 1, "connectorId": 1}}
    card = {"idToken": {"idToken": "CARD", "type": "ISO14443"}}
    for number, (at, wh) in enumerate(HOUR):
        kind, trigger, more = "Updated", "MeterValuePeriodic", {"state": "Charging"}
        if number == 0:
            kind, trigger, more = "Started", "Authorized", more | card
        elif number == len(HOUR) - 1:
            kind, trigger, more = "Ended", "EVDeparted", {"reason": "EVDisconnected"}
        said = event(kind, at.isoformat(), number, trigger=trigger, **place, **more) | {
            "meterValue": values(at, wh)
        }
        await station.result("TransactionEvent", said)


def told(csms: Csms) -> list[Read]:
    """Return what was heard above of the hour, in the order heard."""
    found = []
    for action, said in csms.heard.said:
        if "meter_start" in said or "meter_stop" in said:
            wh = said.get("meter_start", said.get("meter_stop"))
            found.append((datetime.fromisoformat(said["timestamp"]), float(wh)))
        elif action in {"MeterValues", "TransactionEvent"}:
            found += [
                (datetime.fromisoformat(one["timestamp"]), float(sample["value"]))
                for one in said.get("meter_value", [])
                for sample in one["sampled_value"]
            ]
    return found


@pytest.mark.parametrize("above", ["1.6", "2.0.1"])
@pytest.mark.parametrize("below", ["1.6", "2.0.1"])
async def test_an_hour_is_told_once_and_in_order(
    come: Come, below: str, above: str
) -> None:
    site, station, csms = await come(below, above)
    await connected(site)
    await csms.go()
    await charge(station)
    await csms.come()
    async with asyncio.timeout(20):
        while (status := site.uplink("A")) is None or status.queued:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    # A system of 1.6 hears the first register of an event as the beginning, and as a reading.
    first_again = HOUR[:1] if (below, above) == ("2.0.1", "1.6") else []
    assert told(csms) == first_again + HOUR
    assert csms.errors == []


async def charge(station: Below) -> None:
    """Charge for the hour."""
    if isinstance(station, Dialler2):
        await charge_201(station)
    else:
        await charge_16(station)
