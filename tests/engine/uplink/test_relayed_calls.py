"""What those above ask of a station never holds up a lower limit, however often they ask and however the station takes it (promise 5)."""

import asyncio
import json
from typing import Any

import pytest

from custom_components.evenload.engine.csms import exchange, line
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.site import Site
from tests.csms_above import Csms
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import Dialler2, event
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import NOW, connected, start

ALL = tuple(Domain)
ASKED = "GetLocalListVersion"


@pytest.fixture(autouse=True)
def sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "OVERTAKE_S", 0.3)


async def flood(csms: Csms, count: int) -> None:
    """Ask without waiting for answers."""
    point = await csms.point("upstairs")
    for number in range(count):
        await point._connection.send(json.dumps([2, f"f{number}", ASKED, {}]))


async def hang_up(csms: Csms) -> None:
    """Be gone without a word: what was asked for is no more read."""
    point = await csms.point("upstairs")
    point._connection.transport.abort()


async def charge(station: Dialler | Dialler2) -> None:
    if not isinstance(station, Dialler2):
        await start(station)
        return
    await station.status("Occupied")
    place: dict[str, Any] = {"evse": {"id": 1, "connectorId": 1}}
    card = {"idToken": {"idToken": "CARD", "type": "ISO14443"}}
    await station.result(
        "TransactionEvent", event("Started", NOW, 0, state="Charging", **place, **card)
    )


def limits_of(station: Dialler | Dialler2) -> list[float]:
    """Return the limits that the station heard, in order."""
    found = []
    for said in station.asked("SetChargingProfile"):
        body = said.get("csChargingProfiles") or said["chargingProfile"]
        schedule = body["chargingSchedule"]
        schedule = schedule if isinstance(schedule, dict) else schedule[0]
        found.append(schedule["chargingSchedulePeriod"][0]["limit"])
    return found


async def lowered(site: Site, station: Dialler | Dialler2) -> float:
    """Lower the limit to 7 A; returns after how long the station hears that."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await site.set_maximum(EvseKey("A", 1), 7.0)
    async with asyncio.timeout(8):
        while 7.0 not in limits_of(station):
            await asyncio.sleep(0.01)
    return loop.time() - began


@pytest.mark.parametrize("above", ["1.6", "2.0.1"])
@pytest.mark.parametrize("below", ["1.6", "2.0.1"])
async def test_a_relayed_call_that_is_not_answered_does_not_hold_up_a_lower_limit(
    come: Come, below: str, above: str
) -> None:
    site, station, csms = await come(below, above, *ALL)
    await connected(site)
    await charge(station)
    station.answers[ASKED] = None
    await flood(csms, 1)
    await station.called(ASKED)
    assert await lowered(site, station) < 1.5


async def test_a_flood_of_relayed_calls_that_are_not_answered_waits_behind_a_lower_limit(
    come: Come,
) -> None:
    site, station, csms = await come("1.6", "1.6", *ALL)
    await connected(site)
    await charge(station)
    station.answers[ASKED] = None
    await flood(csms, 60)
    await station.called(ASKED)
    await asyncio.sleep(0.2)
    assert await lowered(site, station) < 1.5
    # None of those that wait went before it.
    assert len(station.asked(ASKED)) == 1
    await hang_up(csms)


async def test_a_flood_of_relayed_calls_that_are_answered_waits_behind_a_lower_limit(
    come: Come,
) -> None:
    site, station, csms = await come("1.6", "1.6", *ALL)
    await connected(site)
    await charge(station)
    station.answers[ASKED] = {"listVersion": 3}
    await flood(csms, 400)
    await station.called(ASKED, 20)
    before = len(station.asked(ASKED))
    assert await lowered(site, station) < 1.0
    assert len(station.asked(ASKED)) - before < 100
    await hang_up(csms)


async def test_a_late_answer_still_reaches_those_above(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 5.0)
    site, station, csms = await come("1.6", "1.6", *ALL)
    assert isinstance(station, Dialler)
    await connected(site)
    await charge(station)
    station.answers[ASKED] = None
    asking = asyncio.create_task(csms.ask("upstairs", ASKED))
    await station.called(ASKED)
    assert await lowered(site, station) < 1.5
    [asked] = [text for text in station.received if f'"{ASKED}"' in text]
    late = [3, json.loads(asked)[1], {"listVersion": 3}]
    await station.send(json.dumps(late))
    assert (await asyncio.wait_for(asking, 5)).list_version == 3
