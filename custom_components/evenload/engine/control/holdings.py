"""What each station may hold: the last limits it accepted, and those whose fate is not known.

Promise 1 counts on these figures, so each errs to the larger side.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..model.capabilities import Place
from ..model.orders import Layer, LimitOrder
from .bound import NOBODY, UNBOUND, Bound, Use
from .stopped import Stopped
from .wish import CLOCKS_DIFFER_S

# Until a vehicle has followed a lower limit its amperes are still on the wire: 5 s for the vehicle (IEC 61851-1
# annex A) and as much again for the station to pass the limit on.
SETTLING_S = 10.0

# A vehicle that may draw more does so within this.
RISES_S = 5.0


@dataclass(frozen=True, slots=True)
class Holding:
    """The limits of one EVSE (or, for EVSE 0, of the whole station), in amperes per phase.

    `fallback_a` None: never limited by us. The doubts are the highest limits that were sent and not answered;
    `settling_a` is what the vehicle may still be drawing after a limit was lowered. The phases are how many each limit
    told the vehicle to use; None: as many as it likes, or not known.
    """

    fallback_a: float | None = None
    fallback_at: datetime | None = None
    lease_a: float | None = None
    lease_until: datetime | None = None
    fallback_doubt_a: float | None = None
    lease_doubt_a: float | None = None
    # A clock was set: nobody knows for how long the one in doubt holds.
    lease_doubt_lasts: bool = False
    settling_a: float | None = None
    settling_until: datetime | None = None
    # From what it was lowered last, and when: a meter that is late shows it though the vehicle has followed.
    lowered_from_a: float = 0.0
    lowered_at: datetime | None = None
    # When it was raised last: who has not followed that yet shows nothing when it is lowered again.
    raised_at: datetime | None = None
    fallback_phases: int | None = None
    lease_phases: int | None = None
    # The lease of a transaction lies over both.
    bound: Bound = UNBOUND
    # The transaction that was stopped to pause, where a limit of nothing does not.
    stopped: Stopped | None = None

    def has_lease(self, now: datetime) -> bool:
        """Whether a lease lies over the fallback."""
        return (
            self.lease_a is not None
            and self.lease_until is not None
            and now < self.lease_until
        )

    def place(self, now: datetime, use: Use) -> Place:
        """Return which of its limits is in force."""
        if self.bound.holds(now, use):
            return Place.TRANSACTION
        return Place.LEASE if self.has_lease(now) else Place.EVSE

    def is_settling(self, now: datetime) -> bool:
        """Whether a vehicle may still be following a lowered limit."""
        return self.settling_until is not None and now < self.settling_until

    def may_rise(self, at: datetime) -> bool:
        """Whether a vehicle may not have followed the last raise at a moment."""
        rises = timedelta(seconds=RISES_S)
        return self.raised_at is not None and at < self.raised_at + rises

    def is_after(self, at: datetime) -> bool:
        """Whether these limits came, or were still being followed, after a moment."""
        return any(
            moment is not None and at <= moment
            for moment in (self.fallback_at, self.settling_until)
        )

    def in_force_a(self, now: datetime, unlimited_a: float, use: Use = NOBODY) -> float:
        """Return the limit that the station was last known to hold; `use` is what is certain of the vehicle."""
        if self.bound.holds(now, use):
            return min(unlimited_a, self.bound.in_force_a(use))
        return self.beneath_a(now, unlimited_a)

    def beneath_a(self, now: datetime, unlimited_a: float) -> float:
        """Return the limit that holds when no transaction has one of its own."""
        if self.has_lease(now) and self.lease_a is not None:
            return self.lease_a
        return unlimited_a if self.fallback_a is None else self.fallback_a

    def use_phases(self, now: datetime) -> int | None:
        """Return how many phases all limits in the station tell its vehicle to use, or None where they do not agree."""
        if self.has_lease(now) and self.lease_phases != self.fallback_phases:
            return None
        until = self.bound.until
        if until is not None and now < until:
            # Whosever transaction it is for: that may still run.
            same = self.bound.use_phases == self.fallback_phases
            return self.fallback_phases if same else None
        return self.fallback_phases

    @property
    def ends(self) -> tuple[datetime | None, ...]:
        """The moments at which something of it ends."""
        return (
            self.lease_until,
            self._lease_ends_for_slow_clocks,
            self.settling_until,
            self.bound.until,
        )

    @property
    def _lease_ends_for_slow_clocks(self) -> datetime | None:
        """When its lease has ended also in a station whose clock is behind ours."""
        if self.lease_until is None:
            return None
        return self.lease_until + timedelta(seconds=CLOCKS_DIFFER_S)

    def _late_a(self, now: datetime) -> float:
        """Return what its lease allows for as long as it may hold by a clock that is behind ours."""
        ends = self._lease_ends_for_slow_clocks
        return 0.0 if ends is None or now >= ends else self.lease_a or 0.0

    @property
    def doubt_a(self) -> float | None:
        """The highest limit whose fate is not known and that no transaction ends, in amperes per phase."""
        return _highest(self.fallback_doubt_a, self.lease_doubt_a)

    @property
    def is_in_doubt(self) -> bool:
        """Whether the fate of any limit is not known, or a transaction has one of its own."""
        return self.doubt_a is not None or self.bound != UNBOUND

    def most_a(
        self,
        now: datetime,
        unlimited_a: float,
        *,
        connected: bool,
        settling: bool = True,
        use: Use = NOBODY,
        until: datetime | None = None,
    ) -> float:
        """Return the most that may be drawn under what the station may hold; `settling` counts who still lets go.

        A transaction may end at any time and with it its lease, and an offline station may lose its lease in a restart: the
        greater of lease and what lies beneath counts. It does for a lease that ends before `until`, too: who is given
        something until then must not meet what comes back when the lease ends, should nobody be there to renew it. And the
        lease of one that is offline ends by its own clock, which may be behind.
        """
        candidates = [
            self.in_force_a(now, unlimited_a, use),
            self.beneath_a(now, unlimited_a),
        ]
        ends = self.lease_until
        if not connected or (until is not None and ends is not None and ends < until):
            candidates.append(
                unlimited_a if self.fallback_a is None else self.fallback_a
            )
        # Renewed it is while somebody is there: this is one that was away, or has just come back.
        candidates.append(self._late_a(now))
        doubt_a = _highest(self.doubt_a, self.bound.in_doubt_a(use))
        if doubt_a is not None:
            candidates.append(doubt_a)
        if settling and self.is_settling(now) and self.settling_a is not None:
            candidates.append(self.settling_a)
        return min(unlimited_a, max(candidates))

    def sending(self, order: LimitOrder, use: Use = NOBODY) -> Holding:
        """Return it with an order on its way: possibly applied until the answer says otherwise."""
        if order.transaction_id is not None:
            return replace(self, bound=self.bound.sending(order, use))
        if order.layer is Layer.LEASE:
            doubt_a = max(order.current.a, self.lease_doubt_a or 0.0)
            same = self.lease_phases == order.use_phases
            phases = self.lease_phases if same else None
            return replace(self, lease_doubt_a=doubt_a, lease_phases=phases)
        doubt_a = max(order.current.a, self.fallback_doubt_a or 0.0)
        same = self.fallback_phases == order.use_phases
        phases = self.fallback_phases if same else None
        return replace(self, fallback_doubt_a=doubt_a, fallback_phases=phases)

    def not_sent(self, before: Holding) -> Holding:
        """Return it after an order was refused or never left; older orders are as doubtful as before."""
        return replace(
            self,
            fallback_doubt_a=before.fallback_doubt_a,
            lease_doubt_a=before.lease_doubt_a,
            fallback_phases=before.fallback_phases,
            lease_phases=before.lease_phases,
            bound=before.bound,
        )

    def applied(
        self,
        order: LimitOrder,
        now: datetime,
        unlimited_a: float,
        *,
        idle: bool,
        use: Use = NOBODY,
    ) -> Holding:
        """Return it after the station accepted an order. `idle`: nothing is being drawn that has to follow."""
        held_a = self.in_force_a(now, unlimited_a, use)
        doubt_a = _highest(self.doubt_a, self.bound.in_doubt_a(use)) or 0.0
        before_a = max(held_a, self._late_a(now), doubt_a)
        held = self._with(order, now)
        if max(doubt_a, held.in_force_a(now, unlimited_a, use)) > held_a:
            held = replace(held, raised_at=now)
        if idle or held.in_force_a(now, unlimited_a, use) >= before_a:
            return held
        if held.is_settling(now):
            before_a = max(before_a, held.settling_a or 0.0)
        return replace(
            held,
            settling_a=min(before_a, unlimited_a),
            settling_until=now + timedelta(seconds=SETTLING_S),
            lowered_from_a=min(before_a, unlimited_a),
            lowered_at=now,
        )

    def _with(self, order: LimitOrder, now: datetime) -> Holding:
        """Return it with an order in its place."""
        if order.transaction_id is not None:
            return replace(self, bound=self.bound.applied(order, now))
        if order.layer is Layer.LEASE:
            until = now + timedelta(seconds=order.lease_s or 0)
            return replace(
                self,
                lease_a=order.current.a,
                lease_until=until,
                lease_doubt_a=None,
                lease_doubt_lasts=False,
                lease_phases=order.use_phases,
            )
        return replace(
            self,
            fallback_a=order.current.a,
            fallback_at=now,
            fallback_doubt_a=None,
            fallback_phases=order.use_phases,
        )

    def clock_was_set(self, before: datetime, now: datetime, use: Use) -> Holding:
        """Return it when our own clock went from one moment to another: nobody knows when its leases end now."""
        # Set back, what has ended holds again in a station whose clock has followed, and not in others.
        held = self.leases_in_doubt(min(before, now), use)
        held = replace(
            held, lease_a=None, lease_until=None, bound=held.bound.left(before)
        )
        held = replace(held, raised_at=None)
        if held.fallback_at is not None:
            held = replace(held, fallback_at=min(held.fallback_at, now))
        if not held.is_settling(before):
            return held.settled()
        return replace(held, settling_until=now + timedelta(seconds=SETTLING_S))

    def without_leases(self) -> Holding:
        """Return it after its leases are known to be gone."""
        return replace(self, lease_a=None, lease_until=None, bound=UNBOUND)

    def leases_in_doubt(self, now: datetime, use: Use) -> Holding:
        """Return it when its leases may have begun late, or end at another time than was meant."""
        held, ends = self, self._lease_ends_for_slow_clocks
        if ends is not None and now < ends:
            doubt_a = _highest(self.lease_a, self.lease_doubt_a)
            held = replace(
                self,
                lease_a=None,
                lease_until=None,
                lease_doubt_a=doubt_a,
                lease_doubt_lasts=True,
            )
        return replace(held, bound=self.bound.in_doubt(now, use))

    def settled(self) -> Holding:
        """Return it after the vehicle was measured to have followed."""
        return replace(self, settling_a=None, settling_until=None)


def _highest(*limits_a: float | None) -> float | None:
    return max((limit_a for limit_a in limits_a if limit_a is not None), default=None)
