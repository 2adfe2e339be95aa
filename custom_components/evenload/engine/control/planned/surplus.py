"""What the house leaves of its sun, without what comes and goes within seconds: a cap that follows it is a write each time."""

from collections.abc import Callable, Iterable
from datetime import datetime
from math import exp

from ...model.identity import EvseKey
from ...model.planning import ChargeMode
from ...model.stations import Evse
from ...model.tree import ROOT
from ..background import RollingMaximum
from ..circuits import Circuits

# The modes that go by it.
SUNNY = frozenset({ChargeMode.SOLAR, ChargeMode.MINIMUM_SOLAR})

# There is more only when there has been more all the while, and less when there never was as much.
MORE_AFTER_S = 60.0
LESS_AFTER_S = 20.0

# What wavers within so many seconds is the same.
_EVEN_S = 15.0


class Surplus:
    """The surplus of one site, in watts, from what its house draws beside the vehicles that follow the sun."""

    def __init__(self) -> None:
        """Know nothing."""
        self._highest = RollingMaximum(MORE_AFTER_S)
        # Of what is left, not of what is drawn.
        self._most_left = RollingMaximum(LESS_AFTER_S)
        self._left_w: float | None = None
        # What the house draws about, and when that was read.
        self._load: tuple[float, datetime] | None = None

    def read(self, load_w: float, now: datetime) -> None:
        """Take what the house draws; below 0 it has more sun than it needs."""
        if self._load is not None:
            known_w, at = self._load
            old = exp(-max(0.0, (now - at).total_seconds()) / _EVEN_S)
            load_w += (known_w - load_w) * old
        self._load = load_w, now
        self._highest.add(load_w, now)
        self._most_left.add(-load_w, now)

    def left_w(self, now: datetime) -> float | None:
        """Return what is left, which may be less than nothing; None while the house was not watched for long enough."""
        highest_w = self._highest.highest(now)
        most_left_w = self._most_left.highest(now)
        if highest_w is None or most_left_w is None:
            return self._left_w
        known_w = -highest_w if self._left_w is None else self._left_w
        self._left_w = min(max(known_w, -highest_w), most_left_w)
        return self._left_w

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when it changes next if nothing is heard."""
        moments = (self._highest.falls_at(now), self._most_left.falls_at(now))
        return min((at for at in moments if at is not None and at > now), default=None)

    def forget(self) -> None:
        """Forget the house: its meter was silent for too long."""
        self._highest.clear()
        self._most_left.clear()
        self._left_w = self._load = None


class SunWatch:
    """Watches the site's meter while any vehicle follows the sun."""

    def __init__(
        self,
        evses: Callable[[], Iterable[Evse]],
        circuits: Circuits,
        held: Callable[[EvseKey], bool],
        now: Callable[[], datetime],
    ) -> None:
        """Look at these EVSEs; `held` says whom discharging has in hand."""
        self._evses, self._circuits = evses, circuits
        self._held, self._now = held, now
        self._surplus = Surplus()

    def left_w(self) -> tuple[float | None, bool]:
        """Return what is left, and whether it is measured at all."""
        now = self._now()
        household = self._circuits.households.get(ROOT)
        load_w = None if household is None else household.load_w(now)
        if load_w is None or not any(map(self._follows, self._evses())):
            self._surplus.forget()
            return None, load_w is not None
        self._surplus.read(load_w + self._others_w(), now)
        return self._surplus.left_w(now), True

    def changes_at(self) -> datetime | None:
        """Return when it changes next if nothing is heard."""
        return self._surplus.changes_at(self._now())

    def _follows(self, evse: Evse) -> bool:
        settings = evse.settings
        is_sunny = settings.goal.mode in SUNNY and not settings.boosted
        return is_sunny and not self._held(evse.key)

    def _others_w(self) -> float:
        """Return what vehicles draw that do not follow the sun: they take of it before others do."""
        return sum(
            max(0.0, evse.reading.power_w or 0.0)
            for evse in self._evses()
            if evse.is_charging and not self._follows(evse)
        )
