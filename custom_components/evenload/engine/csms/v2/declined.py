"""What a home has no use for, or nobody to answer with: each gets the answer that tells the station so."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ..meters import as_text

type Answer = Callable[[dict[str, Any]], dict[str, Any]]

# Statuses of certificates come from their issuers over the Internet: here nobody asks them, and the station goes by its
# own rules for when they cannot be reached (2.0.1 M06, 2.1 M07).
_UNASKED = "Failed"


def _nothing(_payload: dict[str, Any]) -> dict[str, Any]:
    """Take note."""
    return {}


def _contract(_payload: dict[str, Any]) -> dict[str, Any]:
    """Tell that no contract can be had here (M01)."""
    return {"status": _UNASKED, "exiResponse": ""}


def _certificate_status(_payload: dict[str, Any]) -> dict[str, Any]:
    return {"status": _UNASKED}


def _certificate_chain(payload: dict[str, Any]) -> dict[str, Any]:
    now = as_text(datetime.now(UTC))
    return {
        "certificateStatus": [
            {
                "certificateHashData": asked["certificateHashData"],
                "source": asked["source"],
                "status": _UNASKED,
                "nextUpdate": now,
            }
            for asked in payload["certificateStatusRequests"]
        ]
    }


def _vat_number(payload: dict[str, Any]) -> dict[str, Any]:
    """Tell that nothing is sold here (2.1 I13)."""
    echoed: dict[str, Any] = {
        name: payload[name] for name in ("vatNumber", "evseId") if name in payload
    }
    return {**echoed, "status": "Rejected"}


def _stream(_payload: dict[str, Any]) -> dict[str, Any]:
    """Tell that events are enough (2.1 N11): nobody here reads a stream."""
    return {"status": "Rejected"}


DECLINED: dict[str, Answer] = {
    "BatterySwap": _nothing,
    "ClosePeriodicEventStream": _nothing,
    "Get15118EVCertificate": _contract,
    "GetCertificateChainStatus": _certificate_chain,
    "GetCertificateStatus": _certificate_status,
    "NotifyPeriodicEventStream": _nothing,
    "NotifyPriorityCharging": _nothing,
    "NotifySettlement": _nothing,
    "OpenPeriodicEventStream": _stream,
    "VatNumberValidation": _vat_number,
}
