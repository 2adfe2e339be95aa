"""What a 2.x station tells of its upkeep: logs, firmware, security, certificates, reservations (2.0.1 blocks A, H, L, M, N, P)."""

from datetime import UTC, datetime
import json
from typing import Any

from ...model.events import (
    CertificateRequested,
    DataReceived,
    DiagnosticsReported,
    FirmwareReported,
    ReservationEnded,
    SecurityReported,
)
from ..host import Host
from ..meters import moment_or_now


class Notices:
    """Answers them."""

    def __init__(self, identity: str, host: Host) -> None:
        """Serve one connection."""
        self._identity = identity
        self._host = host

    def log_status(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer LogStatusNotification (N01)."""
        self._host.hear(
            DiagnosticsReported(
                identity=self._identity, at=datetime.now(UTC), status=payload["status"]
            )
        )
        return {}

    def firmware_status(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer FirmwareStatusNotification and PublishFirmwareStatusNotification (L01, L03)."""
        self._host.hear(
            FirmwareReported(
                identity=self._identity, at=datetime.now(UTC), status=payload["status"]
            )
        )
        return {}

    def security_event(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer SecurityEventNotification (A04)."""
        self._host.hear(
            SecurityReported(
                identity=self._identity,
                at=moment_or_now(payload["timestamp"]),
                type=payload["type"],
                info=payload.get("techInfo"),
            )
        )
        return {}

    def sign_certificate(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer SignCertificate (A02)."""
        self._host.hear(
            CertificateRequested(
                identity=self._identity, at=datetime.now(UTC), csr=payload["csr"]
            )
        )
        # There is no certificate authority in the house, and a promise to sign would leave the station waiting.
        return {"status": "Rejected"}

    def reservation(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer ReservationStatusUpdate (H04)."""
        self._host.hear(
            ReservationEnded(
                identity=self._identity,
                at=datetime.now(UTC),
                reservation_id=payload["reservationId"],
                reason=payload["reservationUpdateStatus"],
            )
        )
        return {}

    def data_transfer(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer DataTransfer (P02); data of any form is kept as text."""
        data = payload.get("data")
        self._host.hear(
            DataReceived(
                identity=self._identity,
                at=datetime.now(UTC),
                vendor=payload["vendorId"],
                message=payload.get("messageId"),
                data=data
                if data is None or isinstance(data, str)
                else json.dumps(data),
            )
        )
        return {"status": "UnknownVendorId"}
