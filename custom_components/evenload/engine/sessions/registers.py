"""Energy registers made right: never backwards, never leaping, whatever the station shows.

Stations restart their register with every session, show zero for a moment, or show the session's energy in the
lifetime register while it runs (reference on stations in the field, pains 15 and 16; ABB, Vestel, Wallbox).
"""

from dataclasses import dataclass, replace
from datetime import datetime

# More than this between two readings is a leap of the register, not energy: the largest AC outlet, and a floor.
MAXIMUM_POWER_W = 50_000.0
FLOOR_WH = 1_000.0

# A lower value must be seen this often before it is believed that the register began anew.
PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Register:
    """One register: what the station showed last, and what is shown to the owner, in Wh."""

    raw_wh: float
    total_wh: float
    at: datetime
    doubts: int = 0

    def after(self, raw_wh: float, at: datetime) -> Register:
        """Return it after another reading; one of the past changes nothing."""
        if at < self.at:
            return self
        rise_wh = raw_wh - self.raw_wh
        elapsed_h = (at - self.at).total_seconds() / 3600
        if 0 <= rise_wh <= FLOOR_WH + MAXIMUM_POWER_W * elapsed_h:
            return Register(raw_wh, self.total_wh + rise_wh, at)
        if self.doubts + 1 < PATIENCE:
            return replace(self, doubts=self.doubts + 1)
        # It began anew: count on from here.
        return Register(raw_wh, self.total_wh, at)


def first(raw_wh: float, at: datetime) -> Register:
    """Return a register that was read for the first time."""
    return Register(raw_wh, raw_wh, at)
