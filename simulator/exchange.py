"""Power in both directions: what a station has its EVSEs exchange with their vehicles (OCPP 2.1 block Q, ISO 15118-20)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
import math

from simulator.clock import Clock
from simulator.evse import Evse
from simulator.faults import Faults
from simulator.orders import Amount, Mode, Order
from simulator.station import Station

# What an inverter makes of a setpoint of nothing.
NOTHING_W = 1.0


@dataclass(frozen=True, slots=True)
class Direct:
    """An order that came by another way than a charging profile, until some time of the clock."""

    order: Order
    until_s: float = math.inf


class Exchange:
    """The setpoints of one station."""

    def __init__(self, station: Station, faults: Faults, clock: Clock) -> None:
        """Exchange nothing yet."""
        self._station = station
        self._faults = faults
        self._clock = clock
        self._direct: dict[int, Direct] = {}
        self._flowed: set[int] = set()
        self.modes: dict[int, Mode] = {}
        self.outside_w: dict[int, float] = {}
        """What somebody else than the central system wants to flow."""
        self.broken: set[int] = set()
        """EVSEs whose vehicle has broken off since somebody looked."""
        self.may_discharge: Callable[[int], bool] = lambda _: True
        self.cap_w: Callable[[int], float] = lambda _: math.inf
        """The most that the grid lets an EVSE feed back."""
        self.local_w: Callable[[int, Order], float] = lambda _, order: order.baseline_w
        """What the station itself finds to be right, in the modes that leave it to that."""

    def able(self, evse_id: int) -> bool:
        """Whether the vehicle on an EVSE could feed back now."""
        evse = self._station.evses[evse_id]
        willing = evse.vehicle is not None and evse.vehicle.discharges
        return evse.discharge_w > 0 and willing and self.may_discharge(evse_id)

    def hold(self, evse_id: int, order: Order, lasts_s: float) -> None:
        """Take an order for so many seconds; 0 for good."""
        until_s = self._clock.monotonic() + lasts_s if lasts_s else math.inf
        self._direct[evse_id] = Direct(order, until_s)

    def release(self, evse_id: int) -> None:
        """Leave it to the charging profiles again."""
        self._direct.pop(evse_id, None)

    def holds(self, evse_id: int) -> Order | None:
        """The order that holds beside the charging profiles."""
        direct = self._direct.get(evse_id)
        if direct and direct.until_s <= self._clock.monotonic():
            self.release(evse_id)
            return None
        return direct.order if direct else None

    def forget(self) -> None:
        """Hold nothing, as after a boot."""
        self._direct.clear()

    def tick(
        self, orders: Mapping[int, Order | None], running: Collection[int]
    ) -> None:
        """Have every EVSE exchange what is ordered; after the limits were set."""
        for evse_id, evse in self._station.evses.items():
            if evse_id not in running:
                self.release(evse_id)
                self._flowed.discard(evse_id)
            order = self.holds(evse_id) or orders.get(evse_id)
            if self._faults.ignores_setpoints or evse_id not in running:
                order = None
            self.modes[evse_id] = order.mode if order else Mode.CHARGING_ONLY
            evse.exchange_w = self._flow(evse_id, evse, order) if order else None
            self._break_off(evse_id, evse)

    def _flow(self, evse_id: int, evse: Evse, order: Order) -> tuple[float, ...] | None:
        """Watts on each terminal in use; None leaves it to the pilot."""
        lines, voltage_v = len(evse.terminals), evse.line_voltages_v[0]
        wanted_w = self._wanted_w(evse_id, order, lines, voltage_v)
        if wanted_w is None:
            return None
        most_w = _bounds(order.charge, lines, voltage_v, math.inf)
        own_w = evse.offered_a * voltage_v
        least_w = _bounds(order.discharge, lines, voltage_v, -math.inf)
        able = self.able(evse_id)
        given_w = min(evse.discharge_w, self.cap_w(evse_id)) / lines if able else 0.0
        flow_w = tuple(
            max(min(wanted, most, own_w), least, -given_w)
            for wanted, most, least in zip(wanted_w, most_w, least_w, strict=True)
        )
        if not able:
            # A vehicle that only charges hears of it by its pilot.
            evse.offered_a = max(flow_w) / voltage_v
            return None
        idles = abs(sum(flow_w)) < max(self._faults.idles_below_w, NOTHING_W)
        return (0.0,) * lines if idles else flow_w

    def _wanted_w(
        self, evse_id: int, order: Order, lines: int, voltage_v: float
    ) -> tuple[float, ...] | None:
        nothing = (0.0,) * lines
        match order.mode:
            case Mode.EXTERNAL_LIMITS:
                return None
            case Mode.IDLE:
                return nothing
            case Mode.EXTERNAL_SETPOINT:
                return (self.outside_w.get(evse_id, 0.0) / lines,) * lines
            case Mode.CHARGING_ONLY:
                return _bounds(order.charge, lines, voltage_v, math.inf)
            case Mode.LOCAL_FREQUENCY | Mode.LOCAL_LOAD_BALANCING:
                return (self.local_w(evse_id, order) / lines,) * lines
        return _bounds(order.setpoint, lines, voltage_v, 0.0)

    def _break_off(self, evse_id: int, evse: Evse) -> None:
        """Some vehicles do not bear it that nothing flows any more."""
        if evse.vehicle is None or not evse.energised:
            return
        if evse.vehicle.current_a:
            self._flowed.add(evse_id)
        told_nothing = evse_id in self._flowed and not evse.offers
        if self._faults.zero_breaks_session and told_nothing and self.able(evse_id):
            evse.vehicle.breaks_off()
            self.broken.add(evse_id)


def _bounds(
    amount: Amount | None, lines: int, voltage_v: float, otherwise: float
) -> tuple[float, ...]:
    return amount.watts(lines, voltage_v) if amount else (otherwise,) * lines
