"""What every form of a setpoint has in common, before a station takes it (docs/v2g-extension.md)."""

from dataclasses import dataclass
import math
from typing import Any

from simulator.bidirectional import Bidirectional
from simulator.faults import Faults
from simulator.ocppj.frames import Payload
from simulator.orders import Amount, Mode, Order
from simulator.profiles import RateUnit

MESSAGE_MODES = (Mode.CENTRAL_SETPOINT, Mode.IDLE, Mode.CHARGING_ONLY)


class Refused(Exception):
    """Something is not taken."""

    def __init__(self, reason: str, info: str = "") -> None:
        """Keep the reason code, and a sentence."""
        super().__init__(reason, info)
        self.reason = reason
        self.info = info


@dataclass(frozen=True, slots=True)
class Said:
    """What a message says."""

    evse_id: int
    order: Order
    aimed_w: float
    lasts_s: float
    transaction_id: str | None


def check_small(
    power_w: float, equipment: Bidirectional | None, faults: Faults
) -> None:
    """Whether a setpoint is one that the station can follow, being 0 or large enough; raises Refused."""
    least_w = equipment.minimum_w if equipment else 0.0
    least_w = max(least_w, faults.refuses_setpoints_below_w)
    if 0 < abs(power_w) < least_w:
        raise Refused("ValueOutOfRange", f"less than {least_w:g} W")


def unsigned(limit: float) -> float:
    """A number below zero as one reads it who knows no sign, in 32 bits."""
    return limit + 2**32


def read_message(data: Payload) -> Said:
    """The fields of a message `Setpoint`; raises Refused."""
    evse_id, name = data.get("evse"), data.get("operationMode")
    if not isinstance(evse_id, int) or name not in MESSAGE_MODES:
        raise Refused("MissingParam")
    mode = Mode(name)
    setpoint_w, limit_w = _number(data, "setpoint"), _number(data, "limit")
    back_w, lasts_s = _number(data, "dischargeLimit"), _number(data, "duration")
    if limit_w < 0 or back_w > 0 or lasts_s < 0:
        raise Refused("ValueOutOfRange")
    if mode is Mode.CENTRAL_SETPOINT and not back_w <= setpoint_w <= limit_w:
        raise Refused("InvalidSchedule", "the setpoint is outside its limits")
    if mode is not Mode.CHARGING_ONLY and not lasts_s:
        raise Refused("ValueOutOfRange", "how long does it last")
    transaction_id = data.get("transactionId")
    return Said(
        evse_id,
        Order(mode, _watts(setpoint_w), _watts(limit_w), _watts(back_w)),
        setpoint_w if mode is Mode.CENTRAL_SETPOINT else 0.0,
        lasts_s,
        None if transaction_id is None else str(transaction_id),
    )


def _watts(value: float) -> Amount:
    return Amount((value,), RateUnit.WATTS)


def _number(data: Payload, name: str) -> float:
    value: Any = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("MissingParam", name)
    if not math.isfinite(value):
        raise Refused("ValueOutOfRange", name)
    return float(value)
