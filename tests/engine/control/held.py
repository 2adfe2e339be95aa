"""The charging profiles that a virtual station holds, by what the specification says of them (1.6 §3.13, 2.0.1 K01, 2.1 K28)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

type Payload = Mapping[str, Any]

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}
NOT_SUPPORTED = {"status": "NotSupported"}

VOLTAGE_V = 230.0


@dataclass
class Nature:
    """How a station takes orders."""

    answer_s: float = 0.05
    loses_answers: float = 0.0
    refuses_station_limit: bool = False
    refuses_evse_limit: bool = False
    refuses_leases: bool = False
    refuses_transaction_limit: bool = False
    # The one purpose that it does not refuse.
    takes_only: str | None = None
    refused_kinds: frozenset[str] = frozenset()
    # Below, and above these it refuses a stack level.
    lowest_level: int = 0
    highest_level: int = 8
    units: tuple[str, ...] = ("A", "W")
    # Whether it says which units and levels it takes.
    is_frank: bool = True
    # It speaks 2.1, and says that it takes dynamic profiles.
    is_dynamic: bool = False
    # It takes a limit of nothing for its least.
    never_pauses: bool = False
    # It, or its vehicle, wants to be unplugged before another transaction.
    wants_replug: bool = False
    # What it says that it allows, whatever it was told.
    says_a: float | None = None
    # Accepts limits and goes on as before.
    disobeys: bool = False
    # Accepts leases, which never begin: its clock is wrong.
    leases_in_vain: bool = False
    # Tells of the transactions of its vehicles.
    has_transactions: bool = False
    # Its clock is ahead of what it was told by so much.
    clock_s: float = 0.0

    @property
    def can_be_told(self) -> bool:
        """Whether any lasting limit of ours holds in it."""
        if self.lowest_level > self.highest_level:
            return False
        return self._takes("Relative", "Absolute", "Recurring") or (
            not self.refuses_station_limit and self._takes("Absolute", "Recurring")
        )

    def _takes(self, *kinds: str) -> bool:
        return bool({*kinds} - self.refused_kinds)


@dataclass(frozen=True)
class Profile:
    """One profile."""

    number: int
    evse: int
    purpose: str
    level: int
    unit: str
    limit: float
    kind: str = "Absolute"
    until: datetime | None = None
    duration: timedelta | None = None
    transaction: str | None = None

    @property
    def slot(self) -> tuple[int, str, int]:
        """There is one profile of a purpose at a level."""
        return (self.evse, self.purpose, self.level)

    def amperes(self, phases: int) -> float:
        """Return what a vehicle on so many phases may draw on each: all of the watts if it can."""
        return self.limit if self.unit == "A" else self.limit / VOLTAGE_V / phases


@dataclass
class Held:
    """All profiles of one station."""

    nature: Nature
    profiles: dict[int, Profile] = field(default_factory=dict)

    def take(
        self,
        action: str,
        payload: Payload,
        transactions: Mapping[int, str],
        now: datetime,
    ) -> dict[str, str]:
        """Take a message, or say why not."""
        if action == "UpdateDynamicSchedule":
            return self._update(payload, now)
        profile = read(payload, now)
        if (refusal := self._refusal(profile, transactions)) is not None:
            return refusal
        if self.nature.disobeys or (self.nature.leases_in_vain and profile.until):
            return ACCEPTED
        self.profiles = {
            number: held
            for number, held in self.profiles.items()
            if number != profile.number and held.slot != profile.slot
        }
        self.profiles[profile.number] = profile
        return ACCEPTED

    def limit_a(
        self, evse: int, phases: int, transaction: str | None, now: datetime
    ) -> float | None:
        """Return what holds for an EVSE (0: the station): a transaction's own profile, else the highest of the others."""
        live = [
            held
            for held in self.profiles.values()
            if held.evse == evse and (held.until is None or now < held.until)
        ]
        own = [
            held
            for held in live
            if held.purpose == "TxProfile" and held.transaction == transaction
        ]
        others = own or [held for held in live if held.purpose != "TxProfile"]
        if not others:
            return None
        return max(others, key=lambda held: held.level).amperes(phases)

    def copy(self) -> Held:
        """Return what would change without changing this."""
        return Held(self.nature, dict(self.profiles))

    def leases(self, now: datetime) -> list[Profile]:
        """Return what holds above something else, and has not ended."""
        return [
            held
            for held in self.profiles.values()
            if (held.until is not None and now < held.until)
            or (held.purpose == "TxProfile" and held.until is None)
            or any(
                held.evse == other.evse
                and held.purpose == other.purpose
                and held.level > other.level
                and held.until is None
                for other in self.profiles.values()
            )
        ]

    def end(self, transaction: str | None) -> None:
        """Let a transaction's profiles end with it."""
        self._keep(
            lambda held: held.transaction is None or held.transaction != transaction
        )

    def restart(self) -> None:
        """Lose what is not in lasting memory."""
        self._keep(lambda held: held.until is None)

    def _keep(self, wanted: Any) -> None:
        self.profiles = {n: held for n, held in self.profiles.items() if wanted(held)}

    def _refusal(
        self, profile: Profile, transactions: Mapping[int, str]
    ) -> dict[str, str] | None:
        nature = self.nature
        never = {
            "ChargePointMaxProfile": nature.refuses_station_limit,
            "ChargingStationMaxProfile": nature.refuses_station_limit,
            "TxProfile": nature.refuses_transaction_limit,
            "TxDefaultProfile": nature.refuses_leases
            if profile.until
            else nature.refuses_evse_limit,
        }
        if never[profile.purpose]:
            return NOT_SUPPORTED
        if (
            nature.takes_only not in (None, profile.purpose)
            or profile.kind in nature.refused_kinds
            or profile.unit not in nature.units
            or not nature.lowest_level <= profile.level <= nature.highest_level
            or profile.transaction not in (None, transactions.get(profile.evse))
        ):
            return REJECTED
        return None

    def _update(self, payload: Payload, now: datetime) -> dict[str, str]:
        held = self.profiles.get(payload["chargingProfileId"])
        if held is None or held.until is None or held.until <= now:
            return REJECTED
        assert held.kind == "Dynamic"
        assert held.duration is not None
        # K28.FR.13: it lasts for its duration after every update.
        self.profiles[held.number] = replace(
            held,
            limit=payload["scheduleUpdate"]["limit"],
            until=now + held.duration,
        )
        return ACCEPTED


def read(payload: Payload, now: datetime) -> Profile:
    """Read a profile of any version."""
    old = payload.get("csChargingProfiles")
    profile = old or payload["chargingProfile"]
    schedule = profile["chargingSchedule"]
    schedule = schedule if old else schedule[0]
    [period] = schedule["chargingSchedulePeriod"]
    until = duration = None
    if "validTo" in profile:
        until = datetime.fromisoformat(profile["validTo"])
    elif "duration" in schedule:
        begin = schedule.get("startSchedule") or profile["dynUpdateTime"]
        duration = timedelta(seconds=schedule["duration"])
        until = datetime.fromisoformat(begin) + duration
    transaction = profile.get("transactionId")
    return Profile(
        number=profile["chargingProfileId"] if old else profile["id"],
        evse=payload["connectorId"] if old else payload["evseId"],
        purpose=profile["chargingProfilePurpose"],
        level=profile["stackLevel"],
        unit=schedule["chargingRateUnit"],
        limit=period["limit"],
        kind=profile["chargingProfileKind"],
        until=until,
        duration=duration,
        transaction=None if transaction is None else str(transaction),
    )
