"""A grid operator's limit is obeyed within ten seconds, and says so; what must be left to the stations is left."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.control.grid_operator import (
    cap_in_force,
    least_cap_w,
)
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import Phase
from tests.engine.control.house import House
from tests.engine.control.stations import Nature, VirtualStation
from tests.engine.virtual import run_virtually, virtual_now

NAMES = ["Garage", "Drive", "Yard"]
SITE = SiteConfig(
    "Home",
    Current(63.0),
    strategy=Strategy.EQUAL_SERVE,
    stations={name: StationConfig(name, name) for name in NAMES},
)
LEAST = replace(SITE, keeps_least=True)

# Within so long the whole site has to follow.
OBEYED_S = 10.0


def drawn_w(house: House) -> float:
    """Return what all vehicles draw together, each on three phases."""
    return sum(house.draws().values()) * 3 * house.fleet.site.voltage_v


async def obeying_s(house: House, most_w: float) -> float:
    """Return after how many seconds all vehicles together draw no more than that."""
    began = virtual_now()
    while drawn_w(house) > most_w + 1:
        await house.watch(0.25)
        assert (virtual_now() - began).total_seconds() < 60, "It is never obeyed"
    return (virtual_now() - began).total_seconds()


@pytest.mark.parametrize("answer_s", [0.05, 2.0])
@pytest.mark.parametrize(
    ("site", "asked_w", "most_w"),
    [(SITE, 20_000, 20_000), (SITE, 4200, 4200), (SITE, 0, 0), (LEAST, 0, 10_500)],
)
def test_it_is_obeyed_in_time_and_is_the_reason(
    site: SiteConfig, asked_w: float, most_w: float, answer_s: float
) -> None:
    async def story() -> None:
        stations = [VirtualStation(name, nature=Nature(answer_s)) for name in NAMES]
        house = House(site, stations)
        for name in NAMES:
            house.connect(name)
        await house.watch(180)
        before_w = drawn_w(house)
        assert before_w == pytest.approx(3 * 21 * 690)

        house.fleet.sharing.circuits.cap = Power(asked_w)
        house.fleet.retarget()
        assert await obeying_s(house, most_w) <= OBEYED_S
        reasons = {
            evse.allotment and evse.allotment.reason
            for station in house.fleet.stations.values()
            for evse in station.evses.values()
        }
        assert Reason.GRID_OPERATOR in reasons
        # Who waits does so until another has had its turn.
        assert reasons <= {Reason.GRID_OPERATOR, Reason.WAITING_FOR_TURN}
        # And it stays so, whatever turns are taken.
        for _ in range(400):
            await house.watch(5)
            assert drawn_w(house) <= most_w + 1
        if most_w:
            assert drawn_w(house) > 0.6 * most_w

        house.fleet.sharing.circuits.cap = None
        house.fleet.retarget()
        await house.watch(180)
        assert drawn_w(house) == pytest.approx(before_w)
        await house.fleet.enforcer.close()

    run_virtually(story())


@pytest.mark.parametrize(
    ("devices", "least_w"),
    [(0, 0), (1, 4200), (2, 7560), (3, 10500), (4, 13020), (9, 19320), (10, 21210)],
)
def test_paragraph_14a_leaves_devices_their_least(devices: int, least_w: float) -> None:
    assert least_cap_w(devices) == pytest.approx(least_w)


@pytest.mark.parametrize(
    ("asked", "in_force"),
    [
        (None, None),
        (Power(0), Power(10_500)),
        (Power(10_499), Power(10_500)),
        (Power(12_000), Power(12_000)),
        (Current(1), Current(10_500 / 690)),
        (Current(16), Current(16)),
    ],
)
def test_the_least_is_kept_where_the_owner_wants_it(
    asked: Limit | None, in_force: Limit | None
) -> None:
    assert cap_in_force(LEAST, asked) == in_force
    assert cap_in_force(SITE, asked) == asked


def test_one_line_carries_what_is_left_alone() -> None:
    alone = replace(LEAST, phases=(Phase.L1,), stations={"A": StationConfig("A", "A")})
    assert cap_in_force(alone, Current(6)) == Current(4200 / 230)
