"""Sessions as they are put on record: what flowed in each quarter hour, what it cost, and who it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from .identity import EvseKey
from .transactions import Session


class Source(StrEnum):
    """Where the figures of a session come from: the station's register, or its power, added up by us."""

    REGISTER = "register"
    INTEGRATED = "integrated"


@dataclass(frozen=True, slots=True)
class Price:
    """What a kilowatt hour costs, and earns when it is fed in, all taxes included; None is not known."""

    import_per_kwh: float | None
    export_per_kwh: float | None = None
    currency: str = ""


class Prices(Protocol):
    """Knows what held, or will hold, at a moment."""

    def price_at(self, moment: datetime) -> Price | None:
        """Return the price at a moment, or None where none is known."""


@dataclass(frozen=True, slots=True)
class Tariff:
    """What held in one quarter hour for everybody at the site.

    `own_share` is the part of what vehicles took that did not come from the grid, `fed_share` the part of what they gave
    that went into it; None is not known.
    """

    import_price: float | None = None
    export_price: float | None = None
    own_share: float | None = None
    fed_share: float | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in a session in which nothing was to flow, and why: a `Reason`, or `vehicle` where it took no more."""

    started_at: datetime
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Quarter:
    """What flowed in one quarter hour, in Wh; `meter_wh` is the register as it was last read in it.

    `cost` is None where no price is known, and below 0 where it earned.
    """

    start: datetime
    import_wh: float
    export_wh: float = 0.0
    own_wh: float | None = None
    cost: float | None = None
    meter_wh: float | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What a session came to. `unpriced_wh` flowed while no price was known, and is not in the cost."""

    energy_wh: float
    exported_wh: float = 0.0
    own_wh: float | None = None
    cost: float | None = None
    unpriced_wh: float = 0.0
    currency: str | None = None
    source: Source | None = None
    quarters: tuple[Quarter, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedValue:
    """A meter value as the meter has signed it, kept to the letter.

    `encoding` and `method` are the station's words (OCMF, EDL; ECDSA-secp256r1-SHA256), None where it has none.
    """

    at: datetime
    data: str
    context: str | None = None
    encoding: str | None = None
    method: str | None = None
    public_key: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed meter value, and the transaction that it belongs to."""

    identity: str
    transaction_id: str
    value: SignedValue


@dataclass(frozen=True, slots=True)
class Billing:
    """What held of a driver when a session ended: bills stay as they were when the driver changes or goes."""

    name: str
    # Whether it is charged for.
    counted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """A session as it is on record. `id` is its own for good; `ended_at` None: the vehicle is still there."""

    id: int
    key: EvseKey
    started_at: datetime
    ended_at: datetime | None
    account: Account
    transactions: tuple[str, ...] = ()
    token: str | None = None
    driver: str | None = None
    # None: nobody's, or of a time when it was not put on record.
    billing: Billing | None = None
    end_reason: str | None = None
    meter_start_wh: float | None = None
    meter_stop_wh: float | None = None
    pauses: tuple[Pause, ...] = ()
    signed: tuple[SignedValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionQuery:
    """Which sessions are meant: those that began in [`start`, `end`), of these stations, drivers and tokens; empty: all.

    `details` adds quarters, pauses and signed values. The newest come first; `limit` None is all of them.
    """

    start: datetime | None = None
    end: datetime | None = None
    identities: frozenset[str] = frozenset()
    evse: int | None = None
    drivers: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()
    ids: frozenset[int] = frozenset()
    only_ended: bool = False
    details: bool = False
    limit: int | None = None
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """What the sessions of one driver came to; `cost` by currency, `unpriced_wh` is in none of them."""

    sessions: int
    energy_wh: float
    exported_wh: float
    cost: Mapping[str, float] = field(default_factory=dict)
    unpriced_wh: float = 0.0


@dataclass(frozen=True, slots=True)
class Booked:
    """A session that was put on record, or corrected there: its id, and what it came to by then."""

    id: int
    session: Session
    account: Account
    driver: str | None = None
    # Whether nothing had been on record of its end before.
    is_news: bool = False
    billing: Billing | None = None


@dataclass(frozen=True, slots=True)
class LateEnergy:
    """What a register rose by in hours that are over, by when each began; it was told in the hour of `told_at`."""

    key: EvseKey
    exported: bool
    told_at: datetime
    hours: Mapping[datetime, float] = field(default_factory=dict)
