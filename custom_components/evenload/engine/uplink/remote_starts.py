"""Starts that those above have asked for by number, until a transaction follows them: a station of 1.6 does not say which it follows.

Who does not plug in in time (2.0.1 F02, EVConnectionTimeOut) does not begin by that start any more, but by the card alone.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
import json
from typing import Any

from ..csms.frames import CallFault
from ..csms.meters import moment
from .names import REMOTE_START, Names

# Longer than stations wait for a vehicle: minutes, where it is set at all.
WAITS = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class RemoteStart:
    """One of them: their number, and the token as they wrote it."""

    number: int
    token: Mapping[str, Any]


def keep(
    names: Names, start: RemoteStart, tag: str, evse: int | None, at: datetime
) -> None:
    """Keep what was asked for, by the tag that the station was told: one start of a tag for each place."""
    others = [
        one
        for one in _waiting(names, tag)
        if one["evse"] != evse and not _is_late(one, at)
    ]
    said = {
        "number": start.number,
        "token": start.token,
        "evse": evse,
        "until": (at + WAITS).isoformat(),
    }
    _wait(names, tag, [*others, said])


def take(
    names: Names, tag: str, evse: int | None, began: str, now: datetime
) -> RemoteStart | None:
    """Return the start that a transaction follows, once: its station's clock (`began`) or ours says that it came in time."""
    waiting = _waiting(names, tag)
    fitting = [one for one in waiting if evse is None or one["evse"] in {None, evse}]
    said = min(fitting, key=lambda one: one["evse"] is None, default=None)
    if said is None:
        return None
    _wait(names, tag, [one for one in waiting if one is not said])
    at = now
    with suppress(CallFault):
        at = min(moment(began), now)
    return None if _is_late(said, at) else RemoteStart(said["number"], said["token"])


def _waiting(names: Names, tag: str) -> list[dict[str, Any]]:
    """Return the starts of a tag that no transaction has followed yet."""
    known = names.theirs(REMOTE_START, tag.casefold())
    said = [] if known is None else json.loads(known)
    return said if isinstance(said, list) else []


def _wait(names: Names, tag: str, starts: list[dict[str, Any]]) -> None:
    if starts:
        names.keep(REMOTE_START, tag.casefold(), json.dumps(starts))
    else:
        names.drop(REMOTE_START, tag.casefold())


def _is_late(said: Mapping[str, Any], at: datetime) -> bool:
    return at > datetime.fromisoformat(said["until"])
