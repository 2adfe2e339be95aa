"""What can be asked of a station, in one vocabulary for all versions of OCPP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ..model.limits import RateUnit
from ..model.orders import LimitOrder, Outcome


@dataclass(frozen=True, slots=True)
class ConfigurationValue:
    """One setting inside a station; None is a value that the station does not show."""

    value: str | None
    readonly: bool


@dataclass(frozen=True, slots=True)
class SchedulePeriod:
    """From `start_s` after the schedule's beginning, `limit` in the schedule's unit."""

    start_s: int
    limit: float
    phases: int | None = None


@dataclass(frozen=True, slots=True)
class CompositeSchedule:
    """What a station says that it will allow, all its profiles taken together."""

    evse: int
    unit: RateUnit
    start: datetime | None
    periods: tuple[SchedulePeriod, ...]


class Commands(Protocol):
    """What can be asked of one connected station.

    Every method raises `NotConnected`, `StationSilent` (no answer in time), `StationRefused` (the answer was no) or
    `InvalidRequest` (it does not fit the schema, and was not sent).
    """

    async def set_availability(self, evse: int, *, operative: bool) -> bool:
        """Take an EVSE (0: the station) in or out of service; returns False when that waits for a transaction's end."""

    async def unlock(self, evse: int) -> None:
        """Release the cable."""

    async def reset(self, *, hard: bool) -> None:
        """Restart the station; softly lets it end transactions properly."""

    async def start(self, evse: int | None, token: str) -> None:
        """Begin a transaction for this token."""

    async def stop(self, transaction_id: str) -> None:
        """End a transaction."""

    async def trigger(self, message: str, evse: int | None = None) -> None:
        """Ask the station to send a message now."""

    async def get_configuration(
        self, keys: Sequence[str] = ()
    ) -> Mapping[str, ConfigurationValue]:
        """Read settings inside the station; all of them when no key is named."""

    async def set_configuration(self, key: str, value: str) -> bool:
        """Write a setting; returns whether it waits for a restart of the station."""

    async def composite_schedule(
        self, evse: int, duration_s: int, unit: RateUnit | None = None
    ) -> CompositeSchedule:
        """Ask what the station will allow over the next `duration_s` seconds."""

    async def set_limit(self, order: LimitOrder) -> Outcome:
        """Give an EVSE or the station a limit. Never raises `StationRefused` or `StationSilent`: that is the outcome."""

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any message of the station's version, as the specification writes it, and return the answer."""
