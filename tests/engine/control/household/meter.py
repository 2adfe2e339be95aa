"""A house to try the meter with: what it draws, what the vehicles draw, and when."""

from datetime import UTC, datetime, timedelta

from custom_components.evenload.engine.control.circuit import Circuit
from custom_components.evenload.engine.control.drawn import Draw, Drawn
from custom_components.evenload.engine.control.household import Household
from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.tree import Room

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
METER = MeterConfig(fallback=Current(6.0))
FUSE = Circuit(Current(25.0), Current(25.0))


def at(seconds: float) -> datetime:
    """Return a moment of the story."""
    return START + timedelta(seconds=seconds)


def later(seconds: float) -> timedelta:
    """Return a time span."""
    return timedelta(seconds=seconds)


def even(current_a: float) -> PhaseCurrents:
    """Return the same current on all lines."""
    return PhaseCurrents.even(current_a)


def exactly(currents: PhaseCurrents, now: datetime) -> Drawn:
    """Return a draw that is known and will not change."""
    return Drawn([Draw(currents, now, currents, currents)], now)


class Story:
    """One meter, one vehicle on all lines, and what it has been allotted."""

    def __init__(
        self, meter: MeterConfig = METER, circuit: Circuit = FUSE, held_a: float = 0.0
    ) -> None:
        """Begin with a meter that has said nothing."""
        self.household = Household(meter, circuit)
        self.car = Draw(at=at(0))
        self.held = even(held_a)
        self.now = at(0)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def draws(self, current_a: float, allowed_a: float | None = None) -> None:
        """Let the vehicle say what it draws."""
        allowed = even(current_a if allowed_a is None else allowed_a)
        self.car = Draw(even(current_a), self.now, allowed, allowed)

    def read(self, currents: PhaseCurrents) -> bool:
        """Let the meter say what flows."""
        reading = MeterReading(self.now, currents)
        return self.household.read(reading, self.drawn, self.now)

    def house(self, currents: PhaseCurrents) -> Room:
        """Let the meter say what flows beside what the vehicle said, and return the room."""
        self.read(currents + self.car.drawn)
        return self.room

    @property
    def drawn(self) -> Drawn:
        """What the vehicle draws, as far as it is known."""
        return Drawn([self.car], self.now)

    @property
    def room(self) -> Room:
        """What the vehicle may draw."""
        return self.household.room(self.held, self.now)

    @property
    def room_a(self) -> float:
        """What it may draw on the line that has the least room, in amperes."""
        assert self.room.current is not None
        return min(self.room.current)

    def settle(self, currents: PhaseCurrents, seconds: int = 61) -> None:
        """Let the house draw the same for a while, with a reading each second."""
        for _ in range(seconds):
            self.car = Draw(self.car.drawn, self.now, self.car.allowed, self.car.most)
            self.house(currents)
            self.wait(1)
        self.house(currents)
