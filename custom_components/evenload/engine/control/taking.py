"""What vehicles take of what they are given: the rest is given away, and they are asked again by a margin they can fill."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..model.identity import EvseKey

# A vehicle that has drawn less for so long takes no more. Until it has followed a new limit it takes seconds.
PROOF_S = 60.0

# Left to it beside what it takes: one that fills it wants more.
MARGIN_A = 2.0
FILLED_A = 0.75


@dataclass(slots=True)
class _Taken:
    """What one vehicle drew within the last minute, the highest first, and what it was found to take at most."""

    session: datetime | None
    highest: deque[tuple[datetime, float]] = field(default_factory=deque)
    since: datetime | None = None
    most_a: float | None = None

    def note(self, drawn_a: float, now: datetime) -> float:
        """Note what it draws; returns the most that it drew within the last minute."""
        while self.highest and self.highest[-1][1] <= drawn_a:
            self.highest.pop()
        self.highest.append((now, drawn_a))
        while self.highest[0][0] < now - timedelta(seconds=PROOF_S):
            self.highest.popleft()
        return self.highest[0][1]


class Taking:
    """What every vehicle was found to take at most."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._taken: dict[EvseKey, _Taken] = {}

    def observe(
        self,
        key: EvseKey,
        session: datetime | None,
        drawn_a: float,
        offered_a: float,
        now: datetime,
    ) -> bool:
        """Look at what a charging vehicle draws of what it may; returns whether that is news."""
        taken = self._taken.get(key)
        if taken is None or taken.session != session:
            taken = self._taken[key] = _Taken(session)
        before_a = taken.most_a
        highest_a = taken.note(drawn_a, now)
        if drawn_a >= offered_a - FILLED_A:
            # It takes all that there is: maybe it would take more.
            taken.since = taken.most_a = None
        elif highest_a < offered_a - MARGIN_A:
            taken.since = taken.since or now
            if now - taken.since >= timedelta(seconds=PROOF_S):
                taken.most_a = highest_a + MARGIN_A
        else:
            taken.since = None
        return taken.most_a != before_a

    def most_a(self, key: EvseKey, session: datetime | None) -> float | None:
        """Return what a vehicle should be given at most, in amperes per phase, or None where it was not found out."""
        taken = self._taken.get(key)
        return None if taken is None or taken.session != session else taken.most_a

    def forget(self, key: EvseKey) -> None:
        """Forget a vehicle that does not charge any more."""
        self._taken.pop(key, None)
