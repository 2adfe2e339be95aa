"""How a CSMS above is spoken to, whatever its version, and whoever is spoken for."""

from collections.abc import Mapping
from typing import Any, Protocol

from ..model.stations import OcppVersion, Station
from .names import Saying


class Tongue(Protocol):
    """How a CSMS of one version is spoken to."""

    version: OcppVersion

    def boot(self, station: Station) -> Saying:
        """Return how the station introduces itself."""

    def introduced(self) -> None:
        """Take note that the station was let in."""

    def statuses(self, station: Station) -> list[Saying]:
        """Return what its connectors are doing."""

    def sayings(
        self, spoken: OcppVersion | None, action: str, payload: dict[str, Any]
    ) -> list[Saying]:
        """Return what to tell of a message of the station."""

    def named(self, saying: Saying) -> Saying | None:
        """Return what is told with the names of those above; None where they know nothing of it."""

    def heard(self, saying: Saying, reply: dict[str, Any]) -> None:
        """Take in what was answered."""

    async def answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer a call. Raises `CallFault`."""

    def question(self, token: str, shown: Mapping[str, Any]) -> Saying:
        """Return how it is asked whether somebody may charge; `shown` is how the station asked."""

    def verdict(self, reply: dict[str, Any]) -> str:
        """Return what was answered to that."""
