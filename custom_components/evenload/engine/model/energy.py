"""What a meter can have counted."""

from datetime import timedelta

# More than this between two readings is a leap of the register, not energy: the largest DC outlet, and a floor.
MAXIMUM_POWER_W = 400_000.0
FLOOR_WH = 1_000.0

# A lifetime in kWh with one decimal, and a session in Wh, differ by this when the same energy is meant.
ROUNDING_WH = 100.0


def is_plausible(risen_wh: float, elapsed: timedelta) -> bool:
    """Whether an outlet can deliver this energy in this time."""
    hours = max(0.0, elapsed.total_seconds() / 3600)
    return 0 <= risen_wh <= FLOOR_WH + MAXIMUM_POWER_W * hours
