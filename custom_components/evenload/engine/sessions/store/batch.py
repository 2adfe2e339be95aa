"""What is written together: all of it, or nothing."""

from dataclasses import dataclass, field
from datetime import datetime

from ...model.identity import EvseKey
from ...model.sessions import Billing, Pause, SignedValue, Tariff
from ...model.transactions import Session
from ..accounts import Kind
from ..curves import slot_of

# Of registers two readings in a quarter hour are kept, of power two in a minute.
MINUTE_S = 60

type Place = tuple[EvseKey, Kind, int]


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last reading of a quarter hour (of power: of a minute), whatever the order in which they came."""

    first: tuple[float, float]
    last: tuple[float, float]

    def with_reading(self, point: tuple[float, float]) -> Span:
        """Return it with another reading; told again, it changes nothing."""
        return Span(min(self.first, point), max(self.last, point))


def place_of(key: EvseKey, kind: Kind, at: datetime) -> Place:
    """Return where a reading is kept."""
    moment = at.timestamp()
    slot = int(moment // MINUTE_S) if kind is Kind.POWER else slot_of(moment)
    return key, kind, slot


@dataclass(slots=True)
class Batch:
    """Sessions as they are now, and what is new since the last batch."""

    sessions: list[Session] = field(default_factory=list)
    readings: dict[Place, Span] = field(default_factory=dict)
    tariffs: dict[int, Tariff] = field(default_factory=dict)
    signed: dict[tuple[str, str], list[SignedValue]] = field(default_factory=dict)
    # By when they began.
    pauses: dict[tuple[EvseKey, datetime], Pause] = field(default_factory=dict)
    # Whose a session is, by station and token.
    drivers: dict[tuple[str, str | None], str] = field(default_factory=dict)
    # What holds of every driver now.
    billing: dict[str, Billing] = field(default_factory=dict)

    def read(self, key: EvseKey, kind: Kind, value: float, at: datetime) -> None:
        """Take a reading."""
        place, point = place_of(key, kind, at), (at.timestamp(), value)
        known = self.readings.get(place)
        span = Span(point, point) if known is None else known.with_reading(point)
        self.readings[place] = span

    def sign(self, identity: str, transaction_id: str, value: SignedValue) -> None:
        """Take a signed meter value."""
        values = self.signed.setdefault((identity, transaction_id), [])
        if value not in values:
            values.append(value)

    def under(self, newer: Batch) -> Batch:
        """Return it with what came after it: it could not be written."""
        readings = dict(self.readings)
        for place, span in newer.readings.items():
            known = readings.get(place)
            readings[place] = (
                span
                if known is None
                else known.with_reading(span.first).with_reading(span.last)
            )
        signed = {of: list(values) for of, values in self.signed.items()}
        for of, values in newer.signed.items():
            known_values = signed.setdefault(of, [])
            known_values.extend(one for one in values if one not in known_values)
        return Batch(
            [*self.sessions, *newer.sessions],
            readings,
            self.tariffs | newer.tariffs,
            signed,
            self.pauses | newer.pauses,
            self.drivers | newer.drivers,
            self.billing | newer.billing,
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not (
            self.sessions or self.readings or self.tariffs or self.signed or self.pauses
        )
