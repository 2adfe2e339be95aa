"""Which power brings vehicles to a state of charge that a programme asks for."""

from typing import Final

# So near it is reached; a vehicle that says whole percents would go back and forth.
_BELOW: Final = 0.5
_ABOVE: Final = 1.5


def towards(
    wanted_percent: float,
    soc_percent: float | None,
    charge_w: float,
    discharge_w: float,
) -> float | None:
    """Return the power, as much as can be; 0 where it is reached, None where nobody knows how full they are."""
    if soc_percent is None:
        return None
    if soc_percent < wanted_percent - _BELOW:
        return charge_w
    if soc_percent > wanted_percent + _ABOVE:
        return -discharge_w
    return 0.0
