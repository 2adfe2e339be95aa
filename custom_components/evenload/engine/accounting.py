"""Sessions on record, as Home Assistant's files ask for them."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from .bookkeeper import Bookkeeper
from .filing import Sessions, with_unfinished
from .fleet import Fleet
from .memory import Memory, State
from .model.errors import StoreUnusable
from .model.identity import EvseKey
from .model.notices import Notice, NoticeKind
from .model.planning import Outlook
from .model.sessions import Booked, LateEnergy, SessionQuery, SessionRecord, Totals
from .noticeboard import Noticeboard
from .observers import Unsubscribe
from .pricing import OutlookPrices
from .sessions.store.store import SessionStore
from .vault import Part, Vault


@dataclass(frozen=True, slots=True)
class StoreState:
    """How the file of sessions is: whether it can be used, and the one that was put aside as it was damaged."""

    usable: bool
    set_aside: str | None = None
    salvaged: int = 0


class Accounting:
    """What was charged, when, and what it cost."""

    _fleet: Fleet
    _memory: Memory
    _notices: Noticeboard
    # None: what has ended is kept in the vault, and nothing is on record.
    _bookkeeper: Bookkeeper | None = None

    async def list_sessions(self, query: SessionQuery) -> list[SessionRecord]:
        """Return sessions, the newest first, as they are now. Raises `StoreUnusable`."""
        keeper = await self._up_to_date()
        with _usable():
            return await keeper.store.records(query)

    async def each_session[T](
        self, query: SessionQuery, do: Callable[[Iterable[SessionRecord]], T]
    ) -> T:
        """Hand sessions to a function one after the other, on a thread; for many. Raises `StoreUnusable`."""
        keeper = await self._up_to_date()
        with _usable():
            return await keeper.store.each(query, do)

    async def session_totals(self, query: SessionQuery) -> dict[str | None, Totals]:
        """Return what sessions came to, by driver; None: nobody's. Raises `StoreUnusable`."""
        keeper = await self._up_to_date()
        with _usable():
            return await keeper.store.totals(query)

    async def prune_sessions(self, before: datetime | None) -> int:
        """Forget sessions that ended before a moment, and what no session needs; returns how many. Raises `StoreUnusable`."""
        with _usable():
            return await self._keeper.store.prune(before)

    async def rest_store(self, *, rest: bool) -> None:
        """Leave the file of sessions as it is while it is copied; nothing stops for that. Raises `StoreUnusable`."""
        with _usable():
            await self._keeper.store.rest(rest=rest)

    @property
    def store_state(self) -> StoreState:
        """How the file of sessions is."""
        keeper = self._bookkeeper
        if keeper is None:
            return StoreState(usable=False)
        aside = keeper.store.set_aside
        return StoreState(
            usable=keeper.broken is None,
            set_aside=None if aside is None else aside.name,
            salvaged=keeper.store.salvaged,
        )

    def on_booked(
        self, key: EvseKey | None, observer: Callable[[Booked], None]
    ) -> Unsubscribe:
        """Tell of every session of an EVSE (None: of all) that was put on record, or corrected."""
        if self._bookkeeper is None:
            return _nobody
        return self._bookkeeper.news.observers.add(key, observer)

    def on_late_energy(self, observer: Callable[[LateEnergy], None]) -> Unsubscribe:
        """Tell of energy that was told in another hour than it flowed in."""
        if self._bookkeeper is None:
            return _nobody
        return self._bookkeeper.late.observers.add(None, observer)

    def _take_up(self, state: State, sessions: Sessions | None) -> None:
        """Go on where an earlier life left off."""
        kept = sessions or Sessions()
        pages = with_unfinished(state.pages, kept)
        self._fleet.books.ledger.restore(pages, kept.ended)
        self._fleet.restore(state)

    def _begin_books(self) -> None:
        """Go on with the books."""
        keeper = self._bookkeeper
        if keeper is None:
            return
        keeper.restored()
        keeper.on_opened = self._tell_books
        self._tell_books()

    def _tell_books(self) -> None:
        """Tell the owner whether the file of sessions can be used, and what was wrong with it."""
        keeper = self._bookkeeper
        if keeper is None:
            return
        broken, aside = keeper.broken is not None, keeper.store.set_aside
        self._notices.tell(Notice(NoticeKind.SESSIONS_UNUSABLE, "", broken))
        if aside is not None:
            found = {"file": aside.name, "found": str(keeper.store.salvaged)}
            kind = NoticeKind.SESSIONS_DAMAGED
            self._notices.tell(Notice(kind, "", placeholders=found))

    async def _close_books(self) -> None:
        """Write everything for the last time."""
        if self._bookkeeper is not None:
            self._bookkeeper.note_all()
            await self._memory.save(Part.SESSIONS)
            await self._bookkeeper.close()
        await self._memory.close()
        if self._bookkeeper is not None:
            await self._bookkeeper.store.close()

    def _note_flows(self, at: datetime, grid_w: float, vehicles_w: float) -> None:
        """Note what flows at the grid connection, and into all vehicles."""
        if self._bookkeeper is not None:
            self._bookkeeper.pricing.shares.read(at, grid_w, vehicles_w)

    @property
    def _keeper(self) -> Bookkeeper:
        if self._bookkeeper is None or self._bookkeeper.broken is not None:
            raise StoreUnusable
        return self._bookkeeper

    async def _up_to_date(self) -> Bookkeeper:
        """Return who keeps the books when what goes on is in them as well; a full disk does not hide what is there."""
        keeper = self._keeper
        keeper.note_all()
        await self._memory.save(Part.SESSIONS)
        return keeper


def memory_of(
    vault: Vault,
    database: Path | None,
    fleet: Fleet,
    now: Callable[[], datetime],
    outlook: Callable[[], Outlook],
    on_trouble: Callable[[bool], None],
) -> tuple[Memory, Bookkeeper | None]:
    """Return what remembers a site, and who puts its sessions on record, if there is a database for them."""
    books = fleet.books
    books.now = now
    keeper = None
    if database is not None:
        store = SessionStore(database, now)
        keeper = Bookkeeper(
            store, books, vault, lambda: memory.save(Part.SESSIONS), now
        )
        keeper.pricing.prices = OutlookPrices(outlook, now)
        keeper.driver_of = fleet.doorkeeper.driver_of
        keeper.billing = fleet.doorkeeper.billing
    memory = Memory(
        vault,
        fleet.state,
        lambda: Sessions(tuple(books.ledger.ended)),
        on_trouble,
        keeper,
    )
    return memory, keeper


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnusable(str(error)) from error


def _nobody() -> None:
    """Leave what nobody tells anything."""
