"""What one vehicle was told, and what is known of what it does."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...model.v2x import SetpointOrder
from ...model.v2x_ability import HANDED

# A vehicle follows a setpoint, and a station lets it lapse, within this beyond what its maker says.
SLACK = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """A setpoint that left (`order` None: it was ended), when it was answered, and until when it may hold (None: for good)."""

    order: SetpointOrder | None
    sent_at: datetime
    answered_at: datetime | None = None
    until: datetime | None = None
    settles_s: float = 2.0
    # What may be charged with from an end on, as it was said with it.
    charge_w: float = 0.0
    # Since when nobody knows when it lapses: our clock was set, and its station may go by that.
    doubted_at: datetime | None = None

    @property
    def power_w(self) -> float | None:
        """What it asks for; None: what the limits beneath let through."""
        return None if self.order is None else self.order.power_w

    @property
    def is_handed(self) -> bool:
        """Whether somebody else works out what flows."""
        return self.order is not None and self.order.mode in HANDED

    @property
    def reach_w(self) -> tuple[float, float]:
        """Between what and what it lets flow: one power, or all that somebody else may make of it."""
        if self.order is None:
            return 0.0, 0.0
        if self.is_handed:
            return self.order.discharge_limit_w, self.order.charge_limit_w
        return self.order.power_w, self.order.power_w

    @property
    def settled_at(self) -> datetime | None:
        """From when on it is followed, or None while that is not known."""
        if self.answered_at is None:
            return None
        return self.answered_at + timedelta(seconds=self.settles_s) + SLACK

    def holds(self, at: datetime) -> bool:
        """Whether it may still hold."""
        return self.until is None or at < self.until

    def clock_was_set(self, by: timedelta, now: datetime) -> Told:
        """Return it when our clock was set: what may hold then is ended before it is believed to be over."""
        told = replace(
            self,
            sent_at=self.sent_at + by,
            answered_at=self.answered_at and self.answered_at + by,
            until=self.until and self.until + by,
        )
        # Set back, what has lapsed holds again in a station whose clock has followed.
        if self.order is None or not self.holds(min(now - by, now)):
            return told
        return replace(told, until=None, doubted_at=now)


@dataclass(frozen=True, slots=True)
class Flow:
    """What is known of an EVSE beside what it was told: what it measured and when, and what its limits let through.

    `parts`: which part of it was measured on each of its own phases, where that was.
    """

    power_w: float | None = None
    at: datetime | None = None
    allowed_w: float = 0.0
    parts: tuple[float, float, float] | None = None


def on_one(told: Told, place: int) -> float | None:
    """Return which part of a setpoint was told to be on one of its station's phases, or None where it says nothing of phases."""
    order = told.order
    if order is None or order.by_phase_w is None or not order.power_w:
        return None
    return order.by_phase_w[place] / order.power_w


@dataclass(frozen=True, slots=True)
class On:
    """One of a station's phases; `even` is the part of a power that is on it where nobody was told another one.

    `in_full`: as if all came out that is told, also where a part is known to be lost.
    """

    place: int | None = None
    even: float = 1.0
    in_full: bool = False

    def made(self, told: Told) -> float:
        """Return which part of what was told comes out on it."""
        order = told.order
        is_lost = order is not None and order.power_w < 0 and not self.in_full
        makes = order.makes if order is not None and is_lost else 1.0
        return makes * self.part(told)

    def part(self, told: Told) -> float:
        """Return which part of what was told is on it."""
        part = None if self.place is None else on_one(told, self.place)
        return self.even if part is None else part

    def measured(self, flow: Flow, told: Told | None = None) -> float:
        """Return which part of what was measured is on it: where that was not, as it was told."""
        if self.place is not None and flow.parts is not None:
            return flow.parts[self.place]
        return self.even if told is None else self.part(told)


# All phases together.
WHOLE = On()

# The most that may come out.
IN_FULL = On(in_full=True)
