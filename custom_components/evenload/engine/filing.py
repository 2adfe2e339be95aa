"""Where sessions are put when they have ended, before the state leaves them out."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
import logging
from typing import Any, Protocol

from mashumaro.codecs.basic import BasicDecoder
from mashumaro.exceptions import InvalidFieldValue, MissingField

from .encoding import Encodings
from .migration import migrated
from .model.identity import EvseKey
from .model.transactions import Session
from .sessions.ledger import Pages
from .sessions.plugs import Plug, Plugs
from .vault import Part, Vault

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions that have ended, and those that had not when they were last put on record."""

    ended: tuple[Session, ...] = ()
    unfinished: tuple[Session, ...] = ()


_SESSIONS_DECODER = BasicDecoder(Sessions)


class Filing(Protocol):
    """Keeps what has ended."""

    @property
    def is_behind(self) -> bool:
        """Whether something has to be written before the state is."""

    @property
    def unfiled(self) -> tuple[Session, ...]:
        """What has ended and is not written yet."""

    async def load(self) -> Sessions | None:
        """Return what was kept, or None where nothing was, or it cannot be read."""

    async def write(self) -> None:
        """Write what has changed; on return it is on the disk. Raises `OSError`."""


class VaultFiling:
    """Keeps the last sessions in one file: where there is no store."""

    def __init__(self, vault: Vault, sessions: Callable[[], Sessions]) -> None:
        """Use a vault; `sessions` takes a snapshot."""
        self._vault = vault
        self._sessions = sessions
        # What is on the disk of them.
        self._filed = Sessions()
        self._encodings = Encodings(Session)

    @property
    def is_behind(self) -> bool:
        """Whether something has ended, or turned out not to have, since it was written."""
        return self._sessions() != self._filed

    @property
    def unfiled(self) -> tuple[Session, ...]:
        """What has ended since it was written."""
        filed = set(map(id, self._filed.ended))
        return tuple(one for one in self._sessions().ended if id(one) not in filed)

    async def load(self) -> Sessions | None:
        """Return what was written last."""
        found = decoded(_SESSIONS_DECODER, await self._vault.load(Part.SESSIONS))
        self._filed = found or Sessions()
        return found

    async def write(self) -> None:
        """Write all of them."""
        sessions = self._sessions()
        in_thread = asyncio.get_running_loop().run_in_executor
        await self._vault.save(
            Part.SESSIONS, await in_thread(None, self._encoded, sessions)
        )
        self._filed = sessions

    def _encoded(self, sessions: Sessions) -> dict[str, Any]:
        return {"ended": self._encodings.of(sessions.ended)}


def with_unfinished(pages: Pages, sessions: Sessions) -> Pages:
    """Return what goes on, with what was put on record and not written with the state any more.

    Nobody was told of it: its station says it again, and is to find it known.
    """
    ended = {
        (one.key.identity, transaction.id)
        for one in sessions.ended
        for transaction in one.transactions
    }
    goes_on = {one.key: one for one in pages.open_sessions}
    for session in sessions.unfinished:
        known = goes_on.get(session.key)
        names = set() if known is None else {one.id for one in known.transactions}
        for one in session.transactions:
            if one.id in names or (session.key.identity, one.id) in ended:
                continue
            before = goes_on.get(session.key) or replace(session, transactions=())
            goes_on[session.key] = before.holding(one)
    return replace(
        pages,
        open_sessions=tuple(goes_on.values()),
        plugs=tuple(_with_leaving(pages, sessions.ended, goes_on)),
    )


def _with_leaving(
    pages: Pages, ended: Iterable[Session], goes_on: Mapping[EvseKey, Session]
) -> Iterator[tuple[EvseKey, Plugs]]:
    """Go through what was seen of plugs, with the leaving that ended the last session and was not written any more.

    Where a later session goes on, that one may have shown that the vehicle had left: when, may still be told.
    """
    newest = {one.key: one for one in ended if one.ended_at is not None}
    for key, plugs in pages.plugs:
        session, later = newest.get(key), goes_on.get(key)
        at = None if session is None else session.ended_at
        last = plugs.told[-1].at if plugs.told else plugs.since
        is_news = at is not None and (last is None or at > last)
        if at is not None and later is not None and later.started_at > at:
            is_news = False
        if session is None or _ended_with_itself(session, plugs):
            is_news = False
        yield key, plugs.after(Plug(at, False)) if is_news and at else plugs


def _ended_with_itself(session: Session, plugs: Plugs) -> bool:
    """Whether nobody had to leave for a session to end: nothing flowed, and no vehicle was seen (`sessions.visits`)."""
    if any(one.energy_wh for one in session.transactions):
        return False
    if any(plug.plugged and plug.at >= session.started_at for plug in plugs.told):
        return False
    return session.ended_at == max(one.last_at for one in session.transactions)


def decoded[T](decoder: BasicDecoder[T], data: dict[str, Any] | None) -> T | None:
    """Return what was kept, or None where it is none of ours."""
    if data is None:
        return None
    try:
        return decoder.decode(migrated(data))
    except (MissingField, InvalidFieldValue, ValueError, TypeError, KeyError) as error:
        # Beginning anew is safe: stations then count at what they were installed for until they accept a limit.
        _LOGGER.error(
            "What was kept cannot be read and is begun anew: %s", _whereabouts(error)
        )
        return None


def _whereabouts(error: BaseException) -> str:
    """Return which field was wrong and what it should be; never its value, which may hold tokens."""
    path: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case InvalidFieldValue():
                path.append(f"{cause.field_name} ({cause.field_type_name})")
            case MissingField():
                path.append(f"{cause.field_name} (missing)")
            case _:
                path.append(type(cause).__name__)
        cause = cause.__context__
    return ", in it ".join(path)
