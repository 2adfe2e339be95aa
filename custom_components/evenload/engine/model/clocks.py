"""A station's own clock, as far as its messages show it, and in whose time limits are written that end."""

from dataclasses import dataclass
from datetime import timedelta

# A message takes a moment, and its time is rounded: less than this is no difference.
SAME_S = 10.0

# Leases allow for so much: beyond it they begin late, or end early.
ASTRAY_S = 300.0

# Zones are this far apart. Who writes local time as if it were UTC may well have a clock that is right.
_ZONES_APART_S = 900.0
_FURTHEST_ZONE_S = 14 * 3600.0
_ZONE_MISSED_BY_S = 30.0

# No zone is so far behind: such a clock was set back, or has lost the time.
_SET_BACK_S = 15 * 3600.0


@dataclass(frozen=True, slots=True)
class Clock:
    """How far a station's clock is ahead of ours (None: not known); `is_told`: and stays so, though it was told the time."""

    ahead_s: float | None = None
    is_told: bool = False

    @property
    def is_off(self) -> bool:
        """Whether it shows another time than ours."""
        return self.ahead_s is not None and abs(self.ahead_s) > SAME_S

    @property
    def is_astray(self) -> bool:
        """Whether it is so wrong that limits would not begin or end in time, and the time that it is told changes nothing."""
        return (
            self.is_told and self.ahead_s is not None and abs(self.ahead_s) > ASTRAY_S
        )

    def set_back_s(self, before_s: float) -> float:
        """Return by how much it was set back for good, in seconds: what it was before, where it has shown nothing since."""
        if self.ahead_s is None:
            return before_s
        return -self.ahead_s if self.ahead_s < -_SET_BACK_S else 0.0

    def is_read(self, learnt: bool | None) -> bool:
        """Whether the station reads times by the clock that it shows: what was `learnt` of it, or what is likely."""
        return self.is_off and (not self._may_be_a_zone if learnt is None else learnt)

    def shift(self, learnt: bool | None) -> timedelta:
        """Return by how much times that are written for the station are to differ from ours."""
        ahead_s = self.ahead_s if self.is_read(learnt) else None
        return timedelta(seconds=ahead_s or 0.0)

    @property
    def _may_be_a_zone(self) -> bool:
        """Whether it is off by a whole number of time zones."""
        ahead_s = self.ahead_s or 0.0
        missed_s = abs(ahead_s - _ZONES_APART_S * round(ahead_s / _ZONES_APART_S))
        return missed_s <= _ZONE_MISSED_BY_S and (
            _ZONES_APART_S - _ZONE_MISSED_BY_S
            <= abs(ahead_s)
            <= _FURTHEST_ZONE_S + _ZONE_MISSED_BY_S
        )
