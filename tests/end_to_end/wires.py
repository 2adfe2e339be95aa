"""The ways in which stations reach the house: each version of OCPP, and each kind of protection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import ssl
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import pytest

from simulator import SimulatedStation

PASSWORD = "correct-horse-battery-staple"
_VALID = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Wire:
    """One version of OCPP under one security profile (OCPP 2.0.1 part 2, A00)."""

    version: str
    profile: int = 0

    @property
    def is_encrypted(self) -> bool:
        """Whether the port has a certificate."""
        return self.profile >= 2

    @property
    def password(self) -> str | None:
        """What the station shows, if that is a password."""
        return PASSWORD if self.profile in {1, 2} else None

    def security(self) -> dict[str, Any]:
        """Return the section of a station's form."""
        if self.profile == 0:
            return {}
        filled = {"security_profile": str(self.profile)}
        if self.password is not None:
            filled["password"] = self.password
        return {"security": filled}

    def station(
        self, identity: str, url: str, papers: Papers, **nameplate: Any
    ) -> SimulatedStation:
        """Return a station that dials this way; what it is called is up to the test."""
        encryption = None
        if self.is_encrypted:
            url = url.replace("ws://", "wss://")
            encryption = papers.context(identity if self.profile == 3 else None)
        return SimulatedStation(
            identity,
            url,
            versions=(self.version,),
            password=self.password,
            ssl=encryption,
            **nameplate,
        )

    def __str__(self) -> str:
        """Return the name of the test."""
        return f"{self.version} profile {self.profile}"


WIRES = [
    pytest.param(wire, id=str(wire))
    for wire in (
        Wire("1.6"),
        Wire("2.0.1"),
        Wire("2.1"),
        Wire("1.6", profile=2),
        Wire("2.0.1", profile=3),
    )
]


class Papers:
    """An authority, the server's certificate and one for each station, as files."""

    def __init__(self, folder: Path) -> None:
        """Sign the server's certificate."""
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Home authority")
        self.authority = self._write(
            "authority.pem", self._signed(self._name, self._key, authority=True)
        )
        self.certificate, self.private_key = self._issue("home.local", server=True)

    def files(self) -> Mapping[str, str]:
        """Return the fields of the form for the connection."""
        return {
            "certificate": str(self.certificate),
            "private_key": str(self.private_key),
            "client_ca": str(self.authority),
        }

    def context(self, identity: str | None) -> ssl.SSLContext:
        """Return what a station dials with; with an identity it shows a certificate of its own."""
        context = ssl.create_default_context(cafile=self.authority)
        if identity is not None:
            context.load_cert_chain(*self._issue(identity))
        return context

    def _issue(self, name: str, *, server: bool = False) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._write(
            f"{name}.pem", self._signed(_name(name), key, server=server)
        )
        private = self._folder / f"{name}.key"
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return certificate, private

    def _signed(
        self,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        authority: bool = False,
        server: bool = False,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + _VALID)
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
                critical=False,
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(
                    self._key.public_key()
                ),
                critical=False,
            )
        )
        if authority:
            usage = x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=True,
                crl_sign=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            )
            builder = builder.add_extension(usage, critical=True)
        if server:
            names = [
                x509.IPAddress(ip_address("127.0.0.1")),
                x509.DNSName("home.local"),
            ]
            builder = builder.add_extension(
                x509.SubjectAlternativeName(names), critical=False
            )
        return builder.sign(self._key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate) -> Path:
        path = self._folder / name
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Evenload"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
