"""What a station was seen to accept: learnt by asking once, and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from .limits import RateUnit
from .phases import CurrentType
from .v2x_ability import V2xAbility


class Place(StrEnum):
    """Where a limit is to hold.

    The whole station for good, an EVSE for good, an EVSE until the lease ends, and until the lease or the transaction ends.
    """

    STATION = "station"
    EVSE = "evse"
    LEASE = "lease"
    TRANSACTION = "transaction"


class Purpose(StrEnum):
    """What a charging profile limits (OCPP 1.6 §7.10, 2.0.1 §3.14 ChargingProfilePurposeEnumType)."""

    STATION_MAXIMUM = "station_maximum"
    TX_DEFAULT = "tx_default"
    TX = "tx"


class ProfileKind(StrEnum):
    """From when a charging profile's schedule counts (1.6 §7.9; 2.1 adds the dynamic kind)."""

    ABSOLUTE = "absolute"
    RECURRING = "recurring"
    RELATIVE = "relative"
    DYNAMIC = "dynamic"


@dataclass(frozen=True, slots=True)
class Rung:
    """One form that a limit can take on the wire.

    How it expires follows from its kind: absolute and dynamic ones by their duration, relative ones by `validTo`.
    """

    purpose: Purpose
    kind: ProfileKind
    stack_level: int
    unit: RateUnit


class PauseMethod(StrEnum):
    """How charging stops without ending the session."""

    ZERO_LIMIT = "zero_limit"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class EvseTraits:
    """What an EVSE is, as its station says. None is not known."""

    current_type: CurrentType | None = None
    phases: int | None = None
    maximum_w: float | None = None
    # OCPP 2's names of connector types (cType2, cCCS2, cG105 …).
    connectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a station was seen to accept. None is not known yet; learnt by asking once and kept."""

    evses: int | None = None
    # How many it says that it has, which may be fewer than it has shown.
    evses_told: int | None = None
    evse_traits: Mapping[int, EvseTraits] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    units: tuple[RateUnit, ...] = ()
    highest_stack_level: int | None = None
    measurands: tuple[str, ...] = ()
    # Whether the station takes a limit for the whole of it, and one for each EVSE.
    station_limit: bool | None = None
    evse_limit: bool | None = None
    leases: bool | None = None
    # Whether it takes limits that die with a transaction.
    transaction_leases: bool | None = None
    # The form in which it took its last limit of each place, and how often it has refused one since.
    rungs: Mapping[Place, Rung] = field(default_factory=dict)
    refusals: Mapping[Place, int] = field(default_factory=dict)
    # The firmware that the limits above were learnt from: another one is asked anew. None: not asked yet.
    limits_learnt_from: str | None = None
    # Whether it takes dynamic profiles (2.1), and switches between one and three phases while a vehicle is plugged in.
    dynamic_profiles: bool | None = None
    phase_switching: bool | None = None
    # Whether it can be told which phase to leave to a vehicle that charges on one (2.x).
    phase_choice: bool | None = None
    pause: PauseMethod | None = None
    # Whether it reads the times of limits by the clock that its messages show, where that is not ours.
    reads_own_clock: bool | None = None
    # Whether profiles of a purpose survive a restart of the station, as far as it says.
    lasting: Mapping[Purpose, bool] = field(default_factory=dict)
    # What it says of discharging, by EVSE, as far as it says anything.
    v2x: Mapping[int, V2xAbility] = field(default_factory=dict)
    # How often it says that it is there, in seconds, where that cannot be changed.
    heartbeat_s: int | None = None
    # The firmware and version of OCPP these were learnt from: others are asked again, but those heard before.
    learnt_from: str | None = None
    learnt_before: tuple[str, ...] = ()

    @property
    def is_controllable(self) -> bool:
        """Whether any limit holds in this station, if only while a transaction runs."""
        return self.keeps_limits or self.transaction_leases is True

    @property
    def keeps_limits(self) -> bool:
        """Whether a limit holds also while nobody charges. Unknown counts as yes until it has refused both kinds."""
        return not (self.station_limit is False and self.evse_limit is False)

    @property
    def lacks_lasting_limits(self) -> bool:
        """Whether it has refused every form of both kinds, be it only once: a transaction's limit may be all there is."""
        return self.refuses(Place.STATION) and self.refuses(Place.EVSE)

    def takes(self, place: Place) -> bool | None:
        """Whether limits of a place are accepted; None is not known."""
        known: bool | None = getattr(self, _ABILITIES[place])
        return known

    def refuses(self, place: Place) -> bool:
        """Whether it has refused every form of a limit of a place, and never taken one."""
        takes = self.takes(place)
        return takes is False or (takes is None and self.refusals.get(place, 0) > 0)

    def taking(self, place: Place, takes: bool | None) -> Capabilities:
        """Return these with another belief of a place."""
        beliefs: dict[str, bool | None] = {_ABILITIES[place]: takes}
        return replace(self, **beliefs)  # type: ignore[arg-type]  # names are our own


_ABILITIES = {
    Place.STATION: "station_limit",
    Place.EVSE: "evse_limit",
    Place.LEASE: "leases",
    Place.TRANSACTION: "transaction_leases",
}
