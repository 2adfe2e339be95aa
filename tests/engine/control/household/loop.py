"""A whole house on one line, second by second: appliances, a vehicle that follows late, a station and a meter that lag."""

from collections.abc import Callable
from dataclasses import dataclass, field

from custom_components.evenload.engine.control.circuit import Circuit
from custom_components.evenload.engine.control.drawn import Draw, Drawn
from custom_components.evenload.engine.control.household import Household
from custom_components.evenload.engine.control.trip_risk import TripRisk
from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.limits import (
    Current,
    at_least_minimum,
    floor_tenths,
)
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from tests.engine.control.household.meter import METER, at

LIMIT_A = 25.0
SETTLING_S = 10


@dataclass(frozen=True)
class Pace:
    """How fast everybody is, in seconds; `step_a` is what the vehicle's current changes by in a second."""

    meter: int = 1
    meter_late: int = 0
    station: int = 10
    station_offset: int = 3
    vehicle: int = 5
    step_a: float = 5.0


@dataclass
class Loop:
    """The house, and the limit that its vehicle has at every second."""

    house: Callable[[int], float]
    pace: Pace = Pace()
    meter: MeterConfig = METER
    plugged_in: int = 90
    vehicle_a: float = 16.0
    limits: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with a vehicle that is not there."""
        circuit = Circuit(Current(LIMIT_A), Current(LIMIT_A), (Phase.L1,))
        self.household = Household(self.meter, circuit)
        self.truth = TripRisk(1e9)
        self._drawn_a = 0.0
        self._said = (0.0, at(0))
        self._lowered = (-99, 0.0)

    def run(self, seconds: int) -> Loop:
        """Let it run."""
        for second in range(seconds):
            self._live(second)
            if second % self.pace.station == self.pace.station_offset:
                self._said = (self._drawn_a, at(second))
            if second % self.pace.meter == 0:
                self._read(second)
            self._allot(second)
        return self

    @property
    def changes(self) -> list[tuple[int, float]]:
        """When the vehicle got another limit, and which."""
        before = [0.0, *self.limits]
        return [
            (second, now_a)
            for second, (was_a, now_a) in enumerate(
                zip(before, self.limits, strict=False)
            )
            if was_a != now_a
        ]

    def _live(self, second: int) -> None:
        followed = second - self.pace.vehicle
        told_a = self.limits[followed] if followed >= 0 else 0.0
        goal_a = min(told_a, self.vehicle_a)
        step_a = self.pace.step_a
        self._drawn_a += max(-step_a, min(step_a, goal_a - self._drawn_a))
        self.loads.append(self.house(second) + self._drawn_a)
        self.truth.read(self.loads[-1], LIMIT_A, at(second))

    def _read(self, second: int) -> None:
        load_a = self.loads[max(0, second - self.pace.meter_late)]
        reading = MeterReading(at(second), PhaseCurrents(load_a))
        self.household.read(reading, self._drawn(second), at(second))

    def _drawn(self, second: int) -> Drawn:
        allowed_a = self.limits[-1] if self.limits else 0.0
        lowered_at, from_a = self._lowered
        said_a, said_at = self._said
        # The station may say that it followed before its time is over.
        followed = said_at > at(lowered_at) and said_a <= allowed_a + 1
        settling = not followed and second < lowered_at + 60
        until = at(lowered_at + SETTLING_S) if settling else None
        most_a = max(
            allowed_a, from_a if settling and second < lowered_at + SETTLING_S else 0.0
        )
        currents = [PhaseCurrents(a) for a in (said_a, allowed_a, most_a)]
        return Drawn(
            [Draw(currents[0], said_at, currents[1], currents[2], until)], at(second)
        )

    def _allot(self, second: int) -> None:
        held_a = self.limits[-1] if self.limits else 0.0
        if second < self.plugged_in:
            self.limits.append(0.0)
            return
        room = self.household.room(PhaseCurrents(held_a), at(second)).current
        assert room is not None
        limit_a = at_least_minimum(min(floor_tenths(room.l1), self.vehicle_a))
        if limit_a < held_a:
            self._lowered = (second, held_a)
        self.limits.append(limit_a)
