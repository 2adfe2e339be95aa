"""What a plan says of this moment, as caps; and what it says comes next."""

from datetime import datetime

from ...model.allotments import Demand, Reason
from ...model.identity import EvseKey
from ...model.kinds import EvseKind
from ...model.limits import Power
from ...model.loads import Load
from ...model.planning import QUARTER, Plan
from .leave import Leave

# Less than this is nothing: a solver's zero has digits.
NOTHING_W = 50.0


def next_start(plan: Plan, key: EvseKey, now: datetime) -> datetime | None:
    """Return when a vehicle begins that the plan has do nothing now; None where it goes on, or never begins."""
    vehicle = plan.vehicles.get(key)
    if vehicle is None:
        return None
    place = (now - plan.start) // QUARTER
    if not 0 <= place < len(vehicle.power_w) or _flows(vehicle.power_w[place]):
        return None
    for later in range(place + 1, len(vehicle.power_w)):
        if _flows(vehicle.power_w[later]):
            return plan.start + later * QUARTER
    return None


def quarter_end(plan: Plan, now: datetime) -> datetime:
    """Return when the quarter of a plan ends in which a moment lies."""
    return plan.start + ((now - plan.start) // QUARTER + 1) * QUARTER


def planned(plan: Plan, demand: Demand, kind: EvseKind, now: datetime) -> Leave | None:
    """Return what a plan lets through at this moment; None where it says nothing."""
    power_w = plan.power_w(demand.key, now)
    if power_w is None:
        return None
    if power_w < NOTHING_W:
        until = next_start(plan, demand.key, now)
        return Leave(Reason.PLANNED, paused=True, until=until)
    cap_a = _amperes(power_w, demand.load, kind)
    on_one = demand.single is not None and not kind.is_dc
    single = on_one and cap_a < demand.minimum_a - 1e-6
    # A minimum is more than nothing: what is too little for it gets done earlier.
    return Leave(Reason.PLANNED, cap_a, single=single)


def _amperes(power_w: float, load: Load, kind: EvseKind) -> float:
    """Return what a power at the socket comes to, in amperes on each phase."""
    if kind.is_dc:
        return kind.amperes(Power(power_w))
    return power_w / load.watts


def _flows(power_w: float) -> bool:
    return abs(power_w) >= NOTHING_W
