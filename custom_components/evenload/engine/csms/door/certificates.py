"""Certificates: what is wrong with the owner's, and whose a station's is.

Source: OCPP 1.6 security whitepaper and OCPP 2.0.1 part 2, A00.FR.501-511 (keys, signatures, names, order).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
import hashlib
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import AuthorityInformationAccessOID

from ...model.errors import BadSetting

# A00.FR.502-503: the strength of a key of 112 bits.
MINIMUM_RSA_BITS = 2048
MINIMUM_CURVE_BITS = 224

_WEAK_HASHES = frozenset({"md5", "sha1"})


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What is worth knowing of a certificate in use."""

    names: tuple[str, ...]
    not_after: datetime


def check_certificate(
    certificate: str, private_key: str, now: datetime
) -> CertificateFacts:
    """Check that stations can be met with this certificate. Reads files: not for the loop.

    Raises:
        BadSetting: with the sentence that says what is wrong.

    """
    chain = _certificates(certificate)
    public = _public_of(private_key)
    leaf = chain[0]
    if _spki(leaf) != public:
        if any(_spki(other) == public for other in chain):
            raise BadSetting("chain_in_wrong_order")
        raise BadSetting("key_does_not_match")
    _check_times(leaf, now)
    for member in chain:
        _check_strength(member)
    _check_chain(chain)
    return facts_of(leaf)


def check_authority(path: str, now: datetime) -> None:
    """Check that certificates of stations can be recognised by this one. Reads files: not for the loop.

    Raises:
        BadSetting: with the sentence that says what is wrong.

    """
    for authority in _certificates(path):
        _check_times(authority, now)
        _check_strength(authority)


def read_facts(certificate: str) -> CertificateFacts:
    """Return what is known of the certificate in a file. Reads it: not for the loop. Raises `BadSetting`."""
    return facts_of(_certificates(certificate)[0])


def facts_of(certificate: x509.Certificate) -> CertificateFacts:
    """Return what is worth knowing of a certificate."""
    return CertificateFacts(
        tuple(dict.fromkeys(_names(certificate))), certificate.not_valid_after_utc
    )


def belongs_to(der: bytes, identity: str, pin: str | None) -> bool:
    """Whether a certificate that an authority vouches for is this station's.

    A00.FR.511 wants the station's serial number as its common name. What a station says of its own number proves
    nothing: one whose certificate bears that, and not its identity, is known by the key that its owner has confirmed.
    """
    certificate = x509.load_der_x509_certificate(der)
    return identity in _names(certificate) or pin_of(der) == pin


def pin_of(der: bytes) -> str:
    """Return what stays the same of a certificate when it is renewed with the same key."""
    return hashlib.sha256(_spki(x509.load_der_x509_certificate(der))).hexdigest()


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise BadSetting("file_not_found", path=path) from None
    except OSError:
        raise BadSetting("file_not_readable", path=path) from None


def _certificates(path: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_read(path))
    except ValueError:
        raise BadSetting("not_a_certificate", path=path) from None


def _public_of(path: str) -> bytes:
    try:
        key = load_pem_private_key(_read(path), password=None)
    except TypeError:
        raise BadSetting("key_has_password", path=path) from None
    except ValueError, UnsupportedAlgorithm:
        raise BadSetting("not_a_private_key", path=path) from None
    return key.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )


def _check_times(certificate: x509.Certificate, now: datetime) -> None:
    for key, moment, is_wrong in (
        (
            "certificate_expired",
            certificate.not_valid_after_utc,
            now > certificate.not_valid_after_utc,
        ),
        (
            "certificate_not_yet_valid",
            certificate.not_valid_before_utc,
            now < certificate.not_valid_before_utc,
        ),
    ):
        if is_wrong:
            raise BadSetting(key, date=f"{moment.astimezone(UTC):%Y-%m-%d}")


def _check_strength(certificate: x509.Certificate) -> None:
    match certificate.public_key():
        case rsa.RSAPublicKey(key_size=bits) | dsa.DSAPublicKey(key_size=bits):
            if bits < MINIMUM_RSA_BITS:
                raise BadSetting(
                    "key_too_short", bits=str(bits), minimum=str(MINIMUM_RSA_BITS)
                )
        case ec.EllipticCurvePublicKey(key_size=bits) if bits < MINIMUM_CURVE_BITS:
            raise BadSetting(
                "key_too_short", bits=str(bits), minimum=str(MINIMUM_CURVE_BITS)
            )
    signed_with = certificate.signature_hash_algorithm
    # Nobody checks the signature of who signs for himself.
    if (
        signed_with is not None
        and signed_with.name in _WEAK_HASHES
        and certificate.issuer != certificate.subject
    ):
        raise BadSetting("signature_too_weak", algorithm=signed_with.name.upper())


def _check_chain(chain: Sequence[x509.Certificate]) -> None:
    for member, signer in pairwise(chain):
        if _has_signed(signer, member):
            continue
        if any(_has_signed(other, member) for other in chain):
            raise BadSetting("chain_in_wrong_order")
        raise BadSetting("chain_incomplete", issuer=member.issuer.rfc4514_string())
    last = chain[-1]
    # Who says where its issuer's certificate can be fetched was not signed by a root: stations do not fetch.
    if len(chain) == 1 and last.issuer != last.subject and _names_its_issuer(last):
        raise BadSetting("chain_incomplete", issuer=last.issuer.rfc4514_string())


def _has_signed(signer: x509.Certificate, member: x509.Certificate) -> bool:
    try:
        member.verify_directly_issued_by(signer)
    except ValueError, TypeError, InvalidSignature:
        return False
    return True


def _names_its_issuer(certificate: x509.Certificate) -> bool:
    try:
        access = certificate.extensions.get_extension_for_class(
            x509.AuthorityInformationAccess
        )
    except x509.ExtensionNotFound, ValueError:
        return False
    issuers = AuthorityInformationAccessOID.CA_ISSUERS
    return any(entry.access_method == issuers for entry in access.value)


def _names(certificate: x509.Certificate) -> list[str]:
    """Return whom a certificate names: its alternative names, then its common name."""
    names: list[str] = []
    try:
        found = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value
    except x509.ExtensionNotFound, ValueError:
        pass
    else:
        names += found.get_values_for_type(x509.DNSName)
        names += found.get_values_for_type(x509.UniformResourceIdentifier)
        names += [str(ip) for ip in found.get_values_for_type(x509.IPAddress)]
    common = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return names + [
        value if isinstance(value := name.value, str) else value.decode()
        for name in common
    ]
