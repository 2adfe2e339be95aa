"""Where the grid counts each phase by itself, a vehicle that can gives on each what is drawn there (2.1, errata V2X.06 to V2X.10)."""

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any, override

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.evenload.engine.control.usage import Usage
from custom_components.evenload.engine.control.v2x.by_phase import divided
from custom_components.evenload.engine.control.v2x.export import BIAS_W
from custom_components.evenload.engine.model.events import NeedsReported
from custom_components.evenload.engine.model.household import MeterReading
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.needs import ChargingNeeds
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.phases import (
    ALL_PHASES,
    Phase,
    PhaseCurrents,
)
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.v2x import (
    Hindrance,
    Refusal,
    SetpointOrder,
    V2gMode,
)
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.modes import Offering
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse, site_of
from tests.engine.virtual import run_virtually, virtual_now

MOST_W = 3680.0
LOADS_W = (2000.0, 900.0, 300.0)
BIAS = BIAS_W / 3
EVEN = (1 / 3, 1 / 3, 1 / 3)
L1, L2, L3 = ALL_PHASES


def told(
    most: tuple[float, ...] = (MOST_W, MOST_W, MOST_W),
    least: tuple[float, ...] = (0.0, 0.0, 0.0),
) -> ChargingNeeds:
    """Return what a vehicle tells that takes a power for each phase."""
    said = {"maxDischargePower": most, "minDischargePower": least}
    powers = {
        f"{name}{end}": watts
        for name, each in said.items()
        for end, watts in zip(("", "_L2", "_L3"), each, strict=False)
    }
    return ChargingNeeds("AC_BPT", soc_percent=70.0, discharge=powers)


@dataclass
class Apart(Offering):
    """A station whose vehicle gives another power on each phase."""

    takes_phases: bool = True
    # Does as if it had been told of all phases together.
    is_deaf: bool = False

    @override
    async def set_setpoint(self, order: SetpointOrder) -> Outcome:
        if order.by_phase_w is not None and not self.takes_phases:
            self.told.append((virtual_now(), order))
            return Outcome.REFUSED
        return await super().set_setpoint(order)

    @override
    def refusal(self, evse: int) -> Refusal | None:
        return Refusal(Hindrance.STATION_REFUSES, "PhaseConflict", passing=False)

    def lines_w(self) -> tuple[float, ...]:
        """What flows on each of its phases, below 0 out."""
        shares = self.order.by_phase_w if self.order and self.power_w < 0 else None
        if self.is_deaf or shares is None or not sum(shares):
            return tuple(self.power_w * part for part in EVEN)
        return tuple(self.power_w * share_w / sum(shares) for share_w in shares)


class Phased(V2gHouse):
    """A house that draws another power on each line."""

    def __init__(
        self,
        loads_w: tuple[float, ...] = LOADS_W,
        *,
        wiring: tuple[Phase, ...] = ALL_PHASES,
        by_phase: bool = True,
        **nature: Any,
    ) -> None:
        """Begin with these loads."""
        self.loads_w, self.lines_w = loads_w, (0.0, 0.0, 0.0)
        self.station = Apart("A", maximum_a=16.0, **nature)
        site = replace(site_of(v2g=V2G), export_by_phase=by_phase)
        box = replace(site.stations["A"], wiring=wiring, maximum=Current(16.0))
        site = replace(site, stations={"A": box})
        self.wiring = wiring
        super().__init__(site, [self.station], lambda _: sum(self.loads_w))

    @override
    def read(self) -> None:
        own_w = dict(zip(self.wiring, self.station.lines_w(), strict=True))
        l1, l2, l3 = (
            load_w + own_w[phase]
            for load_w, phase in zip(self.loads_w, ALL_PHASES, strict=True)
        )
        self.lines_w = l1, l2, l3
        waver_a = 0.001 * (self.second % 2)
        currents = PhaseCurrents(*(watts / 230 + waver_a for watts in self.lines_w))
        self.fleet.read_meter("", MeterReading(self.now(), currents))

    @override
    def currents(self, vehicle: Bidirectional) -> Iterable[Sample]:
        way = "Import" if vehicle.power_w >= 0 else "Export"
        lines = zip(ALL_PHASES, self.station.lines_w(), strict=True)
        return [
            Sample(f"Current.{way}", abs(line_w) / 230, "A", phase.upper())
            for phase, line_w in lines
        ]

    async def follow(self, needs: ChargingNeeds) -> None:
        """Have the house carried by a vehicle that tells this."""
        await self.begin(V2gMode.OFF)
        self.hear(NeedsReported, "A", evse=1, needs=needs)
        self.set_mode("A", V2gMode.HOUSE)
        await self.live(120)


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_virtually(story())


@pytest.mark.parametrize(
    ("rooms", "needs", "parts"),
    [
        ((2000.0, 900.0, 300.0), told(), (2000 / 3200, 900 / 3200, 300 / 3200)),
        ((2000.0, 0.0, 0.0), told(), (1.0, 0.0, 0.0)),
        # What a vehicle can give on a phase bounds its part.
        ((6000.0, 1000.0, 1000.0), told((2000.0, 2000.0, 2000.0)), (0.5, 0.25, 0.25)),
        # Where a phase takes less than the vehicle gives at least, it gives nothing there.
        ((1000.0, 1000.0, 300.0), told(least=(400.0, 400.0, 400.0)), (0.5, 0.5, 0.0)),
        ((0.0, 0.0, 0.0), told(), None),
        ((1000.0, 1000.0, 300.0), told((11_000.0,)), None),
    ],
)
def test_it_gives_by_what_each_phase_takes(
    rooms: tuple[float, ...],
    needs: ChargingNeeds,
    parts: tuple[float, float, float] | None,
) -> None:
    rooms_w = dict(zip(ALL_PHASES, rooms, strict=True))
    assert divided(needs, ALL_PHASES, rooms_w) == (parts and pytest.approx(parts))


@pytest.mark.parametrize("wiring", [(L1, L2, L3), (L2, L3, L1), (L3, L1, L2)])
def test_each_phase_is_carried(wiring: tuple[Phase, ...]) -> None:
    async def story() -> None:
        house = Phased(wiring=wiring)
        await house.follow(told())
        assert house.lines_w == pytest.approx((BIAS, BIAS, BIAS), abs=45)
        # Another line draws now, and the first one little.
        house.loads_w = (200.0, 900.0, 2500.0)
        await house.live(12)
        assert house.lines_w == pytest.approx((BIAS, BIAS, BIAS), abs=45)
        house.loads_w = (200.0, -400.0, 2500.0)
        await house.live(12)
        assert house.lines_w == pytest.approx((BIAS, -400, 400), abs=450)
        assert min(house.lines_w[0], house.lines_w[2]) > -10
        # What it may be feeding counts where it is most of all.
        fed_a = house.fleet.v2x.fed_a(EvseKey("A", 1))
        assert fed_a * 230 == pytest.approx(-min(house.station.lines_w()), abs=50)

    run(story)


@pytest.mark.parametrize(
    ("needs", "nature"),
    [
        # It told one power for all phases, or its station takes no more than one.
        (told((11_000.0,)), {}),
        (told(), {"takes_phases": False}),
    ],
)
def test_who_cannot_gives_the_same_on_each(
    needs: ChargingNeeds, nature: dict[str, bool]
) -> None:
    async def story() -> None:
        house = Phased(**nature)
        await house.follow(needs)
        assert house.station.power_w == pytest.approx(-3 * (300 - BIAS), abs=60)
        orders = [
            order for _, order in house.station.told if order and order.by_phase_w
        ]
        assert len(orders) == (not nature.get("takes_phases", True))

    run(story)


def test_who_takes_phases_and_does_not_heed_them_gives_the_same_on_each() -> None:
    async def story() -> None:
        house = Phased(is_deaf=True)
        await house.follow(told())
        assert house.station.power_w == pytest.approx(-3 * (300 - BIAS), abs=60)
        assert house.station.told[-1][1] is not None
        assert house.station.told[-1][1].by_phase_w is None
        # It is asked again with the next vehicle.
        house.leave("A")
        house.arrive("A")
        house.station.is_deaf = False
        await house.follow(told())
        assert house.lines_w == pytest.approx((BIAS, BIAS, BIAS), abs=45)

    run(story)


def test_where_phases_are_netted_all_are_alike() -> None:
    async def story() -> None:
        house = Phased(by_phase=False)
        await house.follow(told())
        assert house.station.power_w == pytest.approx(BIAS_W - 3200, abs=60)
        assert all(o is None or o.by_phase_w is None for _, o in house.station.told)

    run(story)


def test_who_gives_on_one_phase_may_draw_on_more() -> None:
    async def story() -> None:
        house = Phased((2500.0, 0.0, 0.0))
        await house.follow(told())
        assert house.station.lines_w()[1:] == (0, 0)
        usage = Usage()
        config = house.fleet.site.stations["A"]
        for _ in range(10):
            await house.live(10)
            station = house.fleet.stations["A"]
            assert usage.places(station, config, house.now()) is None
        assert not house.fleet.enforcer.commitments.is_single(EvseKey("A", 1))

    run(story)


LOADS = st.tuples(*[st.sampled_from([0.0, 150.0, 900.0, 2600.0, 5000.0, -900.0])] * 3)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    loads=st.lists(LOADS, min_size=1, max_size=4),
    wiring=st.permutations(ALL_PHASES),
    takes_phases=st.booleans(),
    least_w=st.sampled_from([0.0, 460.0]),
)
def test_no_phase_feeds_into_the_grid(
    loads: list[tuple[float, ...]],
    wiring: list[Phase],
    takes_phases: bool,
    least_w: float,
) -> None:
    """Whatever each line draws: when there was time to follow, nothing of the vehicle's flows into the grid on any."""

    async def story() -> None:
        house = Phased(wiring=tuple(wiring), takes_phases=takes_phases)
        await house.follow(told(least=(least_w, least_w, least_w)))
        for loads_w in loads:
            house.loads_w = loads_w
            await house.live(15)
            for _ in range(20):
                await house.live(1)
                for load_w, line_w in zip(loads_w, house.lines_w, strict=True):
                    assert line_w >= min(0.0, load_w) - 45

    run(story)
