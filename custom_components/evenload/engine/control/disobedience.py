"""Who was measured to draw more than its limit: that holds until something newer is known, however seldom it measures."""

from collections.abc import Callable

from ..model.identity import EvseKey
from ..model.readings import LIVE_A
from ..model.stations import Evse


class Disobedience:
    """The EVSEs whose latest reading contradicts the limit that they held when it came.

    A limit that is said again, or changed, makes such a reading no older: it counts until a newer one shows that the
    EVSE obeys, its transaction has ended, or nothing flows any more.
    """

    def __init__(self, changed: Callable[[str], None]) -> None:
        """Begin with nobody; `changed` hears of which station something else is known than before."""
        # The transaction that ran.
        self._seen: dict[EvseKey, str | None] = {}
        self._changed = changed

    def note(self, evse: Evse, *, is_beyond: bool, is_certain: bool) -> None:
        """Keep what a new reading shows; not `is_certain`: the vehicle may still be following a lowered limit."""
        if not is_beyond:
            self._drop(evse.key)
        elif is_certain or self.is_seen(evse):
            self.take_up(evse)

    def take_up(self, evse: Evse) -> None:
        """Go on with what an earlier life has seen of an EVSE: its reading counts until there is another one."""
        self._seen[evse.key] = _transaction(evse)
        self._changed(evse.key.identity)

    def look(self, evse: Evse, drawn_a: float) -> None:
        """Forget what was seen of a vehicle that has gone, or to which nothing flows."""
        if drawn_a < LIVE_A or not self.is_seen(evse):
            self._drop(evse.key)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        for key in [key for key in self._seen if key.identity == identity]:
            self._drop(key)

    def _drop(self, key: EvseKey) -> None:
        if key in self._seen:
            del self._seen[key]
            self._changed(key.identity)

    def is_seen(self, evse: Evse) -> bool:
        """Whether an EVSE disobeyed when it last measured, in the transaction that still runs."""
        if evse.key not in self._seen:
            return False
        before = self._seen[evse.key]
        return before is None or before == _transaction(evse)


def _transaction(evse: Evse) -> str | None:
    running = evse.transaction
    return running.id if running is not None and running.is_open else None
