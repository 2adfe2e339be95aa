"""When an order may be said again: flash memory wears out, and a station that refused needs time to change its mind."""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from ..model.orders import LimitOrder

# A station that did not answer an order is asked again after this.
RETRY_S = 30.0

# What a station has accepted is not said in the same words again before this, whatever happens.
SAME_AGAIN_S = 10.0


class Repeats:
    """What every station was told lately."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self._not_before: dict[tuple[str, LimitOrder], datetime] = {}

    def told(
        self, identity: str, order: LimitOrder, now: datetime, *, applied: bool
    ) -> None:
        """Note that an order was sent, and whether the station has accepted it."""
        pause_s = SAME_AGAIN_S if applied else RETRY_S
        self._not_before[identity, order] = now + timedelta(seconds=pause_s)

    def wait_s(self, identity: str, order: LimitOrder, now: datetime) -> float:
        """Return in how many seconds an order may be sent."""
        until = self._not_before.get((identity, order))
        return 0.0 if until is None else (until - now).total_seconds()

    def forget(self, identities: AbstractSet[str], now: datetime) -> None:
        """Let these be told at once whatever they were told, and forget what is long ago."""
        self._not_before = {
            told: until
            for told, until in self._not_before.items()
            if told[0] not in identities and until > now
        }
