"""What grid programmes let the site draw: the lowest holds, each until its end, and the house counts where it is measured."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.control.import_limits import ImportLimits
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.tree import Room
from tests.engine.control.house import House
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import run_virtually, virtual_now

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = ["Garage", "Drive"]
SITE = SiteConfig(
    "Home",
    Current(63.0),
    strategy=Strategy.EQUAL_SERVE,
    stations={name: StationConfig(name, name) for name in NAMES},
)


def test_the_lowest_holds_and_each_until_its_end() -> None:
    limits = ImportLimits()
    assert (limits.lowest_w(NOON), limits.next_change(NOON)) == (None, None)
    limits.put("one", 6000, NOON + HOUR)
    limits.put("two", 9000, NOON + 2 * HOUR)
    assert (limits.lowest_w(NOON), limits.next_change(NOON)) == (6000, NOON + HOUR)
    assert limits.lowest_w(NOON + HOUR) == 9000
    assert limits.lowest_w(NOON + 2 * HOUR) is None
    limits.put("one", None, None)
    assert limits.lowest_w(NOON) == 9000


@pytest.mark.parametrize(
    ("house", "left_w"),
    [
        (None, 6000),
        (PhaseCurrents(5, 5, 0), 6000 - 2300),
        # The sun's power is not drawn from the grid.
        (PhaseCurrents(-10, 0, 0), 6000 + 2300),
        (PhaseCurrents(30, 30, 30), 0),
    ],
)
def test_the_limit_is_for_all_that_the_site_draws(
    house: PhaseCurrents | None, left_w: float
) -> None:
    limits = ImportLimits()
    limits.put("one", 6000, NOON + HOUR)
    room = limits.room(Room(), SITE, house, NOON)
    assert room.power_w == left_w
    assert room.power_reason is Reason.GRID_OPERATOR
    assert limits.room(Room(), SITE, house, NOON + HOUR) == Room()


def test_it_is_obeyed_says_so_and_ends_by_itself() -> None:
    async def story() -> None:
        house = House(SITE, [VirtualStation(name) for name in NAMES])
        for name in NAMES:
            house.connect(name)
        await house.watch(90)
        before = house.draws()
        assert sum(before.values()) * 3 * 230 > 12_000
        limits = house.fleet.sharing.circuits.import_limits
        limits.put("programme", 10_000, virtual_now() + timedelta(minutes=5))
        house.fleet.retarget()
        await house.watch(15)
        assert sum(house.draws().values()) * 3 * 230 <= 10_001
        shown = house.fleet.evse(EvseKey("Drive", 1)).allotment
        assert shown is not None
        assert shown.reason is Reason.GRID_OPERATOR
        # Nobody says that it is over.
        await house.watch(600)
        assert house.draws() == before
        await house.die()

    run_virtually(story())
