"""Certificates and security events (OCPP 1.6 security whitepaper, use cases A02, M03-M05, and the event list)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import choice, format_time, required
from simulator.ocppj.frames import Payload
from simulator.ocppj.papers import ALGORITHMS, hash_data, parsed, signing_request

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint

ROOTS = ("CentralSystemRootCertificate", "ManufacturerRootCertificate")


@dataclass
class Certificates:
    """The certificates of one station."""

    charge_point: ChargePoint
    roots: list[tuple[str, str]] = field(default_factory=list)
    own_chain: str | None = None

    def snapshot(self) -> dict[str, Any]:
        """What to keep over a reboot."""
        return {"roots": self.roots, "own_chain": self.own_chain}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take up again what was kept."""
        self.roots = [(kind, pem) for kind, pem in saved["roots"]]
        self.own_chain = saved["own_chain"]

    def report_event(self, kind: str) -> None:
        """Send a security event."""
        at = format_time(self.charge_point.now())
        self.charge_point.notify(
            "SecurityEventNotification", {"type": kind, "timestamp": at}
        )

    async def request_own(self) -> None:
        """Ask for a certificate of the station's own (A02)."""
        csr = signing_request(self.charge_point.station.nameplate.serial)
        await self.charge_point.try_call("SignCertificate", {"csr": csr})


def install_certificate(charge_point: ChargePoint, payload: Payload) -> Answer:
    """M05."""
    kind, pem = (
        choice(payload, "certificateType", ROOTS),
        required(payload, "certificate", str),
    )
    certificates = charge_point.certificates
    if len(certificates.roots) >= charge_point.configuration.number(
        "CertificateStoreMaxLength"
    ):
        return status("Rejected")
    if parsed(pem) is None:
        return status("Failed")
    certificates.roots.append((kind, pem))
    return status("Accepted")


def delete_certificate(charge_point: ChargePoint, payload: Payload) -> Answer:
    """M04."""
    wanted = required(payload, "certificateHashData", dict)
    certificates = charge_point.certificates
    kept = [(kind, pem) for kind, pem in certificates.roots if not _is(pem, wanted)]
    if len(kept) == len(certificates.roots):
        return status("NotFound")
    certificates.roots = kept
    return status("Accepted")


def get_installed_certificate_ids(
    charge_point: ChargePoint, payload: Payload
) -> Answer:
    """M03."""
    wanted = choice(payload, "certificateType", ROOTS)
    found = [
        hash_data(pem, "SHA256")
        for kind, pem in charge_point.certificates.roots
        if kind == wanted
    ]
    if not found:
        return status("NotFound")
    return Answer({"status": "Accepted", "certificateHashData": found})


def certificate_signed(charge_point: ChargePoint, payload: Payload) -> Answer:
    """A02: the answer to the station's own request."""
    chain = required(payload, "certificateChain", str)
    if parsed(chain) is None:
        charge_point.certificates.report_event("InvalidChargePointCertificate")
        return status("Rejected")
    charge_point.certificates.own_chain = chain
    return status("Accepted")


def _is(pem: str, wanted: Payload) -> bool:
    return hash_data(pem, choice(wanted, "hashAlgorithm", ALGORITHMS)) == wanted


HANDLERS = {
    "CertificateSigned": certificate_signed,
    "DeleteCertificate": delete_certificate,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "InstallCertificate": install_certificate,
}
