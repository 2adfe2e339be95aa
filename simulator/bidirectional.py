"""What a station can do with vehicles that feed back, and in which forms it takes a setpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from simulator.orders import Mode

VENDOR = "org.evenload.v2x"


class Form(StrEnum):
    """How a setpoint may come to a station that speaks no OCPP 2.1 (docs/v2g-extension.md)."""

    NEGATIVE_LIMIT = "NegativeLimit"
    SETPOINT_KEY = "SetpointKey"
    DATA_TRANSFER = "DataTransfer"
    EXTENSION = "Extension"
    VARIABLE = "Variable"


MODES = (
    Mode.CHARGING_ONLY,
    Mode.CENTRAL_SETPOINT,
    Mode.CENTRAL_FREQUENCY,
    Mode.EXTERNAL_SETPOINT,
    Mode.EXTERNAL_LIMITS,
    Mode.LOCAL_FREQUENCY,
    Mode.IDLE,
)


@dataclass(frozen=True, slots=True)
class Manual:
    """How a maker's own key or message is written, if it is not as in docs/v2g-extension.md."""

    key: str = "V2XSetpoint"
    vendor: str = VENDOR
    message: str = "Setpoint"
    power_field: str = "setpoint"
    reply: str = '{"status": "Accepted"}'
    scale: float = 1.0
    discharge_is_positive: bool = False

    def watts(self, written: float) -> float:
        """What a value on the wire means."""
        turned = -written if self.discharge_is_positive else written
        return turned / self.scale


@dataclass(frozen=True, slots=True)
class Bidirectional:
    """The equipment of a station: which EVSEs feed back, with how many watts at most."""

    discharge_w: Mapping[int, float]
    forms: frozenset[Form] = frozenset(Form)
    modes: tuple[Mode, ...] = MODES
    minimum_w: float = 0.0
    timeout_s: float = 60.0
    """After that long a setpoint by key or variable ends; 0: never."""
    tells: bool = True
    """Whether it shows its abilities in keys and variables."""
    charges_by_limits: bool = True
    """Whether charging profiles limit what is charged after a setpoint has ended; otherwise the last word that ended one does."""
    renegotiates: bool = True
    """Whether it can agree on another energy transfer in the middle of a transaction (ISO 15118-20)."""
    by_line: bool = False
    """Whether vehicles on alternating current name each line's power."""
    manual: Manual = field(default_factory=Manual)
