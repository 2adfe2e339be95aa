"""Asking a station something and reading whether it said yes, for all versions."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..model.certificates import CertificateId
from ..model.errors import InvalidRequest, StationRefused
from ..model.upkeep import Retries
from .connection import Connection
from .frames import CallFault
from .tolerance import mend


class Asking:
    """Sends calls over one connection and understands the status of their answers."""

    def __init__(self, connection: Connection) -> None:
        """Serve one connection."""
        self._connection = connection

    async def _call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a call, mended where that is possible; what cannot be mended is returned as it came."""
        answer = await self._connection.call(action, payload)
        with suppress(CallFault):
            return mend(self._connection.adapter.schemas, f"{action}Response", answer)
        return answer

    async def _ask(
        self, action: str, payload: dict[str, Any], *welcome: str
    ) -> dict[str, Any]:
        """Return the answer to a call whose status is one of these (`Accepted` when none is named), spelt so.

        Raises:
            StationRefused: it is another.

        """
        answer = await self._call(action, payload)
        by_case = {word.lower(): word for word in welcome or ("Accepted",)}
        status = str(answer.get("status", ""))
        if status.lower() not in by_case:
            raise self._refused(action, status or "an answer without a status")
        return {**answer, "status": by_case[status.lower()]}

    def _refused(self, action: str, answer: str) -> StationRefused:
        return StationRefused(self._connection.identity, action, answer)


def unknown_here(action: str, version: str) -> InvalidRequest:
    """Return the error of what a version of OCPP cannot ask."""
    return InvalidRequest(action, f"OCPP {version} has no such message")


def written_retries(retries: Retries) -> dict[str, int]:
    """Return how messages of all versions say how often to try (1.6 §5.9, §5.19; 2.0.1 L01, N01)."""
    said = (("retries", retries.count), ("retryInterval", retries.interval_s))
    return {name: value for name, value in said if value is not None}


def written_certificate_id(certificate: CertificateId) -> dict[str, str]:
    """Return how messages of all versions name a certificate (CertificateHashDataType)."""
    return {
        "hashAlgorithm": certificate.algorithm,
        "issuerNameHash": certificate.issuer_name_hash,
        "issuerKeyHash": certificate.issuer_key_hash,
        "serialNumber": certificate.serial,
    }


def read_certificate_id(data: Mapping[str, Any]) -> CertificateId:
    """Read how a message names a certificate."""
    return CertificateId(
        str(data.get("hashAlgorithm", "")),
        str(data.get("issuerNameHash", "")),
        str(data.get("issuerKeyHash", "")),
        str(data.get("serialNumber", "")),
    )
