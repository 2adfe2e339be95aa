"""What stations, vehicles and sensors tell of batteries: how full, what they need, and what came out of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...model.identity import EvseKey
from ...model.needs import ChargingNeeds
from ...model.stations import Evse
from .charge import Charges
from .fleet_view import FleetView
from .orders import Orders

# Between two readings that are further apart nobody knows what flowed.
_LONGEST_GAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Flowed:
    """What flowed last, and since when."""

    power_w: float
    at: datetime


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
        # What the vehicle's own sensor said last: it speaks when that changes.
        self._sensed: dict[EvseKey, float] = {}

    def needs(self, key: EvseKey, needs: ChargingNeeds) -> None:
        """Take what a vehicle asks for."""
        self._orders.needs[key] = needs
        if needs.soc_percent is not None:
            self._charges.say(key, needs.soc_percent, self._now(), power_w=1.0)

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
                self._charges.forget(key)
            return
        self._sensed[key] = percent
        self._charges.say(key, percent, self._now(), power_w=1.0)

    def observe(self, evse: Evse) -> None:
        """Count what flowed since the reading before."""
        power_w, at = evse.reading.power_w, evse.metered_at
        if power_w is None or at is None:
            return
        known = self._flowed.get(evse.key)
        self._flowed[evse.key] = _Flowed(power_w, at)
        if known is None or not timedelta(0) < at - known.at <= _LONGEST_GAP:
            return
        hours = (at - known.at) / timedelta(hours=1)
        # Between two readings the greater is taken to have flowed.
        given_wh = -min(power_w, known.power_w) * hours
        self._charges.gave(evse.key, given_wh)
        if given_wh > 0:
            self._orders.gave(evse.key, given_wh)

    def left(self, key: EvseKey) -> None:
        """Forget a vehicle that has gone; its own sensor may still be that of the next one."""
        self._flowed.pop(key, None)
        self._orders.needs.pop(key, None)
        self._orders.names.pop(key, None)
        self._orders.givings.pop(key, None)
        self._charges.forget(key)
        if (percent := self._sensed.get(key)) is not None:
            self._charges.say(key, percent, self._now(), power_w=1.0)
