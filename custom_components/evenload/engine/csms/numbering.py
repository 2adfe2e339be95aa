"""Numbers for requests that a station refers to later: never twice, not even after a restart of ours."""

from collections.abc import Callable
from time import time

# OCPP carries 32 bits with a sign.
_HIGHEST = 2**31 - 1


class Numbers:
    """Counts up from the seconds of the clock, so that an earlier life of ours has used none of what comes."""

    def __init__(self, clock: Callable[[], float] = time) -> None:
        """Begin at the present moment."""
        self._last = int(clock()) % _HIGHEST

    def next(self) -> int:
        """Return a number that was not used before."""
        self._last = self._last % _HIGHEST + 1
        return self._last
