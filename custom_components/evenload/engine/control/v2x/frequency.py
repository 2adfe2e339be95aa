"""What a battery gives to hold the grid's frequency: the continent's droop for FCR.

Source: regelleistung.net, conditions for FCR providers: nothing within 10 mHz, all at 200 mHz, in proportion between.
Experimental: the way over OCPP takes seconds, and nothing of it is prequalified.
"""

from math import copysign

_DEAD_BAND_HZ = 0.010
_FULL_HZ = 0.200
_NOMINAL_HZ = (50.0, 60.0)


def response_w(hz: float, offered_w: float) -> float:
    """Return what is to flow into the vehicles: below 0 where the frequency is too low, at most what was offered."""
    nominal = min(_NOMINAL_HZ, key=lambda one: abs(hz - one))
    off = hz - nominal
    if abs(off) <= _DEAD_BAND_HZ + 1e-9:
        return 0.0
    return copysign(min(1.0, abs(off) / _FULL_HZ) * offered_w, off)
