"""What is said of a certificate before it is used (A00.FR.501-511 of the security whitepaper and of OCPP 2.0.1)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
import pytest

from custom_components.evenload.engine.csms.door.certificates import (
    belongs_to,
    check_authority,
    check_certificate,
    pin_of,
)
from custom_components.evenload.engine.model.errors import BadSetting
from tests.certificates import Files, authority, sign

DAY = timedelta(days=1)

CA = authority()
BELOW = sign("Sub CA", by=CA, is_authority=True)


def now() -> datetime:
    return datetime.now(UTC)


def wrong(folder: Path, files: Files) -> BadSetting:
    with pytest.raises(BadSetting) as caught:
        check_certificate(files.certificate, files.private_key, now())
    return caught.value


def test_certificates_that_are_right(tmp_path: Path) -> None:
    long = rsa.generate_private_key(65537, 2048)
    for name, files in {
        "alone": sign("home").write(tmp_path / "alone"),
        "signed": sign("home", by=CA).write(tmp_path / "signed"),
        "with root": sign("home", by=CA).write(tmp_path / "root", CA),
        "chain": sign("home", by=BELOW, names_issuer=True).write(
            tmp_path / "chain", BELOW
        ),
        "rsa": sign("home", by=CA, key=long).write(tmp_path / "rsa"),
    }.items():
        facts = check_certificate(files.certificate, files.private_key, now())
        assert facts.names == ("home",), name
        assert facts.not_after > now()


def test_the_names_that_stations_dial_come_first(tmp_path: Path) -> None:
    files = sign("home", names=("ev.example.org",), address="10.0.0.5").write(tmp_path)
    facts = check_certificate(files.certificate, files.private_key, now())
    assert facts.names == ("ev.example.org", "10.0.0.5", "home")


WRONG: dict[str, Callable[[Path], Files]] = {
    "certificate_expired": lambda folder: sign("home", begins=-9 * DAY, lasts=8 * DAY).write(folder),
    "certificate_not_yet_valid": lambda folder: sign("home", begins=DAY).write(folder),
    "key_has_password": lambda folder: sign("home").write(folder, password="secret"),
    "key_does_not_match": lambda folder: Files(
        sign("home").write(folder).certificate, sign("home").write(folder / "other").private_key
    ),
    # Only the key's own certificate may come first (A00.FR.509: the chain begins with it).
    "chain_in_wrong_order": lambda folder: _reversed(folder),
    "chain_incomplete": lambda folder: sign("home", by=BELOW, names_issuer=True).write(folder),
    "key_too_short": lambda folder: sign("home", key=rsa.generate_private_key(65537, 1024)).write(folder),
}  # fmt: skip


def _reversed(folder: Path) -> Files:
    leaf = sign("home", by=BELOW)
    files = leaf.write(folder)
    Path(files.certificate).write_bytes(BELOW.pem + leaf.pem)
    return files


@pytest.mark.parametrize("key", WRONG)
def test_what_is_wrong_is_said(tmp_path: Path, key: str) -> None:
    assert wrong(tmp_path, WRONG[key](tmp_path)).key == key


def test_a_chain_with_a_gap_names_who_is_missing(tmp_path: Path) -> None:
    error = wrong(tmp_path, sign("home", by=BELOW).write(tmp_path, CA))
    assert (error.key, error.placeholders) == (
        "chain_incomplete",
        {"issuer": "CN=Sub CA"},
    )


def test_a_chain_that_is_mixed_up_above_its_first(tmp_path: Path) -> None:
    error = wrong(tmp_path, sign("home", by=BELOW).write(tmp_path, CA, BELOW))
    assert error.key == "chain_in_wrong_order"


def test_a_weak_one_in_between_counts(tmp_path: Path) -> None:
    weak = sign("Sub CA", by=CA, key=ec.generate_private_key(ec.SECP192R1()))
    error = wrong(tmp_path, sign("home", by=weak).write(tmp_path, weak))
    assert error.key == "key_too_short"
    assert error.placeholders == {"bits": "192", "minimum": "224"}


# Signed with SHA-1, which no library of today would do; valid from 2020 to 2120.
SHA1 = """\
-----BEGIN CERTIFICATE-----
MIIBCDCBrwIBATAJBgcqhkjOPQQBMBExDzANBgNVBAMMBk9sZCBDQTAgFw0yMDAx
MDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowDzENMAsGA1UEAwwEaG9tZTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABMyQuuAZqSAw8KNabskrl6NWWpLn4ksuFh9f
pkHxm1DcKG7KJOyp4K/cVX4XmdZuX9rkadc8bhhzwwoj5n4l030wCQYHKoZIzj0E
AQNJADBGAiEAoc5ylDs1nrO5zv4wn8jGTdpQTkayiCmdwyX/bGgSBuwCIQCSEEbj
31MpRni1fTRGddH8skO8yrOwR9mXAJ2/MAx+jw==
-----END CERTIFICATE-----
"""


def test_a_weak_signature(tmp_path: Path) -> None:
    old = tmp_path / "old.pem"
    old.write_text(SHA1)
    with pytest.raises(BadSetting) as caught:
        check_authority(str(old), now())
    assert caught.value.key == "signature_too_weak"
    assert caught.value.placeholders == {"algorithm": "SHA1"}


def test_files_that_are_none(tmp_path: Path) -> None:
    files = sign("home").write(tmp_path)
    text = tmp_path / "text.pem"
    text.write_text("no certificate")
    absent = str(tmp_path / "absent.pem")
    certificate, private_key = files.certificate, files.private_key
    for chain, key, expected in [
        (absent, private_key, "file_not_found"),
        (certificate, absent, "file_not_found"),
        (str(tmp_path), private_key, "file_not_readable"),
        (str(text), private_key, "not_a_certificate"),
        (private_key, private_key, "not_a_certificate"),
        (certificate, str(text), "not_a_private_key"),
        (certificate, certificate, "not_a_private_key"),
    ]:
        error = wrong(tmp_path, Files(chain, key))
        assert error.key == expected
        assert error.placeholders["path"] in (chain, key)


def test_an_authority_is_checked_too(tmp_path: Path) -> None:
    good, old = CA.write(tmp_path / "a"), sign("Old", begins=-9 * DAY, lasts=DAY)
    check_authority(good.certificate, now())
    with pytest.raises(BadSetting) as caught:
        check_authority(old.write(tmp_path / "b").certificate, now())
    assert caught.value.key == "certificate_expired"


def der(name: str, **options: object) -> bytes:
    signed = sign(name, by=CA, **options)  # type: ignore[arg-type]  # whatever a row says
    return signed.certificate.public_bytes(serialization.Encoding.DER)


def test_whose_a_certificate_is() -> None:
    # A00.FR.511: the common name is the serial number, which is known by its key; installers also use the identity.
    assert belongs_to(der("garage"), "garage", None)
    assert belongs_to(der("box", names=("garage",)), "garage", None)
    # `garage` and `GARAGE` may be two stations.
    assert not belongs_to(der("GARAGE"), "garage", None)
    assert not belongs_to(der("garage.example"), "garage", None)
    serial = der("ACE-0815")
    assert not belongs_to(serial, "garage", None)
    assert belongs_to(serial, "garage", pin_of(serial))
    assert not belongs_to(der("ACE-0815"), "garage", pin_of(serial))
