"""Vehicles as one battery."""

from collections.abc import Iterable

from ...model.v2x import Battery, Hindrance
from .charge import LEAST_CAPACITY_WH
from .vehicle import Vehicle

# A vehicle that only stands by gives again as soon as it is asked; these mean that it cannot.
_PASSING = frozenset({None, Hindrance.SOC_AT_MINIMUM})


def battery_of(vehicles: Iterable[Vehicle]) -> Battery:
    """Return what vehicles hold, want and can do together; who is not there or may not is not in it."""
    there = [one for one in vehicles if one.hindrance in _PASSING]
    held_wh = capacity_wh = 0.0
    for one in there:
        own_wh = one.capacity_wh or LEAST_CAPACITY_WH
        held_wh += (one.soc_percent or 0.0) / 100 * own_wh
        capacity_wh += own_wh
    return Battery(
        vehicles=len(there),
        available_wh=sum(one.available_wh for one in there),
        wanted_wh=sum(one.wanted_wh for one in there),
        discharge_w=sum(
            one.most_out_w
            for one in there
            if one.hindrance is None and one.available_wh
        ),
        charge_w=sum(one.most_in_w for one in there if one.wanted_wh > 0),
        power_w=sum(one.flow.power_w or 0.0 for one in there),
        soc_percent=100 * held_wh / capacity_wh if capacity_wh else None,
    )
