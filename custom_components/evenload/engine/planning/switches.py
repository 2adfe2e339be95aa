"""Whether a vehicle charges, discharges or rests: between nothing and its least there is nothing."""

from .expected import Expected
from .flow import Flow
from .problem import Problem
from .programme import Programme

# Cars do not wake up as often as one likes: more starts than this cost so many times as much each.
_FEW_STARTS = 3
_MANY_STARTS = 4.0

# Of more vehicles that takes the solver too long, and a fuse makes them take turns anyway.
_FEW_VEHICLES = 5

# One start more, where all shall be in one piece, in times of the highest price.
_PIECE = 20.0


def add_switches(
    programme: Programme, flow: Flow, ahead: Expected, problem: Problem
) -> None:
    """Add what is on or off in each quarter, as far ahead as that is asked for, and what starts cost."""
    vehicle = flow.vehicle
    until = (
        problem.quarters if problem.exact_quarters is None else problem.exact_quarters
    )
    if vehicle.least_kw > 0 or vehicle.out_kw > 0 or vehicle.wish.together:
        for quarter in (quarter for quarter in flow.charge if quarter < until):
            flow.charging[quarter] = _switch(
                programme,
                f"{vehicle.wish.key} charges in quarter {quarter}",
                flow.charge[quarter],
                (vehicle.least_kw, vehicle.most_kw[quarter]),
                problem.comfort.awake * vehicle.hours[quarter],
            )
        _add_starts(programme, flow, ahead, problem)
    for quarter in (quarter for quarter in flow.discharge if quarter < until):
        flow.discharging[quarter] = _switch(
            programme,
            f"{vehicle.wish.key} discharges in quarter {quarter}",
            flow.discharge[quarter],
            (vehicle.least_out_kw, vehicle.out_kw),
            problem.comfort.awake * vehicle.hours[quarter],
        )
        if quarter in flow.charging:
            programme.row(
                f"{vehicle.wish.key} charges or discharges in quarter {quarter}",
                [(flow.discharging[quarter], 1.0), (flow.charging[quarter], 1.0)],
                high=1.0,
            )


def _switch(
    programme: Programme,
    words: str,
    power: int,
    between: tuple[float, float],
    cost: float,
) -> int:
    """Add a switch: while it is on the power lies between these, else it is 0."""
    least, most = between
    switch = programme.switch(cost)
    programme.row(
        f"{words} only if switched on", [(power, 1.0), (switch, -most)], high=0.0
    )
    if least > 0:
        programme.row(
            f"{words} with its least",
            [(power, 1.0), (switch, -min(least, most))],
            low=0.0,
        )
    return switch


def _add_starts(
    programme: Programme, flow: Flow, ahead: Expected, problem: Problem
) -> None:
    """Let every start cost something. Who charges as soon as possible has no choice."""
    wish = flow.vehicle.wish
    cost = problem.comfort.start
    if wish.together:
        cost += _PIECE * ahead.highest
    if cost <= 0 or flow.vehicle.soon:
        return
    starts: list[tuple[int, float]] = []
    before: int | None = None
    for quarter, switch in flow.charging.items():
        start = programme.column(1.0)
        programme.cost_if_whole[start] = cost
        starts.append((start, 1.0))
        programme.row(
            f"{wish.key} charges in quarter {quarter} and not before: a start",
            [
                (start, 1.0),
                (switch, -1.0),
                *([] if before is None else [(before, 1.0)]),
            ],
            low=-1.0 if before is None and wish.charging else 0.0,
        )
        before = switch
    if len(problem.wishes) > _FEW_VEHICLES:
        return
    many = programme.column()
    programme.cost_if_whole[many] = (_MANY_STARTS - 1) * problem.comfort.start
    programme.row(
        f"{wish.key} starts a few times, or often",
        [*starts, (many, -1.0)],
        high=_FEW_STARTS,
    )
