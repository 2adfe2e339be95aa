"""Certificates in a 1.6 station (security whitepaper §4.1 to §4.4, §5.1, §5.5, §5.8, §5.12)."""

from typing import Any

from ...model.certificates import CertificateId, CertificateUse, InstalledCertificate
from ...model.errors import InvalidRequest
from ..asking import Asking, read_certificate_id, written_certificate_id

# 1.6 knows two kinds of roots.
_ROOTS = {
    CertificateUse.CSMS_ROOT: "CentralSystemRootCertificate",
    CertificateUse.MANUFACTURER_ROOT: "ManufacturerRootCertificate",
}


class Certificates16(Asking):
    """Implements `csms.commands.Certificates`."""

    async def install_certificate(self, use: CertificateUse, certificate: str) -> None:
        """Let the station trust a root certificate (PEM)."""
        payload = {
            "certificateType": _root("InstallCertificate", use),
            "certificate": certificate,
        }
        await self._ask("InstallCertificate", payload)

    async def installed_certificates(
        self, use: CertificateUse | None = None
    ) -> tuple[InstalledCertificate, ...]:
        """Read which roots the station has; 1.6 asks for one kind at a time."""
        found: list[InstalledCertificate] = []
        for wanted in _ROOTS if use is None else (use,):
            kind = _root("GetInstalledCertificateIds", wanted)
            answer = await self._ask(
                "GetInstalledCertificateIds",
                {"certificateType": kind},
                "Accepted",
                "NotFound",
            )
            found.extend(
                InstalledCertificate(read_certificate_id(one), wanted)
                for one in answer.get("certificateHashData", [])
            )
        return tuple(found)

    async def delete_certificate(self, certificate: CertificateId) -> None:
        """Take a certificate out of the station."""
        payload = {"certificateHashData": written_certificate_id(certificate)}
        await self._ask("DeleteCertificate", payload)

    async def give_certificate(
        self, chain: str, use: CertificateUse = CertificateUse.STATION
    ) -> None:
        """Give the station its own certificate, signed, with those that signed it (PEM)."""
        if use is not CertificateUse.STATION:
            raise InvalidRequest("CertificateSigned", "1.6 has one kind only")
        payload: dict[str, Any] = {"certificateChain": chain}
        await self._ask("CertificateSigned", payload)


def _root(action: str, use: CertificateUse) -> str:
    if use not in _ROOTS:
        raise InvalidRequest(action, f"1.6 has no certificates for {use}")
    return _ROOTS[use]
