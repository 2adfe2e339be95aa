"""The rows of the grid connection: what flows in and out and what that costs, and what no circuit may carry more of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from .demand import add_demand
from .expected import Expected
from .flow import Flow
from .limits import Bound
from .problem import Problem
from .programme import Programme


@dataclass(slots=True)
class Connection:
    """The columns of the connection, by quarter, where both directions need one; elsewhere prices lie on the vehicles.

    `anyway` is what house and sun alone cost in those quarters, `peaks` are the columns of the highest powers.
    """

    inward: dict[int, int] = field(default_factory=dict)
    outward: dict[int, int] = field(default_factory=dict)
    anyway: float = 0.0
    peaks: list[int] = field(default_factory=list)


def add_connection(
    programme: Programme, problem: Problem, flows: Sequence[Flow], ahead: Expected
) -> Connection:
    """Add what the vehicles' energy costs, and what must not flow."""
    connection = Connection()
    for quarter in ahead.quarters:
        charge, discharge = _columns(flows, quarter)
        if not charge and not discharge:
            continue
        if _flows_one_way(problem, ahead, quarter, bool(discharge)):
            for flow, column in charge:
                programme.cost[column] += (
                    ahead.buy[quarter] * flow.vehicle.hours[quarter]
                )
        else:
            _add_balance(programme, connection, flows, ahead, quarter)
        _add_surplus(programme, flows, ahead, quarter)
        _add_caps(programme, problem, flows, ahead, quarter)
    for tariff in problem.outlook.demand_tariffs:
        peak = add_demand(programme, problem, connection.inward, tariff, ahead)
        connection.peaks.append(peak)
    return connection


def add_bounds(
    programme: Programme, bounds: Sequence[Bound], flows: Sequence[Flow]
) -> None:
    """Add the limits of the circuits, in the quarters in which they could bind."""
    for bound in bounds:
        for quarter, (room, back) in enumerate(
            zip(bound.room, bound.back, strict=True)
        ):
            terms, most, least = [], 0.0, 0.0
            for index, weight in bound.weights.items():
                flow = flows[index]
                if (column := flow.charge.get(quarter)) is not None:
                    terms.append((column, weight))
                    kw = weight * flow.vehicle.most_kw[quarter]
                    most, least = most + max(0.0, kw), least - min(0.0, kw)
                if (column := flow.discharge.get(quarter)) is not None:
                    terms.append((column, -weight))
                    kw = weight * flow.vehicle.out_kw
                    most, least = most - min(0.0, kw), least + max(0.0, kw)
            if most > room or least > back:
                programme.row(
                    f"{bound.words} in quarter {quarter}",
                    terms,
                    low=-back if least > back else -inf,
                    high=room,
                )


def _columns(
    flows: Sequence[Flow], quarter: int
) -> tuple[list[tuple[Flow, int]], list[tuple[Flow, int]]]:
    charge = [(flow, flow.charge[quarter]) for flow in flows if quarter in flow.charge]
    discharge = [
        (flow, flow.discharge[quarter]) for flow in flows if quarter in flow.discharge
    ]
    return charge, discharge


def _flows_one_way(
    problem: Problem, ahead: Expected, quarter: int, discharges: bool
) -> bool:
    """Whether whatever the vehicles draw is bought, and nothing else asks how much flows."""
    return (
        ahead.base_kw(quarter) >= 0
        and not discharges
        and not problem.outlook.demand_tariffs
        and problem.import_cap_w is None
    )


def _add_balance(
    programme: Programme,
    connection: Connection,
    flows: Sequence[Flow],
    ahead: Expected,
    quarter: int,
) -> None:
    """Add what flows in and out, as mean kW over the quarter."""
    hours = ahead.hours[quarter]
    inward = programme.column(cost=ahead.buy[quarter] * hours)
    outward = programme.column(cost=-ahead.sell[quarter] * hours)
    connection.inward[quarter], connection.outward[quarter] = inward, outward
    base_kw = ahead.base_kw(quarter)
    price = ahead.buy[quarter] if base_kw > 0 else ahead.sell[quarter]
    connection.anyway += base_kw * price * hours
    charge, discharge = _columns(flows, quarter)
    programme.row(
        f"what flows in quarter {quarter} comes from somewhere",
        [
            (inward, 1.0),
            (outward, -1.0),
            *(
                (column, -flow.vehicle.hours[quarter] / hours)
                for flow, column in charge
            ),
            *(
                (column, flow.vehicle.hours[quarter] / hours)
                for flow, column in discharge
            ),
        ],
        low=base_kw,
        high=base_kw,
    )
    if ahead.sell[quarter] > ahead.buy[quarter]:
        # Else it would buy and sell at once for ever.
        way = programme.switch()
        most_in = sum(flow.vehicle.most_kw[quarter] for flow, _ in charge)
        most_in = max(0.0, base_kw) + most_in
        most_out = sum(flow.vehicle.out_kw for flow, _ in discharge)
        most_out = ahead.surplus_kw(quarter) + most_out
        programme.row(
            f"quarter {quarter} flows in", [(inward, 1.0), (way, -most_in)], high=0.0
        )
        programme.row(
            f"quarter {quarter} flows out",
            [(outward, 1.0), (way, most_out)],
            high=most_out,
        )


def _add_surplus(
    programme: Programme, flows: Sequence[Flow], ahead: Expected, quarter: int
) -> None:
    """Let those that charge by the sun share what it leaves, beside what they have anyway."""
    terms = []
    for flow in flows:
        vehicle = flow.vehicle
        if quarter not in vehicle.on_surplus or quarter not in flow.charge:
            continue
        charge = flow.charge[quarter]
        if vehicle.beside_kw:
            above = programme.column()
            programme.row(
                f"{vehicle.wish.key} above its least in quarter {quarter}",
                [(above, 1.0), (charge, -1.0)],
                low=-vehicle.beside_kw,
            )
            terms.append((above, 1.0))
        else:
            terms.append((charge, 1.0))
    if terms:
        programme.row(
            f"the sun's surplus in quarter {quarter}",
            terms,
            high=ahead.surplus_kw(quarter),
        )


def _add_caps(
    programme: Programme,
    problem: Problem,
    flows: Sequence[Flow],
    ahead: Expected,
    quarter: int,
) -> None:
    charge, discharge = _columns(flows, quarter)
    base = ahead.base_kw(quarter)
    cap_w = None
    if problem.import_cap_w is not None:
        cap_w = problem.import_cap_w.at(ahead.moment(quarter))
    if cap_w is not None:
        programme.row(
            f"the cap from above in quarter {quarter}",
            [
                *((column, 1.0) for _, column in charge),
                *((column, -1.0) for _, column in discharge),
            ],
            high=max(0.0, cap_w / 1000 - base),
        )
    if not discharge:
        return
    inside = [(column, -1.0) for _, column in charge]
    here = [column for flow, column in discharge if not flow.vehicle.wish.to_grid]
    if here:
        programme.row(
            f"what stays behind the meter in quarter {quarter}",
            [*((column, 1.0) for column in here), *inside],
            high=max(0.0, base),
        )
    if len(here) < len(discharge):
        programme.row(
            f"the export cap in quarter {quarter}",
            [*((column, 1.0) for _, column in discharge), *inside],
            high=max(0.0, base) + max(0.0, problem.export_cap_w) / 1000,
        )
