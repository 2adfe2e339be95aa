"""What truly flows on the three lines of a home, from one change to the next."""

from collections.abc import Callable

from benchmarks.neighbourhood.appliances import Lines
from benchmarks.neighbourhood.breaker import Breaker


class Grid:
    """Three lines behind breakers. Currents change in steps; between them nothing has to be computed."""

    def __init__(self, rating_a: float, now_s: Callable[[], float]) -> None:
        """Begin with nothing flowing; `now_s` is the clock."""
        self.breakers = tuple(Breaker(rating_a) for _ in range(3))
        self.house: Lines = (0.0, 0.0, 0.0)
        self.vehicles = [0.0, 0.0, 0.0]
        # Only what happens once everybody has taken a limit is told of.
        self.counts = False
        # What may be to blame at the moment.
        self.why: Callable[[], str] = lambda: "nothing"
        # Who hears that something else flows now.
        self.changed: Callable[[], None] = lambda: None
        # Moments at which a line was beyond what it bears: for those who look for causes.
        self.beyond: list[tuple[float, int, float]] = []
        self._now_s = now_s
        self._since_s = 0.0

    @property
    def flow(self) -> Lines:
        """What flows on each line, in amperes; negative is fed back."""
        (a, b, c), (x, y, z) = self.house, self.vehicles
        return (a + x, b + y, c + z)

    def set_house(self, lines: Lines) -> None:
        """Let the household draw something else."""
        self.advance()
        self.house = lines
        self.changed()

    def add(self, lines: tuple[int, ...], more_a: float) -> None:
        """Let a vehicle draw more, or less, on some lines."""
        self.advance()
        for line in lines:
            self.vehicles[line] += more_a
        self.changed()

    def advance(self) -> None:
        """Reckon with what flowed until now."""
        now_s = self._now_s()
        seconds, self._since_s = now_s - self._since_s, now_s
        if not self.counts or seconds <= 0:
            return
        for line, (breaker, current_a) in enumerate(
            zip(self.breakers, self.flow, strict=True)
        ):
            # Feeding back warms a breaker as well.
            if breaker.carry(abs(current_a), seconds, self.why()):
                self.beyond.append((now_s, line, current_a))
