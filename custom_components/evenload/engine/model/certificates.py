"""Certificates inside a station."""

from dataclasses import dataclass
from enum import StrEnum


class CertificateUse(StrEnum):
    """What a certificate is for."""

    # Roots: whom the station believes to be us, its maker, a vehicle's infrastructure, a contract's.
    CSMS_ROOT = "csms_root"
    MANUFACTURER_ROOT = "manufacturer_root"
    V2G_ROOT = "v2g_root"
    MO_ROOT = "mo_root"
    # The station's own: towards us, and towards vehicles.
    STATION = "station"
    V2G = "v2g"


@dataclass(frozen=True, slots=True)
class CertificateId:
    """How OCPP names a certificate: hashes of its issuer, and its serial number in hexadecimal digits."""

    algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial: str


@dataclass(frozen=True, slots=True)
class InstalledCertificate:
    """A certificate that a station says it has."""

    id: CertificateId
    use: CertificateUse
