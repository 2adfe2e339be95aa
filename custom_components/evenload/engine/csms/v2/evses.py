"""Remembers what the connectors and transactions of one station said last, and tells what its EVSEs are doing."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from ...model.events import StatusReported
from ...model.orders import WHOLE_STATION
from ...model.readings import is_late
from ...model.stations import Evse, EvseStatus, StationError
from ..host import Host
from .statuses import ChargingState, ConnectorStatus, Course, evse_status

# What a fault is called whose cause the station has not named (1.6's word).
_UNNAMED = StationError("OtherError")

# The number of a word after which any other may come.
_UNCOUNTED = -1

_STATES = {
    EvseStatus.CHARGING: ChargingState.CHARGING,
    EvseStatus.SUSPENDED_EV: ChargingState.SUSPENDED_EV,
    EvseStatus.SUSPENDED_EVSE: ChargingState.SUSPENDED_EVSE,
    EvseStatus.PREPARING: ChargingState.EV_CONNECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one TransactionEvent says of the state of things."""

    transaction_id: str
    at: datetime
    sequence: int
    # When it happened by the station's own clock, which may be ahead.
    stamp: datetime
    ended: bool = False
    state: ChargingState | None = None
    # Told later than it happened.
    offline: bool = False


@dataclass(slots=True)
class _Memory:
    """The last words about one EVSE."""

    connectors: dict[int, tuple[ConnectorStatus, datetime]] = field(
        default_factory=dict
    )
    problems: dict[str, StationError] = field(default_factory=dict)
    course: Course = Course.NONE
    state: ChargingState | None = None
    word: Word | None = None

    @property
    def status(self) -> EvseStatus | None:
        """What the EVSE is doing."""
        words = {status for status, _ in self.connectors.values()}
        if self.is_empty and self._is_outdated():
            # The plug was pulled after the transaction's last word, whose end was lost or is still to be told.
            return evse_status(words)
        return evse_status(words, self.course, self.state)

    @property
    def is_empty(self) -> bool:
        """Whether all its connectors say that no vehicle is there."""
        words = {status for status, _ in self.connectors.values()}
        return bool(words) and ConnectorStatus.OCCUPIED not in words

    @property
    def error(self) -> StationError:
        """What is wrong with the EVSE."""
        if self.problems:
            return next(reversed(self.problems.values()))
        return _UNNAMED if self.status is EvseStatus.FAULTED else StationError()

    def _is_outdated(self) -> bool:
        latest = max(at for _, at in self.connectors.values())
        # A word of another year was said by a clock that has been set since.
        return self.word is None or not (
            latest == self.word.at or is_late(latest, self.word.at)
        )


class Evses:
    """The EVSEs of one station as they tell of themselves on this connection, and before it."""

    def __init__(self, identity: str, host: Host) -> None:
        """Begin with what the house knows."""
        self._identity = identity
        self._host = host
        self._memories: dict[int, _Memory] = {}

    def connector(
        self, evse: int, connector: int, status: ConnectorStatus, at: datetime
    ) -> None:
        """Take in a connector's status; with connector 0 it is the EVSE's, with EVSE 0 the station's."""
        memory = self._memory(evse)
        known = memory.connectors.get(connector)
        if known is not None and is_late(at, known[1]):
            return
        if connector == 0:
            memory.connectors.clear()
        else:
            memory.connectors.pop(0, None)
        memory.connectors[connector] = status, at
        if memory.course is Course.ENDED and status is ConnectorStatus.AVAILABLE:
            memory.course = Course.NONE
        self._tell(evse, at)

    def transaction(self, evse: int, word: Word) -> None:
        """Take in what a transaction says; what is told late or twice changes nothing of the present."""
        memory = self._memory(evse)
        if not _is_news(memory.word, word):
            return
        before = memory.status
        is_same = memory.word is not None and (
            memory.word.transaction_id == word.transaction_id
        )
        state = word.state or (memory.state if is_same else None)
        memory.word, memory.state = word, None if word.ended else state
        if word.ended:
            memory.course = Course.NONE if memory.is_empty else Course.ENDED
        elif state not in {None, ChargingState.IDLE}:
            memory.course = Course.USED
        elif not is_same or memory.course not in {Course.OPEN, Course.USED}:
            memory.course = Course.OPEN
        if not word.offline and memory.status is not before:
            self._tell(evse, word.at)

    def booted(self) -> None:
        """Take it that the station may count its words anew."""
        for memory in self._memories.values():
            if memory.word is not None:
                memory.word = replace(memory.word, sequence=_UNCOUNTED)

    def problem(
        self, evse: int, component: str, error: StationError | None, at: datetime
    ) -> None:
        """Take in that a component has a problem, or (None) no longer has one."""
        memory = self._memory(evse)
        before = memory.error
        memory.problems.pop(component, None)
        if error is not None:
            memory.problems[component] = error
        if memory.error != before:
            self._tell(evse, at)

    def _tell(self, evse: int, at: datetime) -> None:
        memory = self._memory(evse)
        status = memory.status
        if status is None and evse == WHOLE_STATION:
            # A problem of the station as a whole, which says nothing of its EVSEs.
            status = EvseStatus.AVAILABLE
        if status is None:
            known = self._host.evse(self._identity, evse)
            status = None if known is None else known.status
        if status is None:
            return
        self._host.hear(
            StatusReported(
                identity=self._identity,
                at=at,
                evse=evse,
                status=status,
                error=memory.error,
            )
        )

    def _memory(self, evse: int) -> _Memory:
        if evse not in self._memories:
            self._memories[evse] = _recalled(self._host.evse(self._identity, evse))
        return self._memories[evse]


def _recalled(known: Evse | None) -> _Memory:
    """Return what an EVSE said on earlier connections, as far as it still matters."""
    memory = _Memory()
    if known is None:
        return memory
    running = known.transaction
    if running is not None and running.is_open:
        memory.course = Course.USED
        memory.state = None if known.status is None else _STATES.get(known.status)
        memory.word = Word(
            transaction_id=running.id,
            at=running.last_at,
            sequence=_UNCOUNTED,
            stamp=running.last_at,
        )
    elif known.status is EvseStatus.FINISHING:
        memory.course = Course.ENDED
    return memory


def _is_news(known: Word | None, word: Word) -> bool:
    """Whether a word is later than what is known.

    Within a transaction seqNo counts up (E01). Some stations do not count, or begin anew in the middle of it: what happened
    later by the station's own clock is later, too. The end of a transaction is its end, whatever its number.
    """
    if known is None:
        return True
    if known.transaction_id != word.transaction_id:
        return not is_late(word.at, known.at)
    if known.ended or word.ended:
        return not known.ended
    if word.stamp == known.stamp:
        # Clocks tell seconds: of two words of the same one, the number decides, if it says anything.
        return word.sequence >= known.sequence
    return word.sequence > known.sequence or word.stamp > known.stamp
