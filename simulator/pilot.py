"""The control pilot of IEC 61851-1: six states, and what a socket is doing in each."""

from enum import StrEnum


class PilotState(StrEnum):
    """State of the control pilot between station and vehicle."""

    A = "A"  # no vehicle
    B = "B"  # vehicle connected, not ready to take energy, or no energy offered
    C = "C"  # vehicle takes energy
    D = "D"  # vehicle takes energy and needs ventilation
    E = "E"  # short circuit on the pilot
    F = "F"  # station not available


class Activity(StrEnum):
    """What an EVSE is doing, whatever the protocol calls it."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


def activity(
    pilot: PilotState,
    *,
    in_transaction: bool,
    offers: bool,
    operative: bool,
    faulted: bool,
    reserved: bool,
    preparing: bool,
    finishing: bool,
) -> Activity:
    """The one activity that a state of affairs amounts to (OCPP 1.6 §4.9, table of connector statuses)."""
    if faulted or pilot is PilotState.E:
        return Activity.FAULTED
    if in_transaction:
        if not offers:
            return Activity.SUSPENDED_EVSE
        return (
            Activity.CHARGING
            if pilot in (PilotState.C, PilotState.D)
            else Activity.SUSPENDED_EV
        )
    if not operative:
        return Activity.UNAVAILABLE
    if finishing:
        return Activity.FINISHING
    if preparing or pilot is not PilotState.A:
        return Activity.PREPARING
    return Activity.RESERVED if reserved else Activity.AVAILABLE
