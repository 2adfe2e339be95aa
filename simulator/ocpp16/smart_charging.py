"""What the charging profiles of a station make its EVSEs offer (OCPP 1.6 §3.13)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.composite import (
    Situation,
    composite_schedule,
    evse_limit,
    station_limit,
    transaction_limit,
)
from simulator.limit import Limit
from simulator.profiles import Installed, Profile, RateUnit, Schedule

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint


class SmartCharging:
    """What the profiles of one station allow now."""

    def __init__(self, charge_point: ChargePoint) -> None:
        """Read the station's profiles."""
        self._charge_point = charge_point
        self._obeyed: list[Installed] = []
        self._newest: list[Installed] = []
        self._newest_since_s = 0.0

    def tick(self) -> None:
        """Make every EVSE offer what it may."""
        charge_point = self._charge_point
        station = charge_point.station
        if charge_point.faults.ignores_limits:
            station.offer({}, None)
            return
        now, situation, entries = (
            charge_point.now(),
            self._situation(),
            self._in_force(),
        )
        limits = {
            evse_id: transaction_limit(entries, situation, evse_id, now)
            for evse_id in station.evses
        }
        station.offer(limits, station_limit(entries, situation, now))

    def limit(self, evse_id: int) -> Limit | None:
        """The limit in force on an EVSE by its profiles, or None."""
        return evse_limit(
            self._entries(), self._situation(), evse_id, self._charge_point.now()
        )

    def composite(self, evse_id: int, duration_s: int, unit: RateUnit) -> Schedule:
        """The schedule that the profiles amount to, from now on."""
        station = self._charge_point.station
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
        return composite_schedule(
            self._entries(), self._situation(), ratings, evse_id, duration_s, unit
        )

    def _situation(self) -> Situation:
        outlets = self._charge_point.outlets.items()
        starts = {
            evse_id: outlet.transaction.started_at
            for evse_id, outlet in outlets
            if outlet.transaction
        }
        first = next(iter(self._charge_point.station.evses.values()))
        return Situation(first.line_voltages_v[0], starts, self._charge_point.now())

    def _in_force(self) -> list[Installed]:
        """The profiles that are obeyed by now: some stations take their time."""
        entries, now_s = self._entries(), self._charge_point.clock.monotonic()
        if entries != self._newest:
            self._newest, self._newest_since_s = entries, now_s
        if now_s - self._newest_since_s >= self._charge_point.faults.obeys_after_s:
            self._obeyed = entries
        return self._obeyed

    def _entries(self) -> list[Installed]:
        """The profiles as the station reads them, which may be less than is in them."""
        faults = self._charge_point.faults
        entries = list(self._charge_point.profiles)
        if faults.ignores_durations:
            entries = [replace(e, profile=_everlasting(e.profile)) for e in entries]
        if faults.ignores_number_phases:
            entries = [
                replace(e, profile=_on_unsaid_phases(e.profile)) for e in entries
            ]
        return entries


def _everlasting(profile: Profile) -> Profile:
    return replace(
        profile, valid_to=None, schedule=replace(profile.schedule, duration_s=None)
    )


def _on_unsaid_phases(profile: Profile) -> Profile:
    periods = tuple(replace(period, phases=None) for period in profile.schedule.periods)
    return replace(profile, schedule=replace(profile.schedule, periods=periods))
