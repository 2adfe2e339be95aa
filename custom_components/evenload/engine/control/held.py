"""What every station and EVSE was last known to hold, and what it is."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime, timedelta

from ..model.capabilities import Capabilities
from ..model.configuration import SiteConfig
from ..model.identity import EvseKey
from ..model.kinds import EvseKind, evse_kind
from ..model.orders import WHOLE_STATION
from ..model.stations import Evse, Station
from ..model.tree import Tree
from .bound import NOBODY, SEEN_FOR, Use, use_of
from .disobedience import Disobedience
from .figures import drawn_by
from .holdings import Holding
from .remembered import Holdings, Remembered
from .wish import Leases

# Older readings say nothing of what is drawn now, unless they showed that a limit was not obeyed.
READING_AGE_S = 60.0

# What is so for so long is so at its end, too.
_JUST_AFTER = timedelta(microseconds=1)


class Held:
    """The holdings of all stations, and what each of them comes to. `now` is the clock."""

    def __init__(
        self,
        site: SiteConfig,
        stations: Callable[[], Mapping[str, Station]],
        now: Callable[[], datetime],
    ) -> None:
        """Begin with nobody limited; `stations` looks up the present state."""
        self.site = site
        self.tree = Tree()
        self.holdings = Holdings(self._forget)
        # What a station counts at that was set up but never seen: its share is kept for it, like everyone's.
        self.shares: Mapping[str, float] = {}
        # Stations that did not answer their last order, and that refused it.
        self.deaf: set[str] = set()
        self.refusing: set[str] = set()
        self.disobedience = Disobedience(self._forget)
        # What an EVSE may be feeding back, in amperes per phase, and whether it may hold a setpoint beside its limits.
        self.fed_a: Callable[[EvseKey], float] = lambda _: 0.0
        self.is_told: Callable[[EvseKey], bool] = lambda _: False
        self._stations = stations
        self._now = now
        self._remembered = Remembered(self._moments)
        self._leases: tuple[SiteConfig, Leases] | None = None
        self._kinds: dict[EvseKey, tuple[SiteConfig, Capabilities, EvseKind]] = {}

    def remembered[Value](
        self, identity: str, what: Hashable, work: Callable[[], Value]
    ) -> Value:
        """Return what follows from a station and its holdings, and work it out where that was not done yet."""
        station = self._stations()[identity]
        found = self._remembered.of(station, self.site, self._now())
        if what not in found:
            found[what] = work()
        value: Value = found[what]
        return value

    def _forget(self, identity: str) -> None:
        self._remembered.forget(identity)

    def _moments(self, station: Station) -> Iterable[datetime]:
        """Return when something else follows from a station of which nothing is heard."""
        for number in (WHOLE_STATION, *station.evses):
            holding = self.holding(EvseKey(station.identity, number))
            yield from (at for at in holding.ends if at is not None)
        for at in (evse.metered_at for evse in station.evses.values()):
            if at is not None:
                yield at + timedelta(seconds=READING_AGE_S) + _JUST_AFTER
                yield at + SEEN_FOR + _JUST_AFTER

    @property
    def leases(self) -> Leases:
        """For how long leases are given on this site."""
        if self._leases is None or self._leases[0] is not self.site:
            self._leases = self.site, Leases.of(self.site)
        return self._leases[1]

    def holding(self, key: EvseKey) -> Holding:
        """Return what an EVSE (0: the station) may hold."""
        return self.holdings.of(key)

    def unlimited_a(self, key: EvseKey) -> float:
        """Return what an EVSE may draw that no limit of ours holds back: what it was installed for."""
        if key.evse == WHOLE_STATION:
            return self.site.stations[key.identity].maximum.a
        return self.kind(key).installed_a

    def kind(self, key: EvseKey) -> EvseKind:
        """Return what an EVSE is."""
        # It follows from less than all that is remembered of a station, and is asked for whenever that is lost.
        known = self._stations()[key.identity].capabilities
        kind = self._kinds.get(key)
        if kind is None or kind[0] is not self.site or kind[1] is not known:
            found = evse_kind(self.site, known, key)
            kind = self._kinds[key] = self.site, known, found
        return kind[2]

    def together_a(self, identity: str, currents_a: Iterable[float]) -> float:
        """Return what EVSEs of one station come to: the greatest where only one of them charges at a time."""
        if self.site.stations[identity].simultaneous:
            return sum(currents_a)
        return max(currents_a, default=0.0)

    def in_force_a(self, key: EvseKey) -> float:
        """Return the limit that an EVSE obeys now, as far as is known: its own and its station's."""
        station = EvseKey(key.identity, WHOLE_STATION)
        return min(self.own_in_force_a(key), self.own_in_force_a(station))

    def own_in_force_a(self, key: EvseKey) -> float:
        """Return the limit of its own that an EVSE, or a station, was last known to hold."""
        return self.remembered(
            key.identity,
            ("in force", key.evse),
            lambda: self.holding(key).in_force_a(
                self._now(), self.unlimited_a(key), self.use(key)
            ),
        )

    def use(self, key: EvseKey) -> Use:
        """Return what is certain of an EVSE's vehicle."""
        if key.evse == WHOLE_STATION:
            return NOBODY
        return self.remembered(
            key.identity,
            ("use", key.evse),
            lambda: use_of(
                self._stations()[key.identity].evses.get(key.evse), self._now()
            ),
        )

    def evses(self, identity: str) -> list[EvseKey]:
        """Return the EVSEs of a station."""
        return [evse.key for evse in self._stations()[identity].evses.values()]

    def drawn_a(self, evse: Evse) -> float:
        """Return the current on the fullest phase."""
        return drawn_by(evse.reading, self.kind(evse.key)).highest_a
