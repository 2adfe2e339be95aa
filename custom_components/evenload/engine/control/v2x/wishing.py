"""Who is to do what together: by what was asked of each, by a dispatch to a circuit, or by the house."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ...model.allotments import Reason
from ...model.configuration import SiteConfig
from ...model.identity import EvseKey
from ...model.v2x import Dispatch, Hindrance, V2gMode
from .dividing import EXACT, STEADY, Start
from .following import carried_w, surplus_w
from .frequency import response_w
from .orders import Giving, Orders, targets_of
from .vehicle import Vehicle

# What follows no order: why it does not.
_ALONE: Mapping[V2gMode, Hindrance] = {
    V2gMode.OFF: Hindrance.OFF,
    V2gMode.CHARGE_ONLY: Hindrance.OFF,
    V2gMode.SETPOINT: Hindrance.NO_ORDER,
    V2gMode.PROGRAMME: Hindrance.NO_ORDER,
    V2gMode.PLAN: Hindrance.PLANNED_FOR_LATER,
}

# A target of the frequency alone.
_HOLDS = frozenset({V2gMode.PROGRAMME, V2gMode.SETPOINT})


class Wishing:
    """Sorts vehicles by what they follow."""

    def __init__(
        self,
        site: SiteConfig,
        orders: Orders,
        frequency_hz: float | None,
        now: datetime,
    ) -> None:
        """Look at the orders of a moment."""
        self._site = site
        self._orders = orders
        self._frequency_hz = frequency_hz
        self._now = now
        self.givings: list[tuple[Vehicle, Giving]] = []
        self.dispatched: dict[str, list[Vehicle]] = {}
        self.followers: list[Vehicle] = []
        # Who follows nothing, and why.
        self.alone: list[tuple[Vehicle, Hindrance | None]] = []

    def sort(self, vehicles: Sequence[Vehicle]) -> None:
        """Give every vehicle its place."""
        for one in vehicles:
            mode = one.evse.settings.v2g_mode
            giving = self._orders.givings.get(one.key)
            target = self._target(one.key, mode)
            if giving is not None and mode is not V2gMode.OFF:
                if giving.is_over(self._now):
                    del self._orders.givings[one.key]
                    self.alone.append((one, Hindrance.ENOUGH_GIVEN))
                else:
                    self.givings.append((one, giving))
            elif target is not None:
                self.dispatched.setdefault(target, []).append(one)
            elif mode is V2gMode.HOUSE:
                self.followers.append(one)
            else:
                self.alone.append((one, _ALONE[mode]))

    def dispatch(self, key: EvseKey, mode: V2gMode) -> Dispatch | None:
        """Return the dispatch that an EVSE follows."""
        return self._orders.dispatch_for(self._site, key, mode)

    def power_w(self, target: str) -> float:
        """Return what a target is to draw together, signed: what was dispatched, and what the frequency asks for."""
        dispatch = self._orders.dispatches.get(target)
        power_w = 0.0 if dispatch is None else dispatch.power_w
        offered_w = self._orders.responses.get(target)
        if offered_w is not None and self._frequency_hz is not None:
            power_w += response_w(self._frequency_hz, offered_w)
        return power_w

    def start(self, target: str) -> Start:
        """Return from when on what a target is to do is enough for a vehicle: the frequency wavers, an order does not."""
        return STEADY if target in self._orders.responses else EXACT

    def _target(self, key: EvseKey, mode: V2gMode) -> str | None:
        dispatch = self.dispatch(key, mode)
        if dispatch is not None:
            return dispatch.target
        if mode in _HOLDS:
            for target in targets_of(self._site, key):
                if target in self._orders.responses:
                    return target
        return None


def house_wish(
    load_w: float, given_w: float, others_w: float
) -> tuple[float, Reason, Hindrance]:
    """Return what those who carry the house are to do together, signed; `given_w` is what others give to it by now."""
    left_w = max(0.0, carried_w(load_w) - given_w)
    if left_w > 0:
        return -left_w, Reason.FOLLOWING_HOUSE, Hindrance.HOUSE_NEEDS_LITTLE
    sun_w = surplus_w(load_w, others_w)
    return sun_w, Reason.FOLLOWING_HOUSE, Hindrance.HOUSE_NEEDS_LITTLE
