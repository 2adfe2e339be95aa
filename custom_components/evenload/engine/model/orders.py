"""What the house asks of a station about limits, and how the station took it."""

from dataclasses import dataclass
from enum import StrEnum

from .limits import DC_EFFICIENCY, Current
from .phases import CurrentType

# The EVSE number that stands for the whole station (OCPP 1.6 §3.13.3: connector 0).
WHOLE_STATION = 0


class Layer(StrEnum):
    """Which of the two limits in a station is meant."""

    FALLBACK = "fallback"
    LEASE = "lease"


@dataclass(frozen=True, slots=True)
class LimitOrder:
    """A limit for one EVSE, or for the whole station (`evse` 0), in amperes per phase.

    A fallback holds until it is replaced. A lease lies above it and expires after `lease_s` seconds. `phases` and
    `voltage_v` serve stations that take only watts: the fewest phases that the current may end up on. A DC EVSE is
    always limited in watts. `use_phases` tells a station that can switch on how many phases the vehicle shall charge,
    and `phase_to_use` on which of the station's own, where that can be said;
    `transaction_id` is the transaction that runs, for profiles that hold only for one.
    """

    evse: int
    current: Current
    layer: Layer = Layer.FALLBACK
    lease_s: int | None = None
    phases: int = 1
    voltage_v: float = 230.0
    current_type: CurrentType = CurrentType.AC
    use_phases: int | None = None
    phase_to_use: int | None = None
    transaction_id: str | None = None

    @property
    def power_w(self) -> float:
        """The limit in watts: of direct current, what the vehicle gets when the grid gives `current` on its phases."""
        power_w = self.current.a * self.voltage_v * self.phases
        return (
            power_w * DC_EFFICIENCY if self.current_type is CurrentType.DC else power_w
        )


class Outcome(StrEnum):
    """How a station took an order. What is unknown counts as possibly applied."""

    APPLIED = "applied"
    REFUSED = "refused"
    UNKNOWN = "unknown"
