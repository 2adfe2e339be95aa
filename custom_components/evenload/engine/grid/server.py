"""A programme's server as its owner names it, and what can go wrong with it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

from ..model.errors import EvenloadError
from .reports import Report


class Edition(StrEnum):
    """The version of OpenADR that a server speaks; 3.1 is not compatible with 3.0.1."""

    V301 = "3.0.1"
    V31 = "3.1"


class Trouble(StrEnum):
    """Why a programme cannot be heard."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    NO_PROGRAMME = "no_programme"
    NOT_UNDERSTOOD = "not_understood"


class ProgrammeError(EvenloadError):
    """The server could not be asked, or its answer is none."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        """Say what is wrong."""
        super().__init__(f"{trouble}: {detail}")
        self.trouble = trouble
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a programme is, and who asks. Without a client id, anybody may read it."""

    url: str
    edition: Edition
    programme: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    token_url: str = ""
    scope: str = ""
    ven_name: str = ""
    resource_name: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is reached without encryption."""
        return urlsplit(self.url).scheme != "https"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says now: its events as they came, the programme they belong to, and its clock, if it shows it."""

    events: list[Any]
    programme: dict[str, Any]
    clock: datetime | None


class Door(Protocol):
    """A server that can be asked. Every call blocks, and raises `ProgrammeError`."""

    def ask(self) -> Answer:
        """Return the programme's events."""

    def send(self, report: Report) -> None:
        """Hand in a report."""

    def close(self) -> None:
        """Let go of connections."""


def is_own_machine(url: str) -> bool:
    """Whether an address is on this machine: there, nobody else listens to what is not encrypted."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
