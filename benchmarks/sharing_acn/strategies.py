"""Our strategies behind acnportal's interface for algorithms: they know what a site knows, and nothing of the future."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from acnportal.algorithms import BaseAlgorithm

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Demand
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey

from .car_park import CarPark
from .pilots import rounded

if TYPE_CHECKING:
    from acnportal.acnsim.interface import SessionInfo

START = datetime(2019, 3, 1, 8, tzinfo=UTC)

# Where a pilot may be anything, a vehicle may have almost nothing.
_LEAST_A = 0.1


@dataclass(slots=True)
class _Seen:
    """What a site remembers of a session."""

    is_served: bool = False
    since: datetime | None = None
    pauses: int = 0
    pilot_a: float = 0.0
    # The most that the vehicle was seen to take, where it was given more.
    takes_a: float | None = None


class Shared(BaseAlgorithm):  # type: ignore[misc]  # acnportal has no types
    """One of our strategies."""

    def __init__(self, strategy: Strategy) -> None:
        """Decide anew in every period, as acnportal's own do."""
        super().__init__()
        self.max_recompute = 1
        self.pauses = 0
        self._strategy = strategy
        self._car_park: CarPark | None = None
        self._seen: dict[str, _Seen] = {}

    def _learn(self) -> CarPark:
        infrastructure = self.interface.infrastructure_info()
        self._car_park = CarPark(infrastructure, self._strategy)
        return self._car_park

    def schedule(self, active_sessions: list[SessionInfo]) -> dict[str, list[float]]:
        """Return the pilot of every station for the next period."""
        car_park = self._car_park or self._learn()
        now = START + timedelta(
            minutes=self.interface.current_time * self.interface.period
        )
        rates_a = self.interface.last_actual_charging_rate
        demands = [
            self._demand(session, float(rates_a.get(session.session_id, 0.0)), car_park)
            for session in active_sessions
        ]
        allotted = {
            key.identity: found.current.a
            for key, found in allot(car_park.tree, demands, now).items()
        }
        if any(car_park.pilots.values()):
            most_a = {demand.key.identity: demand.maximum_a for demand in demands}
            allotted = rounded(allotted, most_a, car_park)
        for session in active_sessions:
            self._remember(session, allotted[session.station_id], now)
        return {name: [current_a] for name, current_a in allotted.items()}

    def _demand(self, session: SessionInfo, rate_a: float, car_park: CarPark) -> Demand:
        seen = self._seen.setdefault(session.session_id, _Seen())
        name = session.station_id
        pilots = car_park.pilots[name]
        if not pilots and 0.0 < rate_a < seen.pilot_a - 0.1:
            seen.takes_a = ceil(rate_a * 10.0) / 10.0
        # What would fill it before the period ends: acnportal's own give no more either.
        most_a = min(32.0, float(self.interface.remaining_amp_periods(session)))
        most_a = ceil(most_a * 10.0 - 1e-6) / 10.0
        if pilots:
            most_a = next(pilot for pilot in pilots if pilot >= most_a - 1e-6)
        elif seen.takes_a is not None:
            most_a = min(most_a, seen.takes_a)
        load = car_park.loads[name]
        period = timedelta(minutes=self.interface.period)
        return Demand(
            EvseKey(name, 1),
            max(most_a, _LEAST_A),
            pilots[1] if pilots else _LEAST_A,
            load.phases,
            plugged_in_at=START + int(session.arrival) * period,
            charging=rate_a > 0,
            load=load,
            departs_at=START + int(session.estimated_departure) * period,
            needs_wh=float(session.remaining_demand) * 1000.0,
            served_wh=float(session.energy_delivered) * 1000.0,
            is_served=seen.is_served,
            since=seen.since,
            pauses=seen.pauses,
        )

    def _remember(self, session: SessionInfo, pilot_a: float, now: datetime) -> None:
        seen = self._seen[session.session_id]
        if (pilot_a > 0) is not seen.is_served or seen.since is None:
            if seen.is_served:
                seen.pauses += 1
                self.pauses += 1
            seen.is_served, seen.since = pilot_a > 0, now
        seen.pilot_a = pilot_a
