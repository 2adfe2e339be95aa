"""What stations make of their setpoints: some lose a part of each, and some vehicles are at their end.

A part that is lost is told on top. Both look alike at first, so more is told little by little: what loses a part gives more
then, and what is at its end does not. How much is learnt only where a setpoint was followed and measured.
"""

from dataclasses import dataclass, replace

from ...model.identity import EvseKey

# No more of a setpoint than the rest is ever told on top; each reading shows at most so much less, and so little is noise.
_LEAST = 0.7
_STEP = 0.05
_NOISE = 0.01

# Whoever gives less than this part loses none: it is at its end.
_LOSES = 0.6

# Below this, what a station needs for itself is not small beside what it gives, in watts.
_FROM_W = 400.0

# What was told so much more, in watts, and gave less than this part of it on top, is at its end.
_MORE_W = 100.0
_RISES = 0.3

# Who gives so much beside its end, in watts, has another one.
_BESIDE_W = 200.0

# A vehicle that made less than this of what was expected is at its end: more is not asked of it until it shows more.
_FOLLOWS = 0.85
_TRIES_W = 300.0


@dataclass(frozen=True, slots=True)
class _Made:
    """What one was told and gave when that was last compared (magnitudes), which part it makes, and where its end is."""

    told_w: float
    given_w: float
    part: float = 1.0
    end_w: float | None = None
    reach_w: float | None = None


class Making:
    """Learns what each makes of what it is told."""

    def __init__(self) -> None:
        """Believe that all make all of it."""
        self._made: dict[EvseKey, _Made] = {}

    def part(self, key: EvseKey) -> float:
        """Return which part of a setpoint comes out."""
        made = self._made.get(key)
        return 1.0 if made is None else made.part

    def end_w(self, key: EvseKey) -> float | None:
        """Return the most that a vehicle was seen to give of more; None: nobody knows its end."""
        made = self._made.get(key)
        return None if made is None else made.end_w

    def reach_w(self, key: EvseKey) -> float | None:
        """Return the most that can be asked of a vehicle, as it was seen: a little more than it gave; None: anything."""
        made = self._made.get(key)
        return None if made is None else made.reach_w

    def rests(self, key: EvseKey) -> None:
        """Take that a vehicle was told nothing: what it can give may be another thing when it is asked again."""
        if (made := self._made.get(key)) is not None:
            self._made[key] = replace(made, end_w=None, reach_w=None)

    def forget(self, key: EvseKey) -> None:
        """Forget a vehicle that has gone."""
        self._made.pop(key, None)

    def measured(self, key: EvseKey, told_w: float, given_w: float) -> None:
        """Take what came out of a setpoint that had been followed (both are magnitudes)."""
        given_w = max(0.0, given_w)
        made = self._made.get(key, _Made(told_w, given_w))
        end_w = _end(made, told_w, given_w)
        part = _part(made.part, told_w, given_w, end_w)
        is_short = given_w < _FOLLOWS * made.part * told_w - 100.0
        is_lost = given_w >= _LOSES * told_w and part > _LEAST
        reach_w = given_w + _TRIES_W if is_short and not is_lost else None
        if end_w is not None:
            reach_w = end_w + _TRIES_W
        is_compared = abs(told_w - made.told_w) >= _MORE_W
        seen = (told_w, given_w) if is_compared else (made.told_w, made.given_w)
        self._made[key] = _Made(*seen, part, end_w, reach_w)


def _end(made: _Made, told_w: float, given_w: float) -> float | None:
    """Return what a vehicle gives at the most, if that was seen."""
    end_w = made.end_w
    if end_w is not None:
        is_another = given_w > end_w + _BESIDE_W or (
            told_w >= end_w and given_w < end_w - _BESIDE_W
        )
        end_w = None if is_another else end_w
    more_w = told_w - made.told_w
    has_more = more_w >= _MORE_W and given_w < (1 - _STEP) * told_w
    if has_more and given_w - made.given_w < _RISES * more_w:
        return max(given_w, made.given_w)
    return end_w


def _part(known: float, told_w: float, given_w: float, end_w: float | None) -> float:
    """Return which part of its setpoints a station makes, by one more reading: less bit by bit, and more at once."""
    part = min(1.0, given_w / told_w) if told_w >= _FROM_W else known
    if part > known:
        return part
    is_at_its_end = end_w is not None and told_w >= end_w
    if is_at_its_end or part < _LOSES or part > known - _NOISE:
        return known
    return max(_LEAST, part, known - _STEP)
