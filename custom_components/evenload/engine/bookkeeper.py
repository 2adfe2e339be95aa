"""Puts sessions on record: when they begin, each quarter hour, and when they end.

What has to be on the disk before a station gets its answer is written with the state; the rest follows within the quarter
hour. What is worked out of it, the store does on its own thread.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
import logging

from .booked_news import BookedNews
from .books import Books
from .filing import Sessions, VaultFiling
from .late_news import LateNews
from .model.identity import EvseKey
from .model.sessions import Billing, Booked
from .model.transactions import Session
from .pricing import LONGEST_WAIT, Pricing
from .sessions.archive import SESSIONS_KEPT
from .sessions.curves import QUARTER_S, slot_of
from .sessions.notes import Keeps
from .sessions.store.batch import Batch
from .sessions.store.store import SessionStore, TooNew
from .soon import Later
from .vault import Part, Vault

_LOGGER = logging.getLogger(__name__)

# A quarter hour is written when its last readings have come.
AFTER_S = 5.0

type DriverOf = Callable[[str, str | None], str | None]


class Bookkeeper:
    """Implements `filing.Filing` with a store."""

    def __init__(
        self,
        store: SessionStore,
        books: Books,
        vault: Vault,
        save: Callable[[], Awaitable[bool]],
        now: Callable[[], datetime],
    ) -> None:
        """Keep these books; `save` has what is due written. Where the store cannot be used, the vault keeps what has ended."""
        self.store = store
        # Why the store cannot be used, where it cannot.
        self.broken: str | None = "It is not open"
        # Told when it can be used after all.
        self.on_opened: Callable[[], None] = lambda: None
        self.news = BookedNews()
        self.late = LateNews(books.notes.late)
        # Whose a session is at a station, with a token or without one.
        self.driver_of: DriverOf = lambda *_: None
        # What holds of every driver now.
        self.billing: Callable[[], dict[str, Billing]] = dict
        self.pricing = Pricing(now)
        self._books = books
        self._notes = books.notes
        self._vault = vault
        self._in_vault = VaultFiling(vault, lambda: Sessions(tuple(books.ledger.ended)))
        self._save = save
        self._now = now
        self._lock = asyncio.Lock()
        # The sessions that are on the disk as they are in the archive, by their ids as objects.
        self._filed: dict[int, Session] = {}
        self._filed_version = -1
        # What was read at the beginning.
        self._loaded: dict[int, Session] = {}
        # Sessions of vehicles that are there, to be written with the next batch.
        self._due: set[EvseKey] = set()
        self._slot = slot_of(now().timestamp())
        self._tick = Later(self._look_again, now)
        # Whether it is time to try the store again.
        self._is_to_try = False
        self._tasks: set[asyncio.Task[bool]] = set()

    # As `memory` sees it

    @property
    def is_behind(self) -> bool:
        """Whether something has to be on the disk before the state is."""
        if self.broken is not None:
            return self._in_vault.is_behind
        ended = self._books.ledger.ended
        return (
            ended.version != self._filed_version
            or bool(self._due)
            or self._notes.has_signed
        )

    @property
    def unfiled(self) -> tuple[Session, ...]:
        """What has ended and is not written yet."""
        if self.broken is not None:
            return self._in_vault.unfiled
        ended = self._books.ledger.ended
        if ended.version == self._filed_version:
            return ()
        return tuple(one for one in ended if id(one) not in self._filed)

    async def load(self) -> Sessions | None:
        """Open the store, take over what earlier versions kept, and return the sessions that ended last."""
        earlier = await self._in_vault.load()
        try:
            await self._open(earlier.ended if earlier else ())
            found = Sessions(
                tuple(await self.store.last_ended(SESSIONS_KEPT)),
                tuple(await self.store.still_open()),
            )
        except (OSError, TooNew) as error:
            _LOGGER.error("Sessions are kept in a file of the last ones: %s", error)
            self.broken = str(error)
            self._notes.keeps = Keeps.SIGNED
            if isinstance(error, OSError):
                # The disk may have room again.
                self._notes.keeps = Keeps.READ
                self._tick.set(self._next())
            return earlier
        self.broken, self._notes.keeps = None, Keeps.ALL
        self._loaded = {id(one): one for one in found.ended}
        self._tick.set(self._next())
        if earlier is not None and earlier.ended:
            # They are in the store for good.
            await self._vault.save(Part.SESSIONS, {"ended": []})
        return found if found != Sessions() else None

    async def _open(self, ended: Sequence[Session]) -> None:
        """Open the store, and put these on record there. Raises `OSError` or `TooNew`."""
        await self.store.open()
        await self.store.name(self.billing())
        if ended:
            drivers, billing = self._drivers(ended), self.billing()
            batch = Batch(list(ended), drivers=drivers, billing=billing)
            await self.store.write(batch)
        self._notes.pauses.take_up(await self.store.open_pauses())
        since = self._now() - LONGEST_WAIT
        self.pricing.wait(await self.store.unpriced(since))

    async def _try_again(self) -> bool:
        """Return whether the store opens by now; what the vault kept goes there then. Raises `OSError` where the vault fails."""
        self._is_to_try = False
        try:
            await self._open(tuple(self._books.ledger.ended))
        except (OSError, TooNew) as error:
            self.broken = str(error)
            return False
        await self._vault.save(Part.SESSIONS, {"ended": []})
        self.broken, self._notes.keeps = None, Keeps.ALL
        self.note_all()
        self.on_opened()
        return True

    async def write(self) -> None:
        """Write what is due; on return it is on the disk. Raises `OSError`, and then all of it is due still."""
        if self.broken is not None and not (
            self._is_to_try and await self._try_again()
        ):
            await self._in_vault.write()
            return
        async with self._lock:
            ended = self._books.ledger.ended
            version = ended.version
            filed = {id(one): one for one in ended}
            due = self._due | {
                one.key for id_, one in self._filed.items() if id_ not in filed
            }
            self._due = set()
            batch = self._notes.take()
            batch.sessions = [
                one for id_, one in filed.items() if id_ not in self._filed
            ]
            batch.sessions += [
                session
                for key, session in self._books.ledger.open.items()
                if key in due
            ]
            batch.drivers = self._drivers(batch.sessions)
            batch.billing = self.billing()
            batch.tariffs = self.pricing.present() | batch.tariffs
            try:
                booked = await self.store.write(batch)
            except OSError:
                batch.sessions = []
                self._notes.put_back(batch)
                self._due |= due
                raise
            self._filed, self._filed_version = filed, version
            booked += await self._priced(booked)
        self.news.take(booked)

    async def _priced(self, booked: list[Booked]) -> list[Booked]:
        """Write what has become known of prices, of these sessions or of earlier ones. Raises `OSError`."""
        known = self.pricing.missing(booked)
        if not known:
            return []
        try:
            return await self.store.write(Batch(tariffs=known))
        except OSError:
            self.pricing.wait(known)
            raise

    def restored(self) -> None:
        """Take it that what the ledger knows now is what was kept."""
        if self.broken is not None:
            return
        ended = self._books.ledger.ended
        # What was kept with the state is not on record yet.
        self._filed = {id(one): one for one in ended if id(one) in self._loaded}
        if len(self._filed) == len(ended):
            self._filed_version = ended.version
        self._loaded = {}

    # As the house goes on

    def note(self, session: Session | None) -> None:
        """Have a session written with the next state: one of its transactions began or ended."""
        if session is not None and session.is_open:
            self._due.add(session.key)

    def note_all(self) -> None:
        """Have every session that goes on written with the next state."""
        self._due |= self._books.ledger.open.keys()

    def look(self) -> None:
        """Look whether a quarter hour is over, something has ended, or was told late."""
        if self.broken is not None:
            return
        slot = slot_of(self._now().timestamp())
        if slot != self._slot:
            self._slot = slot
            self._due |= self._books.ledger.open.keys()
            self._ask()
            self._tick.set(self._next())
        elif self._is_news:
            self._ask()
        self.late.look()

    async def close(self) -> None:
        """Write no more of its own accord."""
        self._tick.close()
        self.late.tell()
        self.news.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def _is_news(self) -> bool:
        """Whether something has ended, or was told of a quarter hour that is over."""
        if self._books.ledger.ended.version != self._filed_version:
            return True
        earliest = self._notes.earliest
        return earliest is not None and slot_of(earliest.timestamp()) < self._slot

    def _look_again(self) -> None:
        if self.broken is None:
            self.look()
        else:
            self._is_to_try = True
            self._notes.price(self.pricing.present())
            self._ask()
        self._tick.set(self._next())

    def _next(self) -> datetime:
        seconds = (slot_of(self._now().timestamp()) + 1) * QUARTER_S + AFTER_S
        return datetime.fromtimestamp(seconds, UTC)

    def _ask(self) -> None:
        """Have what is due written, once, however much is."""
        if self._tasks:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        task = loop.create_task(self._saved(), name="evenload sessions")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _saved(self) -> bool:
        return await self._save()

    def _drivers(self, of: Sequence[Session]) -> dict[tuple[str, str | None], str]:
        each = {(session.key.identity, session.token) for session in of}
        found = {card: self.driver_of(*card) for card in each}
        return {card: driver for card, driver in found.items() if driver is not None}
