"""Which samples can be true: a wild value (65535, 1e300) is no value (promise 6), whatever the station makes of it.

The bounds lie far above what is allowed: a station that draws too much must be believed at once.
"""

from collections.abc import Iterable

from ..model.kinds import EvseKind
from ..model.readings import Sample

# A fuse lets twice its current pass for minutes.
_OVERLOAD = 2.0

# An owner may have said too little of a station: this much any may draw, on each grid phase.
_WIRED_A = 63.0
_WIRED_DC_A = 250.0

# No vehicle takes more (megawatt charging), and no mains or battery has more.
_MOST_DC_A = 3000.0
_MOST_V = 1000.0
_MOST_DC_V = 1500.0

_BOUNDS = {
    "SoC": (0.0, 100.0),
    "Frequency": (40.0, 70.0),
    "Temperature": (-60.0, 250.0),
    # Some write it in percent.
    "Power.Factor": (-100.0, 100.0),
}


def plausible(samples: Iterable[Sample], kind: EvseKind) -> list[Sample]:
    """Return the samples that an EVSE of this kind can have measured."""
    return [sample for sample in samples if _can_be(sample, kind)]


def _can_be(sample: Sample, kind: EvseKind) -> bool:
    lowest, highest = _bounds(sample.measurand, kind)
    return lowest <= sample.value <= highest


def _bounds(measurand: str, kind: EvseKind) -> tuple[float, float]:
    """Return the least and the most that a measurand can be, in its base unit."""
    if measurand in _BOUNDS:
        return _BOUNDS[measurand]
    if measurand == "Voltage":
        return (0.0, _MOST_DC_V if kind.is_dc else _MOST_V)
    wired_a = _OVERLOAD * max(kind.installed_a, _WIRED_DC_A if kind.is_dc else _WIRED_A)
    if measurand.startswith("Current."):
        most = _MOST_DC_A if kind.is_dc else wired_a
    elif measurand.startswith("Power."):
        most = kind.watts(wired_a)
    else:
        most = float("inf")
    return (-most, most)
