"""How much of the time that a breaker allows above its rating is used up.

Bimetals are slow, and they remember: short overloads add up. The risk is an integral; at a constant current it is 1
after the time of the table, and then the line must be below its limit.
"""

from datetime import datetime, timedelta
from enum import IntEnum
from math import inf

# The current as a multiple of the rating, and how long it may last, in seconds. From the lower curves of warm
# miniature circuit breakers (IEC 60898-1: 1.13 never within an hour, 1.45 within one, 2.55 within 1 to 60 s).
BUDGETS_S = (
    (1.0, inf),
    (1.13, 60.0),
    (1.30, 30.0),
    (1.45, 15.0),
    (2.0, 8.0),
    (2.55, 5.0),
)

# A bimetal cools with a time constant of minutes: after five of them a used up budget is whole again.
RECOVERY_S = 300.0

# A vehicle follows a lowered limit within 5 s, some need 6 more; a station passes it on within a second, and a meter
# shows it some seconds later.
REACTION_S = 15.0

# A motor starts within two seconds.
MOTOR_S = 2.0

# How often the meter speaks, until two samples show it.
EVERY_S = 10.0

# What the largest appliance may bring a line to when it starts, as multiples of the rating, while there is time for it.
START_RATIOS = (1.4, 1.3, 1.13)

# From the sample that shows a start until those who can have made room.
MAKES_ROOM_S = 7.0

# An overload is over when the current is this far below the limit.
HYSTERESIS = 0.02

_EQUAL = 1e-9


class Urgency(IntEnum):
    """How strongly to answer what a line carries."""

    NONE = 0
    # It may be a motor that starts: lower those who can be lowered, and pause nobody for it.
    RIDE_OUT = 1
    # Lower, and pause who would get less than its least.
    ACT = 2
    # What was lowered did not help in time: ask for less than what was computed.
    INSIST = 3
    # The budget is used up: pause everybody on this line.
    PAUSE = 4


def budget_s(ratio: float) -> float:
    """Return how long a multiple of the rating may last, in seconds."""
    return next((s for most, s in BUDGETS_S if ratio <= most + _EQUAL), 0.0)


class TripRisk:
    """The risk on one line; 0: none, 1: it must be below its limit by now. Each sample costs the same."""

    def __init__(self, hold_s: float) -> None:
        """Begin cold; a sample counts for `hold_s` at most where none follows."""
        self.risk = 0.0
        # For how long the line was above its limit with the budget used up.
        self.beyond_s = 0.0
        self.overload = False
        self.over_since: datetime | None = None
        self._hold = timedelta(seconds=hold_s)
        self._read_at: datetime | None = None
        self._counted_to: datetime | None = None
        self._ratio = 0.0
        self._every_s: float | None = None

    def read(self, load_a: float, limit_a: float, now: datetime) -> None:
        """Take what the line carries."""
        self.advance(now)
        if self._read_at is not None and now > self._read_at:
            self._every_s = min((now - self._read_at).total_seconds(), 60.0)
        self._read_at = self._counted_to = now
        self._ratio = _ratio(load_a, limit_a)
        if self._is_over:
            self.over_since = self.over_since or now
            self.overload = True
        else:
            self.over_since = None
            self.overload &= self._ratio > 1 - HYSTERESIS
        if budget_s(self._ratio) == 0.0:
            self.risk = 1.0

    def advance(self, now: datetime) -> None:
        """Count the time since the last sample, in which the line carried what it did then."""
        if self._read_at is None or self._counted_to is None:
            return
        if now < self._counted_to:
            # The clock was set back: nothing is known of the time between.
            self._read_at = self._counted_to = now
            if self.over_since is not None:
                self.over_since = min(self.over_since, now)
            return
        to = min(now, self._read_at + self._hold)
        elapsed_s = (to - self._counted_to).total_seconds()
        if elapsed_s <= 0:
            return
        self._counted_to = to
        if self._is_over:
            self._burn(elapsed_s)
        else:
            self.risk = max(0.0, self.risk - elapsed_s / RECOVERY_S)

    def start_ratio(self, now: datetime) -> float:
        """Return how far above its rating the line may come when an appliance starts: what is left of the budget decides.

        A thermostat that switches every other minute uses it up bit by bit.
        """
        self.advance(now)
        needed_s = self._sample_s + MAKES_ROOM_S
        return next(
            (
                ratio
                for ratio in START_RATIOS
                if (1.0 - self.risk) * budget_s(ratio) >= needed_s
            ),
            1.0,
        )

    def used_up_at(self, now: datetime) -> datetime | None:
        """Return when the budget is used up if the current stays; None when it is not above the limit."""
        self.advance(now)
        if not self._is_over:
            return None
        return now + timedelta(seconds=(1 - self.risk) * budget_s(self._ratio))

    def urgency(self, now: datetime) -> Urgency:
        """Return how strongly to act."""
        self.advance(now)
        if not self._is_over or self.over_since is None:
            return Urgency.NONE
        lasts_s = budget_s(self._ratio)
        if self.risk >= 1.0 - _EQUAL and (self._is_proven or lasts_s == 0.0):
            return Urgency.PAUSE
        if self._is_proven:
            return Urgency.INSIST
        over_s = (now - self.over_since).total_seconds()
        may_be_motor = over_s < self.ride_s and self._shown_s < MOTOR_S
        # If it is none, the next sample shows so, and vehicles still have to follow.
        ahead = self.risk + (self._sample_s + REACTION_S) / (lasts_s or _EQUAL)
        return Urgency.RIDE_OUT if may_be_motor and ahead <= 1 else Urgency.ACT

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when the urgency changes next if nothing is heard."""
        if self.urgency(now) is Urgency.NONE or self.over_since is None:
            return None
        moments = [self.over_since + timedelta(seconds=self.ride_s)]
        used_up_at = self.used_up_at(now)
        if self._is_proven and used_up_at is not None:
            moments.append(used_up_at)
        return min((moment for moment in moments if moment > now), default=None)

    def insistence(self, now: datetime) -> int:
        """Return how often what is too much is to be taken off once more: the longer it does not help, the more often."""
        if self.urgency(now) < Urgency.INSIST or self.over_since is None:
            return 0
        return int(self._shown_s / REACTION_S)

    @property
    def _shown_s(self) -> float:
        """For how long samples have shown the line above its limit."""
        if self.over_since is None or self._read_at is None:
            return 0.0
        return (self._read_at - self.over_since).total_seconds()

    @property
    def _is_proven(self) -> bool:
        """Whether a sample showed that what was lowered did not help, though there was time."""
        return self._shown_s >= REACTION_S

    @property
    def _sample_s(self) -> float:
        return EVERY_S if self._every_s is None else self._every_s

    @property
    def ride_s(self) -> float:
        """How long to wait whether it was a motor that started: until the next sample."""
        return max(MOTOR_S, 1.5 * self._sample_s)

    @property
    def _is_over(self) -> bool:
        return self._ratio > 1.0 + _EQUAL

    def _burn(self, elapsed_s: float) -> None:
        lasts_s = budget_s(self._ratio)
        left_s = (1.0 - self.risk) * lasts_s
        self.beyond_s += max(0.0, elapsed_s - left_s)
        self.risk = 1.0 if elapsed_s >= left_s else self.risk + elapsed_s / lasts_s


def _ratio(load_a: float, limit_a: float) -> float:
    if limit_a > 0:
        return load_a / limit_a
    return inf if load_a > 0 else 0.0
