"""Who holds the grid's frequency: a station by its own measurement (2.1 Q08), or we by fast setpoints (Q07); and the signal (aFRR)."""

from collections.abc import Callable, Coroutine
from typing import Any, override

import pytest

from custom_components.evenload.engine.control.v2x.frequency import (
    curve,
    response_w,
    signal_curve,
)
from custom_components.evenload.engine.model.v2x import Hindrance, Steering, V2gMode
from custom_components.evenload.engine.model.v2x_ability import OperationMode
from tests.engine.control.v2x.modes import along
from tests.engine.control.v2x.test_handing import MOST_W, Home
from tests.engine.virtual import run_virtually

OFFERED_W = 2000.0
CAP_W = 10_000.0
OWN = (OperationMode.CENTRAL_SETPOINT, OperationMode.IDLE)


class Holding(Home):
    """A house that offers its vehicle to hold the frequency."""

    def __init__(
        self, steering: Steering, *, cap_w: float = CAP_W, **nature: Any
    ) -> None:
        """Begin with a frequency as it should be."""
        super().__init__(steering, cap_w=cap_w, **nature)
        # What the sensor says again and again; None: it is silent.
        self.sensed_hz: float | None = None

    async def hold(self, hertz: float = 50.0) -> None:
        """Let it hold."""
        await self.begin(V2gMode.PROGRAMME)
        self.fleet.v2x.orders.responses[""] = OFFERED_W
        self.measure(hertz)
        await self.live(90)

    def measure(self, hertz: float) -> None:
        """Let everybody measure a frequency."""
        self.station.hertz = self.sensed_hz = hertz
        self.fleet.v2x.set_frequency(hertz)

    @override
    async def live(self, seconds: int) -> None:
        for _ in range(seconds):
            await super().live(1)
            if self.sensed_hz is not None and self.second % 30 == 0:
                self.fleet.v2x.set_frequency(self.sensed_hz)


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    run_virtually(story())


@pytest.mark.parametrize(
    "hz", [49.5, 49.8, 49.9, 49.985, 49.99, 50.0, 50.01, 50.02, 50.1, 50.3]
)
def test_the_curve_is_the_droop(hz: float) -> None:
    droop = along(curve(50.0, OFFERED_W, OFFERED_W), hz)
    assert droop == pytest.approx(response_w(hz, OFFERED_W), abs=1.0)


def test_a_curve_has_its_sides() -> None:
    # Q08: what flows at a frequency; below the nominal one it comes out.
    points = curve(60.0, 1000.0, 400.0)
    assert points[0] == (59.8, -1000.0)
    assert points[-1] == (60.2, 400.0)
    assert signal_curve(1000.0, 400.0) == ((-100, -1000.0), (0, 0.0), (100, 400.0))


def test_a_station_that_measures_the_frequency_holds_it() -> None:
    async def story() -> None:
        home = Holding(Steering.STATION)
        await home.hold()
        assert home.station.mode is OperationMode.LOCAL_FREQUENCY
        assert home.state().operation_mode is OperationMode.LOCAL_FREQUENCY
        # Nobody has to tell it.
        home.station.hertz = 49.9
        await home.live(5)
        assert home.station.power_w == pytest.approx(-OFFERED_W / 2)
        home.station.hertz = 50.2
        await home.live(5)
        assert home.station.power_w == pytest.approx(OFFERED_W)

    run(story)


def test_what_it_may_feed_bounds_its_curve() -> None:
    async def story() -> None:
        home = Holding(Steering.STATION, cap_w=0.0)
        home.load_w = 1250
        await home.hold(49.5)
        assert home.station.mode is OperationMode.LOCAL_FREQUENCY
        assert home.station.power_w == -1200
        assert home.exported_w(30) <= 0

    run(story)


def test_a_dispatch_is_the_baseline() -> None:
    async def story() -> None:
        home = Holding(Steering.STATION)
        await home.hold()
        home.dispatch(-1000.0)
        await home.live(20)
        assert home.station.mode is OperationMode.LOCAL_FREQUENCY
        assert home.station.power_w == -1000
        home.station.hertz = 49.95
        await home.live(5)
        assert home.station.power_w == pytest.approx(-1500)

    run(story)


@pytest.mark.parametrize(
    ("steering", "nature", "mode"),
    [
        # Q07: fast setpoints say what they are for, where the station offers it and takes updates.
        (Steering.EVENLOAD, {}, OperationMode.CENTRAL_FREQUENCY),
        (
            Steering.EVENLOAD,
            {"takes_updates": False},
            OperationMode.CENTRAL_SETPOINT,
        ),
        (Steering.EVENLOAD, {"modes": OWN}, OperationMode.CENTRAL_SETPOINT),
        # What it does not offer is not left to it.
        (Steering.STATION, {"modes": OWN}, OperationMode.CENTRAL_SETPOINT),
        (
            Steering.STATION,
            {"refuses_modes": frozenset({OperationMode.LOCAL_FREQUENCY})},
            OperationMode.CENTRAL_FREQUENCY,
        ),
    ],
)
def test_otherwise_we_hold_it(
    steering: Steering, nature: dict[str, Any], mode: OperationMode
) -> None:
    async def story() -> None:
        home = Holding(steering, **nature)
        await home.hold(49.9)
        await home.live(60)
        assert home.station.mode is mode
        assert home.station.power_w == pytest.approx(-OFFERED_W / 2, abs=50)

    run(story)


@pytest.mark.parametrize(
    ("steering", "power_w"),
    [
        (Steering.EVENLOAD, -1000),
        # Frequency and signal may ask for all at once, and it may give 3.5 kW: 1.7 for each.
        (Steering.STATION, -850),
    ],
)
def test_a_signal_is_followed_by_whoever_decides(
    steering: Steering, power_w: float
) -> None:
    async def story() -> None:
        home = Holding(steering)
        await home.hold()
        home.fleet.v2x.signal(-50)
        await home.live(70)
        assert home.station.power_w == pytest.approx(power_w, abs=50)
        told = [-50] if steering is Steering.STATION else []
        assert home.station.signals == told
        # Five minutes without another one, and it is over.
        await home.live(400)
        assert home.station.power_w == pytest.approx(0.0, abs=50)

    run(story)


def test_frequency_and_signal_together_stay_within_what_it_may() -> None:
    async def story() -> None:
        home = Holding(Steering.STATION, cap_w=0.0)
        home.load_w = 3050
        await home.hold()
        home.fleet.v2x.signal(-100)
        home.station.hertz = 49.5
        await home.live(30)
        order = home.station.order
        assert order is not None
        assert order.discharge_limit_w >= -min(3000.0, MOST_W)
        assert -3000 <= home.station.power_w < -2500
        assert home.exported_w(20) <= 0

    run(story)


def test_another_signal_is_told_at_once() -> None:
    async def story() -> None:
        home = Holding(Steering.STATION)
        await home.hold()
        for signal in (-50, 20, 20, -100):
            home.fleet.v2x.signal(signal)
            await home.live(4)
        assert home.station.signals == [-50, 20, -100]

    run(story)


@pytest.mark.parametrize("hz", [49.9, 50.0])
def test_a_sensor_that_falls_silent_is_not_followed(hz: float) -> None:
    async def story() -> None:
        home = Holding(Steering.EVENLOAD)
        await home.hold(hz)
        flows_w = OFFERED_W * round(hz - 50.0, 1) / 0.2
        assert home.station.power_w == pytest.approx(flows_w, abs=50)
        assert home.state().hindrance is None
        home.sensed_hz = None
        await home.live(60)
        assert home.state().hindrance is Hindrance.GRID_UNSTEADY
        assert home.station.power_w >= 0
        # It speaks again.
        home.measure(49.9)
        await home.live(90)
        assert home.station.power_w == pytest.approx(-OFFERED_W / 2, abs=50)

    run(story)


@pytest.mark.parametrize("hz", [float("nan"), float("inf")])
def test_what_is_no_frequency_is_not_followed(hz: float) -> None:
    async def story() -> None:
        home = Holding(Steering.EVENLOAD)
        await home.hold(49.9)
        home.measure(hz)
        await home.live(10)
        assert home.state().hindrance is Hindrance.GRID_UNSTEADY
        assert home.station.power_w >= 0

    run(story)
