"""Where the engine keeps what must survive a restart. Home Assistant supplies the disk."""

from enum import StrEnum
from typing import Any, Protocol


class Part(StrEnum):
    """What is written together: one file each."""

    # Stations, their capabilities, settings, limits in force, open sessions, the next transaction id.
    STATE = "state"
    # Sessions that have ended.
    SESSIONS = "sessions"
    # What stations are known by: hashes of their passwords.
    SECURITY = "security"


class Vault(Protocol):
    """Durable storage of JSON values."""

    async def load(self, part: Part) -> dict[str, Any] | None:
        """Return what was saved last, or None when nothing was."""

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        """Write it; on return it is on the disk.

        Raises:
            OSError: the disk is full or broken.

        """
