"""A station of OCPP 2.1 that offers all operation modes: in some of them it, or another controller, decides what flows (block Q)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import override

from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.v2x import SetpointOrder
from custom_components.evenload.engine.model.v2x_ability import (
    HANDED,
    OperationMode,
    V2xAbility,
)
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.virtual import virtual_now


@dataclass
class Offering(Bidirectional):
    """What it, or another controller, wants to flow is `wants_w`; what it measures of the grid `hertz`."""

    modes: tuple[OperationMode, ...] = tuple(OperationMode)
    takes_updates: bool = True
    # Refused, each time.
    refuses_modes: frozenset[OperationMode] = frozenset()
    wants_w: float = 0.0
    hertz: float = 50.0
    signal: int = 0
    signals: list[int] = field(default_factory=list)

    version = OcppVersion.V21

    def __post_init__(self) -> None:
        """Begin without an order."""
        self.nature = replace(self.nature, is_dynamic=self.takes_updates)
        super().__post_init__()
        self.order: SetpointOrder | None = None

    @override
    def capabilities(self, known: Capabilities) -> Capabilities:
        found = super().capabilities(known)
        ability = V2xAbility(modes=self.modes, transfers=("DC_BPT",))
        return replace(found, v2x={1: ability}, dynamic_profiles=self.takes_updates)

    @override
    async def set_setpoint(self, order: SetpointOrder) -> Outcome:
        if order.mode in self.refuses_modes:
            self.told.append((virtual_now(), order))
            return Outcome.REFUSED
        outcome = await super().set_setpoint(order)
        self.order = order
        return outcome

    async def share_grid_signal(self, signal: int, at: datetime) -> None:
        """Take a signal."""
        self.signals.append(signal)
        self.signal = signal

    @property
    def mode(self) -> OperationMode:
        """Who decides."""
        if self.order is None or not self.is_told:
            return OperationMode.CHARGING_ONLY
        return self.order.mode

    @override
    def _goal_w(self) -> float:
        order = self.order
        if order is None or not self.is_told or order.mode not in HANDED:
            return super()._goal_w()
        match order.mode:
            case OperationMode.LOCAL_FREQUENCY:
                by_signal = along(order.signal_curve, self.signal)
                by_hertz = along(order.frequency_curve, self.hertz)
                return order.baseline_w + by_hertz + by_signal
            case OperationMode.EXTERNAL_SETPOINT:
                least, most = order.discharge_limit_w, order.charge_limit_w
                return min(max(self.wants_w, least), most)
            case _:
                return self.wants_w


def along(curve: tuple[tuple[float, float], ...], at: float) -> float:
    """Return the watts of a curve at a frequency or signal."""
    if not curve:
        return 0.0
    if at <= curve[0][0]:
        return curve[0][1]
    for (left, low), (right, high) in pairwise(curve):
        if at <= right:
            return low + (high - low) * (at - left) / (right - left)
    return curve[-1][1]
