"""Where a station's limits differ from what they should be, as orders: what lowers apart from what raises."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from ..csms.limiting.terms import takes_watts
from ..model.capabilities import Place
from ..model.configuration import StationConfig
from ..model.identity import EvseKey
from ..model.limits import Current, at_least_minimum
from ..model.orders import WHOLE_STATION, Layer, LimitOrder
from ..model.phases import CurrentType
from ..model.stations import Evse, EvseStatus, Station
from .binding import Binding, can_lease, pauses_with_transaction
from .commitments import Commitments
from .targets import Targets
from .wish import LAST_LEASE_S, SAME_A, Wish


class Wishes:
    """Finds what is to be put right in one station."""

    def __init__(
        self, commitments: Commitments, now: datetime, voltage_v: float
    ) -> None:
        """Look at the holdings as they are now."""
        self._commitments = commitments
        self._now = now
        self._voltage_v = voltage_v
        self._leases = commitments.leases
        self._binding = Binding(commitments, now, voltage_v)

    def of(
        self,
        station: Station,
        config: StationConfig,
        targets: Targets,
        unverified: set[EvseKey],
    ) -> list[Wish]:
        """Return all that is to be put right, in the order of sending. `unverified` limits are written again.

        Whoever has restarted has lost the lease that makes room for others: it comes before what may still be there.
        """
        wishes = [
            *self._station_limit(station, targets, unverified),
            *(
                wish
                for evse in station.evses.values()
                for wish in self._evse_limits(
                    evse.key, station, config, targets, unverified
                )
            ),
        ]
        return sorted(wishes, key=lambda wish: (wish.raises, wish.again))

    def _station_limit(
        self, station: Station, targets: Targets, unverified: set[EvseKey]
    ) -> Iterable[Wish]:
        key = EvseKey(station.identity, WHOLE_STATION)
        if station.capabilities.station_limit is False:
            return
        if takes_watts(station.capabilities) and can_limit_evses(station):
            yield from self._lifted(key, station)
            return
        wanted_a = targets.ceiling_a(station.identity)
        if station.capabilities.evse_limit is False:
            # Its own limit is all that there is: it carries what a lease would, as far as one limit can.
            wanted_a = self._carried_a(station, targets)
        wanted_a = at_least_minimum(wanted_a, targets.minimum_a(key))
        yield from self._fallback(
            key, wanted_a, self._station_order(station), unverified
        )

    def _lifted(self, key: EvseKey, station: Station) -> Iterable[Wish]:
        """Take a limit back that would hold a vehicle to the watts that are safe on one phase."""
        held_a = self._commitments.holding(key).fallback_a
        unlimited_a = self._commitments.unlimited_a(key)
        if held_a is not None and held_a < unlimited_a - SAME_A:
            wired = len(self._commitments.site.stations[station.identity].wiring)
            order = replace(self._station_order(station), phases=wired)
            yield Wish(replace(order, current=Current(unlimited_a)), raises=True)

    def _carried_a(self, station: Station, targets: Targets) -> float:
        if len(station.evses) == 1:
            only = next(iter(station.evses.values()))
            return targets.allotments[only.key].current.a
        return targets.present[station.identity].current_a

    def _station_order(self, station: Station) -> LimitOrder:
        """Return what an order for the whole station says beside its limit."""
        kinds = [self._commitments.kind(evse.key) for evse in station.evses.values()]
        voltage_v = kinds[0].voltage_v if kinds else self._voltage_v
        order = LimitOrder(WHOLE_STATION, Current(0.0), voltage_v=voltage_v)
        if not all(kind.is_dc for kind in kinds):
            return order
        return replace(order, current_type=CurrentType.DC, phases=kinds[0].phases)

    def _evse_order(self, station: Station, evse: Evse, targets: Targets) -> LimitOrder:
        """Return what an order for an EVSE says beside its limit."""
        kind = self._commitments.kind(evse.key)
        order = LimitOrder(
            evse.key.evse,
            Current(0.0),
            voltage_v=kind.voltage_v,
            current_type=kind.current_type,
            use_phases=targets.use_phases.get(evse.key),
        )
        if order.use_phases == 1 and station.capabilities.phase_choice:
            # Its own first one: what it is counted on before it was measured.
            order = replace(order, phase_to_use=1)
        if kind.is_dc:
            # Direct current is made of all phases alike.
            return replace(order, phases=kind.phases)
        if kind.phases == 1 and takes_watts(station.capabilities):
            # Who is not told takes watts for those of three phases.
            return replace(order, use_phases=1)
        # Watts are what is safe should all of them end up on one phase.
        return order

    def _evse_limits(
        self,
        key: EvseKey,
        station: Station,
        config: StationConfig,
        targets: Targets,
        unverified: set[EvseKey],
    ) -> Iterable[Wish]:
        evse = station.evses[key.evse]
        order = self._evse_order(station, evse, targets)
        lasting_a = targets.fallbacks[key].current.a
        wanted_a = targets.allotments[key].current.a
        if station.capabilities.evse_limit is False:
            if station.capabilities.lacks_lasting_limits:
                yield from self._binding.wishes(station, evse, targets, order)
            return
        if can_lease(station.capabilities):
            yield from self._fallback(key, lasting_a, order, unverified)
            if not station.capabilities.refuses(Place.EVSE):
                # There is no form of a lease that who takes no default profile would take.
                is_idle = (
                    evse.status is EvseStatus.SUSPENDED_EV
                    and wanted_a <= targets.minimum_a(key) + SAME_A
                )
                yield from self._lease(key, lasting_a, wanted_a, order, is_idle=is_idle)
        elif pauses_with_transaction(station, targets, key):
            yield from self._fallback(key, lasting_a, order, unverified)
        else:
            yield from self._fallback(key, wanted_a, order, unverified)
        yield from self._binding.wishes(station, evse, targets, order)

    def _fallback(
        self,
        key: EvseKey,
        wanted_a: float,
        order: LimitOrder,
        unverified: set[EvseKey],
    ) -> Iterable[Wish]:
        holding = self._commitments.holding(key)
        held_a, doubt_a = holding.fallback_a, holding.fallback_doubt_a or 0.0
        lowers = held_a is None or wanted_a < max(held_a, doubt_a) - SAME_A
        raises = held_a is not None and wanted_a > held_a + SAME_A
        # What is in doubt is settled by saying it again.
        again = (
            key in unverified
            or holding.fallback_doubt_a is not None
            or holding.fallback_phases != order.use_phases
        )
        if not (lowers or raises or again):
            return
        order = replace(order, current=Current(wanted_a), layer=Layer.FALLBACK)
        if held_a is not None and raises and key in unverified:
            # What it may have lost is put back first: the raise may have to wait.
            back = replace(order, current=Current(held_a))
            yield Wish(back, raises=False, again=True)
        yield Wish(order, raises=raises, again=not (raises or lowers))

    def _lease(
        self,
        key: EvseKey,
        lasting_a: float,
        wanted_a: float,
        order: LimitOrder,
        *,
        is_idle: bool,
    ) -> Iterable[Wish]:
        holding = self._commitments.holding(key)
        doubtful = holding.lease_doubt_a is not None or (
            holding.has_lease(self._now) and holding.lease_phases != order.use_phases
        )
        differs = abs(wanted_a - lasting_a) > SAME_A
        if not (holding.has_lease(self._now) or differs or doubtful):
            return
        now_a = holding.beneath_a(self._now, self._commitments.unlimited_a(key))
        if holding.lease_doubt_a is not None:
            # One in doubt may hold, and be less than what lies beneath.
            now_a = min(now_a, holding.lease_doubt_a)
        lowers = wanted_a < lasting_a - SAME_A
        lease_s = self._leases.lasts_s(lowers=lowers, is_idle=is_idle)
        lease_s = lease_s if differs else LAST_LEASE_S
        due = (
            differs
            and self._leases.renewal_due(holding.lease_until, lowers=lowers)
            <= self._now
        )
        # To be given more than lies beneath for longer needs the room for longer.
        longer = due and wanted_a > lasting_a + SAME_A
        raises = wanted_a > now_a + SAME_A or longer
        if not (raises or wanted_a < now_a - SAME_A or due or doubtful):
            return
        if not raises and wanted_a > lasting_a + SAME_A:
            # Less for no longer: that is sure to fit.
            lease_s = self._left_s(holding.lease_until)
        order = replace(
            order, current=Current(wanted_a), layer=Layer.LEASE, lease_s=lease_s
        )
        may_last = raises and holding.lease_doubt_lasts
        yield Wish(order, raises=raises, may_last=may_last)

    def _left_s(self, until: datetime | None) -> int:
        """Return for how long a lease holds that has not expired."""
        left_s = 0 if until is None else int((until - self._now).total_seconds())
        return min(self._leases.given_s, max(LAST_LEASE_S, left_s))


def can_limit_evses(station: Station) -> bool:
    """Whether its EVSEs take limits of their own, as far as is known."""
    return station.capabilities.evse_limit is not False


def keeps_limits(station: Station) -> bool:
    """Whether what a station is told stays there for good, so that it can never be given more than its share."""
    return not can_lease(station.capabilities) or not can_limit_evses(station)


def can_limit(station: Station) -> bool:
    """Whether a single EVSE can be limited: by a limit of its own, or by the station's where it is the only one."""
    known = station.capabilities
    if can_limit_evses(station):
        return True
    return known.station_limit is not False and len(station.evses) == 1
