"""Who charges: drivers with their cards, what each station asks for, and what is answered."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from .access import TokenKind
from .wall_clock import first_shown

# What starts a transaction that the house itself begins: it needs nobody's leave.
OWN_TOKEN = "evenload"


class TokenPolicy(StrEnum):
    """Whom a station lets charge.

    Everyone; who is known; or who is plugged in, on the account of one driver where nothing better is known.
    """

    FREE = "free"
    KNOWN = "known"
    PLUG_AND_CHARGE = "plug_and_charge"


class Verdict(StrEnum):
    """What is said of a token that was shown."""

    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    NOT_HERE = "not_here"
    NOT_NOW = "not_now"
    # It is being used elsewhere at the moment, and may not be used twice.
    CONCURRENT = "concurrent"


@dataclass(frozen=True, slots=True)
class Hours:
    """When a driver may begin to charge: on days of the week (0 is Monday, none: all) between two times of the clock there.

    From an evening to a morning belongs to the day on which it begins; from a time to the same one is the whole day.
    """

    begins: time = time(0)
    ends: time = time(0)
    weekdays: frozenset[int] = frozenset()
    zone: tzinfo = UTC

    def include(self, at: datetime) -> bool:
        """Whether a moment is within."""
        return self.until(at) is not None

    def until(self, at: datetime) -> datetime | None:
        """Return the end of the hours that a moment is in, or None where it is in none."""
        local = at.astimezone(self.zone)
        for day in (local.date(), local.date() - timedelta(days=1)):
            if self.weekdays and day.weekday() not in self.weekdays:
                continue
            last = day if self.begins < self.ends else day + timedelta(days=1)
            begins = datetime.combine(day, self.begins, self.zone)
            ends = datetime.combine(last, self.ends, self.zone)
            if begins <= local < ends:
                until = first_shown(ends)
                # The clock goes through an hour twice when summer ends: it is the second time already.
                return until if until > at else ends.replace(fold=1).astimezone(UTC)
        return None


@dataclass(frozen=True, slots=True)
class DriverToken:
    """A card, an app or a vehicle that stands for a driver. `value` is written as `drivers.tokens.plain` has it."""

    value: str
    kind: TokenKind = TokenKind.ISO14443
    until: datetime | None = None
    blocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """Somebody who charges. `stations` none: at all of them; `hours` None: at any time.

    One that is not `counted` charges for free: energy is shown, and no cost. `concurrent`: one token may charge several
    vehicles at once.
    """

    id: str
    name: str
    tokens: tuple[DriverToken, ...] = ()
    stations: frozenset[str] = frozenset()
    hours: Hours | None = None
    counted: bool = True
    blocked: bool = False
    concurrent: bool = False


@dataclass(frozen=True, slots=True)
class Admission:
    """What a station asks of those who want to charge, and on whose account a vehicle charges that shows nothing."""

    policy: TokenPolicy = TokenPolicy.FREE
    default_driver: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is answered to a token: for whom it stands, and until when a station may remember that.

    All tokens of one `group` may end what one of them has begun.
    """

    verdict: Verdict
    driver: str | None = None
    until: datetime | None = None
    group: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether its holder may charge."""
        return self.verdict is Verdict.ACCEPTED
