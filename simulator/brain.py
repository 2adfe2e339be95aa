"""The protocol side of a station, whatever version of OCPP it speaks."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from simulator.limit import Limit
from simulator.ocppj.frames import Call, Payload
from simulator.profiles import ProfileStore
from simulator.vehicle import Vehicle


class Brain(Protocol):
    """What can be done to a station, and seen of it, in every version."""

    @property
    def version(self) -> str:
        """1.6, 2.0.1 or 2.1."""
        ...

    @property
    def ready(self) -> asyncio.Event:
        """Set while it is connected and its boot was accepted."""
        ...

    @property
    def profiles(self) -> ProfileStore:
        """The charging profiles that it holds."""
        ...

    @property
    def waiting_messages(self) -> int:
        """Number of messages about transactions that the central system does not have yet."""
        ...

    @property
    def last_sent(self) -> Mapping[str, Payload]:
        """The latest message about a transaction, by its action."""
        ...

    async def run(self, tick_s: float) -> None:
        """Live until cancelled."""
        ...

    async def serve(self, call: Call) -> None:
        """Answer a call of the central system."""
        ...

    async def reboot(self, reason: str) -> None:
        """Stop what runs, go dark and come back."""
        ...

    def snapshot(self) -> dict[str, Any]:
        """What it remembers without power."""
        ...

    def wake(self, remembered: dict[str, Any]) -> None:
        """Start with what is remembered and nothing else."""
        ...

    def keep(self, task: asyncio.Future[Any]) -> None:
        """Hold on to a task until it is done."""
        ...

    def plug_in(self, evse_id: int, vehicle: Vehicle, connector_id: int) -> None:
        """Put a vehicle on the cable; raises ValueError where there is one already."""
        ...

    def unplug(self, evse_id: int) -> None:
        """Pull the cable."""
        ...

    async def present_tag(self, evse_id: int, tag: str) -> bool:
        """Hold a tag to the reader; says whether that did anything."""
        ...

    def set_error(self, evse_id: int, code: str | None) -> None:
        """Break an EVSE, or mend it."""
        ...

    def limit_from_outside(self, evse_id: int, limit_a: float | None) -> None:
        """Let somebody else than the central system limit an EVSE, or with 0 the station."""
        ...

    def setpoint_from_outside(self, evse_id: int, power_w: float) -> None:
        """Let somebody else than the central system say what is to flow; raises ValueError where nobody else may."""
        ...

    def grid_event(self, fault: str | None) -> None:
        """Put the grid out of bounds, or into them again; raises ValueError where the station does not look."""
        ...

    def lose_profiles(self) -> None:
        """Forget every charging profile."""
        ...

    def status(self, evse_id: int) -> str:
        """The status of an EVSE as this version names it."""
        ...

    def limit(self, evse_id: int) -> Limit | None:
        """The composite limit of an EVSE's profiles now, or None."""
        ...

    def in_transaction(self, evse_id: int) -> bool:
        """Whether a transaction runs, with an id or not yet."""
        ...

    def transaction_id(self, evse_id: int) -> int | str | None:
        """The id of the running transaction, once there is one."""
        ...

    def profiles_view(self) -> list[Payload]:
        """The charging profiles in OCPP's own words."""
        ...
