"""The whole programme of a problem: every vehicle, the connection and the circuits, in the solver's hands."""

from collections.abc import Sequence
from dataclasses import dataclass

from .abilities import Ability
from .charging import add_vehicle
from .connection import Connection, add_bounds, add_connection
from .expected import Expected
from .flow import Flow
from .highs import Solver
from .limits import Bound
from .problem import Problem
from .programme import Programme


@dataclass(frozen=True, slots=True)
class Modelled:
    """A programme, which columns of it are whose, and its solver."""

    programme: Programme
    flows: list[Flow]
    connection: Connection
    solver: Solver

    @property
    def has_battery(self) -> bool:
        """Whether it follows what is in any battery: such a programme is quicker if nobody simplifies it."""
        return any(flow.vehicle.has_battery for flow in self.flows)


def modelled(
    problem: Problem,
    ahead: Expected,
    vehicles: Sequence[Ability],
    limits: Sequence[Bound],
    *,
    peak_kw: float | None = None,
) -> Modelled:
    """Return the programme of these vehicles. `peak_kw` fixes the highest power of the first tariff."""
    programme = Programme()
    flows = [add_vehicle(programme, vehicle, ahead, problem) for vehicle in vehicles]
    connection = add_connection(programme, problem, flows, ahead)
    add_bounds(programme, limits, flows)
    if peak_kw is not None:
        peak = connection.peaks[0]
        fixed = max(peak_kw, programme.low[peak])
        programme.low[peak] = programme.high[peak] = fixed
    return Modelled(programme, flows, connection, Solver(programme))
