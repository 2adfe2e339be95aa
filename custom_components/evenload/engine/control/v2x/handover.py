"""Each round: whose decisions are left to their station, or to another controller, before ours are made."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from ...model.identity import EvseKey
from ...model.v2x import Hindrance, Steering
from ...model.v2x_ability import EXTERNAL, HANDED, OperationMode
from .deciding import Deciding, Doing
from .fleet_view import FleetView
from .frequency import nominal_hz
from .handing import Offer, Trust, offers, reason_of, to_balance, to_hold, to_others
from .orders import Slot
from .stance import Stance
from .vehicle import Vehicle
from .wishing import Wishing

# With less than this nothing comes out.
_FLOWS_W = 100.0


class Handover:
    """Leaves vehicles to others where their owner wants it and their station offers it."""

    def __init__(self, view: FleetView) -> None:
        """Leave nobody to anybody."""
        self._view = view
        self._trust = Trust()
        # What stations say of who decides.
        self._reported: dict[EvseKey, OperationMode] = {}
        # Who is to have room for all that its vehicle can draw before it can be left to its station.
        self._waiting: dict[EvseKey, Stance] = {}
        # Who holds the frequency by our setpoints.
        self.by_frequency: set[EvseKey] = set()

    def clock_was_set(self, _: timedelta) -> None:
        """Go on by another clock."""
        self._trust.clock_was_set()

    def report(self, key: EvseKey, mode: OperationMode) -> None:
        """Take what a station says of who decides."""
        self._reported[key] = mode

    def forget(self, key: EvseKey) -> None:
        """Forget a vehicle that has left."""
        self._reported.pop(key, None)
        self._trust.forget(key)

    def ended(self, key: EvseKey, mode: OperationMode) -> None:
        """Take that an order was ended: not every station says afterwards that nobody else decides any more."""
        if mode in EXTERNAL:
            self._reported.pop(key, None)

    def refused(self, key: EvseKey, mode: OperationMode) -> bool:
        """Take that an order was refused; returns whether it was to leave a station alone, so that we decide from now on."""
        if mode not in HANDED or mode in EXTERNAL:
            return False
        self._trust.lose(key)
        return True

    def mode(self, key: EvseKey) -> OperationMode:
        """Return who decides: as the station says, else as it was told."""
        held = self._view.feeding.held(key)
        told = OperationMode.CHARGING_ONLY if held is None else held.mode
        return self._reported.get(key, told)

    def marked(self, vehicle: Vehicle) -> Hindrance | None:
        """Return what stands in the way of a vehicle, with another controller that its station has let in of its own."""
        if vehicle.hindrance is not None or vehicle.config.steering is Steering.OTHERS:
            return vehicle.hindrance
        is_others = self._reported.get(vehicle.key) in EXTERNAL
        return Hindrance.OTHERS_DECIDE if is_others else None

    def begin(self, doings: Mapping[EvseKey, Doing], now: datetime) -> None:
        """Begin a round: look what became of the last one."""
        handed = {key: doing.handed for key, doing in doings.items() if doing.handed}
        giving = [
            key for key in handed if (self._view.flow(key).power_w or 0.0) < -_FLOWS_W
        ]
        flows_w = self._view.house.grid_w or 0.0
        beyond_w = -flows_w - self._view.export_cap_w
        self._trust.look(handed, giving, beyond_w, now)
        self._waiting.clear()
        self.by_frequency.clear()

    def others(self, deciding: Deciding, vehicles: Iterable[Vehicle]) -> None:
        """Leave vehicles to another controller."""
        why = Hindrance.OTHERS_DECIDE
        for one in vehicles:
            handed = to_others(one, deciding.bounds)
            if handed is None:
                deciding.leave([one], why)
            else:
                deciding.hand(one, handed, why)

    def hold(
        self,
        deciding: Deciding,
        wishing: Wishing,
        slot: Slot,
        members: list[Vehicle],
    ) -> tuple[list[Vehicle], float]:
        """Leave the frequency to stations that measure it; returns who is left, and their part of what is asked of the target."""
        orders, grid = self._view.orders, self._view.grid
        offered_w = wishing.offered_w(slot)
        able = sum(one.hindrance is None for one in members)
        if offered_w is None or not able:
            return members, 1.0
        left, part = [], 1.0
        offer = Offer(
            power_w=offered_w / able,
            baseline_w=wishing.dispatched_w(slot) / able,
            nominal_hz=nominal_hz(grid.frequency_hz or 50.0),
            by_signal=orders.signal_now(deciding.now) is not None,
        )
        for one in members:
            handed = None
            if self._is_left(one, OperationMode.LOCAL_FREQUENCY):
                handed = to_hold(one, deciding.bounds, offer)
            if handed is None:
                left.append(one)
                self.by_frequency.add(one.key)
            else:
                deciding.hand(one, handed)
                part -= 1.0 / able
        return left, max(0.0, part)

    def balance(self, deciding: Deciding, followers: list[Vehicle]) -> list[Vehicle]:
        """Leave the house to stations that have a meter of it; returns who is left."""
        left = []
        for one in followers:
            handed = None
            if self._is_left(one, OperationMode.LOCAL_LOAD_BALANCING):
                handed = to_balance(one, self._view.circuit_bounds([one]))
            if handed is None:
                left.append(one)
            else:
                deciding.hand(one, handed)
        return left

    def stance(self, key: EvseKey, stance: Stance) -> Stance:
        """Return what an EVSE is to have: room to be left to its station, where it waits for that."""
        return self._waiting.get(key, stance)

    def _is_left(self, vehicle: Vehicle, mode: OperationMode) -> bool:
        """Whether a vehicle is to be left to its station in a mode; it is to have room for that."""
        if (
            vehicle.config.steering is not Steering.STATION
            or vehicle.hindrance is not None
            or not offers(vehicle, mode)
            or not self._trust.has(vehicle.key)
        ):
            return False
        reason = reason_of(mode)
        self._waiting[vehicle.key] = Stance(reason, vehicle.kind.rated_a)
        return True
