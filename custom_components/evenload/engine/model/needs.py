"""What a vehicle says that it needs, and what others make a station do (2.x blocks K and Q)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ChargingNeeds:
    """What a vehicle asks for over ISO 15118. None was not said; powers are magnitudes, in W.

    `transfer` and `available` are OCPP's words (`AC_three_phase`, `DC_BPT` …).
    """

    transfer: str
    available: tuple[str, ...] = ()
    departure: datetime | None = None
    energy_wh: float | None = None
    minimum_a: float | None = None
    maximum_a: float | None = None
    maximum_v: float | None = None
    maximum_w: float | None = None
    soc_percent: float | None = None
    full_soc_percent: float | None = None
    capacity_wh: float | None = None
    # What a vehicle that can feed back says of it, field by field as OCPP 2.1 names them.
    discharge: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_bidirectional(self) -> bool:
        """Whether the vehicle asks to feed back, or could."""
        return any("BPT" in word for word in (self.transfer, *self.available))


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A charging profile that lies in a station, of ours or of others; `body` is as OCPP writes it."""

    id: int
    evse: int
    purpose: str
    stack_level: int
    source: str
    body: Mapping[str, Any]
