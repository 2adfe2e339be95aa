"""The list of tokens that a station keeps, so that drivers charge while the house is away (1.6 §3.5; 2.0.1 block D)."""

from collections.abc import Iterable
from hashlib import sha256

from ..model.access import ListedToken
from ..model.drivers import Driver
from .judging import group_of
from .tokens import MOST_IN_16, plain

# Version numbers are 32 bits with a sign; 0 is no list, and those below this are left for the parts of a long one.
_LEAST_VERSION = 1_000


def lines_for(
    drivers: Iterable[Driver], identity: str, *, longest: int = MOST_IN_16
) -> tuple[ListedToken, ...]:
    """Return what a station is to know by heart.

    A list knows no hours: who may not charge at any time is not in it, and has to ask. Blocked ones are, as blocked.
    """
    found: dict[str, ListedToken] = {}
    for driver in drivers:
        for token in driver.tokens:
            name = plain(token.value)
            blocked = driver.blocked or token.blocked
            if len(name) > longest or name in found:
                continue
            if not blocked and not _may_always(driver, identity):
                continue
            found[name] = ListedToken(
                token=name,
                accepted=not blocked,
                until=token.until,
                group=None if blocked else group_of(driver.id),
                kind=token.kind,
            )
    return tuple(found[name] for name in sorted(found))


def version_of(lines: tuple[ListedToken, ...]) -> int:
    """Return the version number of a list, 0 for an empty one.

    It is made of what the list says: the station's answer to what version it has then tells whether it is up to date, and
    nobody has to remember what was sent.
    """
    if not lines:
        return 0
    digest = sha256(repr(lines).encode()).digest()
    return _LEAST_VERSION + int.from_bytes(digest[:4]) % (2**31 - 1 - _LEAST_VERSION)


def _may_always(driver: Driver, identity: str) -> bool:
    return driver.hours is None and (not driver.stations or identity in driver.stations)
