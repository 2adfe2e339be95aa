"""Certificates of a station and of those it trusts (A02, M03-M06)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.ocpp2.replies import refusal
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import choice, plain_items, required
from simulator.ocppj.frames import Payload
from simulator.ocppj.papers import ALGORITHMS, hash_data, parsed, signing_request

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

ROOTS = (
    "V2GRootCertificate",
    "MORootCertificate",
    "CSMSRootCertificate",
    "ManufacturerRootCertificate",
)
MOST_ROOTS = 10


@dataclass
class Certificates:
    """The certificates of one station."""

    station: ChargingStation
    roots: list[tuple[str, str]] = field(default_factory=list)
    own_chain: str | None = None

    def snapshot(self) -> dict[str, Any]:
        """What to keep over a reboot."""
        return {"roots": self.roots, "own_chain": self.own_chain}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take up again what was kept."""
        self.roots = [(kind, pem) for kind, pem in saved["roots"]]
        self.own_chain = saved["own_chain"]

    async def request_own(self) -> None:
        """Ask for a certificate of the station's own (A02)."""
        csr = signing_request(self.station.station.nameplate.serial)
        kind = "ChargingStationCertificate"
        payload = {"csr": csr, "certificateType": kind}
        await self.station.try_call("SignCertificate", payload)


def install_certificate(station: ChargingStation, payload: Payload) -> Answer:
    """M05."""
    kind = choice(payload, "certificateType", ROOTS)
    pem = required(payload, "certificate", str)
    certificates = station.certificates
    if parsed(pem) is None:
        return refusal("Rejected", "InvalidCertificate")
    if len(certificates.roots) >= MOST_ROOTS:
        return refusal("Failed", "OutOfStorage")
    if (kind, pem) not in certificates.roots:
        certificates.roots.append((kind, pem))
    _count(station)
    return status("Accepted")


def delete_certificate(station: ChargingStation, payload: Payload) -> Answer:
    """M04."""
    wanted = required(payload, "certificateHashData", dict)
    algorithm = choice(wanted, "hashAlgorithm", ALGORITHMS)
    certificates = station.certificates
    kept = [
        (kind, pem)
        for kind, pem in certificates.roots
        if hash_data(pem, algorithm) != wanted
    ]
    if len(kept) == len(certificates.roots):
        return status("NotFound")
    certificates.roots = kept
    _count(station)
    return status("Accepted")


def get_installed_certificate_ids(station: ChargingStation, payload: Payload) -> Answer:
    """M03."""
    wanted = plain_items(payload, "certificateType", str)
    found = [
        {"certificateType": kind, "certificateHashData": hash_data(pem, "SHA256")}
        for kind, pem in station.certificates.roots
        if not wanted or kind in wanted
    ]
    if not found:
        return status("NotFound")
    return Answer({"status": "Accepted", "certificateHashDataChain": found})


def certificate_signed(station: ChargingStation, payload: Payload) -> Answer:
    """A02: the answer to the station's own request."""
    chain = required(payload, "certificateChain", str)
    if parsed(chain) is None:
        station.report_security_event("InvalidChargingStationCertificate")
        return refusal("Rejected", "InvalidCertificate")
    station.certificates.own_chain = chain
    return status("Accepted")


def _count(station: ChargingStation) -> None:
    count = len(station.certificates.roots)
    station.device_model.at("SecurityCtrlr.CertificateEntries").value = str(count)


HANDLERS = {
    "CertificateSigned": certificate_signed,
    "DeleteCertificate": delete_certificate,
    "GetInstalledCertificateIds": get_installed_certificate_ids,
    "InstallCertificate": install_certificate,
}
