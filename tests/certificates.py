"""Certificates for tests: an authority that signs, and what it signs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

LOCAL = "127.0.0.1"
SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
PEM = serialization.Encoding.PEM


def elliptic() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Signed:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(PEM)

    def write(self, folder: Path, *above: Signed, password: str = "") -> Files:
        """Write it, those above it behind it, and its key."""
        folder.mkdir(parents=True, exist_ok=True)
        encryption = (
            serialization.BestAvailableEncryption(password.encode())
            if password
            else serialization.NoEncryption()
        )
        chain, key = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(b"".join(one.pem for one in (self, *above)))
        key.write_bytes(
            self.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, encryption)
        )
        return Files(str(chain), str(key))


@dataclass(frozen=True)
class Files:
    """Where they were written."""

    certificate: str
    private_key: str


def sign(
    name: str,
    *,
    by: Signed | None = None,
    key: Key | None = None,
    address: str | None = None,
    names: tuple[str, ...] = (),
    is_authority: bool = False,
    begins: timedelta = timedelta(days=-1),
    lasts: timedelta = timedelta(days=400),
    names_issuer: bool = False,
) -> Signed:
    """Sign a certificate; without `by` it signs itself."""
    key = key or elliptic()
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC) + begins
    builder = x509.CertificateBuilder(
        by.certificate.subject if by else subject,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        start,
        start + lasts,
    ).add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    above = by.key if by else key
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key())
    builder = builder.add_extension(identifier, critical=False).add_extension(
        issuer, critical=False
    )
    if is_authority:
        builder = builder.add_extension(SIGNS_CERTIFICATES, critical=True)
    alternatives: list[x509.GeneralName] = [x509.DNSName(one) for one in names]
    if address:
        alternatives.append(x509.IPAddress(ipaddress.ip_address(address)))
    if alternatives:
        builder = builder.add_extension(
            x509.SubjectAlternativeName(alternatives), critical=False
        )
    if names_issuer:
        where = x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS,
            x509.UniformResourceIdentifier("http://ca.example/ca.der"),
        )
        builder = builder.add_extension(
            x509.AuthorityInformationAccess([where]), critical=False
        )
    return Signed(builder.sign(above, hashes.SHA256()), key)


def authority(name: str = "Home CA") -> Signed:
    return sign(name, is_authority=True)
