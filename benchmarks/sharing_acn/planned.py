"""The planner behind acnportal's interface for algorithms: it knows who is there, and nobody who will come."""

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from acnportal.algorithms import BaseAlgorithm

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Demand
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.planning import HORIZON, QUARTER
from custom_components.evenload.engine.model.tree import station_node
from custom_components.evenload.engine.planning.problem import Comfort, Problem, Wish
from custom_components.evenload.engine.planning.solving import solve

from .car_park import CarPark
from .pilots import rounded
from .strategies import START

if TYPE_CHECKING:
    from datetime import datetime

    from acnportal.acnsim.interface import SessionInfo

# Vehicles of the car park take this much.
_MOST_A = 32.0

# It is planned anew in the next quarter.
_EXACT_QUARTERS = 2

# Who comes later is not known, but somebody will: what is charged now is out of the way.
_COMFORT = Comfort(start=0.1, hour=0.5, awake=0.0)

# What is left of a whole ampere.
_CRUMB_A = 1e-6


class Planned(BaseAlgorithm):  # type: ignore[misc]  # acnportal has no types
    """A plan that is made anew whenever somebody comes or leaves, and each quarter of an hour."""

    def __init__(self, seconds: float = 5.0) -> None:
        """Give every plan so many seconds."""
        super().__init__()
        self.max_recompute = 1
        self.pauses = 0
        self._seconds = seconds
        self._car_park: CarPark | None = None
        self._planned_a: dict[str, float] = {}
        # Who was there when the plan was made, and in which quarter.
        self._made_for: tuple[frozenset[str], datetime | None] = (frozenset(), None)
        self._served: set[str] = set()

    def schedule(self, active_sessions: list[SessionInfo]) -> dict[str, list[float]]:
        """Return the pilot of every station for the next period."""
        car_park = self._car_park or self._learn()
        now = START + timedelta(
            minutes=self.interface.current_time * self.interface.period
        )
        there = frozenset(session.session_id for session in active_sessions)
        quarter = START + (now - START) // QUARTER * QUARTER
        if (there, quarter) != self._made_for:
            self._made_for = (there, quarter)
            self._planned_a = self._plan(car_park, active_sessions, now)
        given_a = self._give(car_park, active_sessions, now)
        served = {one.session_id for one in active_sessions if given_a[one.station_id]}
        self.pauses += len((self._served & there) - served)
        self._served = served
        return {name: [current_a] for name, current_a in given_a.items()}

    def _learn(self) -> CarPark:
        infrastructure = self.interface.infrastructure_info()
        self._car_park = CarPark(infrastructure, Strategy.EARLIEST_DEPARTURE)
        return self._car_park

    def _plan(
        self, car_park: CarPark, sessions: list[SessionInfo], now: datetime
    ) -> dict[str, float]:
        """Return what each station shall have until the plan is made again, in amperes."""
        if not sessions:
            return {}
        wishes = tuple(self._wish(car_park, session) for session in sessions)
        last = max(wish.departs_at or now for wish in wishes)
        problem = Problem(now=now, tree=car_park.tree, wishes=wishes)
        quarters = ceil((min(last, now + HORIZON) - problem.start) / QUARTER)
        problem = Problem(
            now=now,
            tree=car_park.tree,
            wishes=wishes,
            quarters=max(1, quarters),
            exact_quarters=_EXACT_QUARTERS,
            comfort=_COMFORT,
        )
        plan = solve(problem, self._seconds)
        return {
            wish.key.identity: plan.vehicles[wish.key].power_w[0] / wish.load.watts
            for wish in wishes
        }

    def _wish(self, car_park: CarPark, session: SessionInfo) -> Wish:
        name = session.station_id
        load, pilots = car_park.loads[name], car_park.pilots[name]
        period = timedelta(minutes=self.interface.period)
        return Wish(
            key=EvseKey(name, 1),
            node=station_node(name),
            load=load,
            least_w=pilots[1] * load.watts if pilots else 0.0,
            most_w=_MOST_A * load.watts,
            needs_wh=1000.0 * float(session.remaining_demand),
            efficiency=1.0,
            departs_at=START + int(session.estimated_departure) * period,
            charging=session.session_id in self._served,
        )

    def _give(
        self, car_park: CarPark, sessions: list[SessionInfo], now: datetime
    ) -> dict[str, float]:
        """Return pilots: as planned, and no more than a vehicle still needs; what that leaves goes to the others."""
        demands = [self._demand(car_park, session) for session in sessions]
        given_a = {
            key.identity: found.current.a
            for key, found in allot(car_park.tree, demands, now).items()
        }
        if any(car_park.pilots.values()):
            most_a = {
                session.station_id: self._most_a(car_park, session)
                for session in sessions
            }
            given_a = rounded(given_a, most_a, car_park)
        return given_a

    def _demand(self, car_park: CarPark, session: SessionInfo) -> Demand:
        name = session.station_id
        load, pilots = car_park.loads[name], car_park.pilots[name]
        least_a = pilots[1] if pilots else 0.1
        planned_a = min(self._planned_a.get(name, 0.0), self._most_a(car_park, session))
        wants = planned_a > _CRUMB_A
        return Demand(
            EvseKey(name, 1),
            max(ceil(planned_a * 10.0 - _CRUMB_A) / 10.0, least_a),
            least_a,
            load.phases,
            plugged_in_at=START,
            charging=True,
            load=load,
            wants=wants,
            paused=not wants,
        )

    def _most_a(self, car_park: CarPark, session: SessionInfo) -> float:
        """Return what would fill a vehicle before the period ends, as a pilot that its station has."""
        most_a = min(_MOST_A, float(self.interface.remaining_amp_periods(session)))
        pilots = car_park.pilots[session.station_id]
        if pilots:
            return next(pilot for pilot in pilots if pilot >= most_a - _CRUMB_A)
        return ceil(most_a * 10.0 - _CRUMB_A) / 10.0
