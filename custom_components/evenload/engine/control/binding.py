"""What one transaction should be given beside the lasting limits: the watts of all its phases, or a pause that ends with it.

A station that takes no lasting limit is limited in this way alone, and counted as if it were not: the transaction may end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from ..csms.dialects.matching import quirks_of
from ..csms.limiting.terms import takes_watts
from ..model.allotments import Reason
from ..model.capabilities import Capabilities
from ..model.identity import EvseKey
from ..model.limits import Current, floor_tenths
from ..model.orders import Layer, LimitOrder
from ..model.stations import Evse, EvseStatus, OcppVersion, Station
from .bound import flow_a, use_of
from .commitments import DISOBEDIENCE_A, Commitments
from .headroom import headroom_a
from .targets import Targets
from .wish import LAST_LEASE_S, SAME_A, Wish

# What an owner has said, whoever else could use it.
_BY_ITS_OWNER = frozenset({Reason.PAUSED, Reason.CHARGING_OFF})

# A vehicle in one of these may begin to draw once it is given enough for all of its phases.
_MAY_BEGIN = frozenset(
    {EvseStatus.PREPARING, EvseStatus.CHARGING, EvseStatus.SUSPENDED_EVSE}
)


def can_lease(abilities: Capabilities) -> bool:
    """Whether a limit in this station can expire by itself, as far as is known."""
    return abilities.leases is not False


def pauses_with_transaction(station: Station, targets: Targets, key: EvseKey) -> bool:
    """Whether a pause is left to the transaction, at a station in which nothing else expires.

    Only the owner's own: what makes room for others must hold for the next vehicle, too, from its first second.
    """
    abilities, evse = station.capabilities, station.evses[key.evse]
    if can_lease(abilities) or abilities.transaction_leases is False:
        return False
    if evse.is_charging and use_of(evse).transaction is None:
        # It draws without one that is known of.
        return False
    if targets.allotments[key].reason not in _BY_ITS_OWNER:
        return False
    return station.identity in targets.reserved


@dataclass(frozen=True, slots=True)
class _Need:
    """So much on each of so many phases; `named`: the station hears of how many."""

    limit_a: float
    phases: int
    named: bool = False


class Binding:
    """Finds what is to be put right in the lease of one EVSE's transaction."""

    def __init__(
        self, commitments: Commitments, now: datetime, voltage_v: float
    ) -> None:
        """Look at the holdings as they are now."""
        self._commitments = commitments
        self._now = now
        self._voltage_v = voltage_v
        self._leases = commitments.leases

    def wishes(
        self, station: Station, evse: Evse, targets: Targets, order: LimitOrder
    ) -> Iterable[Wish]:
        """Return the one that there may be; `order` is what an order for this EVSE says beside its limit."""
        key = evse.key
        use = self._commitments.use(key)
        if use.transaction is None or station.capabilities.transaction_leases is False:
            return
        bound = self._commitments.holding(key).bound
        holds = bound.holds(self._now, use)
        doubtful = bound.in_doubt_a(use) is not None
        need = self._need(station, evse, targets)
        if need is None and not (holds or doubtful):
            return
        aim = need or _Need(targets.allotments[key].current.a, use.phases)
        order = replace(
            order,
            current=Current(aim.limit_a),
            layer=Layer.LEASE,
            lease_s=LAST_LEASE_S if need is None else self._leases.given_s,
            phases=aim.phases,
            use_phases=1 if aim.named else order.use_phases,
            transaction_id=use.transaction,
        )
        is_same = (
            holds
            and abs((bound.limit_a or 0.0) - aim.limit_a) <= SAME_A
            and (bound.phases, bound.use_phases) == (aim.phases, order.use_phases)
        )
        due = need is not None and self._leases.renewal_due(bound.until) <= self._now
        if is_same and not (due or doubtful):
            return
        flows_a = min(flow_a(order, use), self._commitments.unlimited_a(key))
        if station.capabilities.lacks_lasting_limits:
            # All that it could draw is reserved for it.
            yield Wish(order, raises=False)
        elif flows_a > self._commitments.own_in_force_a(key) + SAME_A:
            yield Wish(order, raises=True, gathering=flows_a / aim.limit_a)
        else:
            yield Wish(order, raises=False)

    def _need(self, station: Station, evse: Evse, targets: Targets) -> _Need | None:
        """Return what the transaction needs beyond what lies beneath its lease, or None when that is enough."""
        key = evse.key
        if pauses_with_transaction(station, targets, key):
            return _Need(0.0, 1)
        kind = self._commitments.kind(key)
        wanted_a = targets.allotments[key].current.a
        if station.capabilities.lacks_lasting_limits:
            is_less = wanted_a < self._commitments.unlimited_a(key) - SAME_A
            return _Need(wanted_a, 1) if is_less else None
        if kind.is_dc or not takes_watts(station.capabilities) or wanted_a <= 0:
            return None
        used = min(self._commitments.use(key).phases, kind.phases)
        least_w = quirks_of(station.info).three_phase_minimum_w or 0.0
        if used == 1 and self._commitments.is_single(key):
            return self._for_single(station, evse, wanted_a)
        if used > 1:
            # With less the station itself would go back to one phase, and all of it would flow there.
            enough = used < 3 or wanted_a * self._voltage_v * used >= least_w
            return _Need(wanted_a, used) if enough else None
        trial = self._trial(evse, wanted_a, kind.phases, least_w)
        return trial if trial is None or self._has_room(key, trial) else None

    def _for_single(
        self, station: Station, evse: Evse, wanted_a: float
    ) -> _Need | None:
        """Return what a vehicle on one phase needs: a station that is not told spreads its watts over three."""
        if station.version is OcppVersion.V16 or station.capabilities.phase_switching:
            return _Need(wanted_a, 1, named=True)
        # From 2.0.1 on, a station that cannot switch refuses to be told (K01.FR.45). Where it was measured to spread
        # what was tried, that is all that there is.
        bound = self._commitments.holding(evse.key).bound
        tried = _Need(bound.limit_a or 0.0, bound.phases)
        spreads = self._commitments.drawn_a(evse) <= tried.limit_a + DISOBEDIENCE_A
        return tried if spreads and self._has_room(evse.key, tried) else None

    def _has_room(self, key: EvseKey, need: _Need) -> bool:
        """Whether all of it may flow on one phase beside what all others may draw."""
        commitments = self._commitments
        committed = {
            identity: commitments.station_a(identity)
            for identity in commitments.site.stations
        }
        flows_a = min(need.limit_a * need.phases, commitments.unlimited_a(key))
        others = [
            commitments.evse_a(other)
            for other in commitments.evses(key.identity)
            if other != key
        ]
        room_a = headroom_a(commitments.tree, commitments.site, key.identity, committed)
        return flows_a <= room_a - commitments.together_a(key.identity, others) + SAME_A

    def _trial(
        self, evse: Evse, wanted_a: float, wired: int, least_w: float
    ) -> _Need | None:
        """Return the least with which a vehicle can show how many phases it uses; it needs room for all of that on one.

        A station that spreads what is safe on one phase over three offers less than 6 A on each: nobody would ever begin.
        The trial ends as soon as it has shown anything: half a minute at one phase, or a meter that shows more.
        """
        minimum_a = self._commitments.kind(evse.key).minimum_a
        if least_w and wired > 2:
            minimum_a = max(
                minimum_a, ceil(least_w / self._voltage_v / wired * 10) / 10
            )
        if wanted_a < minimum_a or evse.status not in _MAY_BEGIN:
            return None
        if wanted_a < minimum_a * wired:
            return _Need(minimum_a, wired)
        # What is safe on one phase is enough for all: only a vehicle that seems to use one has something to prove.
        seems_single = evse.is_charging and evse.reading.phases_in_use() == 1
        return _Need(floor_tenths(wanted_a / wired), wired) if seems_single else None
