"""What a battery gives to hold the grid's frequency: the continent's droop for FCR, and a signal of the grid operator's (aFRR).

Source: regelleistung.net, conditions for FCR providers: nothing within 10 mHz, all at 200 mHz, in proportion between.
Experimental: the way over OCPP takes seconds, and nothing of it is prequalified.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import copysign

_DEAD_BAND_HZ = 0.010
_FULL_HZ = 0.200
_NOMINAL_HZ = (50.0, 60.0)

# As steep as a curve can be.
_LEAST_HZ = 0.001

# A signal is a share of what was offered, in percent; below 0 it asks to feed back.
FULL_SIGNAL = 100
# One that nobody repeats is over.
SIGNAL_LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Signal:
    """What a grid operator signalled last (2.1 Q08.FR.12)."""

    value: int
    at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it still counts."""
        return now < self.ends_at

    @property
    def ends_at(self) -> datetime:
        """When nobody has repeated it for too long."""
        return self.at + SIGNAL_LASTS


def nominal_hz(hz: float) -> float:
    """Return what the frequency of a grid should be."""
    return min(_NOMINAL_HZ, key=lambda one: abs(hz - one))


def response_w(hz: float, offered_w: float) -> float:
    """Return what is to flow into the vehicles: below 0 where the frequency is too low, at most what was offered."""
    off = hz - nominal_hz(hz)
    if abs(off) <= _DEAD_BAND_HZ + 1e-9:
        return 0.0
    return copysign(min(1.0, abs(off) / _FULL_HZ) * offered_w, off)


def signalled_w(signal: int, offered_w: float) -> float:
    """Return what a signal asks for, at most what was offered."""
    return min(max(signal / FULL_SIGNAL, -1.0), 1.0) * offered_w


def curve(hz: float, down_w: float, up_w: float) -> tuple[tuple[float, float], ...]:
    """Return the droop as a station follows it by itself (2.1 Q08), straight between its points and level beyond them."""
    beyond = _DEAD_BAND_HZ + _LEAST_HZ
    share = beyond / _FULL_HZ
    return (
        (hz - _FULL_HZ, -down_w),
        (hz - beyond, -down_w * share),
        (hz - _DEAD_BAND_HZ, 0.0),
        (hz + _DEAD_BAND_HZ, 0.0),
        (hz + beyond, up_w * share),
        (hz + _FULL_HZ, up_w),
    )


def signal_curve(down_w: float, up_w: float) -> tuple[tuple[int, float], ...]:
    """Return what a station makes of a signal (2.1 Q08.FR.02)."""
    return ((-FULL_SIGNAL, -down_w), (0, 0.0), (FULL_SIGNAL, up_w))
