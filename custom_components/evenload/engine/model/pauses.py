"""Why an EVSE pauses for a while beside its owner's own wish: each reason by itself, and each ends unless it is renewed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .errors import BadSetting

# It is read in one line, and listed with others.
LONGEST_REASON = 40

# What lasts longer than that is a setting, and no pause.
LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Pause:
    """A reason not to charge, in the words of who gave it, that counts until a moment."""

    reason: str
    until: datetime


type Pauses = tuple[Pause, ...]


def checked(reason: str, until: datetime, now: datetime) -> Pause:
    """Return a pause. Raises `BadSetting` where its reason says nothing or too much, or its end is none."""
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise BadSetting("pause_reason_length", maximum=str(LONGEST_REASON))
    if not now < until <= now + LONGEST_PAUSE:
        raise BadSetting("pause_end_out_of_range", days=str(LONGEST_PAUSE.days))
    return Pause(reason, until)


def with_pause(pauses: Pauses, pause: Pause) -> Pauses:
    """Return pauses with one more, in place of the one for the same reason."""
    others = without(pauses, pause.reason)
    return tuple(sorted((*others, pause), key=lambda one: one.reason))


def without(pauses: Pauses, reason: str) -> Pauses:
    """Return pauses but the one for this reason."""
    return tuple(one for one in pauses if one.reason != reason)


def still(pauses: Pauses, now: datetime) -> Pauses:
    """Return those that have not ended."""
    return tuple(one for one in pauses if one.until > now)


def next_end(pauses: Iterable[Pause]) -> datetime | None:
    """Return when the first of them ends."""
    return min((one.until for one in pauses), default=None)
