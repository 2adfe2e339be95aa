"""Ends transactions whose token was refused, and begins them for vehicles that charge on somebody's account without a card."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ..csms.commands import Commands
from ..model.identity import EvseKey
from ..model.stations import Evse, EvseStatus, Station
from .commitments import Commitments
from .readback import Act

# A station ends a transaction by itself whose token was refused (1.6 StopTransactionOnInvalidId, 2.0.1 TxCtrlr.StopTxOnInvalidId);
# one that has not by then is told to.
ENDS_WITHIN = timedelta(seconds=10)
ASK_AGAIN_AFTER = timedelta(seconds=60)

# Why a transaction ended that we asked to end (1.6 §7.36 Reason, 2.0.1 ReasonEnumType).
ASKED = "Remote"

# A vehicle that was plugged in may have shown a card by then, or said what it is called; who shows none may charge.
SHOWS_WITHIN = timedelta(seconds=5)
MOST_STARTS = 3


class Admitting:
    """Asks stations to end and to begin transactions, as their owner lets vehicles charge."""

    def __init__(
        self,
        commitments: Commitments,
        refused: Mapping[tuple[str, str], datetime],
        account: Callable[[str], str | None],
        now: Callable[[], datetime],
    ) -> None:
        """Begin with nobody asked; `account` returns the token on which whoever is plugged in at a station charges."""
        self._commitments = commitments
        self._refused = refused
        self._account = account
        self._now = now
        self._ended: dict[tuple[str, str], datetime] = {}
        self._begun: dict[EvseKey, tuple[datetime, int]] = {}

    def next(self, station: Station) -> tuple[Act | None, float | None]:
        """Return what to ask a station now, or None and after how many seconds to look again."""
        waits: list[float] = []
        token = self._account(station.identity)
        for evse in station.evses.values():
            for act, wait_s in (self._end(evse), self._begin(evse, token)):
                if act is not None:
                    return act, None
                if wait_s is not None:
                    waits.append(max(1.0, wait_s))
        return None, min(waits, default=None)

    def reconnected(self, identity: str) -> None:
        """Ask again: what was asked before may not have been heard."""
        self.forget(identity)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        for key in [key for key in self._begun if key.identity == identity]:
            del self._begun[key]
        for place in [place for place in self._ended if place[0] == identity]:
            del self._ended[place]

    def _end(self, evse: Evse) -> tuple[Act | None, float | None]:
        running = evse.transaction
        if running is None or not running.is_open:
            return None, None
        place = (evse.key.identity, running.id)
        if (refused_at := self._refused.get(place)) is None:
            self._ended.pop(place, None)
            return None, None
        due = refused_at + ENDS_WITHIN
        if place in self._ended:
            due = self._ended[place] + ASK_AGAIN_AFTER
        if (now := self._now()) < due:
            return None, (due - now).total_seconds()
        self._ended[place] = now

        async def end(commands: Commands) -> None:
            await commands.stop(running.id)

        return end, None

    def _begin(self, evse: Evse, token: str | None) -> tuple[Act | None, float | None]:
        key, now = evse.key, self._now()
        runs = evse.transaction is not None and evse.transaction.is_open
        waits = evse.status is EvseStatus.PREPARING and not runs
        if token is None or not waits or evse.status_at is None:
            if evse.status is EvseStatus.AVAILABLE or runs:
                self._begun.pop(key, None)
            return None, None
        if _was_stopped(evse):
            # Whoever had it end did not mean the next to begin at once.
            return None, None
        if self._commitments.holding(key).stopped is not None:
            # It was stopped so that it pauses, and goes on when there is room.
            return None, None
        asked_at, starts = self._begun.get(key, (None, 0))
        due = evse.status_at + SHOWS_WITHIN
        if asked_at is not None:
            due = asked_at + ASK_AGAIN_AFTER
        if now < due:
            return None, (due - now).total_seconds()
        if starts >= MOST_STARTS:
            return None, None
        self._begun[key] = now, starts + 1

        async def begin(commands: Commands) -> None:
            await commands.start(key.evse, token)

        return begin, None


def _was_stopped(evse: Evse) -> bool:
    """Whether the vehicle that is plugged in was charging and was told to end."""
    session = evse.session
    if session is None or not session.is_open or not session.transactions:
        return False
    return session.transactions[-1].end_reason == ASKED
