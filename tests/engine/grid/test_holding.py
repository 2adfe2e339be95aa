"""What holds at one moment: priorities, overlaps, ends, changes, silence (OpenADR 3.1 user guide, 7.1, 7.3, 7.9)."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from custom_components.evenload.engine.grid.events import Ask
from custom_components.evenload.engine.grid.holding import UNHEARD, holding, prices
from tests.engine.grid.papers import NOON, SEED, asks, at, hours, paper, read

LIMIT, EXPORT, SET = (
    "IMPORT_CAPACITY_LIMIT",
    "EXPORT_CAPACITY_LIMIT",
    "DISPATCH_SETPOINT",
)


def one(
    name: str, payload: str, value: float, start: float, length: str, **fields: Any
) -> dict[str, Any]:
    period = hours(start, length)
    return paper(name, asks(payload, value), intervalPeriod=period, **fields)


@pytest.mark.parametrize(
    ("documents", "now", "expected", "changes_at"),
    [
        pytest.param([], 12, {}, None, id="nothing"),
        pytest.param([one("a", LIMIT, 6, 13, "PT1H")], 12, {}, 13, id="before"),
        pytest.param(
            [one("a", LIMIT, 6, 13, "PT1H")], 13, {LIMIT: (6000, 14)}, 14, id="begins"
        ),
        pytest.param([one("a", LIMIT, 6, 13, "PT1H")], 14, {}, None, id="ends"),
        pytest.param(
            [
                one("a", LIMIT, 6, 12, "PT2H"),
                one("b", LIMIT, 9, 13, "PT2H", priority=1),
            ],
            13,
            {LIMIT: (9000, 15)},
            14,
            id="7.1: who has a priority comes before who has none",
        ),
        pytest.param(
            [
                one("a", LIMIT, 6, 12, "PT2H", priority=1),
                one("b", LIMIT, 9, 12, "PT2H", priority=0),
            ],
            12,
            {LIMIT: (9000, 14)},
            14,
            id="7.1: 0 comes first",
        ),
        pytest.param(
            [one("a", LIMIT, 6, 12, "PT2H"), one("b", LIMIT, 9, 12, "PT3H")],
            12,
            {LIMIT: (6000, 14)},
            14,
            id="of equals the lower limit",
        ),
        pytest.param(
            [one("a", LIMIT, 6, 12, "PT2H"), one("b", LIMIT, 9, 12, "PT3H")],
            14,
            {LIMIT: (9000, 15)},
            15,
            id="and then what is left",
        ),
        pytest.param(
            [
                one(
                    "a", SET, 3, 12, "PT2H", modificationDateTime="2026-11-01T10:00:00Z"
                ),
                one(
                    "b",
                    SET,
                    -3,
                    12,
                    "PT2H",
                    modificationDateTime="2026-11-01T11:00:00Z",
                ),
            ],
            12,
            {SET: (-3000, 14)},
            14,
            id="of equal setpoints the newest",
        ),
        pytest.param(
            [
                one("a", LIMIT, 6, 12, "PT1H"),
                one("b", EXPORT, 2, 12, "PT2H"),
                one("c", SET, -1, 12, "PT3H"),
            ],
            12,
            {LIMIT: (6000, 13), EXPORT: (2000, 14), SET: (-1000, 15)},
            13,
            id="7.1: what does not contradict itself holds together",
        ),
        pytest.param(
            [one("a", SET, -1, 12, "PT1H", priority=0), one("b", SET, 4, 12, "PT3H")],
            13,
            {SET: (4000, 15)},
            15,
            id="a lower priority goes on when a higher one ends",
        ),
    ],
)
def test_what_holds(
    documents: list[dict[str, Any]],
    now: float,
    expected: dict[str, tuple[float, float]],
    changes_at: float | None,
) -> None:
    found = holding(read(*documents), SEED, at(now), at(now))
    assert {ask: (held.value, held.until) for ask, held in found.values.items()} == {
        ask: (value, at(until)) for ask, (value, until) in expected.items()
    }
    assert found.changes_at == (None if changes_at is None else at(changes_at))


def test_intervals_follow_each_other() -> None:
    document = paper(
        "a",
        asks(SET, 3),
        asks(SET, -3),
        asks(SET, 0),
        intervalPeriod=hours(12, "PT15M"),
    )
    events = read(document)
    found = [
        holding(events, SEED, at(12 + n / 4), NOON).watts(Ask.DISPATCH)
        for n in range(4)
    ]
    assert found == [3000, -3000, 0, None]


def test_what_is_deleted_or_changed_holds_no_more() -> None:
    events = read(one("a", LIMIT, 6, 12, "PT4H"), one("b", SET, -3, 12, "PT4H"))
    changed = read(one("a", LIMIT, 8, 12, "PT1H"))
    assert holding(events, SEED, at(12.5), NOON).watts(Ask.IMPORT_LIMIT) == 6000
    after = holding(changed, SEED, at(12.5), NOON)
    assert after.watts(Ask.IMPORT_LIMIT) == 8000
    assert after.values.keys() == {Ask.IMPORT_LIMIT}


def test_what_runs_and_what_comes_next() -> None:
    events = read(
        one("later", LIMIT, 6, 16, "PT1H"),
        one("next", LIMIT, 6, 14, "PT1H"),
        one("runs", LIMIT, 6, 12, "PT1H"),
        one("first", SET, 6, 12, "PT1H", priority=0, eventName="Peak"),
    )
    found = holding(events, SEED, NOON, NOON)
    assert [event.title for event in found.active] == ["Peak", "runs"]
    assert (found.upcoming and found.upcoming.id, found.upcoming_at) == ("next", at(14))


@pytest.mark.parametrize("payload", [SET, "CHARGE_STATE_SETPOINT"])
def test_what_has_no_end_is_not_done_for_somebody_who_went_silent(payload: str) -> None:
    events = read(paper("a", asks(payload, 1), intervalPeriod=hours(None, "P9999Y")))
    assert _until(events, payload, NOON, heard_at=NOON) == NOON + UNHEARD
    assert _until(events, payload, at(20), heard_at=at(20)) == at(20) + UNHEARD
    assert _until(events, payload, at(13), heard_at=NOON) is None


def test_a_limit_without_an_end_outlasts_silence() -> None:
    events = read(paper("a", asks(LIMIT, 5), intervalPeriod=hours(None, "P9999Y")))
    until = _until(events, LIMIT, at(30), heard_at=NOON)
    assert until is not None
    assert until > at(24 * 365)


def test_what_has_an_end_is_done_until_then_by_whoever_agreed_to_it() -> None:
    events = read(one("a", SET, -3, 12, "PT4H"))
    assert _until(events, SET, at(15), heard_at=NOON) == at(16)


def _until(
    events: list[Any], payload: str, now: datetime, heard_at: datetime
) -> datetime | None:
    held = holding(events, SEED, now, heard_at).values.get(Ask(payload))
    return held.until if held else None


def test_clocks_that_differ_only_shift_when_it_is_noticed() -> None:
    """An interval is compared with our own clock; a few seconds of difference neither lose nor double it."""
    events = read(one("a", LIMIT, 6, 12, "PT1H"))
    second = timedelta(seconds=1)
    states = [
        holding(events, SEED, NOON + n * second, NOON).watts(Ask.IMPORT_LIMIT)
        for n in (-1, 0, 3599, 3600)
    ]
    assert states == [None, 6000, 6000, None]


def test_prices_from_now_on_without_overlaps() -> None:
    day = paper(
        "day",
        *(asks("PRICE", hour / 100) for hour in range(24)),
        intervalPeriod=hours(0, "PT1H"),
        payloadDescriptors=[
            {"payloadType": "PRICE", "units": "KWH", "currency": "EUR"}
        ],
    )
    peak = one("peak", "PRICE", 0.9, 18.5, "PT1H", priority=0)
    other = one("fed", "EXPORT_PRICE", 0.05, 12, "PT1H")
    series = prices(read(day, peak, other), SEED, at(17.25), Ask.PRICE)
    assert [((p.start - NOON) / timedelta(hours=1) + 12, p.price) for p in series] == [
        (17, 0.17),
        (18, 0.18),
        (18.5, 0.9),
        (19.5, 0.19),
        (20, 0.2),
        (21, 0.21),
        (22, 0.22),
        (23, 0.23),
    ]
    assert series[-1].end == at(24)
    assert series[0].currency == "EUR"
    assert all(a.end == b.start for a, b in pairwise(series))
