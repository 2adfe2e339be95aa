"""Which limits have to be said again, and which are not believed in any more: restarts, long silences, meters that disagree."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from ..model.capabilities import Place
from ..model.identity import EvseKey
from ..model.stations import Evse
from .commitments import Commitments

# A limit that was accepted this recently is not written again because of a mere reconnect or a restart: flash memory
# wears out, and some stations restart all the time.
TRUSTED_S = 3600.0
TRUSTED_AFTER_BOOT_S = 60.0

# A station whose meter contradicts its limits is told them again, this often at the most.
REPEAT_S = 900.0

# A lease that was contradicted this often does not work in this station (its clock is wrong, say).
LEASES_IN_VAIN = 2

# Contradictions closer to each other, or to a restart, tell of one thing: readings from before that are told now, and a
# vehicle that was going on as before and is still letting go.
CONTRADICTS_AGAIN_S = 30.0


class Doubts:
    """`unverified` are those whose fallback is to be written again."""

    def __init__(self, commitments: Commitments, now: Callable[[], datetime]) -> None:
        """Begin without any."""
        self.unverified: set[EvseKey] = set()
        self._commitments = commitments
        self._now = now
        self._contradictions: Counter[tuple[EvseKey, Place]] = Counter()
        # When one was counted last, or its station restarted.
        self._counted: dict[tuple[EvseKey, Place], datetime] = {}
        self._repeated: dict[str, datetime] = {}
        self._settings: Counter[str] = Counter()

    def reconnected(self, identity: str) -> None:
        """Doubt what a station took long ago."""
        self._distrust(identity, TRUSTED_S)

    def rebooted(self, identity: str) -> None:
        """Doubt what a station may have lost: its leases, and what is not in its lasting memory yet."""
        holdings = self._commitments.holdings
        for key in [key for key in holdings if key.identity == identity]:
            holdings[key] = holdings[key].without_leases()
            for place in Place:
                self._contradictions[key, place] = 0
                self._counted[key, place] = self._now()
        self._distrust(identity, TRUSTED_AFTER_BOOT_S)

    def repeat(self, identity: str) -> None:
        """Doubt all that lasts in a station."""
        self._distrust(identity, 0.0)

    def reset_clock(self, identity: str) -> None:
        """Doubt the leases of a station whose clock goes otherwise than was thought: they are said again."""
        self._settings[identity] += 1
        holdings, now = self._commitments.holdings, self._now()
        for key in [key for key in holdings if key.identity == identity]:
            use = self._commitments.use(key)
            holdings[key] = holdings[key].leases_in_doubt(now, use)

    def clock_was_set(self, by: timedelta) -> None:
        """Doubt all leases: our own clock was set, and stations may or may not have followed."""
        self._settings.update(iter(self._commitments.site.stations))
        holdings, now = self._commitments.holdings, self._now()
        for key, holding in list(holdings.items()):
            use = self._commitments.use(key)
            holdings[key] = holding.clock_was_set(now - by, now, use)

    def settings(self, identity: str) -> int:
        """Return how often the clock was set that a station's leases go by."""
        return self._settings[identity]

    def contradicted(self, evse: Evse) -> Place | None:
        """Doubt limits that a meter contradicts; returns which leases are in vain in this station."""
        key, now = evse.key, self._now()
        holding = self._commitments.holding(key)
        if self._commitments.may_not_pause(evse):
            # It takes a limit of nothing for its least: how it pauses is found out elsewhere.
            return None
        place = holding.place(now, self._commitments.use(key))
        in_vain = False
        if place is not Place.EVSE:
            in_vain = self._count(key, place)
            self._commitments.holdings[key] = holding.without_leases()
        told_at = self._repeated.get(key.identity)
        if told_at is None or now - told_at > timedelta(seconds=REPEAT_S):
            self._repeated[key.identity] = now
            self._distrust(key.identity, 0.0)
        return place if in_vain else None

    def _count(self, key: EvseKey, place: Place) -> bool:
        """Count a contradiction; returns whether that was one too many."""
        now = self._now()
        before = self._counted.get((key, place))
        # Our clock may have been set back meanwhile.
        if before is None or abs((now - before).total_seconds()) >= CONTRADICTS_AGAIN_S:
            self._counted[key, place] = now
            self._contradictions[key, place] += 1
        return self._contradictions[key, place] >= LEASES_IN_VAIN

    def _distrust(self, identity: str, trusted_s: float) -> None:
        """Mark what a station should be told again: all that it accepted longer ago than this."""
        trusted_after = self._now() - timedelta(seconds=trusted_s)
        for key, holding in self._commitments.holdings.items():
            if key.identity != identity or holding.fallback_at is None:
                continue
            if holding.fallback_at <= trusted_after:
                self.unverified.add(key)
