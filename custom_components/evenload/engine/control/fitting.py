"""Whether an order may leave now: what raises must fit into the room that all others leave (promises 1 and 2)."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf

from ..model.identity import EvseKey
from ..model.limits import Current, at_least_minimum, floor_tenths
from ..model.orders import WHOLE_STATION, Layer, LimitOrder
from ..model.stations import Station
from .commitments import FOR_EVER, Commitments
from .headroom import Sums, headroom_a
from .targets import Targets
from .wish import CLOCKS_DIFFER_S, LAST_LEASE_S, SAME_A, Wish

# What arithmetic leaves of a sum that fits: less than any limit is written with.
EXACT_A = 0.005

# A raise to less than what is wanted must be worth a write.
WORTHWHILE_A = 0.5


class Fitting:
    """The room at one moment; `told` are the stations that are being written to."""

    def __init__(
        self,
        commitments: Commitments,
        targets: Targets,
        stations: Mapping[str, Station],
        told: Collection[str],
        now: datetime,
    ) -> None:
        """Look at what everybody may be drawing now."""
        self._commitments = commitments
        self._targets = targets
        self._stations = stations
        self._told = told
        self._now = now
        self._sums: dict[datetime | None, Sums] = {}

    def order_for(self, identity: str, wish: Wish) -> LimitOrder | None:
        """Return the order, trimmed to the room there is; None when it has to wait."""
        order = wish.order
        key = EvseKey(identity, order.evse)
        holding = self._commitments.holding(key)
        if not wish.raises:
            is_first = holding.fallback_a is None
            return self._first_limit(identity, order) if is_first else order
        if identity in self._targets.frozen:
            return None
        gathering = wish.gathering
        room_a = self._room_a(key, self._until(key, order, gathering)) / gathering
        if order.current.a <= room_a + EXACT_A:
            return order
        if wish.may_last:
            # The lease that paid for it ends as usual: until there is room for it, it is taken back.
            back = Current(min(order.current.a, holding.fallback_a or 0.0))
            return replace(order, current=back, lease_s=LAST_LEASE_S)
        if self._commitments.is_settling() or self._others_lower(identity):
            return None
        # What binds will not go away by itself (an offline station, say): take what there is.
        least_a = self._targets.minimum_a(key)
        there_a = at_least_minimum(floor_tenths(room_a), least_a)
        held_a = self._commitments.own_in_force_a(key)
        if there_a * gathering > held_a + WORTHWHILE_A:
            return replace(order, current=Current(there_a))
        if order.layer is Layer.FALLBACK and holding.fallback_doubt_a is not None:
            # The raise does not fit, and may have been applied: take it back.
            return replace(order, current=Current(holding.fallback_a or 0.0))
        return None

    def look_again(self, identity: str) -> None:
        """Look what one station may be drawing by now; what all others may, is as it was."""
        for until, sums in self._sums.items():
            sums.put(identity, self._commitments.station_a(identity, until=until))

    def _until(
        self, key: EvseKey, order: LimitOrder, gathering: float
    ) -> datetime | None:
        """Return until when what an order gives has to fit beside what all others may draw; None is now only.

        What is no more than lies beneath fits for as long as that does: all that comes back beside it fits with that.
        """
        if order.layer is Layer.FALLBACK or order.lease_s is None:
            return FOR_EVER
        beneath_a = self._commitments.holding(key).fallback_a or 0.0
        if order.current.a * gathering <= beneath_a + EXACT_A:
            return None
        return self._now + timedelta(seconds=order.lease_s + CLOCKS_DIFFER_S)

    def _beside(self, until: datetime | None = None) -> Sums:
        """Return what every station may be drawing; with `until`, also after the leases that end before that.

        For ever is without us, and without a meter.
        """
        if until not in self._sums:
            lasts = until == FOR_EVER
            self._sums[until] = Sums(
                self._targets.lasting_tree if lasts else self._targets.tree,
                self._commitments.site,
                {
                    identity: self._commitments.station_a(identity, until=until)
                    for identity in self._commitments.site.stations
                },
            )
        return self._sums[until]

    def _first_limit(self, identity: str, order: LimitOrder) -> LimitOrder:
        """Return the first limit that a station ever gets: what is there once all that are told to have lowered."""
        present, shares = self._targets.present, self._targets.shares
        foreseen = {
            other: min(
                committed_a, max(present[other].current_a, shares[other].current_a)
            )
            if other in self._told and other in present
            else committed_a
            for other, committed_a in self._beside(FOR_EVER).committed.items()
        }
        room_a = headroom_a(
            self._targets.tree, self._commitments.site, identity, foreseen
        )
        there_a = floor_tenths(min(order.current.a, room_a))
        least_a = self._targets.minimum_a(EvseKey(identity, order.evse))
        return replace(order, current=Current(at_least_minimum(there_a, least_a)))

    def _room_a(self, key: EvseKey, until: datetime | None) -> float:
        """Return what an EVSE may be raised to; the whole station's limit may go as high as the others leave room."""
        room_a = self._beside(until).room_a(key.identity)
        if until == FOR_EVER and not self._is_leased(key):
            room_a = min(room_a, self._beside().room_a(key.identity))
        evses = self._stations[key.identity].evses.values()
        others = [evse.key for evse in evses if evse.key != key]
        others_a = self._commitments.together_a(
            key.identity, map(self._commitments.evse_a, others)
        )
        if key.evse == WHOLE_STATION:
            # Its EVSEs' own limits may hold the sum already.
            fits = others_a <= room_a + SAME_A
            return inf if fits or self._holds_in_time(key.identity) else room_a
        whole = self._commitments.holding(EvseKey(key.identity, WHOLE_STATION))
        holds_sum = (
            whole.fallback_a is not None
            and whole.doubt_a is None
            and whole.fallback_a <= room_a + SAME_A
        )
        if holds_sum and not others:
            return inf
        # Where only one charges at a time, what the others may draw is not drawn beside it.
        alone = not self._commitments.site.stations[key.identity].simultaneous
        return room_a if alone else room_a - others_a

    def _holds_in_time(self, identity: str) -> bool:
        """Whether a station's EVSEs hold the sum without its own limit: what they were lent for so long, and then for ever."""
        commitments = self._commitments
        keys = commitments.evses(identity)
        held = [commitments.holding(key) for key in keys]
        ends = [one.lease_until for one in held if one.lease_until is not None]
        if not ends or any(one.is_in_doubt for one in held):
            return False
        until = max(ends) + timedelta(seconds=CLOCKS_DIFFER_S)
        lent_a = commitments.together_a(identity, map(commitments.evse_a, keys))
        lasting_a = commitments.together_a(
            identity,
            (
                commitments.unlimited_a(key)
                if one.fallback_a is None
                else one.fallback_a
                for key, one in zip(keys, held, strict=True)
            ),
        )
        return (
            lent_a <= self._beside(until).room_a(identity) + SAME_A
            and lasting_a <= self._beside(FOR_EVER).room_a(identity) + SAME_A
        )

    def _is_leased(self, key: EvseKey) -> bool:
        """Whether a lease hides for now what lies beneath."""
        return self._commitments.holding(key).has_lease(self._now)

    def _others_lower(self, identity: str) -> bool:
        """Whether an order that lowers another station is on its way."""
        present = self._targets.present
        return any(
            self._beside().committed[other] > present[other].current_a + SAME_A
            for other in self._told
            if other != identity
            and other in present
            and not self._stations[other].capabilities.lacks_lasting_limits
        )


class Fittings:
    """Sums up what everybody may be drawing once for all who look in one turn of the event loop.

    When limits change, all look; and to each of two hundred stations all others matter.
    """

    def __init__(self, commitments: Commitments, told: Collection[str]) -> None:
        """Look at these; `told` are those that can be told, always as they are at the moment."""
        self._commitments = commitments
        self._told = told
        self._shared: Fitting | None = None

    def now(
        self, targets: Targets, stations: Mapping[str, Station], now: datetime
    ) -> Fitting:
        """Return what fits now."""
        if self._shared is None:
            self._shared = Fitting(
                self._commitments, targets, stations, self._told, now
            )
            asyncio.get_running_loop().call_soon(self.end)
        return self._shared

    def changed(self, identity: str) -> None:
        """Look at one station again: an order was sent to it, or its answer came."""
        if self._shared is not None:
            self._shared.look_again(identity)

    def end(self) -> None:
        """Sum up anew."""
        self._shared = None
