"""What discharging has in hand, as plans are to reckon with it: an order with its end, or the house."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ...model.configuration import SiteConfig
from ...model.identity import EvseKey
from ...model.planning import HORIZON
from ...model.stations import Evse
from ...model.v2x import PLAN, Hindrance, Steering, V2gConfig, V2gMode
from ...planning.problem import InHand
from ..v2x.orders import Orders
from ..v2x.stance import Stance

# What has no end that is known lasts beyond every plan.
_FOREVER = 2 * HORIZON


class Taken:
    """Says of vehicles what they will do whatever is planned."""

    def __init__(
        self,
        site: Callable[[], SiteConfig],
        evse: Callable[[EvseKey], Evse],
        orders: Callable[[], Orders],
        stances: Callable[[], Mapping[EvseKey, Stance]],
        now: Callable[[], datetime],
    ) -> None:
        """Look these up here."""
        self._site, self._evse, self._now = site, evse, now
        self._orders, self._stances = orders, stances

    def is_held(self, key: EvseKey) -> bool:
        """Whether discharging has a vehicle in hand."""
        return key in self._stances()

    def in_hand(self, key: EvseKey) -> InHand | None:
        """Return what a vehicle will do that no plan decides about; None: a plan does."""
        config = self._site().stations[key.identity].v2g.get(key.evse)
        if config is None or not self.is_held(key):
            return None
        evse, now = self._evse(key), self._now()
        mode = evse.settings.v2g_mode
        carries = mode is V2gMode.HOUSE
        if config.steering is Steering.OTHERS or _others_decide(evse):
            return InHand(until=now + _FOREVER)
        orders = self._orders()
        if (giving := orders.givings.get(key)) is not None:
            power_w = giving.power_w or most_out_w(evse, config)
            ends = [] if giving.until is None else [giving.until]
            if giving.left_wh is not None and power_w > 0:
                ends.append(now + timedelta(hours=giving.left_wh / power_w))
            until = min(ends, default=now + _FOREVER)
            return InHand(until=until, power_w=-power_w, carries_house=carries)
        dispatch = orders.dispatch_for(self._site(), key, mode)
        if dispatch is not None:
            if dispatch.source == PLAN:
                return None
            after = mode if dispatch.afterwards is None else dispatch.afterwards
            # Of what a circuit is to do together nobody knows this one's part.
            power_w = dispatch.power_w if dispatch.target == str(key) else 0.0
            return InHand(
                until=dispatch.until,
                power_w=power_w,
                carries_house=after is V2gMode.HOUSE,
            )
        if carries:
            return InHand(carries_house=True)
        # Who is held at the ready for the grid's frequency does neither on average; who goes by plan rests as planned.
        return None if mode is V2gMode.PLAN else InHand(until=now + _FOREVER)

    def sign(self, key: EvseKey) -> object:
        """Return what of it makes another plan."""
        orders, evse = self._orders(), self._evse(key)
        if key not in self._stances() or evse.settings.v2g_mode is V2gMode.PLAN:
            return key in orders.givings
        giving = orders.givings.get(key)
        dispatch = orders.dispatch_for(self._site(), key, evse.settings.v2g_mode)
        asked = giving and (giving.until, giving.energy_wh, giving.power_w)
        return True, asked, dispatch and dispatch.id


def most_out_w(evse: Evse, v2g: V2gConfig | None) -> float:
    """Return the most that a vehicle may feed back, as its owner says."""
    if v2g is None or v2g.confirmed_at is None:
        return 0.0
    own_w = evse.settings.discharge_limit_w
    return v2g.maximum_w if own_w is None else min(own_w, v2g.maximum_w)


def _others_decide(evse: Evse) -> bool:
    return evse.discharge.hindrance is Hindrance.OTHERS_DECIDE
