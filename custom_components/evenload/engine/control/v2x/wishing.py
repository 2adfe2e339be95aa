"""Who is to do what together: by what was asked of each, by a dispatch to a circuit, or by the house."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ...model.allotments import Reason
from ...model.configuration import SiteConfig
from ...model.identity import EvseKey
from ...model.v2x import PLAN, Hindrance, Steering, V2gMode
from .dividing import EXACT, STEADY, Start
from .following import carried_w, surplus_w
from .frequency import response_w, signalled_w
from .orders import Giving, Orders, Slot, rank, targets_of
from .vehicle import Vehicle

# What follows no order: why it does not.
_ALONE: Mapping[V2gMode, Hindrance] = {
    V2gMode.OFF: Hindrance.OFF,
    V2gMode.CHARGE_ONLY: Hindrance.OFF,
    V2gMode.SETPOINT: Hindrance.NO_ORDER,
    V2gMode.PROGRAMME: Hindrance.NO_ORDER,
    V2gMode.PLAN: Hindrance.PLANNED_FOR_LATER,
}

# Nothing is left to others in these.
_CHARGES = frozenset({V2gMode.OFF, V2gMode.CHARGE_ONLY})

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
        # By whose dispatch to what, and who only holds the frequency for it.
        self.dispatched: dict[Slot, list[Vehicle]] = {}
        self.followers: list[Vehicle] = []
        # Who follows another controller, as its owner says.
        self.others: list[Vehicle] = []
        # Who follows nothing, and why.
        self.alone: list[tuple[Vehicle, Hindrance | None]] = []

    def sort(self, vehicles: Sequence[Vehicle]) -> None:
        """Give every vehicle its place."""
        holding: list[tuple[str, Vehicle]] = []
        for one in vehicles:
            mode = one.evse.settings.v2g_mode
            giving = self._orders.givings.get(one.key)
            dispatch = self._orders.dispatch_for(self._site, one.key, mode)
            held = self._held(one.key, mode)
            if one.hindrance is Hindrance.OTHERS_DECIDE:
                # Nothing else is asked of it while that is so.
                self.alone.append((one, one.hindrance))
            elif one.config.steering is Steering.OTHERS:
                if mode in _CHARGES:
                    self.alone.append((one, _ALONE[mode]))
                else:
                    self.others.append(one)
            elif giving is not None and mode is not V2gMode.OFF:
                self.givings.append((one, giving))
            elif dispatch is not None:
                slot = dispatch.target, dispatch.source
                self.dispatched.setdefault(slot, []).append(one)
            elif held is not None:
                holding.append((held, one))
            elif mode is V2gMode.HOUSE:
                self.followers.append(one)
            else:
                has_given = mode is V2gMode.CHARGE_ONLY and one.key in self._orders.done
                why = Hindrance.ENOUGH_GIVEN if has_given else _ALONE[mode]
                self.alone.append((one, why))
        for target, one in holding:
            # It does so together with those that were dispatched there.
            slot = self._holder(target) or (target, "")
            self.dispatched.setdefault(slot, []).append(one)

    def offered_w(self, slot: Slot) -> float | None:
        """Return what is offered to hold the frequency: of several who follow dispatches to a target, the first do."""
        target, _ = slot
        is_theirs = self._holder(target) == slot
        return self._orders.responses.get(target) if is_theirs else None

    def power_w(self, slot: Slot) -> float:
        """Return what a target is to draw together, signed: what was dispatched, and what frequency and signal ask for."""
        offered_w = self.offered_w(slot)
        if offered_w is None:
            return self.dispatched_w(slot)
        asked_w = 0.0
        if self._frequency_hz is not None:
            asked_w += response_w(self._frequency_hz, offered_w)
        if (signal := self._orders.signal_now(self._now)) is not None:
            asked_w += signalled_w(signal, offered_w)
        return self.dispatched_w(slot) + min(max(asked_w, -offered_w), offered_w)

    def dispatched_w(self, slot: Slot) -> float:
        """Return what was dispatched to a target, signed."""
        dispatch = self._orders.dispatches.get(slot)
        return 0.0 if dispatch is None else dispatch.power_w

    def reason(self, slot: Slot) -> Reason:
        """Return why a target does what it does."""
        _, source = slot
        return Reason.PLANNED if source == PLAN else Reason.DISPATCHED

    def start(self, slot: Slot) -> Start:
        """Return from when on what a target is to do is enough for a vehicle: the frequency wavers, an order does not."""
        return EXACT if self.offered_w(slot) is None else STEADY

    def _holder(self, target: str) -> Slot | None:
        """Return which of those that do something together for a target hold the frequency."""
        slots = [slot for slot in self.dispatched if slot[0] == target]
        return min(slots, key=lambda slot: (rank(slot[1]), slot[1]), default=None)

    def _held(self, key: EvseKey, mode: V2gMode) -> str | None:
        """Return the target for which an EVSE holds the frequency."""
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
