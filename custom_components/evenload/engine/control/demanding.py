"""What every EVSE asks for at a moment: all that is known of it, put together."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ..model.allotments import Demand
from ..model.configuration import SiteConfig
from ..model.identity import EvseKey
from ..model.stations import Evse, Station
from .demands import Circumstances, demand_of, plugged_in_at
from .lasting import Lasting
from .phasing import Phasing
from .taking import Taking
from .turns import Turns
from .v2x.stance import Stance
from .wishes import keeps_limits


class Demanding:
    """Makes demands of what others remember."""

    def __init__(
        self,
        stations: Callable[[], Mapping[str, Station]],
        phasing: Phasing,
        turns: Turns,
        taking: Taking,
        stances: Callable[[], Mapping[EvseKey, Stance]],
    ) -> None:
        """Look things up here."""
        self._stations = stations
        self._phasing = phasing
        self._turns = turns
        self._taking = taking
        self._stances = stances

    def demands(
        self, site: SiteConfig, lasting: Lasting, now: datetime
    ) -> list[Demand]:
        """Return what every EVSE of a site could use."""
        stations = self._stations()
        return [
            demand_of(
                site, stations[identity], evse, self._known_of(evse, site, lasting), now
            )
            for identity in site.stations
            for evse in stations[identity].evses.values()
        ]

    def _known_of(
        self, evse: Evse, site: SiteConfig, lasting: Lasting
    ) -> Circumstances:
        key, session = evse.key, plugged_in_at(evse)
        station = self._stations()[key.identity]
        fallback_a = lasting.fallbacks[key].current.a
        keeps = keeps_limits(station)
        return Circumstances(
            turn=self._turns.of(key, session),
            takes_a=self._taking.most_a(key, session),
            lasting_a=fallback_a,
            most_a=lasting.shares[key.identity].current_a if keeps else None,
            can_switch=self._phasing.can_switch(site, key),
            is_single=self._phasing.is_single(key),
            stance=self._stances().get(key),
        )
