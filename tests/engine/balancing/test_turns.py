"""Turns over hours: who waits comes in time, all are given about the same, and nobody is paused too often."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Allotment, Demand
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import between_lines, to_neutral
from custom_components.evenload.engine.model.phases import ALL_PHASES
from tests.engine.balancing.circuits_of import NOON, demand, simple

TURN = timedelta(minutes=15)


@dataclass(slots=True)
class Hours:
    """Cars that take all they may, minute by minute."""

    room_a: float
    demands: list[Demand]
    maximum_pauses: int = 1000
    now: datetime = NOON
    # How long each of the times lasted in which a car charged, and in which it waited.
    charged: list[timedelta] = field(default_factory=list)
    waited: list[timedelta] = field(default_factory=list)

    def minute(self) -> Sequence[Allotment]:
        """Share, and let a minute pass."""
        names = "".join(wanted.key.identity for wanted in self.demands)
        tree = simple(self.room_a, Strategy.EQUAL_SERVE, names)
        found = allot(tree, self.demands, self.now, maximum_pauses=self.maximum_pauses)
        self.demands = [
            self._after(wanted, found[wanted.key]) for wanted in self.demands
        ]
        self.now += timedelta(minutes=1)
        return list(found.values())

    def run(self, hours: float) -> None:
        """Let hours pass; somebody always charges."""
        for _ in range(int(hours * 60)):
            assert any(found.current.a for found in self.minute())

    def _after(self, wanted: Demand, found: Allotment) -> Demand:
        served = found.current.a > 0
        energy_wh = found.current.a * wanted.load.watts / 60
        wanted = replace(wanted, served_wh=wanted.served_wh + energy_wh)
        if served is wanted.is_served:
            return wanted
        spent = self.now - (wanted.since or NOON)
        (self.charged if wanted.is_served else self.waited).append(spent)
        return replace(
            wanted,
            is_served=served,
            since=self.now,
            pauses=wanted.pauses + (not served),
        )


def cars(names: str, **changes: object) -> list[Demand]:
    """Return cars that came one after the other."""
    return [
        demand(name, plugged_in_at=NOON + timedelta(seconds=place), **changes)
        for place, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("room_a", "names"), [(10, "AB"), (6, "ABC"), (13, "ABC"), (19, "ABCDE")]
)
def test_all_are_given_about_the_same(room_a: float, names: str) -> None:
    """After half a day nobody is more than a turn's energy ahead of anybody."""
    hours = Hours(room_a, cars(names))
    hours.run(12)
    served = [wanted.served_wh for wanted in hours.demands]
    assert max(served) - min(served) <= room_a * 690 * 0.25 + 1
    assert min(hours.charged) >= TURN
    assert max(hours.waited) <= len(names) * TURN


@pytest.mark.parametrize("maximum_pauses", [0, 1, 4])
def test_pauses_are_bounded(maximum_pauses: int) -> None:
    """Who was paused as often as may be keeps its place, and the others wait."""
    hours = Hours(13, cars("ABC"), maximum_pauses)
    hours.run(12)
    assert max(wanted.pauses for wanted in hours.demands) <= maximum_pauses


def test_nobody_is_paused_while_all_have_room() -> None:
    """Without somebody who waits there are no turns."""
    hours = Hours(18, cars("ABC"))
    hours.run(6)
    assert [wanted.pauses for wanted in hours.demands] == [0, 0, 0]


def test_a_newcomer_catches_up_and_does_not_keep_the_place_for_ever() -> None:
    """It was given nothing so far, so it goes first; who waits an hour comes in between."""
    early, late = cars("AB")
    hours = Hours(10, [replace(early, served_wh=30000.0), late])
    hours.run(4)
    assert max(hours.waited) <= 4 * TURN
    early, late = hours.demands
    assert late.served_wh > early.served_wh - 30000.0
    # Once in an hour and a quarter, not every quarter of an hour.
    assert early.pauses + late.pauses <= 8


def test_wide_cars_are_not_starved_by_narrow_ones() -> None:
    """Two cars on a phase each hold what the one on three phases needs, and their turns end at different times."""
    one_phase = [to_neutral((phase,), 230.0) for phase in ALL_PHASES]
    hours = Hours(
        8,
        [
            demand("A", load=one_phase[0]),
            demand("B", load=one_phase[1], is_served=True, since=NOON - TURN / 2),
            demand("C", plugged_in_at=NOON + timedelta(seconds=9)),
        ],
    )
    hours.run(8)
    assert hours.demands[2].served_wh > 0.2 * 8 * 690 * 8


def test_the_time_of_the_turn_is_kept() -> None:
    """When the owner was told a time, the car charges then."""
    hours = Hours(13, cars("ABCD"))
    told: dict[EvseKey, datetime] = {}
    for _ in range(240):
        now = hours.now
        for found in hours.minute():
            if found.current.a:
                told.pop(found.key, None)
            elif found.turn_at is not None:
                assert told.setdefault(found.key, found.turn_at) >= now
                told[found.key] = found.turn_at
            assert found.key not in told or told[found.key] >= now
    assert min(hours.charged) >= TURN


def between(served_wh: float) -> list[Demand]:
    """Return two cars between L1 and L2, which came first, and one on each other pair, which were served so much."""
    one, two, three = ALL_PHASES
    pairs = [(one, two), (one, two), (two, three), (three, one)]
    return [
        replace(wanted, load=between_lines(*pair, 120.0), served_wh=served)
        for wanted, pair, served in zip(
            cars("ABCD"), pairs, (0.0, 0.0, served_wh, served_wh), strict=True
        )
    ]


@pytest.mark.parametrize(("served_wh", "charge"), [(2000.0, "ACD"), (9000.0, "AB")])
def test_of_those_served_alike_the_ones_on_idle_lines_begin(
    served_wh: float, charge: str
) -> None:
    """Two on a pair of lines fill both; one on each pair is 10.4 A on every line. But who has had less goes first."""
    tree = simple(12.0, Strategy.EQUAL_SERVE, "ABCD")
    found = allot(tree, between(served_wh), NOON)
    assert "".join(key.identity for key in found if found[key].current.a) == charge


@pytest.mark.parametrize(("served_wh", "first"), [(0.0, "B"), (30000.0, "A")])
def test_who_departs_soon_cannot_make_up_for_a_wait(
    served_wh: float, first: str
) -> None:
    """The other one stays for long enough to get as much; not so if the first had far more before."""
    stays, departs = cars("AB")
    departs = replace(
        departs, departs_at=NOON + timedelta(hours=6), served_wh=served_wh
    )
    found = allot(simple(10.0, Strategy.EQUAL_SERVE, "AB"), [stays, departs], NOON)
    assert [key.identity for key in found if found[key].current.a] == [first]


def test_who_stays_makes_up_for_it() -> None:
    """Once the first has departed, nobody is there who was served less; and until then it had its turns too."""
    stays, departs = cars("AB")
    hours = Hours(10, [stays, replace(departs, departs_at=NOON + timedelta(hours=3))])
    hours.run(3)
    stays, departs = hours.demands
    assert max(hours.waited) <= 5 * TURN
    assert 0 < stays.served_wh < departs.served_wh
