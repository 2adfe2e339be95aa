"""What no plan may break, worked out from the problem by arithmetic of the tests' own."""

from collections.abc import Iterator
from datetime import timedelta

from custom_components.evenload.engine.model.loads import Load
from custom_components.evenload.engine.model.planning import (
    QUARTER,
    ChargeMode,
    Plan,
    VehiclePlan,
)
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.planning.problem import Problem, Wish

# Watts that rounding may come to, and amperes.
WATTS = 2.0
AMPERES = 0.05

HOUR = timedelta(hours=1)


def broken(problem: Problem, plan: Plan) -> list[str]:
    """Return everything that a plan breaks, in words."""
    found = [
        words
        for wish in problem.wishes
        for words in _of_vehicle(problem, wish, plan.vehicles[wish.key])
    ]
    for quarter in range(problem.quarters):
        found += _of_circuits(problem, plan, quarter)
        found += _of_connection(problem, plan, quarter)
    return found


def known(problem: Problem, name: str, quarter: int) -> float | None:
    """Return what the outlook says of a quarter."""
    series = getattr(problem.outlook, name)
    return series and series.at(problem.start + quarter * QUARTER)


def is_whole(problem: Problem) -> bool:
    """Whether house and sun are told for every quarter: what is filled in is the planner's own guess."""
    return all(
        series is None
        or all(known(problem, name, q) is not None for q in range(problem.quarters))
        for name in ("house_w", "sun_w")
        for series in (getattr(problem.outlook, name),)
    )


def _of_vehicle(problem: Problem, wish: Wish, plan: VehiclePlan) -> Iterator[str]:
    overdue = wish.departs_at is not None and wish.departs_at <= problem.now
    added_wh = 0.0
    takes_less = bool(wish.taper)
    for quarter, power in enumerate(plan.power_w):
        begins = problem.start + quarter * QUARTER
        name = f"{wish.key} in quarter {quarter}: {power} W"
        is_planned = wish.in_hand is None
        if (
            is_planned
            and power > 0
            and not takes_less
            and power < min(wish.least_w, wish.most_w) - WATTS
        ):
            yield f"{name}, below its least"
        if power > wish.most_w + WATTS or power < -wish.most_discharge_w - WATTS:
            yield f"{name}, above its most"
        least_w = min(wish.least_discharge_w, wish.most_discharge_w)
        if is_planned and -least_w + WATTS < power < 0:
            yield f"{name}, less than it gives"
        if is_planned and power and wish.mode is ChargeMode.OFF:
            yield f"{name}, though off"
        if is_planned and power < 0 and wish.mode is not ChargeMode.PLAN_V2G:
            yield f"{name}, in its mode"
        departs = begins + QUARTER
        if wish.departs_at is not None and not overdue:
            departs = min(departs, wish.departs_at)
        there = departs - max(begins, wish.arrives_at or problem.now, problem.now)
        if power and there <= timedelta():
            yield f"{name}, and not there"
        wh = power * max(there, timedelta()) / HOUR
        added_wh += wh * wish.efficiency if wh > 0 else wh / wish.discharge_efficiency
        yield from _of_battery(wish, name, power, added_wh)


def _of_battery(wish: Wish, name: str, power: float, added_wh: float) -> Iterator[str]:
    last_wh = 0.25 * wish.least_w * wish.efficiency + 5
    room_wh = max(wish.needs_wh, wish.room_wh or 0.0, 0.0)
    if wish.capacity_wh is not None and wish.stored_wh is not None:
        room_wh = min(room_wh, max(0.0, wish.capacity_wh - wish.stored_wh))
        stored_wh = wish.stored_wh + added_wh
        if (
            power < 0
            and stored_wh < wish.minimum_soc_percent / 100 * wish.capacity_wh - 5
        ):
            yield f"{name}, below its minimum: {stored_wh} Wh"
    if power > 0 and added_wh > room_wh + last_wh:
        yield f"{name}, {added_wh} Wh added where {room_wh} Wh have room"


def _of_circuits(problem: Problem, plan: Plan, quarter: int) -> Iterator[str]:
    house_w = known(problem, "house_w", quarter) or 0.0
    sun_w = known(problem, "sun_w", quarter) or 0.0
    if not is_whole(problem):
        return
    flows = {node: [0j, 0j, 0j, 0j] for node in problem.tree.nodes}
    volts = 230.0
    root = problem.tree.nodes[ROOT].room.current
    lines = [on > 0 for on in root or ()]
    beside = [(house_w - sun_w) / sum(lines) / volts if line else 0.0 for line in lines]
    for wish in problem.wishes:
        amperes = plan.vehicles[wish.key].power_w[quarter] / wish.load.watts
        load: Load = wish.load
        for node in problem.tree.path(wish.node):
            for line in range(3):
                flows[node.id][line] += amperes * load.on[line]
            flows[node.id][3] += amperes * load.watts
            if node.transformer is not None:
                load = node.transformer.above(load)
    for node in problem.tree.nodes.values():
        at_root = node.id == ROOT
        room = node.room
        for line, limit in enumerate(room.current or ()):
            base = beside[line] if at_root else 0.0
            # What house and sun do alone is not the plan's.
            most = max(limit, abs(base))
            if abs(flows[node.id][line] + base) > most + AMPERES:
                yield f"{node.name} on line {line + 1} in quarter {quarter}"
        if room.power_w is not None:
            base = house_w - sun_w if at_root else 0.0
            most = max(room.power_w, abs(base))
            if abs(flows[node.id][3] + base) > most + WATTS * len(problem.wishes):
                yield f"{node.name} in watts in quarter {quarter}"


def _of_connection(problem: Problem, plan: Plan, quarter: int) -> Iterator[str]:
    if not is_whole(problem):
        return
    base = (known(problem, "house_w", quarter) or 0.0) - (
        known(problem, "sun_w", quarter) or 0.0
    )
    powers = {
        wish.key: plan.vehicles[wish.key].power_w[quarter] for wish in problem.wishes
    }
    rounding = WATTS * max(1, len(powers))
    grid = base + sum(powers.values())
    cap = problem.import_cap_w
    cap_w = cap and cap.at(problem.start + quarter * QUARTER)
    if cap_w is not None and grid > max(cap_w, base) + rounding:
        yield f"the cap in quarter {quarter}: {grid} W"
    gives = -sum(power for power in powers.values() if power < 0)
    if gives and grid < min(0.0, base) - problem.export_cap_w - rounding:
        yield f"the export cap in quarter {quarter}: {grid} W"
    by_sun = sum(
        power
        for wish in problem.wishes
        if wish.mode is ChargeMode.SOLAR and (power := powers[wish.key]) > 0
    )
    if by_sun > max(0.0, -base) + rounding:
        yield f"more than the sun leaves in quarter {quarter}: {by_sun} W"
