"""Charging profiles and the store that a station keeps them in (OCPP 1.6 §3.13, §5.5, §5.16; OCPP 2.x block K)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any


class Purpose(StrEnum):
    """What a profile limits."""

    STATION_MAX = "station max"
    TX_DEFAULT = "transaction default"
    TX = "transaction"
    EXTERNAL = "external constraints"
    PRIORITY = "priority charging"
    LOCAL_GENERATION = "local generation"


# What OCPP calls them: 1.6 first where it differs.
PURPOSE_NAMES = {
    Purpose.STATION_MAX: ("ChargePointMaxProfile", "ChargingStationMaxProfile"),
    Purpose.TX_DEFAULT: ("TxDefaultProfile",),
    Purpose.TX: ("TxProfile",),
    Purpose.EXTERNAL: ("ChargingStationExternalConstraints",),
    Purpose.PRIORITY: ("PriorityCharging",),
    Purpose.LOCAL_GENERATION: ("LocalGeneration",),
}
PERSISTENT = frozenset({Purpose.STATION_MAX, Purpose.TX_DEFAULT, Purpose.PRIORITY})


class Kind(StrEnum):
    """When a profile's schedule starts."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"
    DYNAMIC = "Dynamic"


class Recurrency(StrEnum):
    """How often a recurring schedule starts anew."""

    DAILY = "Daily"
    WEEKLY = "Weekly"


class RateUnit(StrEnum):
    """Amperes per phase, or watts in all."""

    AMPERES = "A"
    WATTS = "W"


@dataclass(frozen=True, slots=True)
class Period:
    """A limit from some second of the schedule on, in the schedule's unit; None limits nothing (OCPP 2.1).

    `more` holds the fields that no limit of the core is made of, as they came; `v2x` what the period says about
    discharging in the words of OCPP 2.1, wherever that stood, and the limit with it.
    """

    start_s: int
    limit: float | None
    phases: int | None = None
    terminal: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    v2x: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Limits over time."""

    unit: RateUnit
    periods: tuple[Period, ...]
    duration_s: int | None = None
    start: datetime | None = None
    minimum_rate: float | None = None
    schedule_id: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """One charging profile as the central system wrote it."""

    profile_id: int
    stack_level: int
    purpose: Purpose
    kind: Kind
    schedule: Schedule
    recurrency: Recurrency | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_id: int | str | None = None
    alternatives: tuple[Schedule, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Installed:
    """A profile in the store: where, since when, and from whom."""

    evse_id: int
    profile: Profile
    installed_at: datetime
    source: str = "CSO"

    @property
    def slot(self) -> tuple[int, Purpose, int]:
        """There is room for one profile of a purpose at a stack level on an EVSE."""
        return (self.evse_id, self.profile.purpose, self.profile.stack_level)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a station accepts."""

    evse_ids: frozenset[int]
    maximum_stack_level: int = 8
    units: frozenset[RateUnit] = frozenset(RateUnit)
    maximum_periods: int = 24
    maximum_profiles: int = 20


class ProfileRefused(Exception):
    """The station does not take a profile; the message says why."""


@dataclass
class ProfileStore:
    """The profiles of one station."""

    rules: Rules
    _installed: list[Installed] = field(default_factory=list)

    def __iter__(self) -> Iterator[Installed]:
        """Every profile, in order of installation."""
        return iter(self._installed)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._installed)

    def install(
        self,
        entry: Installed,
        *,
        in_transaction: bool,
        transaction_id: int | str | None,
    ) -> None:
        """Take a profile in, in the place of one with the same id or in the same slot; raises ProfileRefused."""
        self._check(entry)
        if entry.profile.purpose is Purpose.TX:
            check_transaction(entry.profile, in_transaction, transaction_id)
        self.put(entry)

    def put(self, entry: Installed) -> None:
        """Take in what was checked already; raises ProfileRefused when there is no room."""
        kept = [other for other in self._installed if not _replaces(entry, other)]
        if len(kept) >= self.rules.maximum_profiles:
            raise ProfileRefused("no room for another profile")
        self._installed = [*kept, entry]

    def by_id(self, profile_id: int) -> Installed | None:
        """The profile of that id."""
        return next(
            (e for e in self._installed if e.profile.profile_id == profile_id), None
        )

    def restore(self, entries: Iterable[Installed]) -> None:
        """Put back what survived a reboot."""
        self._installed = list(entries)

    def persistent(self) -> list[Installed]:
        """What survives a reboot (OCPP 2.1 K01.FR.27)."""
        return [
            entry for entry in self._installed if entry.profile.purpose in PERSISTENT
        ]

    def clear(self, matches: Callable[[Installed], bool]) -> int:
        """Remove what matches and say how many there were."""
        kept = [entry for entry in self._installed if not matches(entry)]
        removed = len(self._installed) - len(kept)
        self._installed = kept
        return removed

    def end_transaction(self, evse_id: int) -> None:
        """Transaction profiles die with their transaction (§3.13.1)."""
        self.clear(
            lambda entry: (
                entry.profile.purpose is Purpose.TX and entry.evse_id == evse_id
            )
        )

    def _check(self, entry: Installed) -> None:
        """Refuse what no state of the station could make acceptable."""
        profile, rules = entry.profile, self.rules
        periods = profile.schedule.periods
        if entry.evse_id != 0 and entry.evse_id not in rules.evse_ids:
            raise ProfileRefused("unknown connector")
        if profile.purpose is Purpose.STATION_MAX and entry.evse_id != 0:
            raise ProfileRefused("a limit for the whole station belongs to connector 0")
        if profile.purpose is Purpose.TX and entry.evse_id == 0:
            raise ProfileRefused(
                "a limit for a transaction belongs to a connector above 0"
            )
        if not 0 <= profile.stack_level <= rules.maximum_stack_level:
            raise ProfileRefused("stack level out of range")
        if profile.schedule.unit not in rules.units:
            raise ProfileRefused("charging rate unit not supported")
        if not 0 < len(periods) <= rules.maximum_periods:
            raise ProfileRefused("no periods, or too many")
        if any(
            later.start_s <= earlier.start_s for earlier, later in pairwise(periods)
        ):
            raise ProfileRefused("periods out of order")
        if any(period.limit is not None and period.limit < 0 for period in periods):
            raise ProfileRefused("a limit is below zero")
        if profile.kind is Kind.RECURRING and (
            profile.recurrency is None or profile.schedule.start is None
        ):
            raise ProfileRefused(
                "a recurring schedule needs its recurrency and its start"
            )


def check_transaction(
    profile: Profile, in_transaction: bool, transaction_id: int | str | None
) -> None:
    """A transaction profile needs its transaction, and the right one (§3.13.1, §5.16)."""
    if not in_transaction:
        raise ProfileRefused("no transaction on this connector")
    if profile.transaction_id not in (None, transaction_id):
        raise ProfileRefused("another transaction is on this connector")


def _replaces(new: Installed, old: Installed) -> bool:
    if new.source != old.source:
        return False
    return new.profile.profile_id == old.profile.profile_id or new.slot == old.slot
