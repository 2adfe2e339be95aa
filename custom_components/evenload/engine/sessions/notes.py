"""What is noted of the day until it is written: readings, signed values, pauses, and what is told late."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import IntEnum
import logging

from ..model.identity import EvseKey
from ..model.sessions import SignedIn, SignedValue, Tariff
from ..model.stations import Evse
from .accounts import Kind
from .lateness import Lateness
from .pauses import Pauses
from .store.batch import Batch

# More places than this are not noted while nothing can be written: a week of a hundred EVSEs.
MOST_READINGS = 100_000

# So many characters of signed values wait while nothing can be written: they are kept with the state. Of those that are not of a transaction's beginning or end, which bills are proven by, half as many.
MOST_SIGNED = 4_000_000
_PROOFS = frozenset({"Transaction.Begin", "Transaction.End"})

_LOGGER = logging.getLogger(__name__)


class Keeps(IntEnum):
    """What is noted. Each is that and what stands before it."""

    NOTHING = 0
    # For another life, in which it can be written.
    SIGNED = 1
    # Until it can be written in this one.
    READ = 2
    ALL = 3


class Notes:
    """Notes, until they are taken; nothing while nobody keeps them."""

    def __init__(self) -> None:
        """Begin with none."""
        self.keeps = Keeps.NOTHING
        self.late = Lateness()
        self.pauses = Pauses()
        self._batch = Batch()
        # The earliest moment of which something was read.
        self.earliest: datetime | None = None

    def read(self, key: EvseKey, kind: Kind, value: float, at: datetime) -> None:
        """Note a reading."""
        has_room = len(self._batch.readings) < MOST_READINGS
        if self.keeps >= Keeps.READ and key.evse and has_room:
            self._batch.read(key, kind, value, at)
            if self.earliest is None or at < self.earliest:
                self.earliest = at

    def sign(
        self, identity: str, transaction_id: str, values: Iterable[SignedValue]
    ) -> None:
        """Note meter values that were signed."""
        if self.keeps < Keeps.SIGNED:
            return
        for value in values:
            if self._has_room(value):
                self._batch.sign(identity, transaction_id, value)
            else:
                _LOGGER.error("A signed meter value of %s could not be kept", identity)

    def look(self, evses: Iterable[Evse], at: datetime) -> None:
        """Note which of these pause now, and which do no longer."""
        for evse in evses if self.keeps is Keeps.ALL else ():
            for pause in self.pauses.look(evse, at):
                self._batch.pauses[evse.key, pause.started_at] = pause

    def price(self, tariffs: Mapping[int, Tariff]) -> None:
        """Note what holds in quarter hours: nobody knows it any more when the file can be written."""
        if self.keeps >= Keeps.READ:
            self._batch.tariffs |= tariffs

    @property
    def signed(self) -> tuple[SignedIn, ...]:
        """What was signed and is not written yet."""
        return tuple(
            SignedIn(identity, transaction_id, value)
            for (identity, transaction_id), values in self._batch.signed.items()
            for value in values
        )

    def take_up(self, signed: Iterable[SignedIn]) -> None:
        """Go on with what an earlier life could not write."""
        for one in signed:
            self._batch.sign(one.identity, one.transaction_id, one.value)

    @property
    def has_signed(self) -> bool:
        """Whether there is something that must not be lost."""
        return bool(self._batch.signed)

    def take(self) -> Batch:
        """Return what was noted, and begin anew."""
        batch, self._batch = self._batch, Batch()
        self.earliest = None
        return batch

    def put_back(self, batch: Batch) -> None:
        """Take back what could not be written."""
        self._batch = batch.under(self._batch)

    def _has_room(self, value: SignedValue) -> bool:
        most = MOST_SIGNED if value.context in _PROOFS else MOST_SIGNED // 2
        known = (one for values in self._batch.signed.values() for one in values)
        return sum(map(_length, (*known, value))) <= most


def _length(value: SignedValue) -> int:
    return len(value.data) + len(value.public_key or "")
