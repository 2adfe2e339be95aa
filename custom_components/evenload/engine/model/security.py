"""How stations prove who they are, and what is kept of it (OCPP 1.6 security whitepaper §2; OCPP 2.0.1 part 2, A00)."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

# What a password of a station may be: 16 to 20 bytes in 1.6, 16 to 40 characters in 2.0.1, up to 64 in 2.1.
PASSWORD_LENGTHS = (16, 64)


class SecurityProfile(IntEnum):
    """The least that the owner requires of a station. Each includes those before it."""

    NONE = 0
    # The station's password, over a connection that others at home can read.
    PASSWORD = 1
    # TLS, and the station's password.
    ENCRYPTED = 2
    # TLS, and the station's own certificate.
    CERTIFICATE = 3


class Protection(StrEnum):
    """How a connection is protected. `ENCRYPTED` is TLS without any proof of who the station is."""

    PLAIN = "plain"
    PASSWORD = "password"
    ENCRYPTED = "encrypted"
    ENCRYPTED_PASSWORD = "encrypted_password"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a station is known by. Passwords are kept as hashes only.

    `offered` were sent to the station, the newest last, and not shown yet: until one is, it is served as before. Of
    what a station did not answer nobody knows whether it took it.
    `pin` is the SHA-256 of the public key of a certificate whose name is not the station's.
    `networks` are those from which it has shown its password, the latest last: from there it is always looked at. A
    quick digest of the password would serve as well, and serve whoever steals the file and guesses what a person chose.
    """

    password: str | None = None
    offered: tuple[str, ...] = ()
    pin: str | None = None
    networks: tuple[str, ...] = ()

    @property
    def is_on_trial(self) -> bool:
        """Whether a first password was offered, so that the station may still come without."""
        return bool(self.offered) and self.password is None


@dataclass(frozen=True, slots=True)
class Entrance:
    """How a station came in. `shown` is a password that nobody asked it for."""

    address: str = ""
    protection: Protection = Protection.PLAIN
    # The address that the station was given, without its identity; None where it did not say.
    url: str | None = None
    pin: str | None = None
    shown: bytes | None = field(default=None, repr=False)


class Refusal(StrEnum):
    """Why a station that the site knows was not let in. The value is also the key of the sentence that is shown."""

    PASSWORD_MISSING = "password_missing"
    PASSWORD_WRONG = "password_wrong"
    # A password is required and none is known here.
    PASSWORD_UNKNOWN = "password_unknown"
    ENCRYPTION_MISSING = "encryption_missing"
    CERTIFICATE_MISSING = "station_certificate_missing"
    CERTIFICATE_FOREIGN = "station_certificate_foreign"


class TlsFailure(StrEnum):
    """Why a station and this machine could not agree on encryption."""

    # A station dials without encryption where it is required, or with it where there is none.
    NOT_ENCRYPTED = "tls_not_encrypted"
    ON_PLAIN_PORT = "tls_on_plain_port"
    NOTHING_IN_COMMON = "tls_nothing_in_common"
    # The station does not trust the certificate of this machine.
    DISTRUSTED = "tls_distrusted"
    # This machine does not trust the certificate of the station.
    STATION_CERTIFICATE = "tls_station_certificate"
    # It saw the certificate of this machine and hung up: most often a station that does not trust it, and does not say.
    BROKEN_OFF = "tls_broken_off"
    # It hung up before: a scanner.
    UNEXPLAINED = "tls_unexplained"
