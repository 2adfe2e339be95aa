"""Who looks on at stations and groups is told what is new: at once, or when limits that are on their way have left."""

from collections.abc import Callable, Mapping

from .control.concerns import concerns_of
from .control.enforcer import Enforcer
from .model.configuration import SiteConfig
from .model.identity import EvseKey
from .model.notices import Notice
from .model.stations import Station
from .observers import Observers
from .soon import Gradually


class Announcer:
    """Tells of changes by station, EVSE and circuit, of new EVSEs, and of what the owner has to be told."""

    def __init__(
        self,
        config: Callable[[], SiteConfig],
        stations: Mapping[str, Station],
        enforcer: Enforcer,
        refresh: Callable[[str], None],
    ) -> None:
        """Tell of these stations, as control sees them; `refresh` brings up to date what one shows of its limits."""
        self.changes = Observers[()]()
        self.discoveries = Observers[EvseKey]()
        self.concerns = Observers[Notice]()
        # Of another plan.
        self.plans = Observers[()]()
        self._config = config
        self._stations = stations
        self._enforcer = enforcer
        self._refresh = refresh
        self._later = Gradually(self.announce, lambda: enforcer.is_busy)
        self._circuits_later = Gradually(self._tell_circuit, lambda: enforcer.is_busy)

    def tell(self, identity: str) -> None:
        """Tell that something of a station has changed, and so maybe of all its EVSEs."""
        self.changes.tell(identity)
        for number in self._stations[identity].evses:
            self.changes.tell(EvseKey(identity, number))
        self._tell_circuits_of(identity)

    def tell_evse(self, key: EvseKey) -> None:
        """Tell that something of one EVSE has changed."""
        self.changes.tell(key)
        self._tell_circuits_of(key.identity)

    def announce(self, identity: str) -> None:
        """Tell what is new of a station's limits."""
        if identity in self._stations:
            self._refresh(identity)
            self.tell(identity)
            self.warn(identity)

    def announce_later(self, identity: str) -> None:
        """Tell what is new of a station's limits when those that are on their way have left."""
        self._later.ask(identity)

    def announce_limits(self, identity: str) -> None:
        """Tell what is new of a station's limits: now, unless others' are on their way."""
        if self._enforcer.is_busy:
            self.announce_later(identity)
        else:
            self.announce(identity)

    def tell_circuits_later(self) -> None:
        """Tell that what the circuits have room for has changed."""
        for node_id in ("", *self._config().groups):
            self._circuits_later.ask(node_id)

    def warn(self, identity: str) -> None:
        """Tell what the owner has to be told of a station."""
        for notice in concerns_of(
            self._config(),
            self._stations[identity],
            self._enforcer.targets,
            self._enforcer.commitments,
            self._enforcer.errands.findings,
        ):
            self.concerns.tell(None, notice)

    def _tell_circuits_of(self, identity: str) -> None:
        for node_id in self._config().circuits_above(identity):
            self._tell_circuit(node_id)

    def _tell_circuit(self, node_id: str) -> None:
        self.changes.tell(("group", node_id))
