"""The uplinks of circuits: which there are, what they are told, and what they allow."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .csms.commands import Commands
from .model.stations import OcppVersion
from .model.tree import ROOT
from .model.uplink import Domain, NodeUplink, UplinkState, UplinkStatus
from .node_limits import NodeLimits
from .nodes_above import NodesAbove
from .observers import Digest, Unsubscribe
from .uplink.members import transaction_of
from .uplink.names import TRANSACTION
from .uplink.outbox import Outbox
from .uplink.relay import Relay
from .uplink.tongue_many import tongue_of_many
from .upstream_facts import METER_EVERY_S, meter_of
from .upstream_node import NodeHouse

if TYPE_CHECKING:
    from .fleet import Fleet

# Every reading of every member changes a circuit; that a limit binds is not told more often anyway.
_PERIOD_S = 1.0

# What the one station itself has to say, and not its members.
_BOOT, _BEAT, _METER = "BootNotification", "Heartbeat", "MeterValues"


class NodeUplinks:
    """Those of one site; nothing of it runs where its owner has set up none."""

    def __init__(
        self,
        fleet: Fleet,
        commands: Callable[[str], Commands],
        now: Callable[[], datetime],
    ) -> None:
        """Know none yet."""
        self.houses: dict[str, NodeHouse] = {}
        self._fleet = fleet
        self._commands = commands
        self._now = now
        self._relays: dict[str, Relay] = {}
        self._news = Digest(fleet.news.changes, _PERIOD_S)
        self._observing: dict[str, Unsubscribe] = {}
        # The members that are told to be out of service, as they are away.
        self._away: dict[str, frozenset[str]] = {}
        self._metering: asyncio.TimerHandle | None = None
        self.limits = NodeLimits(NodesAbove(fleet, self.houses, now))

    # Life cycle

    def open(self, outbox: Outbox) -> None:
        """Begin those that are new: what was allowed in an earlier life holds at once."""
        for config in self._fleet.config.uplinks.values():
            if config.id not in self._relays and self._is_there(config):
                self._begin(config, outbox)
        if self._relays and self._metering is None:
            self._tell_meters()

    async def configure(self, outbox: Outbox) -> None:
        """Apply what the owner changed: only uplinks that are concerned are begun anew."""
        for name in [*self._relays]:
            house = self.houses[name]
            config = self._fleet.config.uplinks.get(name)
            if config is not None and not self._is_there(config):
                config = None
            if config == house.config:
                house.number_all()
                continue
            await self._end(name)
            if config is None or _is_another(house.config, config):
                await outbox.forget(house.config.key)
            self._tell(name)
        self.open(outbox)

    async def close(self) -> None:
        """Hang up."""
        if self._metering is not None:
            self._metering.cancel()
            self._metering = None
        for name in [*self._relays]:
            await self._end(name)
        self._news.close()
        self.limits.close()

    def begin_house(self, config: NodeUplink, outbox: Outbox) -> NodeHouse:
        """Take up what an earlier life has kept of an uplink."""

        def say_again(message: str) -> bool:
            return self._say_again(config.id, message)

        house = NodeHouse(
            self._fleet, config, outbox, self._commands, self._now, say_again
        )
        self.houses[config.id] = house
        return house

    def status(self, uplink_id: str) -> UplinkStatus | None:
        """Return how an uplink is; None where there is none."""
        relay = self._relays.get(uplink_id)
        return None if relay is None else relay.status

    # What is told

    def hears(self, identity: str) -> bool:
        """Whether anybody above is told what a station says."""
        return any(identity in house.stations() for house in self.houses.values())

    def told(
        self,
        identity: str,
        spoken: OcppVersion,
        action: str,
        payload: Mapping[str, Any],
        ended: str | None,
    ) -> None:
        """Take what a station has said; `ended` is the transaction that it ended."""
        for name, relay in self._relays.items():
            house = self.houses[name]
            if identity not in house.stations():
                continue
            said = house.members.said(identity, spoken, action, dict(payload))
            if said is not None:
                relay.told(spoken, action, said)
                # Whatever it says, it is there by that.
                self._away[name] -= {identity}
            if ended is not None:
                self._ended(house, identity, ended)

    def asked(self, identity: str) -> Relay | None:
        """Return who above a circuit of a station's decides who may charge; None: nobody does."""
        for name, relay in self._relays.items():
            house = self.houses[name]
            if house.decides(Domain.TRANSACTIONS) and identity in house.stations():
                return relay
        return None

    def _ended(self, house: NodeHouse, identity: str, transaction: str) -> None:
        key = self._fleet.books.ledger.key_of(identity, transaction)
        ours = transaction_of(identity, transaction)
        theirs = house.names.theirs(TRANSACTION, ours) or ours
        number = None if key is None else house.members.number(key)
        if house.profiles.ended(theirs, number):
            house.profiles_changed()

    # Inside

    def _begin(self, config: NodeUplink, outbox: Outbox) -> None:
        house = self.begin_house(config, outbox)
        # Who never was there was never said to be.
        self._away[config.id] = frozenset()
        relay = Relay(
            config.uplink,
            house,
            outbox,
            lambda: self._tell(config.id),
            lambda _house, version, tell: tongue_of_many(house, version, tell),
        )
        self._relays[config.id] = relay
        self._observing[config.id] = self._news.add(
            ("group", config.node), lambda: self._look(config.id)
        )
        relay.start()
        self._tell(config.id)

    async def _end(self, name: str) -> None:
        self._observing.pop(name)()
        # What its members say until then waits with the rest.
        await self._relays[name].stop()
        del self._relays[name]
        self.houses.pop(name).close()

    def _look(self, name: str) -> None:
        """Tell of members that came or went, and where limits bind."""
        house, relay = self.houses[name], self._relays[name]
        house.number_all()
        away, before = self._away_of(house), self._away[name]
        if away != before:
            self._away[name] = away
            keys = house.members.keys.items()
            relay.say_statuses(
                {number for number, key in keys if key.identity in away ^ before}
            )
        relay.look()

    def _away_of(self, house: NodeHouse) -> frozenset[str]:
        stations = self._fleet.stations
        return frozenset(
            identity
            for identity in house.stations()
            if not stations[identity].connected
        )

    def _tell_meters(self) -> None:
        for name in self._relays:
            self._say_again(name, _METER)
        self._metering = asyncio.get_running_loop().call_later(
            METER_EVERY_S, self._tell_meters
        )

    def _say_again(self, name: str, message: str) -> bool:
        """Have something said that the circuit says of itself; returns whether there is such a thing."""
        relay = self._relays.get(name)
        if relay is None or message not in {_BOOT, _BEAT, _METER}:
            return False
        if message == _BOOT:
            relay.introduce_again()
        elif message == _BEAT:
            relay.say(_BEAT, {})
        elif relay.status.state is UplinkState.CONNECTED:
            node = self.houses[name].config.node
            said = meter_of(self._fleet, node, self._now())
            relay.told(OcppVersion.V201, _METER, said)
        return True

    def _tell(self, name: str) -> None:
        self._fleet.news.changes.tell(("uplink", name))

    def _is_there(self, config: NodeUplink) -> bool:
        return config.node == ROOT or config.node in self._fleet.config.groups


def _is_another(before: NodeUplink, after: NodeUplink) -> bool:
    """Whether somebody else is spoken for from now on, or in other words."""
    is_same = (before.node, before.role) == (after.node, after.role)
    return not (is_same and after.uplink.is_same_station(before.uplink))
