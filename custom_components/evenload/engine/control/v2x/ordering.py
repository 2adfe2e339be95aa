"""What an EVSE is told for what its vehicle is to do: one order, with both sides of it, that fits beside all others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...model.identity import EvseKey
from ...model.v2x import IdleMethod, SetpointOrder
from ...model.v2x_ability import HANDED, OperationMode
from .deciding import Doing
from .dividing import Bound
from .export import less
from .handing import offers
from .stance import RESTS
from .vehicle import Vehicle


def order_of(
    vehicle: Vehicle,
    power_w: float,
    doing: Doing,
    *,
    probed: bool = False,
    by_frequency: bool = False,
) -> SetpointOrder | None:
    """Return an order, or None where nobody knows how its station is told."""
    dialect = vehicle.dialect
    if dialect is None:
        return None
    running = vehicle.evse.transaction
    charge_w = max(0.0, vehicle.flow.allowed_w)
    power_w = float(round(min(power_w, charge_w)))
    order = SetpointOrder(
        evse=vehicle.key.evse,
        power_w=power_w,
        charge_limit_w=float(int(charge_w)),
        discharge_limit_w=min(0.0, power_w),
        mode=_mode(vehicle, doing, probed=probed, by_frequency=by_frequency),
        transaction_id=running.id if running and running.is_open else None,
        dialect=dialect,
        voltage_v=vehicle.kind.voltage_v,
        phases=vehicle.phases,
        by_phase_w=_by_phase(vehicle, power_w),
        makes=vehicle.makes,
    )
    if (handed := doing.handed) is None or probed:
        return order
    return replace(
        order,
        mode=handed.mode,
        charge_limit_w=float(int(min(handed.in_w, charge_w))),
        discharge_limit_w=-float(int(handed.out_w)),
        power_w=-float(int(handed.out_w)),
        makes=1.0,
        baseline_w=float(round(handed.baseline_w)),
        frequency_curve=handed.frequency_curve,
        signal_curve=handed.signal_curve,
    )


def fitted(
    order: SetpointOrder,
    key: EvseKey,
    bounds: Sequence[Bound],
    others: Mapping[EvseKey, float],
) -> SetpointOrder:
    """Return an order that fits beside what all others may be feeding in this moment; what is left to others fits whole, or not."""
    if order.power_w >= 0 or not others:
        return order
    power_w = -order.power_w
    for bound in less(bounds, others):
        if (count := bound.counts.get(key, 0.0)) > 0:
            power_w = min(power_w, bound.limit / count)
    if order.mode in HANDED:
        if power_w >= -order.power_w - 1.0:
            return order
        order = replace(order, mode=OperationMode.CENTRAL_SETPOINT)
    floor_w = order.makes * order.dialect.minimum_w
    power_w = float(int(power_w)) if power_w >= floor_w else 0.0
    return _giving(order, power_w)


def with_losses(
    order: SetpointOrder, vehicle: Vehicle, bounds: Sequence[Bound]
) -> SetpointOrder:
    """Return an order that asks for what its station loses, too: never more than it may be told, and than circuits carry."""
    if order.power_w >= 0 or order.mode in HANDED:
        return order
    power_w = -order.power_w
    if order.makes < 1.0:
        power_w = min(power_w / order.makes, vehicle.most_told_w)
        for bound in bounds:
            if (count := bound.counts.get(vehicle.key, 0.0)) > 0:
                power_w = min(power_w, bound.limit / count)
        order = _giving(order, float(round(power_w)))
    end_w = vehicle.end_w
    if end_w is None or power_w * order.makes <= end_w:
        return order
    return replace(order, makes=end_w / power_w)


def _giving(order: SetpointOrder, power_w: float) -> SetpointOrder:
    """Return an order to give so much (a magnitude), divided among phases as before."""
    if (shares := order.by_phase_w) is not None:
        l1, l2, l3 = (power_w * share_w / -order.power_w for share_w in shares)
        order = replace(order, by_phase_w=(l1, l2, l3))
    return replace(order, power_w=-power_w, discharge_limit_w=-power_w)


def _by_phase(vehicle: Vehicle, power_w: float) -> tuple[float, float, float] | None:
    """Return what is to be given on each phase, where the vehicle is told that."""
    if vehicle.parts is None or power_w >= 0:
        return None
    l1, l2, l3 = (power_w * part for part in vehicle.parts)
    return l1, l2, l3


def _mode(
    vehicle: Vehicle, doing: Doing, *, probed: bool, by_frequency: bool
) -> OperationMode:
    """Return who decides: we, as a rule."""
    dialect = vehicle.dialect
    rests = doing.stance == RESTS and not probed
    if rests and dialect is not None and dialect.idle is IdleMethod.IDLE_MODE:
        return OperationMode.IDLE
    takes_updates = vehicle.station.capabilities.dynamic_profiles is True
    # Q07.FR.02: it is dynamic, or nothing.
    if (
        by_frequency
        # It has one power for all phases.
        and vehicle.parts is None
        and takes_updates
        and doing.setpoint_w is not None
        and offers(vehicle, OperationMode.CENTRAL_FREQUENCY)
    ):
        return OperationMode.CENTRAL_FREQUENCY
    return OperationMode.CENTRAL_SETPOINT
