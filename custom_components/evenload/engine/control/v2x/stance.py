"""What discharging asks of the balancer for one EVSE: how much of its demand is left, and why."""

from dataclasses import dataclass

from ...model.allotments import Reason
from ...model.limits import ceil_tenths


@dataclass(frozen=True, slots=True)
class Stance:
    """What an EVSE is to have at most, in amperes per phase; None: no more than its minimum, which stays reserved.

    `paused`: it is to have nothing at all.
    """

    reason: Reason
    maximum_a: float | None = None
    paused: bool = False

    def most_a(self, minimum_a: float) -> float:
        """Return the most that it is to have, in amperes per phase."""
        # Shares are in tenths: with a hair less than the least nobody gets anything.
        least_a = ceil_tenths(minimum_a)
        return least_a if self.maximum_a is None else max(self.maximum_a, least_a)


DISCHARGES = Stance(Reason.DISCHARGING)
RESTS = Stance(Reason.V2G_IDLE)
PAUSES = Stance(Reason.V2G_IDLE, paused=True)
