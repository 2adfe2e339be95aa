"""Certificates as the versions of OCPP speak of them (security whitepaper of 1.6; 2.0.1 A02, CertificateHashDataType)."""

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from simulator.ocppj.frames import Payload

ALGORITHMS = ("SHA256", "SHA384", "SHA512")


def signing_request(common_name: str) -> str:
    """A request for a certificate, with a new key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    request = builder.sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def parsed(pem: str) -> x509.Certificate | None:
    """The first certificate of a text, if there is one."""
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        return None


def hash_data(pem: str, algorithm: str) -> Payload:
    """How OCPP names a certificate: hashes of its issuer's name and key, and its serial number."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    key = certificate.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    digest = {
        "SHA256": hashlib.sha256,
        "SHA384": hashlib.sha384,
        "SHA512": hashlib.sha512,
    }[algorithm]
    return {
        "hashAlgorithm": algorithm,
        "issuerNameHash": digest(certificate.issuer.public_bytes()).hexdigest(),
        "issuerKeyHash": digest(key).hexdigest(),
        "serialNumber": f"{certificate.serial_number:x}",
    }
