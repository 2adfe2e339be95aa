"""From what would be best if everything could be divided to what can be done: which switches are left to be decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from .flow import Flow
from .highs import Answer

# A switch that is so far on, or off, is.
_CLOSE = 1e-6

# So many quarters in which a vehicle could charge almost as well are left open beside those in which it does.
_OPEN_BESIDE = 8


@dataclass(frozen=True, slots=True)
class Decided:
    """Switches that are on, and that are off; all others are open."""

    on: frozenset[int]
    off: frozenset[int]


def decided(
    flows: Sequence[Flow], answer: Answer, beside: int = _OPEN_BESIDE
) -> Decided:
    """Return which switches are certain enough: on at full power, off where others were much better."""
    on: set[int] = set()
    off: set[int] = set()
    for flow in flows:
        vehicle = flow.vehicle
        # Whether it is in one piece half a switch does not show, nor whether it is above its minimum before it gives.
        if vehicle.wish.together:
            continue
        ways = (
            (flow.charge, flow.charging, vehicle.least_kw),
            (flow.discharge, flow.discharging, vehicle.least_out_kw),
        )
        for powers, switches, least_kw in ways:
            idle = []
            is_certain = powers is flow.charge or vehicle.spare_kwh >= 0
            for quarter, switch in switches.items():
                power = answer.values[powers[quarter]]
                if power <= _CLOSE:
                    idle.append((answer.worth[powers[quarter]], quarter))
                elif power < least_kw - _CLOSE or _both(flow, answer, quarter):
                    continue
                elif is_certain:
                    on.add(switch)
            idle.sort()
            off.update(switches[quarter] for _, quarter in idle[beside:])
    return Decided(frozenset(on), frozenset(off))


def _both(flow: Flow, answer: Answer, quarter: int) -> bool:
    """Whether it charges and discharges at once, as nothing can."""
    return (
        quarter in flow.charge
        and quarter in flow.discharge
        and answer.values[flow.charge[quarter]] > _CLOSE
        and answer.values[flow.discharge[quarter]] > _CLOSE
    )
