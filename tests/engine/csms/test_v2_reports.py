"""Reports in parts end, whatever a station sends (2.0.1 B07, NotifyReport)."""

import asyncio
from itertools import count

import pytest

from custom_components.evenload.engine.csms.v2 import reports
from custom_components.evenload.engine.csms.v2.reports import Report, Reports
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload

LIMITS = [
    ("MOST_ITEMS", 50, 50),
    ("MOST_PARTS", 10, 100),
    ("MOST_SIGNS", 1000, 1000),
]


def part(report: Report, number: int, size: int = 10) -> Payload:
    data = [f"{number}.{place}" for place in range(size)]
    return {"requestId": report.request_id, "seqNo": number, "tbc": True, "data": data}


@pytest.mark.parametrize(("limit", "value", "most"), LIMITS)
async def test_a_report_without_an_end_ends_with_what_there_is(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, most: int
) -> None:
    monkeypatch.setattr(reports, limit, value)
    book = Reports()
    report = book.expect()
    waiting = asyncio.create_task(book.complete(report))
    await asyncio.sleep(0)
    for number in count():
        if not book.part(part(report, number), "data"):
            break
        await asyncio.sleep(0)
        assert number < most
    items = await waiting
    assert items[:11] == [f"0.{place}" for place in range(10)] + ["1.0"]
    assert len(items) <= most
    assert not report.is_whole


async def test_what_is_told_again_counts_once_and_is_not_kept() -> None:
    book = Reports()
    report = book.expect()
    for _ in range(100):
        book.part(part(report, 7), "data")
    # Stations that number all parts alike tell other things in them.
    book.part(part(report, 7, size=2) | {"data": ["else"], "tbc": False}, "data")
    assert report.items == [*part(report, 7)["data"], "else"]
    assert report.is_whole
    assert await book.complete(report) == report.items


async def test_a_station_that_reports_for_ever_is_limited_all_the_same(
    open_site: OpenSite, dial2: Dial2, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_PARTS", 20)
    site = await open_site("A")
    station = await dial2(site)

    def endless(payload: Payload) -> Payload:
        parts = station.parts(payload["requestId"], station.entries())
        told = [one | {"tbc": True, "seqNo": n} for n in range(30) for one in parts]
        station.tell("NotifyReport", told)
        return {"status": "Accepted"}

    station.answers["GetBaseReport"] = endless
    await station.boot()
    await station.called("SetChargingProfile")
    assert site.stations["A"].capabilities.evses == 1
