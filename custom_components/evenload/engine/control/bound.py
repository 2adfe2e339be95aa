"""Leases that die with a transaction, and what is certain of the vehicle that they are for.

A station that takes only watts does not say how they spread: 11 kW are 16 A on each of three phases or 48 A on one. So its
fallback is reckoned for one phase, whoever comes. Only while a vehicle charges and is seen on n phases may it have n times
the watts, in a limit that ends with its transaction: the next vehicle may use one phase. What was reckoned for more phases
than are certain counts in full on each.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..model.orders import LimitOrder
from ..model.phases import CurrentType
from ..model.readings import LIVE_A
from ..model.stations import Evse

# What a meter said longer ago is not certain any more.
SEEN_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Use:
    """What is certain of an EVSE's vehicle: the transaction that runs, and on how many phases it draws at least."""

    transaction: str | None = None
    phases: int = 1


NOBODY = Use()


def use_of(evse: Evse | None, now: datetime | None = None) -> Use:
    """Return what is certain of an EVSE's vehicle; phases that carry nothing at the moment (None: it is not asked) are not."""
    if evse is None or evse.transaction is None or not evse.transaction.is_open:
        return NOBODY
    if (
        now is None
        or not evse.is_charging
        or evse.metered_at is None
        or now - evse.metered_at > SEEN_FOR
    ):
        return Use(evse.transaction.id)
    reading = evse.reading
    carrying = [
        phase
        for phase in reading.live_phases
        if reading.current_a.get(phase, 0.0) >= LIVE_A
    ]
    return Use(evse.transaction.id, max(1, len(carrying)))


def flow_a(order: LimitOrder, use: Use) -> float:
    """Return what may flow on one phase under an order, in amperes: watts for more phases than are certain may gather."""
    if order.current_type is CurrentType.DC:
        return order.current.a
    return order.current.a * _gathering(order.phases, order.transaction_id, use)


def _gathering(phases: int, transaction: str | None, use: Use) -> float:
    certain = use.phases if transaction is not None else 1
    return max(1.0, phases / certain)


@dataclass(frozen=True, slots=True)
class Bound:
    """The lease of one transaction, in amperes on each of `phases`, and the most that one in doubt may let flow."""

    limit_a: float | None = None
    until: datetime | None = None
    transaction: str | None = None
    phases: int = 1
    use_phases: int | None = None
    doubt_a: float | None = None
    doubt_for: str | None = None
    at: datetime | None = None
    # The transaction whose vehicle was proven to use one phase only.
    single_for: str | None = None

    def holds(self, now: datetime, use: Use) -> bool:
        """Whether it lies over everything else: its transaction runs, and it has not expired."""
        return (
            self.limit_a is not None
            and self.until is not None
            and now < self.until
            and self.transaction == use.transaction
        )

    def in_force_a(self, use: Use) -> float:
        """Return what may flow on one phase while it holds."""
        gathering = _gathering(self.phases, self.transaction, use)
        return (self.limit_a or 0.0) * gathering

    def in_doubt_a(self, use: Use) -> float | None:
        """Return what may flow if the one in doubt holds; that of an ended transaction does not."""
        return self.doubt_a if self.doubt_for == use.transaction else None

    def sending(self, order: LimitOrder, use: Use) -> Bound:
        """Return it with an order on its way."""
        doubt_a = max(flow_a(order, use), self.in_doubt_a(use) or 0.0)
        return replace(self, doubt_a=doubt_a, doubt_for=order.transaction_id)

    def in_doubt(self, now: datetime, use: Use) -> Bound:
        """Return it when it may have begun late, or ends at another time than was meant."""
        if not self.holds(now, use):
            return self
        doubt_a = max(self.in_force_a(use), self.in_doubt_a(use) or 0.0)
        return replace(
            self,
            limit_a=None,
            until=None,
            doubt_a=doubt_a,
            doubt_for=self.transaction,
        )

    def left(self, now: datetime) -> Bound:
        """Return what is left of it: no limit that has ended."""
        has_ended = self.until is not None and self.until <= now
        return replace(self, limit_a=None, until=None) if has_ended else self

    def applied(self, order: LimitOrder, now: datetime) -> Bound:
        """Return it after the station accepted an order."""
        return Bound(
            limit_a=order.current.a,
            until=now + timedelta(seconds=order.lease_s or 0),
            transaction=order.transaction_id,
            phases=1 if order.current_type is CurrentType.DC else order.phases,
            use_phases=order.use_phases,
            at=self.at if self._is_as(order) else now,
            single_for=self.single_for,
        )

    def _is_as(self, order: LimitOrder) -> bool:
        """Whether an order is as long in force as this one."""
        return (self.transaction, self.phases) == (order.transaction_id, order.phases)


UNBOUND = Bound()
