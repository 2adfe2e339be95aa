"""What a breaker minds: the bench's own reckoning of the time that a line was loaded beyond what it bears.

It shares nothing with the engine's: it knows the true current at every moment, where the engine has readings.
"""

from dataclasses import dataclass, field
from math import inf

# A multiple of the rating, and for how many seconds it may last: the lower curves of warm miniature circuit breakers
# (IEC 60898-1). Above the last one a breaker opens at once.
TABLE = ((1.13, 60.0), (1.30, 30.0), (1.45, 15.0), (2.0, 8.0), (2.55, 5.0), (3.0, 1.0))

# A bimetal that was warmed up to its limit is cold again after this.
COOLING_S = 300.0

# A hundredth of an ampere is no overload.
_NOTHING_A = 0.01


@dataclass(slots=True)
class Breaker:
    """One line behind a breaker of so many amperes."""

    rating_a: float
    warmth: float = 0.0
    # Above the rating in all, and with the table's time used up, by what went on in the house.
    over_s: float = 0.0
    beyond_s: dict[str, float] = field(default_factory=dict)
    highest: float = 0.0

    def carry(self, current_a: float, seconds: float, why: str) -> float:
        """Carry a current for so long; returns for how many of these seconds it was too much."""
        if current_a <= self.rating_a + _NOTHING_A:
            self.warmth = max(0.0, self.warmth - seconds / COOLING_S)
            return 0.0
        ratio = current_a / self.rating_a
        self.over_s += seconds
        self.highest = max(self.highest, ratio)
        lasts_s = next((s for most, s in TABLE if ratio <= most), 0.0)
        left_s = (1.0 - self.warmth) * lasts_s
        too_long_s = max(0.0, seconds - left_s)
        used = seconds / lasts_s if lasts_s else inf
        self.warmth = min(1.0, self.warmth + used)
        if too_long_s > 0:
            self.beyond_s[why] = self.beyond_s.get(why, 0.0) + too_long_s
        return too_long_s
