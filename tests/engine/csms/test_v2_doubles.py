"""Two boxes with one identity do not throw each other out (reference pains 9 and 10; every version)."""

import asyncio
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import OpenSite, site_config
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import Dialler2
from tests.engine.csms.notices import told

FIRST, SECOND = "127.0.0.1", "127.0.0.2"


def dialling(site: Site, source: str, version: str) -> Dialler:
    if version == "1.6":
        return Dialler(site.port, "A", source=source)
    return Dialler2(site.port, "A", source=source, version=version)


async def boot(station: Dialler, serial: str) -> dict[str, Any]:
    field = (
        "serialNumber" if isinstance(station, Dialler2) else "chargePointSerialNumber"
    )
    return await station.boot(**{field: serial})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onboarding, "GOODBYE_S", 0.05)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_the_first_one_stays_and_the_owner_is_told(
    open_site: OpenSite, version: str
) -> None:
    site = await open_site("A")
    async with dialling(site, FIRST, version) as first:
        assert (await boot(first, "S1"))["status"] == "Accepted"
        # Who has the same name and another serial number takes the place, and is found out when it boots.
        async with dialling(site, SECOND, version) as second:
            await first.closed.wait()
            assert (await boot(second, "S2"))["status"] == "Rejected"
            await second.closed.wait()
    notice = told(site)[NoticeKind.STATION_DOUBLED]
    assert (notice.subject, notice.placeholders) == ("A", {"address": SECOND})
    assert site.stations["A"].info.serial == "S1"
    async with dialling(site, FIRST, version) as first:
        assert (await boot(first, "S1"))["status"] == "Accepted"
        for _ in range(3):
            # From now on it does not even get as far as that.
            async with dialling(site, SECOND, version) as second:
                await second.closed.wait()
            assert "currentTime" in await first.result("Heartbeat", {})
    # Nobody who was removed is told of.
    site.reconfigure(site_config())
    assert NoticeKind.STATION_DOUBLED not in told(site)


async def test_a_station_that_was_replaced_is_believed(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await open_site("A")
    async with dialling(site, FIRST, "2.0.1") as old:
        await boot(old, "S1")
    # The old one had gone before the new one came.
    async with dialling(site, SECOND, "2.0.1") as new:
        assert (await boot(new, "S2"))["status"] == "Accepted"
        assert site.stations["A"].info.serial == "S2"
    assert NoticeKind.STATION_DOUBLED not in told(site)


async def test_a_place_is_kept_for_the_first_one_for_a_while(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await open_site("A")
    async with dialling(site, FIRST, "2.0.1") as first:
        await boot(first, "S1")
        async with dialling(site, SECOND, "2.0.1") as second:
            await boot(second, "S2")
            await second.closed.wait()
    async with dialling(site, SECOND, "2.0.1") as second:
        await second.closed.wait()
    # It never comes back: its owner has switched it off.
    later = datetime.now(UTC) + timedelta(minutes=3)
    monkeypatch.setattr(site._desk, "_now", lambda: later)
    async with dialling(site, SECOND, "2.0.1") as second:
        assert (await boot(second, "S2"))["status"] == "Accepted"
        assert site.stations["A"].info.serial == "S2"
        await asyncio.sleep(0)


async def test_two_that_tell_no_serial_number_do_not_fight_for_ever(
    open_site: OpenSite,
) -> None:
    # `serialNumber` may be left out (2.0.1 §2.7 ChargingStationType); before they boot nobody tells it anyway.
    site = await open_site("A")
    answers: dict[str, list[int | None]] = {FIRST: [], SECOND: []}

    async def box(source: str, dials: int) -> None:
        for _ in range(dials):
            async with dialling(site, source, "2.0.1") as station:
                with suppress(ConnectionClosed):
                    await station.boot()
                await station.closed.wait()
                answers[source].append(station.close_code)

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        kept = group.create_task(box(FIRST, 100))
        await asyncio.sleep(0.1)
        await group.create_task(box(SECOND, 12))
        # The first one has stayed, and is served.
        assert site._reception.links["A"].address == FIRST
        kept.cancel()
    assert len(answers[FIRST]) <= 6
    assert answers[SECOND][-6:] == [1008] * 6
    notice = told(site)[NoticeKind.STATION_DOUBLED]
    assert (notice.subject, notice.placeholders) == ("A", {"address": SECOND})


async def fight(site: Site, lines: AsyncExitStack, times: int) -> Dialler:
    """Two boxes behind one address dial in turn, and boot alike; returns the one that came last."""
    for _ in range(times):
        box = await lines.enter_async_context(dialling(site, FIRST, "2.0.1"))
        await box.boot()
        await asyncio.sleep(0.05)
    return box


async def test_two_behind_one_address_do_not_fight_for_ever(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Neither tells a serial number, and each was alive when the other came.
    site = await open_site("A")
    async with AsyncExitStack() as lines:
        last = await fight(site, lines, 7)
        assert NoticeKind.STATION_DOUBLED not in told(site)
        for _ in range(4):
            async with dialling(site, FIRST, "2.0.1") as other:
                await other.closed.wait()
                assert other.close_code == 1008
        # Who has the place is served; the owner is told that there are two.
        assert "currentTime" in await last.result("Heartbeat", {})
        notice = told(site)[NoticeKind.STATION_DOUBLED]
        assert (notice.subject, notice.placeholders) == ("A", {"address": FIRST})
        # Once a while there is another chance, however often the other one has tried.
        begin = datetime.now(UTC)
        monkeypatch.setattr(site._desk, "_now", lambda: begin + timedelta(minutes=9))
        for _ in range(8):
            async with dialling(site, FIRST, "2.0.1") as other:
                await other.closed.wait()
        monkeypatch.setattr(site._desk, "_now", lambda: begin + timedelta(minutes=11))
        async with dialling(site, FIRST, "2.0.1") as other:
            assert (await other.boot())["status"] == "Accepted"


async def test_the_place_is_free_when_the_one_that_has_it_goes(
    open_site: OpenSite,
) -> None:
    site = await open_site("A")
    async with AsyncExitStack() as lines:
        last = await fight(site, lines, 7)
        await last.close()
        async with dialling(site, FIRST, "2.0.1") as other:
            assert (await other.boot())["status"] == "Accepted"


async def test_a_station_whose_network_breaks_all_the_time_is_itself(
    open_site: OpenSite,
) -> None:
    # Its old connections are dead, though nobody has told us.
    site = await open_site("A")
    for _ in range(9):
        async with dialling(site, FIRST, "2.0.1") as station:
            assert (await station.boot())["status"] == "Accepted"
            station.cut()
            await station.closed.wait()
    assert NoticeKind.STATION_DOUBLED not in told(site)


async def test_another_model_is_another_box(open_site: OpenSite) -> None:
    site = await open_site("A")
    async with dialling(site, FIRST, "1.6") as first:
        assert (await first.boot(chargePointModel="M1"))["status"] == "Accepted"
        async with dialling(site, FIRST, "1.6") as second:
            answer = await second.boot(chargePointModel="M2")
            assert answer["status"] == "Rejected"
            await second.closed.wait()
    assert NoticeKind.STATION_DOUBLED in told(site)


async def test_a_station_that_changes_networks_now_and_then_is_itself(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await open_site("A")
    begin = datetime.now(UTC)
    async with AsyncExitStack() as lines:
        for number in range(12):
            # Its old connection is not known to be dead yet.
            later = begin + timedelta(minutes=2 * number)
            monkeypatch.setattr(site._desk, "_now", lambda later=later: later)
            source = (FIRST, SECOND)[number % 2]
            line = await lines.enter_async_context(dialling(site, source, "2.0.1"))
            assert (await line.boot())["status"] == "Accepted"
    assert NoticeKind.STATION_DOUBLED not in told(site)


@pytest.mark.parametrize(("before", "now"), [("S1", "S1"), ("S1", ""), ("", "S2")])
async def test_a_station_that_redials_is_itself(
    open_site: OpenSite, before: str, now: str
) -> None:
    # It lost its connection without our noticing, and has a new address.
    site = await open_site("A")
    async with dialling(site, FIRST, "2.0.1") as first:
        await boot(first, before)
        async with dialling(site, SECOND, "2.0.1") as again:
            assert (await boot(again, now))["status"] == "Accepted"
            assert "currentTime" in await again.result("Heartbeat", {})
    assert NoticeKind.STATION_DOUBLED not in told(site)
