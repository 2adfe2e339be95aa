"""A CSMS above of 2.x that is spoken to for a circuit: for its controller, or for several stations that are one."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from ..csms.meters import moment
from ..model.stations import OcppVersion
from .deeds import REJECTED
from .house import House
from .own_settings import Fact, OwnSettings
from .tongue import Tongue
from .tongue_2 import Tongue2
from .tongues import Tell, tongue_of

type Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class HouseOfMany(House, Protocol):
    """The house, for the uplink of a circuit."""

    def facts(self) -> Sequence[Fact]:
        """Return what it shows of itself."""

    def signalled(self, value: int, at: datetime) -> bool:
        """Take a grid operator's signal that counts from a moment on; returns whether anything follows it."""


class TongueOfMany(Tongue2):
    """Speaks for a circuit: it has variables of its own, and follows a signal."""

    def __init__(self, house: HouseOfMany, version: OcppVersion, tell: Tell) -> None:
        """Speak for the circuit of this house."""
        super().__init__(house, version, tell)
        self._many = house
        self._own: dict[str, Handler] = {
            **OwnSettings(house.facts, tell, house.now).handlers,
            "AFRRSignal": self._signal,
            "Reset": self._reset,
        }
        self._others = self.answer
        self.answer = self._answer

    async def _answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._own.get(action, self._other(action))(payload)

    def _other(self, action: str) -> Handler:
        async def answer(payload: dict[str, Any]) -> dict[str, Any]:
            return await self._others(action, payload)

        return answer

    async def _reset(self, payload: dict[str, Any]) -> dict[str, Any]:
        if "evseId" in payload:
            # A station cannot be restarted in part, and that of an EVSE may have others.
            return dict(REJECTED)
        return await self._others("Reset", payload)

    async def _signal(self, payload: dict[str, Any]) -> dict[str, Any]:
        taken = self._many.signalled(payload["signal"], moment(payload["timestamp"]))
        return {"status": "Accepted" if taken else "Rejected"}


def tongue_of_many(house: HouseOfMany, version: OcppVersion, tell: Tell) -> Tongue:
    """Return how to speak for a circuit."""
    if version is OcppVersion.V16:
        return tongue_of(house, version, tell)
    return TongueOfMany(house, version, tell)
