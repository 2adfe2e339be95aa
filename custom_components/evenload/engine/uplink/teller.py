"""Tells those above what waits, one after the other: what they cannot take now is told again, what they never take is given up."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
import logging
from typing import Protocol

from ..model.errors import StationRefused
from ..model.identity import masked
from .file import Message
from .names import Saying
from .weights import is_of_transaction

_LOGGER = logging.getLogger(__name__)

# Answers that say that the message is wrong for who hears it (OCPP-J 1.6 §4.2.3, 2.x part 4 §4.3): it will be so later, too.
_UNREADABLE = frozenset(
    {
        "FormationViolation",
        "FormatViolation",
        "MessageTypeNotSupported",
        "NotImplemented",
        "NotSupported",
        "OccurenceConstraintViolation",  # as 1.6 spells it
        "OccurrenceConstraintViolation",
        "PropertyConstraintViolation",
        "ProtocolError",
        "RpcFrameworkError",
        "TypeConstraintViolation",
    }
)

# A message of a transaction that cannot be read is told so often; others once.
READ_TRIES = 3

# Between two tries, in seconds: from the first to the last, each twice as long as the one before.
AGAIN_S, LAST_AGAIN_S = 5.0, 300.0
# An hour: each try costs the connection.
LAST_UNHEARD_S = 3600.0

# Who takes nothing for so long (of pauses) will not take this message any more.
MOST_WAIT_S = 86400.0

# So often nobody answers to one message, or hangs up on it, while the station is let in each time.
MOST_UNHEARD, MOST_UNHEARD_OF_TRANSACTION = 5, 20

# After so many refusals it is looked whether anything else is taken: of a transaction's, which is told beside the others from then on, and of others.
ASIDE_AFTER, LOOK_AFTER = 3, 6


class _Then(Enum):
    """What becomes of a message that was refused."""

    AGAIN = auto()
    ASIDE = auto()
    GIVEN_UP = auto()


class Waiting(Protocol):
    """What waits to be told of a station, in order."""

    async def next(self, station: str) -> Message:
        """Wait for the first that is not delivered."""

    def delivered(self, message: Message) -> None:
        """Take the first away."""


@dataclass(slots=True)
class Trial:
    """What has become of the first message so far, over all connections."""

    seq: int
    # Nothing came back, or not yet.
    unheard: int = 0
    unread: int = 0
    refused: int = 0
    waited_s: float = 0.0


class Teller:
    """Tells for one station."""

    def __init__(
        self,
        station: str,
        waiting: Waiting,
        say: Callable[[Saying], Awaitable[None]],
        is_heard: Callable[[], Awaitable[bool]],
        trouble: Callable[[str], None],
        set_aside: Callable[[Message, Trial], None] | None = None,
    ) -> None:
        """Tell nothing yet.

        `is_heard` returns whether anything is taken above, `trouble` hears what is in the way, and "" when nothing is, and `set_aside` takes a message of a
        transaction that would hold up the others.
        """
        self._station = station
        self._waiting = waiting
        self._say = say
        self._is_heard = is_heard
        self._trouble = trouble
        self._set_aside = set_aside
        self._trial: Trial | None = None
        # Actions that were given up last time: one try is enough, until one is taken.
        self._hopeless: set[str] = set()

    def go_on(self, trial: Trial) -> None:
        """Know what has become of the first message elsewhere."""
        self._trial = trial

    async def live(self) -> None:
        """Tell what there is while a connection lasts. Raises `NotConnected` or `StationSilent` of the other side."""
        while True:
            await self.tell_one()

    async def tell_one(self) -> None:
        """Tell the next, or give it up, or set it aside. Raises what `live` raises."""
        message = await self._waiting.next(self._station)
        if self._trial is None or self._trial.seq != message.seq:
            self._trial = Trial(message.seq)
        trial = self._trial
        if await self._deliver(message, trial):
            self._waiting.delivered(message)
        elif self._set_aside is not None:
            self._trouble("")
            self._set_aside(message, trial)
        self._trial = None

    async def _deliver(self, message: Message, trial: Trial) -> bool:
        """Return when a message is taken or given up, or (False) that it is to be told beside the others."""
        matters = is_of_transaction(message.action, message.payload)
        most = MOST_UNHEARD_OF_TRANSACTION if matters else MOST_UNHEARD
        if trial.unheard >= most:
            self._give_up(message, "no answer")
            return True
        if trial.unheard >= MOST_UNHEARD:
            if self._set_aside is not None:
                return False
            self._trouble(f"{message.action}: –")
            pause_s = AGAIN_S * 2 ** (trial.unheard - MOST_UNHEARD)
            await asyncio.sleep(min(LAST_UNHEARD_S, pause_s))
        while True:
            # Counted before: who hangs up ends this without a word.
            trial.unheard += 1
            try:
                await self._say((message.action, message.payload))
            except StationRefused as refusal:
                trial.unheard = 0
                then = await self._then(message, trial, refusal.answer, matters=matters)
                if then is _Then.GIVEN_UP:
                    self._give_up(message, refusal.answer[:50])
                if then is not _Then.AGAIN:
                    return then is _Then.GIVEN_UP
            else:
                self._hopeless.discard(message.action)
                self._trouble("")
                return True

    async def _then(
        self, message: Message, trial: Trial, code: str, *, matters: bool
    ) -> _Then:
        """Return at once what becomes of a refused message, or after a while that it is told again."""
        if code in _UNREADABLE:
            trial.unread += 1
            if trial.unread >= (READ_TRIES if matters else 1):
                return _Then.GIVEN_UP
            await asyncio.sleep(AGAIN_S)
            return _Then.AGAIN
        trial.refused += 1
        if trial.waited_s >= MOST_WAIT_S or (
            not matters and await self._is_alone(message.action, trial)
        ):
            self._hopeless.add(message.action)
            return _Then.GIVEN_UP
        if matters and await self._is_in_the_way(trial):
            return _Then.ASIDE
        self._trouble(f"{message.action}: {code[:50]}")
        # No more than that: the power of a long outage would not be a number any more.
        pause_s = min(LAST_AGAIN_S, AGAIN_S * 2 ** min(trial.refused - 1, LOOK_AFTER))
        trial.waited_s += pause_s
        await asyncio.sleep(pause_s)
        return _Then.AGAIN

    async def _is_in_the_way(self, trial: Trial) -> bool:
        """Whether others are taken while this message, of a transaction, is not."""
        if self._set_aside is None or trial.refused < ASIDE_AFTER:
            return False
        return await self._is_heard()

    async def _is_alone(self, action: str, trial: Trial) -> bool:
        """Whether only this message is not taken, and others are."""
        if action in self._hopeless:
            return True
        return trial.refused >= LOOK_AFTER and await self._is_heard()

    def _give_up(self, message: Message, why: str) -> None:
        self._trouble("")
        _LOGGER.warning(
            "%s of %s is not taken above, and left out: %s",
            message.action,
            masked(self._station),
            why,
        )
