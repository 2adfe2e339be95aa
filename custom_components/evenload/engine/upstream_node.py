"""The house as the uplink of a circuit sees it: the controller of the site, or all stations behind a group as one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from .control.v2x.frequency import Signal
from .csms.commands import Commands
from .model.identity import EvseKey
from .model.limits import Limit, Power
from .model.orders import WHOLE_STATION
from .model.stations import EvseStatus, Station, StationInfo
from .model.uplink import Domain, NodeUplink, Role
from .uplink.limit_news import EMS, Binding
from .uplink.many import Many
from .uplink.members import Members, transaction_of
from .uplink.names import MEMBER, TRANSACTION
from .uplink.outbox import Outbox
from .uplink.own_settings import Fact
from .uplink.setpoints import power_w, takes_signals
from .upstream_evses import BoundEvses, Steps, together
from .upstream_facts import facts_of, room_of

if TYPE_CHECKING:
    from .fleet import Fleet

# What those above may decide of a circuit: firmware and settings are of one station each.
_OF_MANY = frozenset({Domain.LIMITS, Domain.TRANSACTIONS, Domain.AVAILABILITY})

_MODELS = {Role.CONTROLLER: "Local controller", Role.STATION: "Charging group"}

# Less than this is no difference between two limits.
_SAME_A = 0.5


class NodeHouse(BoundEvses):
    """The house, as the uplink of one circuit sees it (`uplink.tongue_many.HouseOfMany`)."""

    follows_setpoints = True

    def __init__(
        self,
        fleet: Fleet,
        config: NodeUplink,
        outbox: Outbox,
        commands: Callable[[str], Commands],
        now: Callable[[], datetime],
        own: Callable[[str], bool],
    ) -> None:
        """Look everything up in the fleet; `own` says again what the circuit says of itself."""
        super().__init__(fleet, outbox, config.key, now)
        self.config = config
        self.members = Members(self.names, outbox.named(config.key, MEMBER), now)
        self.commands = Many(
            config.uplink.identity,
            self.stations,
            commands,
            self.key_of,
            self.members.origin,
            own,
        )
        self._signal: Signal | None = None
        self.number_all()

    def number_all(self) -> None:
        """Give all EVSEs their numbers, in the order in which the owner has named the stations."""
        for identity in self.stations():
            for number in self._fleet.stations[identity].evses:
                self.members.number(EvseKey(identity, number))

    def stations(self) -> tuple[str, ...]:
        """Return whom it stands for: a controller only has a say in what they get together."""
        if self.config.role is Role.CONTROLLER:
            return ()
        try:
            return self._fleet.config.stations_below(self.config.node)
        except KeyError:
            # The group was removed a moment ago.
            return ()

    @property
    def station(self) -> Station:
        """The one station, as it is now; who is not there, or not any more, has an EVSE that is out of service."""
        here = set(self.stations())
        evses = {}
        for number, key in self.members.keys.items():
            station = self._fleet.stations.get(key.identity)
            known = None if station is None else station.evses.get(key.evse)
            if known is None:
                continue
            is_there = key.identity in here and station is not None
            if not is_there or not self._fleet.stations[key.identity].connected:
                known = replace(known, status=EvseStatus.UNAVAILABLE)
            evses[number] = replace(known, key=EvseKey(self.config.key, number))
        info = StationInfo(
            vendor="Evenload",
            model=_MODELS[self.config.role],
            serial=self.config.id[-25:],
        )
        return Station(self.config.key, connected=True, info=info, evses=evses)

    def decides(self, domain: Domain) -> bool:
        """Whether those above decide something: a controller is there for limits alone."""
        if self.config.role is Role.CONTROLLER:
            return domain is Domain.LIMITS
        return domain in self.config.uplink.decides & _OF_MANY

    def refuse(self, transaction: str) -> None:
        """Have a transaction ended that may not go on."""
        found = self.members.origin(transaction)
        if found is not None:
            self._fleet.doorkeeper.refuse(*found)

    # Its EVSEs

    def key_of(self, number: int) -> EvseKey:
        """Return which EVSE has a number, if it is one of these now. Raises `KeyError`."""
        key = self.members.key(number)
        if key.identity not in self.stations():
            raise KeyError(number)
        return key

    def numbers(self) -> Sequence[int]:
        """Return the numbers of those that are behind the circuit now."""
        here = set(self.stations())
        return [
            number
            for number, key in self.members.keys.items()
            if key.identity in here
            and key.evse in self._fleet.stations[key.identity].evses
        ]

    def called_above(self, transaction: str, key: EvseKey) -> str:
        """Return what those above call a transaction."""
        ours = transaction_of(key.identity, transaction)
        return self.names.theirs(TRANSACTION, ours) or ours

    # All together

    def caps(self, now: datetime) -> tuple[tuple[Limit, ...], datetime | None]:
        """Return what all may draw together, and when that changes: no more than what is to flow, either."""
        limits, change = self.profiles.limits(WHOLE_STATION, None, now, None)
        wanted_w, changes_too = self.wanted(WHOLE_STATION, now)
        if wanted_w is not None and wanted_w > 0:
            limits = (*limits, Power(wanted_w))
        return limits, min(
            (at for at in (change, changes_too) if at is not None), default=None
        )

    def wanted(
        self, number: int, now: datetime
    ) -> tuple[float | None, datetime | None]:
        """Return what is to flow at an EVSE (0: at all together), in watts, and when that changes."""
        found, change = self.asking(number, now)
        if found is None:
            return None, change
        signal = self._signal
        holds = signal is not None and signal.at <= now and signal.holds(now)
        value = signal.value if signal is not None and holds else None
        profile, period = found
        if signal is not None and takes_signals(profile, period):
            changes = [signal.at, signal.ends_at, change]
            change = min(
                (at for at in changes if at is not None and at > now), default=None
            )
        return power_w(profile, period, self.watts_per_ampere(number), value), change

    def signalled(self, value: int, at: datetime) -> bool:
        """Take a grid operator's signal; returns whether anything follows it."""
        now = self.now()
        found = (self.asking(number, now)[0] for number in (0, *self.numbers()))
        if not any(one is not None and takes_signals(*one) for one in found):
            return False
        self._signal = Signal(value, max(at, now))
        self._fleet.retarget()
        return True

    def in_force(self, evse: int, seconds: int) -> Sequence[tuple[int, float]]:
        """Return what an EVSE (0: all together) may draw now, and what it is bound to by those above later."""
        if evse != WHOLE_STATION:
            return together([self.steps(evse, seconds)])
        now = self.now()
        room_a, bare_a = room_of(self._fleet, self.config.node)
        steps: Steps = [(0, room_a)]
        at = now
        while (change := self.caps(at)[1]) is not None and len(steps) < 100:
            start = round((change - now).total_seconds())
            if start >= seconds:
                break
            at = change
            caps = [self._amperes(limit) for limit in self.caps(at)[0]]
            steps.append((start, min([bare_a, *caps])))
        return steps

    def watts_per_ampere(self, evse: int) -> float:
        """Return what an ampere on each of its phases comes to, in watts."""
        if evse != WHOLE_STATION:
            kind = self._fleet.enforcer.commitments.kind(self.key_of(evse))
            return kind.watts(1.0)
        site = self._fleet.config
        return site.voltage_v * len(site.phases)

    def binding(self) -> Mapping[int, Binding]:
        """Return where the house leaves less than those above do: at the EVSEs, and below a cap of theirs on all together."""
        found = dict(super().binding())
        theirs = [self._amperes(limit) for limit in self.caps(self.now())[0]]
        _, bare_a = room_of(self._fleet, self.config.node)
        if theirs and bare_a < min(theirs) - _SAME_A:
            found[WHOLE_STATION] = Binding(EMS, round(bare_a, 1))
        return found

    def facts(self) -> Sequence[Fact]:
        """Return what it shows of itself."""
        return facts_of(self._fleet, self.config, self.numbers())

    def _amperes(self, limit: Limit) -> float:
        if isinstance(limit, Power):
            return limit.w / self.watts_per_ampere(WHOLE_STATION)
        return limit.a
