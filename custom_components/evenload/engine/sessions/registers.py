"""Energy registers made right: never backwards, never leaping, whatever the station shows.

Stations restart their register with every session, show zero for a moment, or show the session's energy in the
lifetime register while it runs (reference on stations in the field, pains 15 and 16).

The rule: a reading that may follow the last one is believed. One that may not (lower, or a leap) is doubted. If the
next fits again it cost nothing; at the third in a row the register began anew, and what it rose by meanwhile counts.
Where it stood before is remembered: should it come back there, only what was not counted yet is added. Of two
explanations the one with less energy is believed.

What is lost: what a new register showed at first, where that is more than `FLOOR_WH`; and what restarting registers
rose by between two readings that are so far apart that the second is above the old count.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from ..model.energy import FLOOR_WH, ROUNDING_WH, is_plausible
from ..model.readings import is_late

# Readings that do not fit must come this often in a row before it is believed that the register began anew.
PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """Readings that do not fit: the last one, how many in a row, and the energy if they turn out to be true."""

    raw_wh: float
    at: datetime
    readings: int
    gained_wh: float


@dataclass(frozen=True, slots=True)
class Left:
    """Where the register stood, and what was shown then, when it began anew."""

    raw_wh: float
    total_wh: float


@dataclass(frozen=True, slots=True)
class Register:
    """One register: what the station showed last, and what is shown to the owner, in Wh."""

    raw_wh: float
    total_wh: float
    at: datetime
    doubt: Doubt | None = None
    left: Left | None = None

    def after(self, raw_wh: float, at: datetime) -> Register:
        """Return it after another reading; one of the past changes nothing."""
        if is_late(at, self.at if self.doubt is None else self.doubt.at):
            return self
        risen_wh = raw_wh - self.raw_wh
        may_rise = is_plausible(risen_wh, at - self.at)
        returned_wh = self._returned_wh(raw_wh, at)
        if returned_wh is not None and not (may_rise and risen_wh <= returned_wh):
            return Register(raw_wh, self.total_wh + returned_wh, at)
        if may_rise:
            return Register(raw_wh, self.total_wh + risen_wh, at, left=self.left)
        doubt = self._doubting(raw_wh, at)
        if doubt.readings < PATIENCE:
            return replace(self, doubt=doubt)
        left = Left(self.raw_wh, self.total_wh)
        if self.left is not None and self.left.raw_wh >= left.raw_wh:
            # The higher count is the lifetime; the other one was a session's.
            left = self.left
        return Register(
            raw_wh,
            self.total_wh + doubt.gained_wh,
            at,
            left=left if left.raw_wh > FLOOR_WH else None,
        )

    def _returned_wh(self, raw_wh: float, at: datetime) -> float | None:
        """Return the energy that is new if the register came back to where it stood; None if it did not."""
        if self.left is None:
            return None
        counted_wh = self.total_wh - self.left.total_wh
        new_wh = raw_wh - self.left.raw_wh - counted_wh
        if new_wh < -ROUNDING_WH:
            return None
        return (
            max(0.0, new_wh) if is_plausible(max(0.0, new_wh), at - self.at) else None
        )

    def _doubting(self, raw_wh: float, at: datetime) -> Doubt:
        # A register that began anew began at zero, unless what it shows is too much for that.
        first_wh = raw_wh if raw_wh < self.raw_wh and 0 <= raw_wh <= FLOOR_WH else 0.0
        if self.doubt is None:
            return Doubt(raw_wh, at, 1, first_wh)
        risen_wh = raw_wh - self.doubt.raw_wh
        gained_wh = risen_wh if is_plausible(risen_wh, at - self.doubt.at) else first_wh
        return Doubt(
            raw_wh, at, self.doubt.readings + 1, self.doubt.gained_wh + gained_wh
        )


def first(raw_wh: float, at: datetime) -> Register:
    """Return a register that was read for the first time."""
    return Register(raw_wh, raw_wh, at)
