"""A meter that shows what flows out as if it flowed in is found out before a vehicle gives more and more by it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.v2x import Hindrance
from tests.engine.control.v2x.bidirectional import Bidirectional, Temper
from tests.engine.control.v2x.v2g_house import DIALECT, V2G, Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually


@dataclass(frozen=True)
class Case:
    """A house that draws `before` watts and then `after`, and for how long more may flow out than `after` leaves."""

    words: str
    before: float
    after: float
    export_s: int
    pace: Pace = field(default_factory=Pace)
    temper: Temper = field(default_factory=Temper)
    least_w: float = 0.0


CASES = [
    Case("a kettle ends", 2500, 400, 6),
    Case("what is left of it is little", 2500, 20, 6),
    Case("at its most, and it ends", 9000, 3000, 6),
    Case("the sun comes out", 1500, -2500, 6),
    Case("a slow meter", 2500, 400, 14, Pace(5, 2)),
    Case("a slow vehicle", 2500, 400, 12, Pace(2, 1), Temper(1.5, 2.0)),
    Case("a vehicle with a least", 2500, 400, 6, least_w=1400),
    Case("a small step grows", 2500, 2330, 25),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_it_is_found_out_in_seconds(case: Case) -> None:
    async def story() -> None:
        site = site_of(
            v2g=replace(V2G, dialect=replace(DIALECT, minimum_w=case.least_w))
        )
        vehicle = Bidirectional("A", temper=case.temper)
        house = V2gHouse(site, [vehicle], lambda _: case.before, case.pace)
        notices = watched(house)
        house.has_signs = False
        await house.begin()
        await house.live(100)
        assert vehicle.power_w < -1000
        assert NoticeKind.METER_UNSIGNED not in notices
        began = len(house.grid_w)
        house.load = lambda _: case.after
        await house.live(60)
        assert house.state().hindrance is Hindrance.METER_UNSIGNED
        assert NoticeKind.METER_UNSIGNED in notices
        assert vehicle.power_w >= 0
        out = [at for at in house.grid_w[began:] if at < min(0.0, case.after) - 120]
        assert len(out) <= case.export_s
        # It never gave more than before.
        assert min(house.grid_w[began:]) > case.after - min(case.before, 7000) - 300

    run_virtually(story())


def watched(house: V2gHouse) -> dict[NoticeKind, Notice]:
    """Return the notices that last."""
    found: dict[NoticeKind, Notice] = {}

    def tell(notice: Notice) -> None:
        if notice.active:
            found[notice.kind] = notice
        else:
            found.pop(notice.kind, None)

    house.fleet.news.concerns.add(None, tell)
    return found


def test_it_is_believed_again_when_it_shows_a_sign_or_the_owner_has_changed_something() -> (
    None
):
    async def story(mend: Callable[[V2gHouse], None]) -> None:
        vehicle = Bidirectional("A")
        house = V2gHouse(site_of(), [vehicle], lambda _: 2500.0)
        notices = watched(house)
        house.has_signs = False
        await house.begin()
        await house.live(30)
        house.load = lambda _: 400.0
        await house.live(30)
        house.load = lambda _: 2500.0
        await house.live(120)
        assert vehicle.power_w >= 0
        mend(house)
        await house.live(5)
        assert NoticeKind.METER_UNSIGNED not in notices
        house.load = lambda _: 2500.0
        await house.live(120)
        assert vehicle.power_w < -2300

    def sign(house: V2gHouse) -> None:
        house.has_signs, house.load = True, lambda _: -30_000.0

    def form(house: V2gHouse) -> None:
        house.has_signs = True
        house.fleet.configure(house.fleet.config)

    run_virtually(story(sign))
    run_virtually(story(form))


@pytest.mark.parametrize("pace", [Pace(), Pace(5, 2), Pace(1, 4)])
def test_one_with_signs_that_never_fed_in_is_believed(pace: Pace) -> None:
    """What asks for more is asked once whether it is that; as soon as it was below 0 nothing is asked any more."""

    async def story() -> None:
        vehicle = Bidirectional("A")
        load = [300.0, 900.0, 1500.0, 2100.0, 2700.0, 2000.0, 2500.0, 3500.0]
        house = V2gHouse(
            site_of(), [vehicle], lambda at: load[at // 40 % len(load)], pace
        )
        notices = watched(house)
        await house.begin()
        covered = []
        for _ in range(600):
            await house.live(1)
            assert not notices
            covered.append(
                -vehicle.power_w / (load[house.second // 40 % len(load)] - 50)
            )
        assert sum(covered[320:]) / len(covered[320:]) > 0.85

    run_virtually(story())
