"""Which reports are due, and what is in them (OpenADR 3.1 user guide, 7.5; report payload types)."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.grid.reports import Due, due_reports, filled
from custom_components.evenload.engine.grid.storage import KEPT, Diary, Sample
from tests.engine.grid.papers import NOON, SEED, asks, at, hours, paper, read


def due(document: dict[str, Any], now: float) -> list[Due]:
    (event,) = read(document, now=at(10))
    return list(due_reports(event, SEED, at(now)))


def four_hours(**request: Any) -> dict[str, Any]:
    """Return an event of four hours from 10 o'clock that wants one report."""
    return paper(
        "e",
        *(asks("PRICE", 1) for _ in range(4)),
        intervalPeriod=hours(10, "PT1H"),
        reportDescriptors=[{"payloadType": "USAGE", **request}],
    )


@pytest.mark.parametrize(
    ("request_", "now", "expected"),
    [
        # The defaults: once, at the end of the last, about all of them.
        ({}, 13.9, []),
        ({}, 14, [(0, 14, [0, 1, 2, 3])]),
        ({}, 20, [(0, 14, [0, 1, 2, 3])]),
        # Nobody waits for it a day later.
        ({}, 39, []),
        ({"historical": False}, 9.9, []),
        ({"historical": False}, 10, [(0, 10, [0, 1, 2, 3])]),
        # 7.5, every two intervals.
        (
            {"startInterval": 1, "numIntervals": 2, "frequency": 2, "repeat": 3},
            11.9,
            [],
        ),
        (
            {"startInterval": 1, "numIntervals": 2, "frequency": 2, "repeat": 3},
            12,
            [(0, 12, [0, 1])],
        ),
        (
            {"startInterval": 1, "numIntervals": 2, "frequency": 2, "repeat": 3},
            14,
            [(1, 14, [2, 3])],
        ),
        # The same without saying where it begins.
        ({"numIntervals": 2, "repeat": -1}, 12, [(0, 12, [0, 1])]),
        ({"numIntervals": 2, "repeat": -1}, 14, [(1, 14, [2, 3])]),
        ({"numIntervals": 2, "repeat": 1}, 14, [(0, 12, [0, 1])]),
        # 7.5, rolling forecasts: of those that passed only the newest is sent.
        (
            {
                "startInterval": 0,
                "numIntervals": 3,
                "frequency": 1,
                "repeat": 3,
                "historical": False,
            },
            11.5,
            [(1, 11, [1, 2, 3])],
        ),
        # A kind that is not known is not reported.
        ({"payloadType": "DELTA_USAGE"}, 14, []),
    ],
)
def test_when_a_report_is_due(
    request_: dict[str, Any], now: float, expected: list[tuple[int, float, list[int]]]
) -> None:
    found = [
        (one.number, one.at, [span.id for span in one.spans])
        for one in due(four_hours(**request_), now)
    ]
    assert found == [(number, at(hour), ids) for number, hour, ids in expected]


def test_an_event_that_only_wants_reports() -> None:
    """7.5: a report-only event leaves the time to us; its period, if it has one, says how far they are apart."""
    wants = {"payloadType": "STORAGE_CHARGE_LEVEL", "historical": False}
    once = paper("e", reportDescriptors=[wants])
    assert [(one.number, one.at) for one in due(once, 15)] == [(0, at(10))]
    often = paper(
        "e",
        intervalPeriod=hours(11, "PT1H"),
        reportDescriptors=[wants | {"repeat": -1}],
    )
    assert [(one.number, one.at) for one in due(often, 10.5)] == []
    assert [(one.number, one.at) for one in due(often, 13.2)] == [(2, at(13))]
    at_will = paper(
        "e",
        asks("PRICE", 1, **hours(10, "PT8H")),
        reportDescriptors=[wants | {"frequency": 0}],
    )
    assert [(one.number, one.at) for one in due(at_will, 10.6)] == [(2, at(10.5))]


def test_what_repeats_for_ever_reports_for_ever() -> None:
    document = four_hours(repeat=-1) | {"duration": "P9999Y"}
    assert [(one.number, one.at) for one in due(document, 10 + 24 * 40 + 0.5)] == [
        (239, at(10 + 24 * 40))
    ]


DIARY = Diary(
    Sample(
        at=at(10 + minute / 60),
        capacity_wh=60000,
        stored_wh=30000 + 50 * minute,
        charge_w=7000,
        discharge_w=5000,
        # 3 kW in, and from noon 1 kW out.
        power_w=3000 if minute < 120 else -1000,
        drawn_wh=50 * min(minute, 120),
        fed_wh=1000 / 60 * max(0, minute - 120),
    )
    for minute in range(241)
)


@pytest.mark.parametrize(
    ("request_", "values", "units"),
    [
        ({"payloadType": "USAGE", "units": "KWH"}, [3, 3, 0, 0], "KWH"),
        ({"payloadType": "USAGE", "units": "WH"}, [3000, 3000, 0, 0], "WH"),
        ({"payloadType": "DEMAND", "readingType": "PEAK"}, [3, 3, 0, 0], "KW"),
        ({"payloadType": "STORAGE_USABLE_CAPACITY"}, [60] * 4, "KWH"),
        (
            {"payloadType": "STORAGE_CHARGE_LEVEL"},
            [0.55, 0.6, 0.65, 0.7],
            "PERCENT",
        ),
        ({"payloadType": "STORAGE_MAX_CHARGE_POWER", "units": "W"}, [7000] * 4, "W"),
        ({"payloadType": "STORAGE_MAX_DISCHARGE_POWER"}, [5] * 4, "KW"),
        # Up is less drawn and more fed back; down is more drawn.
        (
            {"payloadType": "UP_REGULATION_AVAILABLE", "readingType": "MEAN"},
            [pytest.approx(8, abs=0.1)] * 2 + [4, 4],
            "KW",
        ),
        (
            {"payloadType": "DOWN_REGULATION_AVAILABLE"},
            [4, 8, 8, 8],
            "KW",
        ),
    ],
)
def test_what_is_in_a_report(
    request_: dict[str, Any], values: list[float], units: str
) -> None:
    (one,) = due(four_hours(**request_), 14)
    report = filled(one, DIARY)
    assert [entry.value for entry in report.entries] == values
    assert report.units == units


def test_what_is_not_known_is_missing() -> None:
    (one,) = due(four_hours(), 14)
    late = Diary([Sample(at=at(12.5), drawn_wh=100), Sample(at=at(14), drawn_wh=1100)])
    assert [entry.value for entry in filled(one, late).entries] == [
        None,
        None,
        None,
        pytest.approx(0.6667, abs=1e-3),
    ]
    assert {entry.value for entry in filled(one, Diary()).entries} == {None}
    (level,) = due(four_hours(payloadType="STORAGE_CHARGE_LEVEL"), 14)
    assert {entry.value for entry in filled(level, late).entries} == {None}


def test_a_forecast_is_what_holds_now() -> None:
    (one,) = due(four_hours(payloadType="STORAGE_CHARGE_LEVEL", historical=False), 10)
    assert {entry.value for entry in filled(one, DIARY).entries} == {0.7}


def test_a_diary_is_bounded() -> None:
    diary = Diary()
    for second in range(0, 4000, 2):
        diary.add(Sample(at=NOON + timedelta(seconds=second)))
    assert len(diary.within(NOON, at(14))) < 300
    diary.add(Sample(at=NOON + KEPT + timedelta(hours=2)))
    assert len(diary.within(NOON, at(99))) == 1
