"""What the charging profiles of a station make its EVSEs offer (OCPP 1.6 §3.13, OCPP 2.x block K)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from simulator.clock import Clock
from simulator.composite import (
    Situation,
    composite_schedule,
    evse_limit,
    evse_order,
    station_limit,
    transaction_limit,
)
from simulator.disobedience import mishandled, misread
from simulator.exchange import Exchange
from simulator.faults import Faults
from simulator.limit import Limit
from simulator.orders import Order
from simulator.profiles import Installed, ProfileStore, RateUnit, Schedule
from simulator.station import Station


class SmartCharging:
    """What the profiles of one station allow now."""

    def __init__(
        self,
        station: Station,
        profiles: ProfileStore,
        clock: Clock,
        faults: Faults,
        now: Callable[[], datetime],
        starts: Callable[[], Mapping[int, datetime]],
    ) -> None:
        """Read the station's profiles; `starts` says since when each running transaction may take energy."""
        self._station = station
        self._profiles = profiles
        self._clock = clock
        self._faults = faults
        self._now = now
        self._starts = starts
        self.exchange = Exchange(station, faults, clock)
        self._obeyed: list[Installed] = []
        self._newest: list[Installed] = []
        self._newest_since_s = 0.0
        self._paused: dict[int, Limit | None] = {}
        self.urgent: Callable[[], frozenset[int]] = frozenset
        self.offline_s: Callable[[], float] = lambda: 0.0

    def tick(self) -> None:
        """Make every EVSE offer what it may."""
        station = self._station
        if self._faults.ignores_limits:
            station.offer({}, None)
            self.exchange.tick({}, self._starts().keys())
            return
        now, situation, entries = self._now(), self._situation(), self._in_force()
        orders = {
            evse_id: evse_order(entries, situation, evse_id, now)
            for evse_id in station.evses
        }
        limits = {
            evse_id: self._mishandled(
                evse_id,
                self._spread(
                    evse_id, transaction_limit(entries, situation, evse_id, now), order
                ),
            )
            for evse_id, order in orders.items()
        }
        station.offer(limits, station_limit(entries, situation, now))
        self.exchange.tick(orders, situation.transaction_starts.keys())

    def order(self, evse_id: int) -> Order | None:
        """What the profiles want to flow on an EVSE now, where they do more than limit."""
        return evse_order(self._entries(), self._situation(), evse_id, self._now())

    def limit(self, evse_id: int) -> Limit | None:
        """The limit in force on an EVSE by its profiles, or None."""
        return evse_limit(self._entries(), self._situation(), evse_id, self._now())

    def composite(
        self,
        evse_id: int,
        duration_s: int,
        unit: RateUnit,
        only: Callable[[Installed], bool] = lambda _: True,
    ) -> Schedule:
        """The schedule that the profiles amount to, from now on; `only` leaves some of them out."""
        station = self._station
        ratings = {
            0: Limit(
                station.maximum_a,
                max(len(evse.wiring) for evse in station.evses.values()),
            )
        }
        ratings |= {
            evse_id: Limit(evse.rating_a, len(evse.wiring))
            for evse_id, evse in station.evses.items()
        }
        entries = filter(only, self._entries())
        return composite_schedule(
            entries, self._situation(), ratings, evse_id, duration_s, unit
        )

    def _situation(self) -> Situation:
        first = next(iter(self._station.evses.values()))
        return Situation(
            first.line_voltages_v[0],
            self._starts(),
            self._now(),
            self.offline_s(),
            self.urgent(),
        )

    def _in_force(self) -> list[Installed]:
        """The profiles that are obeyed by now: some stations take their time."""
        entries, now_s = self._entries(), self._clock.monotonic()
        if entries != self._newest:
            self._newest, self._newest_since_s = entries, now_s
        if now_s - self._newest_since_s >= self._faults.obeys_after_s:
            self._obeyed = entries
        return self._obeyed

    def _entries(self) -> list[Installed]:
        """The profiles as the station reads them, which may be less than is in them."""
        return misread(list(self._profiles), self._faults)

    def _spread(
        self, evse_id: int, limit: Limit | None, order: Order | None
    ) -> Limit | None:
        """The limit of an order, on the lines that the vehicle is on: whoever exchanges power knows which those are."""
        if order is None or order.charge is None or limit is None:
            return limit
        evse = self._station.evses[evse_id]
        lines, voltage_v = len(evse.terminals), evse.line_voltages_v[0]
        most_w = max(order.charge.watts(lines, voltage_v))
        return replace(limit, current_a=most_w / voltage_v)

    def _mishandled(self, evse_id: int, limit: Limit | None) -> Limit | None:
        """The limit as the station obeys it."""
        evse = self._station.evses[evse_id]
        if self._faults.ignores_limit_after_pause:
            limit = self._unless_resumed(evse_id, limit, evse.minimum_a)
        return mishandled(limit, self._faults, evse)

    def _unless_resumed(
        self, evse_id: int, limit: Limit | None, minimum_a: float
    ) -> Limit | None:
        """Nothing instead of the first limit after a pause, until another one comes."""
        if limit and limit.current_a < minimum_a:
            self._paused[evse_id] = None
        elif evse_id in self._paused:
            ignored = self._paused[evse_id]
            if ignored is None or ignored == limit:
                self._paused[evse_id] = limit
                return None
            del self._paused[evse_id]
        return limit


def ends_transaction(limit: Limit | None, faults: Faults, minimum_a: float) -> bool:
    """Whether this station takes a pause for an end."""
    return bool(faults.zero_ends_transaction and limit and limit.current_a < minimum_a)
