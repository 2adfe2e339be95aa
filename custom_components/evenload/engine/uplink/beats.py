"""How often a CSMS above wants to hear that a station is there, or lets it wait (1.6 §4.2, 2.0.1 B01)."""

from typing import Any

# Where it does not say it, and at least and at most.
_WAIT_S = 60.0
_LEAST_WAIT_S, _MOST_WAIT_S = 1.0, 3600.0


def seconds_of(said: Any) -> float:
    """Return an interval that can be kept, in seconds."""
    if not isinstance(said, int | float) or said <= 0:
        return _WAIT_S
    return min(_MOST_WAIT_S, max(_LEAST_WAIT_S, float(said)))
