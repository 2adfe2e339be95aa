"""Where the grid counts each phase by itself no phase feeds into it; where it nets them, only the sum counts."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import override

import pytest

from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.household import MeterReading
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.v2x import Hindrance
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import (
    DIALECT,
    METER,
    V2G,
    VOLTAGE_V,
    V2gHouse,
    site_of,
)
from tests.engine.virtual import run_virtually


class Phased(V2gHouse):
    """A house that draws another power on each line, and a vehicle on some of them."""

    def __init__(self, site: SiteConfig, loads: list[float], phases: int) -> None:
        """Begin with these loads."""
        self.loads, self.phases = loads, phases
        self.lines_w = [0.0, 0.0, 0.0]
        super().__init__(site, [Bidirectional("A")], lambda _: sum(self.loads))

    @override
    def read(self) -> None:
        given_w = self.vehicles["A"].power_w / self.phases
        self.lines_w = [
            load_w + (given_w if line < self.phases else 0.0)
            for line, load_w in enumerate(self.loads)
        ]
        waver_a = 0.001 * (self.second % 2)
        currents = PhaseCurrents(*(watts / 230 + waver_a for watts in self.lines_w))
        self.fleet.read_meter("", MeterReading(self.now(), currents))


class Telling(Phased):
    """Its station tells what flows on each phase."""

    @override
    def currents(self, vehicle: Bidirectional) -> Iterable[Sample]:
        current_a = abs(vehicle.power_w) / self.phases / VOLTAGE_V
        for place, phase in enumerate(("L1", "L2", "L3")):
            flows_a = current_a if place < self.phases else 0.0
            yield Sample("Current.Import", flows_a, "A", phase)


def run(
    check: Callable[[Phased], None],
    *,
    phases: int = 3,
    by_phase: bool = True,
    cap_w: float = 0.0,
    sum_only: bool = False,
) -> None:
    """Let a house live whose first line draws 2 kW, the second 900 W and the third 300 W, and look at it."""

    async def story() -> None:
        v2g = replace(V2G, to_grid=cap_w > 0)
        site = replace(site_of(v2g=v2g, export_cap_w=cap_w), export_by_phase=by_phase)
        site = replace(site, meter=replace(METER, sum_only=sum_only))
        house = Phased(site, [2000.0, 900.0, 300.0], phases)
        await house.begin()
        await house.live(120)
        check(house)
        # The least line draws more, and less again.
        house.loads = [2000.0, 900.0, 1200.0]
        await house.live(30)
        house.loads = [2000.0, 900.0, 100.0]
        await house.live(15)
        if by_phase:
            assert min(house.lines_w) >= -cap_w / len(ALL_PHASES) - 1

    run_virtually(story())


@pytest.mark.parametrize(
    ("phases", "by_phase", "cap_w", "power_w"),
    [
        # Three times what the least line draws, less what is taken on purpose.
        (3, True, 0.0, -3 * (300 - 50 / 3)),
        # It is on the first line only.
        (1, True, 0.0, -(2000 - 50 / 3)),
        (3, False, 0.0, -3150),
        (1, False, 0.0, -3150),
    ],
)
def test_what_is_given_fits_every_phase(
    phases: int, by_phase: bool, cap_w: float, power_w: float
) -> None:
    def check(house: Phased) -> None:
        given_w = house.vehicles["A"].power_w
        assert given_w == pytest.approx(power_w, abs=60)

    run(check, phases=phases, by_phase=by_phase, cap_w=cap_w)


def test_a_meter_of_the_sum_shows_no_phases() -> None:
    def check(house: Phased) -> None:
        assert house.vehicles["A"].power_w >= 0
        assert house.state().hindrance is Hindrance.METER_MISSING

    run(check, sum_only=True)


def test_who_has_rested_is_known_to_be_on_three_phases_still() -> None:
    """Were all of it taken to be on the first line, its least would fit there no more."""

    async def story() -> None:
        v2g = replace(V2G, dialect=replace(DIALECT, minimum_w=1400.0))
        site = replace(site_of(v2g=v2g), export_by_phase=True)
        house = Telling(site, [2000.0, 900.0, 900.0], 3)
        await house.begin()
        await house.live(120)
        assert house.vehicles["A"].power_w == pytest.approx(-2650, abs=60)
        house.loads = [100.0, 100.0, 100.0]
        await house.live(300)
        assert house.vehicles["A"].power_w == pytest.approx(0, abs=150)
        house.loads = [900.0, 900.0, 900.0]
        await house.live(300)
        assert house.vehicles["A"].power_w == pytest.approx(-2650, abs=60)

    run_virtually(story())


@pytest.mark.parametrize("rests", [True, False])
def test_who_came_while_its_station_was_away_is_not_taken_to_be_on_as_many(
    rests: bool,
) -> None:
    """Nobody was told that the one before has left: only its transaction is another one."""

    async def story() -> None:
        site = replace(site_of(), export_by_phase=True)
        house = Telling(site, [900.0, 900.0, 900.0], 3)
        house.stations["A"].nature.has_transactions = True
        await house.begin()
        await house.live(120)
        assert house.vehicles["A"].power_w == pytest.approx(-2650, abs=60)
        if rests:
            house.loads = [0.0, 0.0, 0.0]
            await house.live(300)
        house.disconnect("A")
        house.swap("A", 1)
        await house.live(60)
        house.phases = 1
        house.connect("A")
        house.tell_needs("A")
        house.loads = [900.0, 900.0, 900.0]
        for _ in range(300):
            await house.live(1)
            assert house.lines_w[0] >= -1
        assert house.vehicles["A"].power_w == pytest.approx(-883, abs=60)

    run_virtually(story())
