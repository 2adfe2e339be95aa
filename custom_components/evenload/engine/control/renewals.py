"""When the leases of a station should be looked at again."""

from datetime import datetime

from ..model.stations import Station
from .commitments import Commitments
from .wish import SAME_A


def renewals_s(
    commitments: Commitments, station: Station, now: datetime
) -> list[float]:
    """Return after how many seconds each lease that holds should be renewed."""
    found: list[float] = []
    leases = commitments.leases
    for key in (evse.key for evse in station.evses.values()):
        holding = commitments.holding(key)
        if holding.has_lease(now):
            lowers = (holding.lease_a or 0.0) < (holding.fallback_a or 0.0) - SAME_A
            found.append(leases.look_in_s(holding.lease_until, now, lowers=lowers))
        if holding.bound.holds(now, commitments.use(key)):
            found.append(leases.look_in_s(holding.bound.until, now))
    return found
