"""An authority, a server and a client with certificates of their own, for both sides of TLS."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)


@dataclass(frozen=True, slots=True)
class Papers:
    """Files in a folder: authority.pem, server.pem and station.pem, the latter two with their keys."""

    folder: Path

    @classmethod
    def write(cls, folder: Path) -> Papers:
        """Write them."""
        key = ec.generate_private_key(ec.SECP256R1())
        root = _certificate("root", key, "root", key)
        (folder / "authority.pem").write_bytes(root.public_bytes(Encoding.PEM))
        for name in ("server", "station"):
            own = ec.generate_private_key(ec.SECP256R1())
            signed = _certificate(name, own, "root", key)
            (folder / f"{name}.pem").write_bytes(
                own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                + signed.public_bytes(Encoding.PEM)
            )
        return cls(folder)

    @property
    def authority(self) -> Path:
        """Whom both sides trust."""
        return self.folder / "authority.pem"

    @property
    def station(self) -> Path:
        """What the station shows."""
        return self.folder / "station.pem"

    def server_context(self, *, mutual: bool) -> ssl.SSLContext:
        """The server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem")
        if mutual:
            context.load_verify_locations(self.authority)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        _name(issuer),
        _name(name),
        key.public_key(),
        x509.random_serial_number(),
        now - timedelta(minutes=1),
        now + timedelta(days=1),
    )
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = builder.add_extension(loopback, critical=False)
    is_root = name == issuer
    builder = builder.add_extension(x509.BasicConstraints(is_root, None), critical=True)
    ski = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(ski, critical=False)
    aki = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = builder.add_extension(aki, critical=False)
    usage = x509.KeyUsage(True, *[False] * 4, is_root, is_root, False, False)
    builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
