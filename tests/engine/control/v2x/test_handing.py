"""What is left to a station, or to another controller, by its owner's word: OCPP 2.1's operation modes (Q05 to Q09)."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.control.v2x.export import BIAS_W
from custom_components.evenload.engine.model.events import OperationModeReported
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import (
    Hindrance,
    SetpointOrder,
    Steering,
    V2gMode,
)
from custom_components.evenload.engine.model.v2x_ability import OperationMode
from tests.engine.control.v2x.modes import Offering
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse, site_of
from tests.engine.virtual import run_virtually, virtual_now

# It may draw 10 kW or so as well.
LOAD_W = 3000.0
# What it may give, if need be on one phase.
MOST_W = 3500.0


class Home(V2gHouse):
    """A house with one such station."""

    def __init__(
        self,
        steering: Steering = Steering.EVENLOAD,
        *,
        cap_w: float = 0.0,
        load_w: float = LOAD_W,
        **nature: Any,
    ) -> None:
        """Begin with its vehicle plugged in."""
        v2g = replace(V2G, steering=steering, to_grid=cap_w > 0, maximum_w=MOST_W)
        self.station = Offering("A", maximum_a=16.0, **nature)
        self.load_w = load_w
        site = site_of(v2g=v2g, export_cap_w=cap_w)
        box = replace(site.stations["A"], maximum=Current(16.0))
        site = replace(site, stations={"A": box})
        super().__init__(site, [self.station], lambda _: self.load_w)

    @property
    def orders(self) -> list[SetpointOrder]:
        """All that it was told."""
        return [order for _, order in self.station.told if order is not None]

    def report(self, mode: OperationMode) -> None:
        """Let the station say who decides."""
        self.hear(OperationModeReported, "A", evse=1, transaction_id="T", mode=mode)

    def dispatch(self, power_w: float) -> None:
        """Ask the vehicle for a power for an hour."""
        until = virtual_now() + timedelta(hours=1)
        self.fleet.v2x.dispatch("", power_w, until, "action", None)
        self.fleet.v2x.look()

    def exported_w(self, seconds: int) -> float:
        """The most that flowed into the grid in the last seconds."""
        return -min(self.grid_w[-seconds:])


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_virtually(story())


def test_another_controller_decides_within_what_the_house_takes() -> None:
    async def story() -> None:
        home = Home(Steering.OTHERS)
        await home.begin(V2gMode.SETPOINT)
        await home.live(90)
        assert home.station.mode is OperationMode.EXTERNAL_SETPOINT
        assert home.state().hindrance is Hindrance.OTHERS_DECIDE
        assert home.state().operation_mode is OperationMode.EXTERNAL_SETPOINT
        assert home.state().setpoint_w is None
        # Both sides are said (Q05): as much as may be drawn, and no more than the house takes.
        last = home.orders[-1]
        assert last.discharge_limit_w == pytest.approx(BIAS_W - LOAD_W, abs=30)
        assert last.charge_limit_w > 5000
        home.station.wants_w = -2000
        await home.live(20)
        assert home.station.power_w == -2000
        home.station.wants_w = -6000
        await home.live(30)
        assert home.exported_w(15) <= 0
        assert home.station.power_w == pytest.approx(BIAS_W - LOAD_W, abs=50)
        home.station.wants_w = 4000
        await home.live(20)
        assert home.station.power_w == 4000

    run(story)


def test_when_the_house_takes_less_another_controller_may_less() -> None:
    async def story() -> None:
        home = Home(Steering.OTHERS)
        home.station.wants_w = -6000
        await home.begin(V2gMode.SETPOINT)
        await home.live(100)
        home.load_w = 1000
        await home.live(20)
        assert home.exported_w(5) <= 60
        home.is_metered = False
        await home.live(40)
        # Nobody sees what flows: it charges only.
        assert home.station.power_w >= 0

    run(story)


def test_what_another_controller_lets_out_is_ended_at_once() -> None:
    """What it did last is never sure, and of what the house took before nobody can tell that it no longer does."""

    async def story() -> None:
        home = Home(Steering.OTHERS, load_w=4000.0)
        await home.begin(V2gMode.SETPOINT)
        await home.live(90)
        for second in range(15):
            home.load_w = 4000.0 if second < 10 else 0.0
            home.station.wants_w = 300.0 + 400.0 * (second % 2)
            await home.live(1)
        home.station.wants_w = -2000.0
        await home.live(30)
        let_out = [grid_w for grid_w in home.grid_w[-30:] if grid_w < -150]
        assert len(let_out) <= 3

    run(story)


@pytest.mark.parametrize("mode", [V2gMode.OFF, V2gMode.CHARGE_ONLY])
def test_nothing_is_left_to_others_where_nothing_is_to_be_fed_back(
    mode: V2gMode,
) -> None:
    async def story() -> None:
        home = Home(Steering.OTHERS)
        await home.begin(mode)
        await home.live(90)
        assert home.orders == []

    run(story)


def test_without_an_offer_nothing_is_left_and_nothing_is_fed_back() -> None:
    async def story() -> None:
        own = (OperationMode.CENTRAL_SETPOINT, OperationMode.IDLE)
        home = Home(Steering.OTHERS, modes=own)
        await home.begin(V2gMode.HOUSE)
        await home.live(90)
        assert home.orders == []
        assert home.state().hindrance is Hindrance.OTHERS_DECIDE
        assert home.station.power_w > 0

    run(story)


def test_limits_of_others_only_where_everything_fits() -> None:
    async def story() -> None:
        modes = (OperationMode.EXTERNAL_LIMITS, OperationMode.CENTRAL_SETPOINT)
        home = Home(Steering.OTHERS, modes=modes)
        await home.begin(V2gMode.SETPOINT)
        await home.live(90)
        # So much is not for this house.
        assert home.orders == []
        home = Home(Steering.OTHERS, modes=modes, cap_w=10_000.0)
        await home.begin(V2gMode.SETPOINT)
        await home.live(90)
        assert home.station.mode is OperationMode.EXTERNAL_LIMITS

    run(story)


def test_a_station_that_let_another_controller_in_is_left_alone() -> None:
    async def story() -> None:
        home = Home()
        await home.begin()
        await home.live(90)
        assert home.station.power_w == pytest.approx(BIAS_W - LOAD_W, abs=60)
        home.report(OperationMode.EXTERNAL_SETPOINT)
        await home.live(5)
        count = len(home.orders)
        assert home.state().hindrance is Hindrance.OTHERS_DECIDE
        assert home.state().operation_mode is OperationMode.EXTERNAL_SETPOINT
        await home.live(60)
        assert len(home.orders) == count
        home.report(OperationMode.CHARGING_ONLY)
        await home.live(90)
        assert home.station.power_w == pytest.approx(BIAS_W - LOAD_W, abs=60)

    run(story)


def test_a_station_carries_the_house_by_itself() -> None:
    async def story() -> None:
        home = Home(Steering.STATION)
        await home.begin()
        await home.live(150)
        assert home.station.mode is OperationMode.LOCAL_LOAD_BALANCING
        assert home.state().operation_mode is OperationMode.LOCAL_LOAD_BALANCING
        assert home.state().hindrance is None
        # It keeps the room that it could draw, and nobody is given what it may feed.
        home.station.wants_w = BIAS_W - LOAD_W
        await home.live(60)
        assert home.station.power_w == BIAS_W - LOAD_W
        assert home.station.mode is OperationMode.LOCAL_LOAD_BALANCING
        key = EvseKey("A", 1)
        assert home.fleet.v2x.fed_a(key) * 230 * 3 == pytest.approx(MOST_W)

    run(story)


def test_a_station_that_lets_too_much_out_is_led_again() -> None:
    async def story() -> None:
        home = Home(Steering.STATION)
        await home.begin()
        await home.live(150)
        home.station.wants_w = -6000
        await home.live(60)
        assert home.exported_w(10) <= 0
        assert home.station.mode is OperationMode.CENTRAL_SETPOINT
        await home.live(120)
        assert home.station.power_w == pytest.approx(BIAS_W - LOAD_W, abs=60)

    run(story)


def test_a_station_that_refuses_to_balance_is_led() -> None:
    async def story() -> None:
        refused = frozenset({OperationMode.LOCAL_LOAD_BALANCING})
        home = Home(Steering.STATION, refuses_modes=refused)
        await home.begin()
        await home.live(240)
        assert home.station.power_w == pytest.approx(BIAS_W - LOAD_W, abs=60)
        assert sum(one.mode in refused for one in home.orders) == 1

    run(story)


def test_a_stale_meter_takes_it_back() -> None:
    async def story() -> None:
        home = Home(Steering.STATION)
        await home.begin()
        await home.live(150)
        home.station.wants_w = -2000
        await home.live(10)
        home.is_metered = False
        await home.live(40)
        assert home.state().hindrance is Hindrance.METER_STALE
        assert home.station.power_w >= 0

    run(story)
