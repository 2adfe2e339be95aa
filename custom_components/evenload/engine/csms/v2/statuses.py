"""What an EVSE is doing, from what its connectors and its transaction say (2.0.1 part 2, ConnectorStatusEnumType, ChargingStateEnumType).

2.x tells in two voices what 1.6 tells in one: a connector is Available or Occupied, and a transaction says whether energy
flows. A transaction knows more than a plug, so it goes first, unless everything that could carry it is out of order.
"""

from collections.abc import Collection
from enum import StrEnum

from ...model.stations import EvseStatus


class ConnectorStatus(StrEnum):
    """What a connector says."""

    AVAILABLE = "Available"
    OCCUPIED = "Occupied"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class ChargingState(StrEnum):
    """What a transaction says."""

    CHARGING = "Charging"
    EV_CONNECTED = "EVConnected"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    IDLE = "Idle"


class Course(StrEnum):
    """How far the latest transaction has come since the EVSE was last empty."""

    NONE = "none"
    # Begun; `USED` once a vehicle was connected in it.
    OPEN = "open"
    USED = "used"
    ENDED = "ended"


_CHARGING = {
    ChargingState.CHARGING: EvseStatus.CHARGING,
    ChargingState.SUSPENDED_EV: EvseStatus.SUSPENDED_EV,
    ChargingState.SUSPENDED_EVSE: EvseStatus.SUSPENDED_EVSE,
    ChargingState.EV_CONNECTED: EvseStatus.PREPARING,
}

# Of several connectors the one that says most about what the EVSE can do. While one is in use, the others are Unavailable.
_WITHOUT_VEHICLE = (
    (ConnectorStatus.AVAILABLE, EvseStatus.AVAILABLE),
    (ConnectorStatus.RESERVED, EvseStatus.RESERVED),
    (ConnectorStatus.FAULTED, EvseStatus.FAULTED),
    (ConnectorStatus.UNAVAILABLE, EvseStatus.UNAVAILABLE),
)

_OUT_OF_ORDER = frozenset({ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE})


def evse_status(
    connectors: Collection[ConnectorStatus],
    course: Course = Course.NONE,
    state: ChargingState | None = None,
) -> EvseStatus | None:
    """Return what an EVSE is doing, or None where nothing says it.

    `connectors` are the last words of its connectors, `course` and `state` those of its transaction.
    """
    is_running = course in {Course.OPEN, Course.USED}
    if connectors and _OUT_OF_ORDER.issuperset(connectors):
        return _without_vehicle(connectors)
    if is_running and state in _CHARGING:
        return _CHARGING[state]
    if is_running:
        # Authorised and not yet plugged in, or unplugged and not yet over.
        return (
            EvseStatus.FINISHING
            if course is Course.USED and state is ChargingState.IDLE
            else EvseStatus.PREPARING
        )
    if ConnectorStatus.OCCUPIED in connectors or (
        course is Course.ENDED and not connectors
    ):
        return EvseStatus.FINISHING if course is Course.ENDED else EvseStatus.PREPARING
    return _without_vehicle(connectors)


def _without_vehicle(connectors: Collection[ConnectorStatus]) -> EvseStatus | None:
    return next(
        (status for word, status in _WITHOUT_VEHICLE if word in connectors), None
    )
