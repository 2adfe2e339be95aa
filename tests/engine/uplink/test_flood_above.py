"""However much those above send at once: it costs them time, and the stations none."""

import asyncio
from itertools import count, pairwise
import json
from typing import Any

import pytest

from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.uplink import relay
from custom_components.evenload.engine.uplink.names import FIRST_NUMBER, REQUEST
from custom_components.evenload.engine.uplink.requests import MOST_KEPT, Requests
from tests.csms_above import Csms
from tests.engine.csms.dialler import Dialler
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import connected, start
from tests.engine.uplink.test_promises_above import Names

FLOOD = 800


def asked(number: int, limit: float, profile: int) -> str:
    body = {
        "chargingProfileId": profile,
        "stackLevel": profile,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
        },
    }
    said = {"connectorId": 1, "csChargingProfiles": body}
    return json.dumps([2, f"f{number}", "SetChargingProfile", said])


def counting_shares(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note when everything is shared anew for those above."""
    times: list[float] = []
    house = site._uplinks._houses["A"]  # what those above have done is not told
    share = house._sharing._do

    def shared() -> None:
        times.append(asyncio.get_running_loop().time())
        share()

    monkeypatch.setattr(house._sharing, "_do", shared)
    return times


async def flooded(csms: Csms, station: Dialler, said: list[str]) -> list[float]:
    """Send all at once; returns how long each answer to the station took meanwhile, in seconds."""
    point, answered = await csms.point("upstairs"), asyncio.Event()
    route, loop = point.route_message, asyncio.get_running_loop()
    left = count(len(said) - 1, -1)

    async def note(text: str) -> Any:
        if json.loads(text)[0] == 3 and json.loads(text)[1].startswith("f"):
            if next(left) == 0:
                answered.set()
            return None
        return await route(text)

    point.route_message = note
    sending = asyncio.create_task(_send(point, said))
    took_s = []
    async with asyncio.timeout(60):
        while not answered.is_set():
            began = loop.time()
            await station.result("Heartbeat", {})
            took_s.append(loop.time() - began)
            await asyncio.sleep(0.01)
    await sending
    return took_s


async def _send(point: Any, said: list[str]) -> None:
    for text in said:
        await point._connection.send(text)


@pytest.mark.parametrize("is_same", [True, False])
async def test_a_flood_of_profiles_is_answered_and_shared_by_now_and_then(
    come: Come, monkeypatch: pytest.MonkeyPatch, is_same: bool
) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.LIMITS)
    assert isinstance(station, Dialler)
    await connected(site)
    await start(station)
    shares = counting_shares(site, monkeypatch)
    loop = asyncio.get_running_loop()
    began = loop.time()
    said = [
        asked(number, *((10.0, 1) if is_same else (8.0 + number % 7, 1 + number % 3)))
        for number in range(FLOOD)
    ]
    took_s = await flooded(csms, station, [*said, asked(FLOOD, 9.0, 50)])
    # Once at first, and then no more than five times a second.
    most = 2 if is_same else 2 + (loop.time() - began) / 0.2
    assert len(shares) <= most + 1
    # A station hardly waits for any of it.
    assert sorted(took_s)[int(0.9 * len(took_s))] < 0.2
    async with asyncio.timeout(5):
        while (allotment := site.stations["A"].evses[1].allotment) is None or (
            allotment.current.a != 9.0
        ):
            await asyncio.sleep(0.02)


async def test_other_work_has_its_turn_between_any_two_of_those_calls(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So what else waits is late by what one of them takes, however many come at once."""
    site, station, csms = await come("1.6", "1.6", Domain.LIMITS)
    assert isinstance(station, Dialler)
    await connected(site)
    begun, turns = 0, list[int]()
    answer = relay.answered

    async def counted(*called: Any) -> dict[str, Any]:
        nonlocal begun
        begun += 1
        return await answer(*called)

    async def other_work() -> None:
        while True:
            turns.append(begun)
            await asyncio.sleep(0)

    monkeypatch.setattr(relay, "answered", counted)
    working = asyncio.create_task(other_work())
    await flooded(csms, station, [asked(number, 10.0, 1) for number in range(FLOOD)])
    working.cancel()
    assert begun == FLOOD
    assert max(after - before for before, after in pairwise(turns)) <= 2


async def test_a_lower_profile_holds_at_once(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.LIMITS)
    assert isinstance(station, Dialler)
    await connected(site)
    await start(station)
    shares = counting_shares(site, monkeypatch)
    point = await csms.point("upstairs")
    began = asyncio.get_running_loop().time()
    await point._connection.send(asked(1, 8.0, 1))
    async with asyncio.timeout(5):
        while not shares:
            await asyncio.sleep(0)
    assert shares[0] - began < 0.15


def test_numbers_of_requests_are_forgotten_again() -> None:
    class OfOne(Names):
        def theirs(self, kind: str, ours: str) -> str | None:  # type: ignore[override]  # of one station
            return self.get(("A", kind, ours))

        def keep(self, kind: str, ours: str, theirs: str) -> None:
            self.name("A", kind, ours, theirs)

        def drop(self, kind: str, ours: str) -> None:
            self.unname("A", kind, ours)

    names: Any = OfOne()
    requests = Requests(names)
    # What an earlier life has kept goes, too.
    for number in range(20):
        names.keep(REQUEST, str(FIRST_NUMBER + 1 + number), "7")
    names.keep(REQUEST, "last", str(FIRST_NUMBER + 20))
    ours = [requests.number(number) for number in range(3 * MOST_KEPT)]
    assert len({*ours}) == len(ours)
    assert [requests.theirs(one) for one in ours[-MOST_KEPT:]] == [
        *range(2 * MOST_KEPT, 3 * MOST_KEPT)
    ]
    assert requests.theirs(ours[-MOST_KEPT - 1]) is None
    assert len(names) <= MOST_KEPT + 1
