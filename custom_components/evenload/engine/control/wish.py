"""An order that would put one limit right, and for how long leases are given."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ..model.configuration import SiteConfig
from ..model.orders import LimitOrder

# A lease that makes room for others outlasts all that were given the room, also by a station's clock that is some minutes
# ahead: else what lies beneath would come back while they still draw. It is renewed while it still does.
OUTLASTS_S = 900

# By so much the clock of a station may be ahead of ours.
CLOCKS_DIFFER_S = 300

# A lease is renewed so long before it ends: a meter that is stale, when nothing is given for longer, is lost or back by
# then, and a station that did not answer was asked again. Earlier would only be more writes.
RENEWED_BEFORE_S = 120

# A lease that has become superfluous is set to the fallback and left to expire: clearing a profile makes some
# stations jump to their maximum for a moment.
LAST_LEASE_S = 60

# Limits that differ by less than what OCPP can express are the same.
SAME_A = 0.05


@dataclass(frozen=True, slots=True)
class Wish:
    """An order; `raises` tells whether it needs room.

    One ampere of the order may come to `gathering` amperes on one phase: watts that are meant for several may gather there.
    What `may_last` may hold already, for nobody knows how long. `again` says once more what was accepted before.
    """

    order: LimitOrder
    raises: bool
    gathering: float = 1.0
    may_last: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Leases:
    """How long leases last when Home Assistant dies, and how early they are renewed while it lives, in seconds.

    `given_s` is for what lies above the fallback; a lease that lowers makes room for those. `idle_s` is for the least of a
    vehicle that takes nothing for now: it may stand there all night.
    """

    given_s: int
    idle_s: int

    @classmethod
    def of(cls, site: SiteConfig) -> Leases:
        """Return those of a site. What a meter gave is given for less long: nobody knows what the house does meanwhile."""
        meters = [site.meter, *(group.meter for group in site.groups.values())]
        given_s = site.metered_lease_s if any(meters) else site.lease_s
        return cls(given_s, max(given_s, site.lease_s))

    def lasts_s(self, *, lowers: bool, is_idle: bool = False) -> int:
        """Return for how long a lease is given."""
        if lowers:
            return self.idle_s + OUTLASTS_S
        return self.idle_s if is_idle else self.given_s

    def renewal_due(self, until: datetime | None, *, lowers: bool = False) -> datetime:
        """Return when a lease should be renewed."""
        if until is None:
            return datetime.min.replace(tzinfo=UTC)
        before_s: float = min(RENEWED_BEFORE_S, self.given_s / 2)
        if lowers:
            before_s = self.idle_s + CLOCKS_DIFFER_S
        return until - timedelta(seconds=before_s)

    def look_in_s(
        self, until: datetime | None, now: datetime, *, lowers: bool = False
    ) -> float:
        """Return after how many seconds a lease that holds should be looked at: when it is due, or when it runs out.

        What is due and was not renewed is not wished any more.
        """
        due = self.renewal_due(until, lowers=lowers)
        look = due if until is None or due > now else until
        return max(0.1, (look - now).total_seconds())
