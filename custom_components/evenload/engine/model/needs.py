"""What a vehicle says that it needs, and what others make a station do (2.x blocks K and Q)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ChargingNeeds:
    """What a vehicle asks for over ISO 15118. None was not said; powers are magnitudes, in W.

    `transfer` and `available` are OCPP's words (`AC_three_phase`, `DC_BPT` …); no `transfer`: it is not known any more.
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

    def on_phases(self, name: str) -> tuple[float, float, float] | None:
        """Return what a vehicle says of a power of discharging on each of its station's phases; None: of all together, or nothing."""
        powers = [self.discharge.get(f"{name}{end}") for end in ("", "_L2", "_L3")]
        l1, l2, l3 = powers
        return None if l1 is None or l2 is None or l3 is None else (l1, l2, l3)

    def whole(self, name: str) -> float | None:
        """Return the same of all phases: beside values of L2 and L3 the plain field is that of L1 (2.1 V2XChargingParametersType)."""
        said = [self.discharge.get(f"{name}{end}") for end in ("", "_L2", "_L3")]
        return None if said[0] is None else sum(power or 0.0 for power in said)

    @property
    def takes_phases(self) -> bool:
        """Whether the vehicle told what it can feed back on each phase, and so takes a setpoint for each (errata V2X.08)."""
        return self.on_phases("maxDischargePower") is not None

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
