"""How stations read charging profiles wrongly, and how they obey what they have read rightly."""

from dataclasses import replace

from simulator.evse import Evse
from simulator.faults import Faults
from simulator.limit import Limit
from simulator.profiles import PURPOSE_NAMES, Installed, Profile


def misread(entries: list[Installed], faults: Faults) -> list[Installed]:
    """The profiles as the station reads them."""
    if faults.ignores_purposes:
        entries = [
            entry
            for entry in entries
            if faults.ignores_purposes.isdisjoint(PURPOSE_NAMES[entry.profile.purpose])
        ]
    if faults.ignores_durations:
        entries = [replace(e, profile=_everlasting(e.profile)) for e in entries]
    if faults.ignores_number_phases:
        entries = [replace(e, profile=_on_unsaid_phases(e.profile)) for e in entries]
    return entries


def mishandled(limit: Limit | None, faults: Faults, evse: Evse) -> Limit | None:
    """The limit as the station obeys it."""
    if limit is None:
        return None
    if faults.zero_means_minimum:
        limit = replace(limit, current_a=max(limit.current_a, evse.minimum_a))
    voltage_v = evse.line_voltages_v[0]
    power_w = limit.power_w(voltage_v)
    if 0 < power_w < faults.single_phase_below_w:
        return Limit.of_power(power_w, 1, voltage_v)
    return limit


def _everlasting(profile: Profile) -> Profile:
    return replace(
        profile, valid_to=None, schedule=replace(profile.schedule, duration_s=None)
    )


def _on_unsaid_phases(profile: Profile) -> Profile:
    periods = tuple(replace(period, phases=None) for period in profile.schedule.periods)
    return replace(profile, schedule=replace(profile.schedule, periods=periods))
