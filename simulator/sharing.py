"""How a station divides its own maximum among its EVSEs."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.phases import Phase, Wiring
from simulator.vehicle import PILOT_MINIMUM_A

ROUNDING_A = 1e-9


@dataclass(frozen=True, slots=True)
class Request:
    """What one EVSE may draw of its own, and where; in order of plugging in."""

    evse_id: int
    maximum_a: float
    wiring: Wiring
    minimum_a: float = PILOT_MINIMUM_A


def share(requests: list[Request], cap_a: float) -> Mapping[int, float]:
    """Amperes for each EVSE so that no phase of the station carries more than the cap.

    Equal shares; what one cannot use goes to the others. When the minimums do not all fit, the last to arrive waits:
    OCPP 1.6 §3.13.3 demands the sum and leaves the division to the station.
    """
    served = [request for request in requests if request.maximum_a >= request.minimum_a]
    while True:
        shares = _fill(served, cap_a)
        short = [
            request
            for request in served
            if shares[request.evse_id] < request.minimum_a - ROUNDING_A
        ]
        if not short:
            return {
                request.evse_id: shares.get(request.evse_id, 0.0)
                for request in requests
            }
        served.remove(short[-1])


def _fill(requests: list[Request], cap_a: float) -> dict[int, float]:
    """Raise all together until each meets its own maximum or a full phase."""
    shares = {request.evse_id: 0.0 for request in requests}
    rising = list(requests)
    left_a = dict.fromkeys(Phase, cap_a)
    while rising:
        users = {
            phase: sum(phase in request.wiring for request in rising) for phase in Phase
        }
        own_a = [request.maximum_a - shares[request.evse_id] for request in rising]
        phase_a = [left_a[phase] / count for phase, count in users.items() if count]
        step_a = min(own_a + phase_a)
        for request in rising:
            shares[request.evse_id] += step_a
        for phase, count in users.items():
            left_a[phase] -= step_a * count
        rising = [
            request
            for request in rising
            if shares[request.evse_id] < request.maximum_a - ROUNDING_A
            and all(left_a[phase] > ROUNDING_A for phase in request.wiring)
        ]
    return shares
