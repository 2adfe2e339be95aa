"""When a vehicle may turn round: contactors and batteries are spared, and nothing flaps around nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from ...model.identity import EvseKey

# After it went one way it rests for so long before it goes the other, and before it begins anew the same way.
TURNS_AFTER = timedelta(seconds=60)
BEGINS_AGAIN_AFTER = timedelta(seconds=60)


class Way(StrEnum):
    """Where energy flows."""

    IN = "in"
    OUT = "out"
    REST = "rest"


class Directions:
    """Which way each vehicle goes, and when it last went each."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin with all at rest, after a restart as well.

        Who was told to give before it goes on with that at once. Who charged meanwhile, as its setpoint had ended, has turned
        round already: it was measured to, and rests before it turns again as ever.
        """
        self._now = now
        self._way: dict[EvseKey, Way] = {}
        self._last: dict[tuple[EvseKey, Way], datetime] = {}

    def way(self, key: EvseKey) -> Way:
        """Return which way a vehicle was last told to go, or seen to."""
        return self._way.get(key, Way.REST)

    def goes(self, key: EvseKey, way: Way) -> None:
        """Note which way it goes now."""
        before = self.way(key)
        if before is not Way.REST:
            self._last[key, before] = self._now()
        self._way[key] = way
        if way is not Way.REST:
            self._last[key, way] = self._now()

    def turns_at(self, key: EvseKey, way: Way, *, rests: bool) -> datetime | None:
        """Return when it may go a way; None: now. `rests`: to begin anew it has to have rested."""
        if self.way(key) is way:
            return None
        other = Way.IN if way is Way.OUT else Way.OUT
        moments = []
        if (last := self._last.get((key, other))) is not None:
            moments.append(last + TURNS_AFTER)
        if rests and (last := self._last.get((key, way))) is not None:
            moments.append(last + BEGINS_AGAIN_AFTER)
        at = max(moments, default=None)
        return at if at is not None and at > self._now() else None

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock."""
        self._last = {known: at + by for known, at in self._last.items()}

    def forget(self, key: EvseKey) -> None:
        """Forget a vehicle that has left."""
        self._way.pop(key, None)
        for known in [known for known in self._last if known[0] == key]:
            del self._last[known]
