"""A CSMS above us: where it is, what it decides of a station, and how the connection to it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .stations import OcppVersion


class Domain(StrEnum):
    """What a CSMS above may decide; what it does not, the house decides, and it is told."""

    # Who may charge; starting, stopping, unlocking, reserving; the list of tokens in the station.
    TRANSACTIONS = "transactions"
    # In and out of service, and restarting.
    AVAILABILITY = "availability"
    # Its charging profiles bound what the house allots.
    LIMITS = "limits"
    # Firmware, logs and certificates.
    FIRMWARE = "firmware"
    CONFIGURATION = "configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class UplinkConfig:
    """One station's CSMS above. Paths are PEM files; without a `username` the identity is shown with the password."""

    url: str
    identity: str
    version: OcppVersion = OcppVersion.V16
    username: str | None = None
    password: str | None = None
    certificate: str | None = None
    private_key: str | None = None
    authority: str | None = None
    decides: frozenset[Domain] = frozenset()

    def is_same_station(self, other: UplinkConfig) -> bool:
        """Whether the same one is spoken for, in the same words: a system may move, or want another password."""
        return (self.identity, self.version) == (other.identity, other.version)


class Role(StrEnum):
    """As what a circuit is known above."""

    # The controller of a site: its cap bounds all stations, and each station may have an uplink of its own beside it.
    CONTROLLER = "controller"
    # One charging station whose EVSEs are those of all stations behind the circuit.
    STATION = "station"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeUplink:
    """The CSMS above a circuit: the site (`ROOT`), or a group by its id. Its own id stays the same over restarts."""

    id: str
    name: str
    node: str
    role: Role
    uplink: UplinkConfig

    @property
    def key(self) -> str:
        """The name by which what is kept of it is found: no station has a slash in its own."""
        return f"above/{self.id}"


class UplinkState(StrEnum):
    """How the connection is."""

    CONNECTING = "connecting"
    # It has let the station in.
    CONNECTED = "connected"
    # It answers, and lets the station wait or not in at all.
    PENDING = "pending"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class UplinkStatus:
    """The connection as it is now: how many messages wait, and what went wrong last, in the other side's words."""

    state: UplinkState = UplinkState.CONNECTING
    queued: int = 0
    since: datetime | None = None
    detail: str = ""
