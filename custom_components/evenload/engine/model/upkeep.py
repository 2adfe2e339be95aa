"""What keeps a station in good order: logs and firmware."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LogKind(StrEnum):
    """Which log is meant."""

    DIAGNOSTICS = "diagnostics"
    SECURITY = "security"


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a station tries before it gives up, and how long it waits between two tries; None leaves it to the station."""

    count: int | None = None
    interval_s: int | None = None


# The station may do as it likes.
ANY_RETRIES = Retries()


@dataclass(frozen=True, slots=True)
class Firmware:
    """Firmware for a station to fetch; the signature and the certificate that it is checked with go together."""

    location: str
    retrieve_at: datetime
    install_at: datetime | None = None
    signing_certificate: str | None = None
    signature: str | None = None
    retries: Retries = ANY_RETRIES
