"""What a 1.6 station says, and what it is answered (OCPP 1.6 §4, §6; security whitepaper §5)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ...model.events import (
    CertificateRequested,
    DataReceived,
    DiagnosticsReported,
    FirmwareReported,
    Heard,
    MetersSampled,
    SecurityReported,
    StatusReported,
    TokenPresented,
    TransactionEnded,
)
from ...model.identity import EvseKey
from ...model.readings import Moments, Sample
from ...model.sessions import SignedValue
from ...model.stations import EvseStatus, StationError, StationInfo
from ...model.transactions import TransactionStart
from ..clock import StationClock
from ..connection import Connection, Handler
from ..frames import CallFault
from ..framing import Fault
from ..host import Host
from ..meters import moment, moment_or_now, now_text
from ..onboarding import MAXIMUM_EVSES
from .access import kind_of, tag_info
from .ids import known_as
from .meters import samples_of, signed_of

_STATUSES = {
    "Available": EvseStatus.AVAILABLE,
    "Preparing": EvseStatus.PREPARING,
    "Charging": EvseStatus.CHARGING,
    "SuspendedEVSE": EvseStatus.SUSPENDED_EVSE,
    "SuspendedEV": EvseStatus.SUSPENDED_EV,
    "Finishing": EvseStatus.FINISHING,
    "Reserved": EvseStatus.RESERVED,
    "Unavailable": EvseStatus.UNAVAILABLE,
    "Faulted": EvseStatus.FAULTED,
}


class Inbound:
    """Answers every call that a 1.6 station may make."""

    def __init__(
        self,
        connection: Connection,
        host: Host,
        clock: StationClock,
        booted: Callable[[StationInfo], dict[str, Any]],
    ) -> None:
        """Serve one connection; `booted` hears what the station is, and answers."""
        self._identity = connection.identity
        self._connection = connection
        self._host = host
        self._clock = clock
        self._booted = booted
        self._pending: dict[str, Handler] = {
            "BootNotification": self._boot_notification,
            "Heartbeat": self._heartbeat,
        }
        self._adopted: dict[str, Handler] = {
            **self._pending,
            "Authorize": self._authorize,
            "DataTransfer": self._data_transfer,
            "DiagnosticsStatusNotification": self._diagnostics_status,
            "FirmwareStatusNotification": self._firmware_status,
            "LogStatusNotification": self._diagnostics_status,
            "MeterValues": self._meter_values,
            "SecurityEventNotification": self._security_event,
            "SignCertificate": self._sign_certificate,
            "SignedFirmwareStatusNotification": self._firmware_status,
            "StartTransaction": self._start_transaction,
            "StatusNotification": self._status_notification,
            "StopTransaction": self._stop_transaction,
        }

    def handler(self, action: str) -> Handler | None:
        """Return what answers an action; a pending station has no say beyond its name."""
        if self._host.is_adopted(self._identity):
            return self._adopted.get(action)
        if action not in self._adopted:
            return None
        refusal: Handler = self._not_adopted
        return self._pending.get(action, refusal)

    def _not_adopted(self, _payload: dict[str, Any]) -> dict[str, Any]:
        # An error, not an answer: the station keeps its transaction messages and tells them again (§3.7.1).
        raise CallFault(Fault.SECURITY, "This station is not adopted yet")

    def _boot_notification(self, payload: dict[str, Any]) -> dict[str, Any]:
        return self._booted(_station_info(payload))

    def _heartbeat(self, _payload: dict[str, Any]) -> dict[str, Any]:
        if self._host.is_adopted(self._identity):
            self._host.hear(Heard(identity=self._identity, at=datetime.now(UTC)))
            self._clock.told()
        return {"currentTime": now_text()}

    def _authorize(self, payload: dict[str, Any]) -> dict[str, Any]:
        token = payload["idTag"]
        judgement = self._host.judge(self._identity, token)
        self._host.hear(
            TokenPresented(
                identity=self._identity,
                at=datetime.now(UTC),
                token=token,
                accepted=judgement.accepted,
                kind=kind_of(token),
            )
        )
        return {"idTagInfo": tag_info(judgement)}

    def _status_notification(self, payload: dict[str, Any]) -> dict[str, Any]:
        at = moment_or_now(payload.get("timestamp"))
        if "timestamp" in payload:
            self._clock.shown(at)
        self._host.hear(
            StatusReported(
                identity=self._identity,
                at=at,
                evse=_connector(payload),
                status=_STATUSES[payload["status"]],
                error=StationError(
                    code=payload["errorCode"],
                    vendor_code=payload.get("vendorErrorCode"),
                    info=payload.get("info"),
                ),
            )
        )
        return {}

    async def _start_transaction(self, payload: dict[str, Any]) -> dict[str, Any]:
        evse = _connector(payload)
        if evse == 0:
            raise CallFault(
                Fault.PROPERTY, "connectorId: a transaction is on a connector above 0"
            )
        token = payload["idTag"]
        start = TransactionStart(
            key=EvseKey(self._identity, evse),
            at=moment(payload["timestamp"]),
            token=token,
            meter_start_wh=float(payload["meterStart"]),
        )
        transaction_id = await self._host.begin_transaction(
            start, reservation_id=payload.get("reservationId")
        )
        judgement = self._host.judge_transaction(self._identity, transaction_id, token)
        return {
            "transactionId": int(transaction_id),
            "idTagInfo": tag_info(judgement),
        }

    async def _stop_transaction(self, payload: dict[str, Any]) -> dict[str, Any]:
        token, data = payload.get("idTag"), payload.get("transactionData", [])
        await self._host.end_transaction(
            TransactionEnded(
                identity=self._identity,
                at=moment(payload["timestamp"]),
                transaction_id=known_as(payload["transactionId"]),
                meter_stop_wh=float(payload["meterStop"]),
                # §6.49: a reason that is left out is Local.
                reason=payload.get("reason", "Local"),
                token=token,
                moments=_all_moments(data),
                signed=_all_signed(data),
            )
        )
        # Whoever shows a card to stop has the right to: the transaction is over either way (§4.10).
        return {} if token is None else {"idTagInfo": {"status": "Accepted"}}

    def _meter_values(self, payload: dict[str, Any]) -> dict[str, Any]:
        evse, moments = _connector(payload), _readable(payload["meterValue"])
        if moments:
            self._clock.shown(max(at for at, _, _ in moments))
        for at, samples, signed in moments:
            self._host.hear(
                MetersSampled(
                    identity=self._identity,
                    at=at,
                    evse=evse,
                    samples=samples,
                    transaction_id=known_as(payload.get("transactionId")),
                    signed=signed,
                )
            )
        return {}

    def _data_transfer(self, payload: dict[str, Any]) -> dict[str, Any]:
        self._host.hear(
            DataReceived(
                identity=self._identity,
                at=datetime.now(UTC),
                vendor=payload["vendorId"],
                message=payload.get("messageId"),
                data=payload.get("data"),
            )
        )
        return {"status": "UnknownVendorId"}

    def _diagnostics_status(self, payload: dict[str, Any]) -> dict[str, Any]:
        self._host.hear(
            DiagnosticsReported(
                identity=self._identity, at=datetime.now(UTC), status=payload["status"]
            )
        )
        return {}

    def _firmware_status(self, payload: dict[str, Any]) -> dict[str, Any]:
        self._host.hear(
            FirmwareReported(
                identity=self._identity, at=datetime.now(UTC), status=payload["status"]
            )
        )
        return {}

    def _security_event(self, payload: dict[str, Any]) -> dict[str, Any]:
        self._host.hear(
            SecurityReported(
                identity=self._identity,
                at=moment(payload["timestamp"]),
                type=payload["type"],
                info=payload.get("techInfo"),
            )
        )
        return {}

    def _sign_certificate(self, payload: dict[str, Any]) -> dict[str, Any]:
        self._host.hear(
            CertificateRequested(
                identity=self._identity, at=datetime.now(UTC), csr=payload["csr"]
            )
        )
        # There is no certificate authority in the house, and a promise to sign would leave the station waiting.
        return {"status": "Rejected"}


def _station_info(payload: dict[str, Any]) -> StationInfo:
    return StationInfo(
        vendor=payload["chargePointVendor"] or None,
        model=payload["chargePointModel"] or None,
        serial=payload.get("chargePointSerialNumber")
        or payload.get("chargeBoxSerialNumber"),
        firmware=payload.get("firmwareVersion"),
        iccid=payload.get("iccid"),
        imsi=payload.get("imsi"),
        meter_type=payload.get("meterType"),
        meter_serial=payload.get("meterSerialNumber"),
    )


def _connector(payload: dict[str, Any]) -> int:
    """Return the connector that is meant. One above the station's own count is there: it has just spoken."""
    connector = int(payload["connectorId"])
    if not 0 <= connector <= MAXIMUM_EVSES:
        raise CallFault(
            Fault.PROPERTY, f"connectorId: there is no connector {connector}"
        )
    return connector


def _readable(
    meter_values: list[dict[str, Any]],
) -> list[tuple[datetime, tuple[Sample, ...], tuple[SignedValue, ...]]]:
    """Return moments, their samples and signed values. A bad timestamp does not cost the other moments; only bad ones are a fault."""
    readable = []
    fault: CallFault | None = None
    for meter_value in meter_values:
        try:
            at = moment(meter_value["timestamp"])
        except CallFault as unreadable:
            fault = unreadable
            continue
        signed = tuple(signed_of(meter_value, at))
        readable.append((at, samples_of(meter_value), signed))
    if fault is not None and not readable:
        raise fault
    return readable


def _all_moments(meter_values: list[dict[str, Any]]) -> Moments:
    return tuple(
        (moment_or_now(one["timestamp"]), samples_of(one)) for one in meter_values
    )


def _all_signed(meter_values: list[dict[str, Any]]) -> tuple[SignedValue, ...]:
    return tuple(
        signed
        for meter_value in meter_values
        for signed in signed_of(meter_value, moment_or_now(meter_value["timestamp"]))
    )
