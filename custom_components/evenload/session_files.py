"""Files that sessions are exported to: each choice of sessions has a name of its own, and none is ever half written."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from hashlib import sha256
from pathlib import Path
import re
from typing import TextIO
from uuid import uuid4

from homeassistant.util import dt as dt_util

from .data import EvenloadConfigEntry
from .engine.model.sessions import SessionQuery
from .session_rows import name_now
from .states import masked

# Some disks take no name that is longer than 143 bytes, and a character may have four.
_LONGEST = 24

# So many digits tell apart what is written the same.
_DIGITS = 6


def table_name(entry: EvenloadConfigEntry, query: SessionQuery, suffix: str) -> str:
    """Return the name of the table of these sessions; no others have it."""
    drivers = [name_now(entry, driver) or driver for driver in query.drivers]
    parts = (
        f"sessions_{entry.entry_id}",
        days(query.start, query.end),
        choice(entry, query, drivers),
    )
    return f"{'_'.join(part for part in parts if part)}.{suffix}"


def choice(
    entry: EvenloadConfigEntry, query: SessionQuery, drivers: Collection[str] = ()
) -> str:
    """Return what says which stations, cards and drivers were asked for; nothing where all were."""
    chosen = (query.identities, query.tokens, query.drivers if drivers else ())
    meant = [sorted(one) for one in chosen]
    if not any(meant):
        return ""
    # With the entry's id, so that no card's number can be guessed from it.
    digits = sha256(repr((entry.entry_id, meant)).encode()).hexdigest()[:_DIGITS]
    cards = (masked(token) for token in query.tokens)
    words = (*sorted(drivers), *sorted(query.identities), *sorted(cards))
    said = "_".join(map(slug, words))[:_LONGEST].strip("_")
    return f"{said}_{digits}" if said else digits


def days(start: datetime | None, end: datetime | None) -> str:
    """Return what says which time was asked for."""
    if start is not None and end is not None:
        return f"{_day(start)}_{_day(end)}"
    if start is not None:
        return f"from_{_day(start)}"
    return "" if end is None else f"until_{_day(end)}"


def slug(text: str) -> str:
    """Return a text as it may be in the name of a file."""
    return re.sub(r"[^\w-]+", "_", text).strip("_").lower()


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """Open a file that is there when all of it is written, and not before; two at once do not meet. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{uuid4().hex}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _day(at: datetime) -> str:
    local = dt_util.as_local(at)
    if local.time() == time():
        return f"{local:%Y-%m-%d}"
    return f"{local:%Y-%m-%dT%H%M%S}"
