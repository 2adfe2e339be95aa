"""Whether a meter shows which way energy flows: one without signs shows what comes out as if it were drawn.

A vehicle that follows such a meter gives the more, the more of it flows into the grid. So until a line was seen below 0, a
reading that asks for more may mean either: the house draws more, or less than is given. The least of both is believed, and what
is given lowered to it. Then the reading shows which it was: it rises as less is given, or it falls.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .following import Span

# What a line shows below this is surely below 0, in watts.
_BELOW_W = -10.0

# So little may flow either way; from so much on it is asked which way, in watts.
_LITTLE_W = 100.0
_ASKS_W = 200.0

# Who gives so much less has lowered what he gives.
_LOWERED_W = 150.0

# What was found out is asked again: a house can change just so that both look alike.
_ASKS_AGAIN = timedelta(minutes=5)

# What the house may have changed meanwhile: a part of what lies between the two answers, and at most so much.
_NEAR = 0.2
_NEAR_W = 400.0

# A vehicle that makes less of its setpoint looks like it, too: within this it is measured, and known.
_IS_MEASURED = timedelta(seconds=75)

# A meter may be later than it seems: it has to stay with what it says for so long, and for so many of its beats.
_STAYS_S = 5.0
_STAYS_BEATS = 2.0


@dataclass(frozen=True, slots=True)
class _Question:
    """What the house draws if the grid gives what was read, and if it gets it; what vehicles drew then (below 0: gave)."""

    draws_w: float
    mirrored_w: float
    vehicles_w: float
    # What it was known to draw before.
    known_w: float | None = None
    # Since when all readings speak for no sign.
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the house is known to draw, by which reading."""

    draws_w: float
    read_w: float
    at: datetime
    # Nobody gave anything.
    rests: bool


class MeterSigns:
    """What the readings of one meter say of its signs."""

    def __init__(self) -> None:
        """Believe that it has them, and look."""
        # It was found to have none.
        self.are_missing = False
        self._signed: set[int] = set()
        self._known: _Known | None = None
        # Until then nothing is asked.
        self._waits_until: datetime | None = None
        self._question: _Question | None = None

    @property
    def least_w(self) -> float | None:
        """What the house draws at least while it is asked which way energy flows; None: what is read is believed."""
        return None if self._question is None else max(0.0, self._question.mirrored_w)

    def forget(self) -> None:
        """Forget the meter: it may be another one."""
        self.are_missing = False
        self._signed.clear()
        self.ask_again()

    def ask_again(self) -> None:
        """Forget when it was asked: nobody knows how long ago that is."""
        self._known = self._question = self._waits_until = None

    def read(
        self,
        powers_w: Sequence[float],
        vehicles: Span,
        at: datetime,
        period_s: float,
    ) -> None:
        """Take what was read on each line, in watts, and what the vehicles may have drawn of it."""
        below = {line for line, watts in enumerate(powers_w) if watts < _BELOW_W}
        if below - self._signed:
            self._signed |= below
            self.are_missing, self._question = False, None
        if self.are_missing:
            return
        # A line that was seen below 0 shows which way it flows.
        doubted_w = sum(
            max(0.0, watts)
            for line, watts in enumerate(powers_w)
            if line not in self._signed
        )
        vehicles_w = (vehicles.low_w + vehicles.high_w) / 2
        draws_w = sum(powers_w) - vehicles_w
        now = _Question(draws_w, draws_w - 2 * doubted_w, vehicles_w)
        rests = vehicles_w >= -_LITTLE_W
        known = _Known(draws_w, sum(powers_w), at, rests)
        if self._question is None:
            self._ask(now, known, vehicles, doubted_w)
        elif vehicles.high_w - vehicles.low_w <= _LITTLE_W:
            stays_s = max(_STAYS_S, _STAYS_BEATS * period_s)
            self._answer(self._question, now, known, timedelta(seconds=stays_s))

    def _ask(
        self, now: _Question, known: _Known, vehicles: Span, doubted_w: float
    ) -> None:
        """Ask which way energy flows, where that is not known."""
        if vehicles.low_w > -_LITTLE_W:
            # Nobody gives: nothing follows from it.
            self._known = known
            return
        if vehicles.high_w - vehicles.low_w > max(_LITTLE_W, doubted_w / 2):
            return
        if doubted_w < _LITTLE_W:
            self._known = known
        elif doubted_w >= _ASKS_W and not self._explains(known):
            known_w = None if self._known is None else self._known.draws_w
            self._question = replace(now, known_w=known_w)

    def _explains(self, now: _Known) -> bool:
        """Whether what is known explains what is read."""
        if self._waits_until is not None and now.at < self._waits_until:
            return True
        known = self._known
        if known is None or now.at - known.at >= _ASKS_AGAIN:
            return False
        if abs(now.draws_w - known.draws_w) <= _LITTLE_W:
            # The house draws what it did, and who was told to give does.
            self._known = replace(now, at=known.at)
            return True
        # Who was told to give may not do so yet.
        return known.rests and now.read_w <= known.read_w + _LITTLE_W

    def _answer(
        self, asked: _Question, now: _Question, known: _Known, stays: timedelta
    ) -> None:
        """Look what the meter made of it that less is given."""
        is_lower = now.vehicles_w - asked.vehicles_w >= _LOWERED_W
        if not is_lower and now.vehicles_w < -_LITTLE_W:
            if now.draws_w - now.mirrored_w < 2 * _LITTLE_W:
                self._known, self._question = known, None
            return
        near_w = min(_NEAR_W, _NEAR * (asked.draws_w - asked.mirrored_w))
        mirrored = (now.draws_w, now.mirrored_w)
        if abs(now.draws_w - asked.draws_w) <= near_w:
            self._known, self._question = known, None
        elif min(abs(watts - asked.mirrored_w) for watts in mirrored) <= near_w:
            since = asked.since or known.at
            self._question = replace(asked, since=since)
            if known.at - since >= stays:
                self.are_missing, self._question = True, None
        else:
            # The house is another one by now, or what it was, and who was told to give gave less.
            self._known, self._question = known if known.rests else None, None
            if asked.known_w is not None and (
                abs(now.draws_w - asked.known_w) <= near_w
            ):
                self._waits_until = known.at + _IS_MEASURED
