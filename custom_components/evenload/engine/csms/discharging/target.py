"""What an order comes to on the wire: how a vehicle rests, both sides of its limits, as many digits as OCPP can express."""

from dataclasses import dataclass, replace
import math

from ...model.capabilities import Capabilities, Purpose
from ...model.errors import InvalidRequest
from ...model.limits import RateUnit
from ...model.v2x import IdleMethod, SetpointOrder
from ...model.v2x_ability import Method, OperationMode
from ..limiting.amounts import SETPOINT_ID

# Levels on which leases lie as a rule: a setpoint lies above them.
_ABOVE_LEASES = 3

# Methods that have a word for resting.
_WORDED = frozenset({Method.NATIVE, Method.EXTENSION, Method.DATA_TRANSFER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What one vehicle shall do, in watts: `discharge_w` 0 or less, `charge_w` 0 or more, `power_w` between them."""

    order: SetpointOrder
    mode: OperationMode
    power_w: float
    charge_w: float
    discharge_w: float
    seconds: int

    @property
    def evse(self) -> int:
        """The EVSE that is meant."""
        return self.order.evse

    @property
    def profile_id(self) -> int:
        """The id of the charging profile that brings it: always the same, so that the next one replaces it."""
        return SETPOINT_ID + self.order.evse

    def at_zero(self) -> Target:
        """Return a rest that has no mode of its own."""
        return replace(self, mode=OperationMode.CENTRAL_SETPOINT, power_w=0.0)


def target_of(order: SetpointOrder) -> Target:
    """Return what an order comes to.

    Raises:
        InvalidRequest: one of its numbers is none.

    """
    numbers = (
        order.power_w,
        order.charge_limit_w,
        order.discharge_limit_w,
        order.lasts_s,
        order.baseline_w,
        *(order.by_phase_w or ()),
        *(number for point in order.frequency_curve for number in point),
        *(number for point in order.signal_curve for number in point),
    )
    if not all(map(math.isfinite, numbers)):
        raise InvalidRequest("setpoint", "a power must be a number")
    charge_w = max(order.charge_limit_w, 0.0)
    discharge_w = min(order.discharge_limit_w, 0.0)
    target = Target(
        order=order,
        mode=order.mode,
        power_w=min(max(order.power_w, discharge_w), charge_w),
        charge_w=charge_w,
        discharge_w=discharge_w,
        seconds=max(1, math.ceil(order.lasts_s)),
    )
    return _resting(target) if order.mode is OperationMode.IDLE else target


def released(order: SetpointOrder) -> Target:
    """Return what ends an order: charging only, as its limit allows.

    Raises:
        InvalidRequest: that is no number.

    """
    if not all(map(math.isfinite, (order.charge_limit_w, order.lasts_s))):
        raise InvalidRequest("setpoint", "a power must be a number")
    charge_w = max(order.charge_limit_w, 0.0)
    dialect = order.dialect
    # A message of a maker's that has no other for the end, at a station that charges by it, says what to charge with.
    is_by_power = not dialect.charges_by_limits and bool(dialect.fields)
    return Target(
        order=order,
        mode=OperationMode.CHARGING_ONLY,
        power_w=charge_w if is_by_power and not dialect.release_fields else 0.0,
        charge_w=charge_w,
        discharge_w=0.0,
        seconds=0,
    )


def tenths(value: float) -> float:
    """Return a number as OCPP can express it, never further from 0 than it was (1.6 §7.14)."""
    return math.trunc(round(value * 10.0, 6)) / 10.0 + 0.0


def signed_limit(target: Target) -> float:
    """Return a setpoint as the limit of a profile, below 0 to discharge: watts, or amperes on each phase."""
    order, dialect = target.order, target.order.dialect
    value = target.power_w * (-1.0 if dialect.discharge_is_positive else 1.0)
    if dialect.unit is RateUnit.AMPERES:
        value /= max(order.voltage_v, 1.0) * max(order.phases, 1)
    return tenths(value * dialect.scale)


def as_limits(target: Target) -> Target:
    """Return what ends a setpoint where its profile cannot be taken away: one that only limits, for as long as the setpoint."""
    seconds = max(1, math.ceil(target.order.lasts_s))
    return replace(target, power_w=target.charge_w, seconds=seconds)


def level_of(known: Capabilities, purpose: Purpose) -> int:
    """Return the stack level of a setpoint's profile: above all limits of its purpose, as far as levels go."""
    used = [
        rung.stack_level for rung in known.rungs.values() if rung.purpose is purpose
    ]
    wanted = max(_ABOVE_LEASES, max(used, default=0) + 1)
    highest = known.highest_stack_level
    return wanted if highest is None else min(wanted, highest)


def _resting(target: Target) -> Target:
    """Return how a vehicle rests: some break their session at 0 W."""
    dialect = target.order.dialect
    match dialect.idle:
        case IdleMethod.IDLE_MODE if dialect.method in _WORDED:
            return replace(target, power_w=0.0)
        case IdleMethod.UPKEEP:
            power_w = min(max(dialect.upkeep_w, 0.0), target.charge_w)
        case IdleMethod.PAUSE:
            target, power_w = replace(target, charge_w=0.0), 0.0
        case _:
            power_w = 0.0
    return replace(target, mode=OperationMode.CENTRAL_SETPOINT, power_w=power_w)
