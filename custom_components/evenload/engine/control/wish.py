"""An order that would put one limit right, and for how long leases are given."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..model.orders import LimitOrder

# How long a lease lasts when Home Assistant dies, and how early it is renewed while it lives.
LEASE_S = 900
RENEW_BEFORE_S = 450.0

# A lease that has become superfluous is set to the fallback and left to expire: clearing a profile makes some
# stations jump to their maximum for a moment.
LAST_LEASE_S = 60

# Limits that differ by less than what OCPP can express are the same.
SAME_A = 0.05


@dataclass(frozen=True, slots=True)
class Wish:
    """An order; `raises` tells whether it needs room.

    One ampere of the order may come to `gathering` amperes on one phase: watts that are meant for several may gather there.
    """

    order: LimitOrder
    raises: bool
    gathering: float = 1.0


def renewal_due(lease_until: datetime | None) -> datetime:
    """Return when a lease should be renewed."""
    if lease_until is None:
        return datetime.min.replace(tzinfo=UTC)
    return lease_until - timedelta(seconds=RENEW_BEFORE_S)


def look_in_s(lease_until: datetime | None, now: datetime) -> float:
    """Return after how many seconds a lease that holds should be looked at: when it is due, or when it runs out.

    What is due and was not renewed is not wished any more.
    """
    due = renewal_due(lease_until)
    look = due if lease_until is None or due > now else lease_until
    return max(0.1, (look - now).total_seconds())
