"""When an event asks for what (OpenADR 3.1 user guide, 7.3, 7.4, 7.9)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.grid.timeline import fraction, numbered, slots
from tests.engine.grid.papers import NOON, SEED, asks, at, hours, paper, read

type Asked = tuple[float, float, float]


def laid_out(
    document: dict[str, Any], since: float = 0, until: float = 48
) -> list[Asked]:
    """Return begin and end in hours of the day, and the value."""
    return [
        (_hour(slot.start), _hour(slot.end), slot.value)
        for slot in slots(read(document), SEED, at(since), at(until))
    ]


def _hour(moment: datetime) -> float:
    return 12 + (moment - NOON) / timedelta(hours=1)


P = "PRICE"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param(
            paper("e", asks(P, 1), asks(P, 2), intervalPeriod=hours(10, "PT1H")),
            [(10, 11, 1), (11, 12, 2)],
            id="one period for all",
        ),
        pytest.param(
            paper(
                "e",
                asks(P, 1),
                asks(P, 2, duration="PT2H"),
                asks(P, 3),
                intervalPeriod=hours(10, "PT1H"),
            ),
            [(10, 11, 1), (11, 13, 2), (13, 14, 3)],
            id="7.4: one interval of another length",
        ),
        pytest.param(
            paper(
                "e", asks(P, 1, **hours(10, "PT1H")), asks(P, 2, **hours(15, "PT1H"))
            ),
            [(10, 11, 1), (15, 16, 2)],
            id="7.4: a gap",
        ),
        pytest.param(
            paper(
                "e",
                asks(P, 1, **hours(10, "PT1H")),
                asks(P, 2, **hours(None, "PT30M")),
            ),
            [(10, 11, 1), (11, 11.5, 2)],
            id="7.3: the beginning of time follows the one before",
        ),
        pytest.param(
            paper(
                "e", asks(P, 1, **hours(None, "PT1H")), intervalPeriod=hours(9, "PT5H")
            ),
            [(9, 10, 1)],
            id="7.3: in the first interval it is the start of the event",
        ),
        pytest.param(
            paper("e", asks(P, 1), asks(P, 2), intervalPeriod=hours(None, "PT1H")),
            [(12, 13, 1), (13, 14, 2)],
            id="7.3: do it now",
        ),
        pytest.param(
            paper("e", asks(P, 0.17, 0.03, 0.11, **hours(3, "PT3H"))),
            [(3, 4, 0.17), (4, 5, 0.03), (5, 6, 0.11)],
            id="7.3: several values divide the interval",
        ),
        pytest.param(
            paper(
                "e",
                asks(P, 1),
                asks(P, 2),
                intervalPeriod=hours(10, "PT1H"),
                duration="PT90M",
            ),
            [(10, 11, 1), (11, 11.5, 2)],
            id="7.3: a shorter duration of the event",
        ),
        pytest.param(
            paper(
                "e",
                asks(P, 1),
                asks(P, 2),
                intervalPeriod=hours(10, "PT1H"),
                duration="PT5H",
            ),
            [(10, 11, 1), (11, 12, 2), (12, 13, 1), (13, 14, 2), (14, 15, 1)],
            id="7.3: a longer one repeats",
        ),
        pytest.param(
            paper("e", asks(P, 1), intervalPeriod=hours(None, "PT0S")),
            [],
            id="7.9: cancelled",
        ),
        pytest.param(
            paper("e", asks(P, 1, **hours(None, "PT0S"))),
            [],
            id="7.9: cancelled in its interval",
        ),
        pytest.param(
            paper("e", asks("DISPATCH_SETPOINT", 1), intervalPeriod=hours(10)),
            [],
            id="3.0.1: a setpoint without a duration is instantaneous",
        ),
        pytest.param(
            paper("e", asks(P, 1, **hours(9, "PT1H")), asks(P, 2, **hours(9, "-PT1H"))),
            [(9, 10, 1)],
            id="a duration below nothing is none",
        ),
    ],
)
def test_intervals(document: dict[str, Any], expected: list[Asked]) -> None:
    assert laid_out(document) == expected


def test_a_limit_without_a_duration_is_for_good() -> None:
    """3.0.1: PT0S is instantaneous or infinity, depending on the payload."""
    document = paper("e", asks("IMPORT_CAPACITY_LIMIT", 5), intervalPeriod=hours(10))
    ((start, end, value),) = laid_out(document)
    assert (start, value) == (10, 5000)
    assert end > 10 * 365 * 24


def test_what_repeats_for_ever_is_looked_at_where_it_is_wanted() -> None:
    document = paper(
        "e",
        *(asks(P, hour) for hour in range(24)),
        intervalPeriod={"start": "2020-01-01T00:00:00Z", "duration": "PT1H"},
        duration="P9999Y",
    )
    assert laid_out(document, 36, 38) == [(36, 37, 12), (37, 38, 13)]
    (event,) = read(document)
    places = [place for place, _ in numbered(event, SEED, at(36), at(37))]
    assert places == [
        (at(36) - datetime(2020, 1, 1, tzinfo=NOON.tzinfo)) // timedelta(hours=1)
    ]


def test_a_second_that_repeats_for_ever_costs_little() -> None:
    document = paper(
        "e", asks(P, 1), intervalPeriod=hours(0, "PT1S"), duration="P9999Y"
    )
    assert len(laid_out(document)) <= 10000


def test_randomised_starts_move_together_and_stay_where_they_are() -> None:
    """7.3: shifted within the bounds, in either direction; what follows is shifted by as much."""
    moved: list[float] = []
    for number in range(200):
        document = paper(
            f"e{number}",
            asks(P, 1),
            asks(P, 2, **hours(20, "PT1H")),
            intervalPeriod=hours(10, "PT1H") | {"randomizeStart": "PT30M"},
        )
        first, second = laid_out(document)
        assert laid_out(document) == [first, second]
        assert first[1] - first[0] == pytest.approx(1)
        assert second[0] - first[0] == pytest.approx(10)
        moved.append(first[0] - 10)
    assert -0.5 <= min(moved) < -0.4
    assert 0.4 < max(moved) <= 0.5
    assert abs(sum(moved)) < 20


def test_two_programmes_are_not_moved_alike() -> None:
    assert fraction("one", "e") != fraction("two", "e")
