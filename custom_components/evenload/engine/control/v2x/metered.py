"""What stations, vehicles and sensors tell of batteries: how full, what they need, and what came out of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...model.identity import EvseKey
from ...model.needs import ChargingNeeds
from ...model.stations import Evse
from .charge import Charges
from .dialects import holds_s
from .fleet_view import FleetView
from .orders import Orders

# Between two readings that are further apart nobody knows what flowed: all that was told is taken to have.
_LONGEST_GAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Flowed:
    """What flowed last, and since when."""

    power_w: float
    at: datetime


@dataclass(frozen=True, slots=True)
class _Told:
    """The most that a vehicle was told to give, and until when that may hold; None: for good."""

    power_w: float
    until: datetime | None


class Metered:
    """Keeps account of what vehicles hold."""

    def __init__(
        self,
        view: FleetView,
        orders: Orders,
        charges: Charges,
        now: Callable[[], datetime],
    ) -> None:
        """Begin with nothing heard."""
        self._view = view
        self._orders = orders
        self._charges = charges
        self._now = now
        self._flowed: dict[EvseKey, _Flowed] = {}
        # What vehicles were told to give since it was counted last.
        self._told: dict[EvseKey, _Told] = {}
        # What the vehicle's own sensor said last: it speaks when that changes.
        self._sensed: dict[EvseKey, float] = {}

    def needs(self, key: EvseKey, needs: ChargingNeeds) -> bool:
        """Take what a vehicle asks for; returns whether something else was agreed on with it than before."""
        before = self._orders.needs.get(key)
        self._orders.needs[key] = needs
        if needs.soc_percent is not None:
            self._charges.say(key, needs.soc_percent, self._now(), power_w=1.0)
        return before is None or before.transfer != needs.transfer

    def said_soc(self, key: EvseKey) -> None:
        """Take how full a station says that its vehicle is."""
        reading = self._view.evse(key).reading
        if reading.soc_percent is not None:
            self._charges.say(
                key, reading.soc_percent, self._now(), power_w=reading.power_w
            )

    def set_soc(self, key: EvseKey, percent: float | None) -> None:
        """Take how full the vehicle's own sensor says that it is."""
        if percent is None:
            if self._sensed.pop(key, None) is not None:
                self._charges.doubt(key)
            return
        self._sensed[key] = percent
        self._charges.say(key, percent, self._now(), power_w=1.0)

    def observe(self, evse: Evse) -> None:
        """Count what flowed since the reading before."""
        power_w, at = evse.reading.power_w, evse.metered_at
        if power_w is None or at is None:
            return
        if self._is_silent(evse.key, at):
            self._count_told(evse.key, at)
            self._flowed[evse.key] = _Flowed(power_w, at)
        else:
            self._count(evse.key, _Flowed(power_w, at))
        self._told.pop(evse.key, None)

    def look(self) -> None:
        """Count for those that are told to give and show nothing of it."""
        now = self._now()
        for key in self._view.feeding:
            if self._is_silent(key, now):
                self._count_told(key, now)
            held = self._view.feeding.held(key)
            if held is None or held.power_w >= 0:
                continue
            self._charges.told(key, now)
            before = self._told.get(key)
            lasts_s = holds_s(held)
            self._told[key] = _Told(
                max(-held.power_w, 0.0 if before is None else before.power_w),
                None if lasts_s is None else now + timedelta(seconds=lasts_s),
            )
            if before is None and self._is_silent(key, now):
                # It begins only now.
                self._flowed[key] = _Flowed(0.0, now)

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock."""
        for key, flowed in self._flowed.items():
            self._flowed[key] = replace(flowed, at=flowed.at + by)
        for key, told in self._told.items():
            self._told[key] = replace(told, until=told.until and told.until + by)

    def _is_silent(self, key: EvseKey, now: datetime) -> bool:
        """Whether the reading before is so old that nobody knows what flowed since."""
        known = self._flowed.get(key)
        return known is None or now - known.at > _LONGEST_GAP

    def _count_told(self, key: EvseKey, now: datetime) -> None:
        """Count what was told, for as long as it may have held, or what was read before where that is more."""
        told, known = self._told.pop(key, None), self._flowed.get(key)
        if told is None or known is None:
            return
        end = now if told.until is None else max(known.at, min(now, told.until))
        self._count(key, _Flowed(-told.power_w, end))

    def _count(self, key: EvseKey, flowed: _Flowed) -> None:
        """Count what flowed since the reading before."""
        known = self._flowed.get(key)
        self._flowed[key] = flowed
        if known is None or flowed.at <= known.at:
            return
        hours = (flowed.at - known.at) / timedelta(hours=1)
        # Between two readings the greater is taken to have flowed.
        given_wh = -min(flowed.power_w, known.power_w) * hours
        self._charges.gave(key, given_wh)
        if given_wh > 0:
            self._orders.gave(key, given_wh)

    def left(self, key: EvseKey) -> None:
        """Forget a vehicle that has gone; its own sensor may still be that of the next one."""
        self._flowed.pop(key, None)
        self._told.pop(key, None)
        self._orders.needs.pop(key, None)
        self._orders.names.pop(key, None)
        self._orders.givings.pop(key, None)
        self._orders.done.discard(key)
        self._charges.forget(key)
        if (percent := self._sensed.get(key)) is not None:
            self._charges.say(key, percent, self._now(), power_w=1.0)
