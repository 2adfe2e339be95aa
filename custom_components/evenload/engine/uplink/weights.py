"""What of a station's messages may be lost where something has to be, and what may not."""

from collections.abc import Mapping
from typing import Any

_TRANSACTIONS = frozenset({"StartTransaction", "StopTransaction", "TransactionEvent"})
_LEAST = frozenset({"Heartbeat", "MeterValues", "NotifyEvent", "StatusNotification"})

# What makes a station of 2.x say that only time has passed (2.0.1 TriggerReasonEnumType).
_READINGS = frozenset({"MeterValueClock", "MeterValuePeriodic"})


def is_expendable(action: str, payload: Mapping[str, Any]) -> bool:
    """Whether later messages say the same or more: readings, and what something is doing."""
    return action in _LEAST or _is_reading(action, payload)


def is_of_transaction(action: str, payload: Mapping[str, Any]) -> bool:
    """Whether it says how a transaction begins, goes on or ends: those above write bills by it."""
    return action in _TRANSACTIONS and not _is_reading(action, payload)


def _is_reading(action: str, payload: Mapping[str, Any]) -> bool:
    return (
        action == "TransactionEvent"
        and payload.get("eventType") == "Updated"
        and payload.get("triggerReason") in _READINGS
    )


def transaction_of(payload: Mapping[str, Any]) -> str | None:
    """Return the transaction that a message is of, as the station calls it; None where it is of none."""
    info = payload.get("transactionInfo")
    named = (
        info.get("transactionId")
        if isinstance(info, Mapping)
        else payload.get("_transaction")
    )
    return None if named is None else str(named)
