"""Certificates in a 2.x station (2.0.1 A02, M03, M04, M05)."""

from typing import Any

from ...model.certificates import CertificateId, CertificateUse, InstalledCertificate
from ...model.errors import InvalidRequest
from ..asking import Asking, read_certificate_id, written_certificate_id

_ROOTS = {
    CertificateUse.CSMS_ROOT: "CSMSRootCertificate",
    CertificateUse.MANUFACTURER_ROOT: "ManufacturerRootCertificate",
    CertificateUse.V2G_ROOT: "V2GRootCertificate",
    CertificateUse.MO_ROOT: "MORootCertificate",
}
_OWN = {
    CertificateUse.STATION: "ChargingStationCertificate",
    CertificateUse.V2G: "V2GCertificate",
}

# The kinds of which a station tells that it has them.
_TOLD = {**_ROOTS, CertificateUse.V2G: "V2GCertificateChain"}
_USES = {word: use for use, word in _TOLD.items()}


class Certificates2(Asking):
    """Implements `csms.commands.Certificates`."""

    async def install_certificate(self, use: CertificateUse, certificate: str) -> None:
        """Let the station trust a root certificate (PEM)."""
        kind = _kind("InstallCertificate", use, _ROOTS)
        await self._ask(
            "InstallCertificate", {"certificateType": kind, "certificate": certificate}
        )

    async def installed_certificates(
        self, use: CertificateUse | None = None
    ) -> tuple[InstalledCertificate, ...]:
        """Read which certificates the station has; those of a kind that has no name here are left out."""
        payload: dict[str, Any] = {}
        if use is not None:
            kind = _kind("GetInstalledCertificateIds", use, _TOLD)
            payload["certificateType"] = [kind]
        answer = await self._ask(
            "GetInstalledCertificateIds", payload, "Accepted", "NotFound"
        )
        return tuple(
            InstalledCertificate(
                read_certificate_id(one["certificateHashData"]),
                _USES[one["certificateType"]],
            )
            for one in answer.get("certificateHashDataChain", [])
            if one.get("certificateType") in _USES and "certificateHashData" in one
        )

    async def delete_certificate(self, certificate: CertificateId) -> None:
        """Take a certificate out of the station."""
        payload = {"certificateHashData": written_certificate_id(certificate)}
        await self._ask("DeleteCertificate", payload)

    async def give_certificate(
        self, chain: str, use: CertificateUse = CertificateUse.STATION
    ) -> None:
        """Give the station its own certificate, signed, with those that signed it (PEM)."""
        kind = _kind("CertificateSigned", use, _OWN)
        await self._ask(
            "CertificateSigned", {"certificateChain": chain, "certificateType": kind}
        )


def _kind(action: str, use: CertificateUse, kinds: dict[CertificateUse, str]) -> str:
    if use not in kinds:
        raise InvalidRequest(action, f"there is no such thing as {use} here")
    return kinds[use]
