"""What is left to a station, or to another controller: by which operation mode, and within which bounds (2.1 Q05, Q08, Q09).

Whoever decides then may use all of what it is left at any moment. So all of it is counted as given, and kept free to be drawn.
Modes that carry no bounds of ours are only used where there is room for everything that the vehicle can do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ...model.allotments import Reason
from ...model.identity import EvseKey
from ...model.stations import OcppVersion
from ...model.v2x_ability import Method, OperationMode
from .dialects import ability_of
from .dividing import EXACT, Bound, divided
from .frequency import curve, signal_curve
from .vehicle import Vehicle

# Curves change in such steps, in watts: each change is a whole profile.
_STEP_W = 100.0

# As much may be missing of all that a vehicle can draw.
_NEARLY_W = 50.0

# A station that balances by itself, and lets so much more than it may flow into the grid for so long, does so no more.
_BEYOND_W = 300.0
_BEYOND_FOR = timedelta(seconds=20)

_REASONS = {OperationMode.LOCAL_LOAD_BALANCING: Reason.FOLLOWING_HOUSE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What is left to somebody else: it may give `out_w` and take `in_w` (both 0 or more), or follow its curves."""

    mode: OperationMode
    out_w: float
    in_w: float
    baseline_w: float = 0.0
    frequency_curve: tuple[tuple[float, float], ...] = ()
    signal_curve: tuple[tuple[int, float], ...] = ()

    @property
    def reason(self) -> Reason:
        """Why a vehicle has the room that it has."""
        return reason_of(self.mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is offered to hold the grid's frequency around a baseline, in watts; `by_signal`: a signal of the grid operator's comes, too."""

    power_w: float
    baseline_w: float = 0.0
    nominal_hz: float = 50.0
    by_signal: bool = False


def reason_of(mode: OperationMode) -> Reason:
    """Return why a vehicle has the room that it has, where others decide."""
    return _REASONS.get(mode, Reason.DISPATCHED)


def offers(vehicle: Vehicle, mode: OperationMode) -> bool:
    """Whether a station offers a mode, and is spoken to in OCPP 2.1's own words."""
    dialect, station = vehicle.dialect, vehicle.station
    if dialect is None or station.version is not OcppVersion.V21:
        return False
    if dialect.method not in {Method.NATIVE, Method.EXTENSION}:
        return False
    return mode in ability_of(station, vehicle.key.evse).modes


def to_others(vehicle: Vehicle, bounds: Sequence[Bound]) -> Handed | None:
    """Return what another controller is left (Q05); None: nothing can be left to it now, and the vehicle only charges."""
    if vehicle.hindrance is not None:
        return None
    if offers(vehicle, OperationMode.EXTERNAL_SETPOINT):
        return Handed(
            mode=OperationMode.EXTERNAL_SETPOINT,
            out_w=_out_w(vehicle, vehicle.most_out_w, bounds),
            in_w=vehicle.flow.allowed_w,
        )
    return _unbounded(vehicle, OperationMode.EXTERNAL_LIMITS, bounds)


def to_balance(vehicle: Vehicle, circuits: Sequence[Bound]) -> Handed | None:
    """Return what a station is left that carries the house by a meter of its own (Q09); the grid's bounds are its own affair."""
    return _unbounded(vehicle, OperationMode.LOCAL_LOAD_BALANCING, circuits)


def to_hold(vehicle: Vehicle, bounds: Sequence[Bound], offer: Offer) -> Handed | None:
    """Return what a station is left that measures the frequency itself (Q08), or None where there is too little room for it."""
    mode = OperationMode.LOCAL_FREQUENCY
    if vehicle.hindrance is not None or not offers(vehicle, mode):
        return None
    # Both curves may be at their ends at once.
    curves = 2.0 if offer.by_signal else 1.0
    most_w = max(0.0, curves * offer.power_w - offer.baseline_w)
    out_w = _out_w(vehicle, min(most_w, vehicle.most_out_w), bounds)
    in_w = min(vehicle.flow.allowed_w, max(0.0, vehicle.most_in_w))
    baseline_w = min(max(offer.baseline_w, -out_w), in_w)
    down_w = _step(min(offer.power_w, (out_w + baseline_w) / curves))
    up_w = _step(min(offer.power_w, (in_w - baseline_w) / curves))
    if down_w + up_w < _STEP_W:
        return None
    return Handed(
        mode=mode,
        out_w=max(0.0, curves * down_w - baseline_w),
        in_w=max(0.0, curves * up_w + baseline_w),
        baseline_w=baseline_w,
        frequency_curve=curve(offer.nominal_hz, down_w, up_w),
        signal_curve=signal_curve(down_w, up_w) if offer.by_signal else (),
    )


def _unbounded(
    vehicle: Vehicle, mode: OperationMode, bounds: Sequence[Bound]
) -> Handed | None:
    """Return a mode that carries no bounds, where all that its vehicle can do fits."""
    most_w, allowed_w = vehicle.most_out_w, vehicle.flow.allowed_w
    if (
        vehicle.hindrance is not None
        or not offers(vehicle, mode)
        or allowed_w < vehicle.most_in_w - _NEARLY_W
        or _out_w(vehicle, most_w, bounds) < most_w - 1.0
    ):
        return None
    return Handed(mode=mode, out_w=most_w, in_w=allowed_w)


def _out_w(vehicle: Vehicle, wanted_w: float, bounds: Sequence[Bound]) -> float:
    member = vehicle.giving(is_active=True)
    return divided(wanted_w, [member], bounds, EXACT).get(vehicle.key, 0.0)


def _step(power_w: float) -> float:
    return max(0.0, power_w // _STEP_W * _STEP_W)


@dataclass
class Trust:
    """Which stations are left alone: who refuses that, or lets too much flow into the grid, is not until its vehicle leaves."""

    _since: dict[EvseKey, datetime] = field(default_factory=dict)
    _lost: set[EvseKey] = field(default_factory=set)

    def look(
        self,
        handed: Mapping[EvseKey, Handed],
        giving: Sequence[EvseKey],
        beyond_w: float,
        now: datetime,
    ) -> None:
        """Take what flows into the grid beyond what may, and who feeds back in that moment."""
        for key, one in handed.items():
            balances = one.mode is OperationMode.LOCAL_LOAD_BALANCING
            if not balances or key not in giving or beyond_w < _BEYOND_W:
                self._since.pop(key, None)
            elif now - self._since.setdefault(key, now) >= _BEYOND_FOR:
                self._lost.add(key)

    def lose(self, key: EvseKey) -> None:
        """Take that a station did not take what it was to be left with."""
        self._lost.add(key)

    def has(self, key: EvseKey) -> bool:
        """Whether a station may be left alone."""
        return key not in self._lost

    def clock_was_set(self) -> None:
        """Look anew for how long they let too much flow: nobody knows since when."""
        self._since.clear()

    def forget(self, key: EvseKey) -> None:
        """Forget a vehicle that has left."""
        self._since.pop(key, None)
        self._lost.discard(key)
