"""The house as the uplink of one station sees it: what is kept of names and profiles, what these bound, what is in force."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .csms.commands import Commands
from .model.allotments import Demand
from .model.identity import EvseKey
from .model.orders import WHOLE_STATION
from .model.stations import Station
from .model.uplink import Domain
from .uplink.names import TRANSACTION
from .uplink.outbox import Outbox
from .upstream_evses import BoundEvses, together

if TYPE_CHECKING:
    from .fleet import Fleet


class StationHouse(BoundEvses):
    """The house, as the uplink of one station sees it (`uplink.house.House`)."""

    follows_setpoints = False

    def __init__(
        self,
        fleet: Fleet,
        identity: str,
        outbox: Outbox,
        commands: Callable[[str], Commands],
        now: Callable[[], datetime],
    ) -> None:
        """Look everything up in the fleet."""
        super().__init__(fleet, outbox, identity, now)
        self._identity = identity
        self._commands = commands

    @property
    def station(self) -> Station:
        """The station as it is now."""
        return self._fleet.stations[self._identity]

    @property
    def commands(self) -> Commands:
        """What can be asked of the station. Raises `NotConnected`."""
        return self._commands(self._identity)

    def decides(self, domain: Domain) -> bool:
        """Whether those above decide something."""
        config = self._fleet.config.stations[self._identity].uplink
        return config is not None and domain in config.decides

    def refuse(self, transaction: str) -> None:
        """Have a transaction ended that may not go on."""
        self._fleet.doorkeeper.refuse(self._identity, transaction)

    def in_force(self, evse: int, seconds: int) -> Sequence[tuple[int, float]]:
        """Return what an EVSE (0: all together) may draw now, and what it is bound to by those above later."""
        numbers = self.numbers() if evse == WHOLE_STATION else [evse]
        return together([self.steps(number, seconds) for number in numbers])

    def watts_per_ampere(self, evse: int) -> float:
        """Return what an ampere on each of its phases comes to, in watts."""
        key = EvseKey(self._identity, evse or 1)
        return self._fleet.enforcer.commitments.kind(key).watts(1.0)

    def bound_of(
        self, demand: Demand, now: datetime
    ) -> tuple[float | None, datetime | None]:
        """Return the most that an EVSE may have by those above, in amperes per phase, and when that changes."""
        kind = self._fleet.enforcer.commitments.kind(demand.key)
        limits, change = self.bound(demand.key.evse, now)
        amounts = [kind.amperes(limit) for limit in limits]
        whole, changes_too = self.profiles.limits(WHOLE_STATION, None, now, None)
        # What bounds the station is shared by those of its EVSEs that want something.
        sharing = sum(evse.wants_energy for evse in self.station.evses.values())
        amounts += [kind.amperes(limit) / max(1, sharing) for limit in whole]
        changes = [at for at in (change, changes_too) if at is not None]
        return min(amounts, default=None), min(changes, default=None)

    def key_of(self, number: int) -> EvseKey:
        """Return which EVSE has a number."""
        return EvseKey(self._identity, number)

    def numbers(self) -> Sequence[int]:
        """Return the numbers of its EVSEs."""
        return tuple(self.station.evses)

    def called_above(self, transaction: str, key: EvseKey) -> str:
        """Return what those above call a transaction."""
        return self.names.theirs(TRANSACTION, transaction) or transaction
