"""Numbers of ours for the requests of those above: both sides would hand out the same."""

from typing import Any

from .names import FIRST_NUMBER, REQUEST, Names

# So many are remembered: what was asked before those is answered, or never will be.
MOST_KEPT = 500


class Requests:
    """Gives those numbers, and keeps whose they stand for."""

    def __init__(self, names: Names) -> None:
        """Keep them here."""
        self._names = names

    def numbered(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return a request with a number of ours, if it has one."""
        if "requestId" not in payload:
            return payload
        return {**payload, "requestId": self.number(payload["requestId"])}

    def number(self, theirs: int) -> int:
        """Return a number of ours for one of theirs."""
        names = self._names
        last = int(names.theirs(REQUEST, "last") or FIRST_NUMBER)
        number = last + 1 if last < 2**31 - 2 else FIRST_NUMBER
        names.keep(REQUEST, "last", str(number))
        names.keep(REQUEST, str(number), str(theirs))
        oldest = number - MOST_KEPT
        while names.theirs(REQUEST, str(oldest)) is not None:
            names.drop(REQUEST, str(oldest))
            oldest -= 1
        return number

    def theirs(self, ours: object) -> int | None:
        """Return the number that those above gave to a request; None: they have not asked for it."""
        theirs = None if ours is None else self._names.theirs(REQUEST, str(ours))
        return None if theirs is None else int(theirs)
