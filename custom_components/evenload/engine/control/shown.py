"""An allotment as the owner is shown it: what holds, where that differs from what is meant."""

from dataclasses import replace

from ..model.allotments import Allotment, Reason
from ..model.limits import Current
from ..model.stations import Station
from .commitments import Commitments
from .findings import Findings
from .targets import Targets
from .transitions import with_evse
from .wish import SAME_A
from .wishes import can_limit


def shown(
    target: Allotment,
    station: Station,
    commitments: Commitments,
    findings: Findings,
    *,
    watched: bool = False,
) -> Allotment:
    """Return what to show of an EVSE that is meant to have its target; what is only `watched` is shown as it would be."""
    key = target.key
    if watched:
        return target
    if not station.capabilities.is_controllable:
        return Allotment(
            key, Current(commitments.unlimited_a(key)), Reason.NOT_CONTROLLABLE
        )
    in_force_a = commitments.in_force_a(key)
    if in_force_a < target.current.a - SAME_A:
        return Allotment(key, Current(in_force_a), _why_less(target, station))
    if in_force_a > target.current.a + SAME_A and not can_limit(station):
        return Allotment(key, Current(in_force_a), Reason.NOT_CONTROLLABLE)
    if key in findings.stuck:
        return Allotment(key, target.current, Reason.UNPLUG_NEEDED)
    return target


def _why_less(target: Allotment, station: Station) -> Reason:
    """Return why it has less than it is meant to have: where no vehicle is that wants any, none waits."""
    evse = station.evses[target.key.evse]
    waits = evse.status is None or evse.wants_energy
    return Reason.WAITING_FOR_OTHERS if waits else target.reason


def showing(
    station: Station,
    seen: Station,
    targets: Targets,
    commitments: Commitments,
    findings: Findings,
) -> Station:
    """Return a station with its allotments as they are shown; `seen` is the station as control sees it."""
    watched = station.identity in targets.silent
    for evse in station.evses.values():
        target = targets.allotments.get(evse.key)
        allotment = target and shown(
            target, seen, commitments, findings, watched=watched
        )
        if allotment != evse.allotment:
            station = with_evse(station, replace(evse, allotment=allotment))
    return station
