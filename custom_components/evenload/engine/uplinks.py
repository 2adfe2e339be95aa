"""All stations that are known above as well: which, what of it bounds what they get, and who may charge."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .control.planned.leave import Leave
from .csms.commands import Commands
from .drivers.tokens import plain
from .model.allotments import Demand, Reason
from .model.drivers import Judgement, Verdict
from .model.identity import EvseKey
from .model.stations import OcppVersion
from .model.tree import Tree
from .model.uplink import Domain, UplinkConfig, UplinkState, UplinkStatus
from .node_uplinks import NodeUplinks
from .observers import Unsubscribe
from .uplink.names import TRANSACTION
from .uplink.outbox import Outbox
from .uplink.relay import Relay
from .upstream_house import StationHouse
from .upstream_leaves import earliest, lower_of

if TYPE_CHECKING:
    from .fleet import Fleet

# So many verdicts are remembered.
_MOST_SAID = 500

_VERDICTS = {
    "Accepted": Verdict.ACCEPTED,
    "Blocked": Verdict.BLOCKED,
    "Expired": Verdict.EXPIRED,
    "NotAtThisLocation": Verdict.NOT_HERE,
    "NotAtThisTime": Verdict.NOT_NOW,
    # ConcurrentTx is said of transactions that begin; before that it is a no like any other.
    "ConcurrentTx": Verdict.BLOCKED,
}


class Uplinks:
    """Those of all stations; nothing of it runs where no station has one."""

    def __init__(
        self,
        fleet: Fleet,
        commands: Callable[[str], Commands],
        now: Callable[[], datetime],
        on_trouble: Callable[[bool], None],
        changed: Callable[[str], None],
    ) -> None:
        """Know none yet; `changed` hears of which station the status did."""
        self._fleet = fleet
        self._commands = commands
        self._now = now
        self._on_trouble = on_trouble
        self._changed = changed
        self._outbox: Outbox | None = None
        self._relays: dict[str, Relay] = {}
        self._houses: dict[str, StationHouse] = {}
        self._observing: dict[str, Unsubscribe] = {}
        self._change_at: datetime | None = None
        self._said: dict[tuple[str, str], Judgement] = {}
        self.nodes = NodeUplinks(fleet, commands, now)
        sharing = fleet.sharing
        others, others_at = sharing.leaves, sharing.leaves_change_at

        def leaves(
            demands: Sequence[Demand], tree: Tree, *, choosing: bool
        ) -> Mapping[EvseKey, Leave]:
            let = others(demands, tree, choosing=choosing)
            if not (self._houses or self.nodes.houses):
                return let
            of_nodes, change = self.nodes.limits.leaves(demands)
            let = lower_of(lower_of(let, self.leaves(demands)), of_nodes)
            self._change_at = earliest(self._change_at, change)
            return let

        fleet.doorkeeper.above = self._said_of
        fleet.doorkeeper.is_above = self._sends_lists
        sharing.leaves = leaves
        sharing.leaves_change_at = lambda: earliest(others_at(), self._change_at)

    async def open(self, path: Path) -> None:
        """Take up what could not be told in an earlier life, and dial. Raises `OSError`."""
        outbox = Outbox(path, self._on_trouble)
        try:
            await outbox.open()
        except OSError:
            await outbox.close()
            raise
        self._outbox = outbox
        for identity in self._fleet.stations:
            self._begin(identity)
        self.nodes.open(outbox)
        if self._houses or self.nodes.houses:
            self._fleet.retarget()

    async def close(self) -> None:
        """Hang up, and write what is unwritten."""
        await self.nodes.close()
        await asyncio.gather(*(relay.stop() for relay in self._relays.values()))
        self._relays.clear()
        for house in self._houses.values():
            house.close()
        outbox, self._outbox = self._outbox, None
        if outbox is not None:
            await outbox.close()

    async def configure(self) -> None:
        """Apply what the owner changed: only relays that are concerned are begun anew."""
        if self._outbox is None:
            return
        for identity in [*self._relays]:
            config, before = self._wanted(identity), self._relays[identity]
            if config == before.config:
                continue
            self._observing.pop(identity)()
            # What the station says until then waits with the rest.
            await before.stop()
            del self._relays[identity]
            self._show(identity)
            if config is None or not config.is_same_station(before.config):
                # What waits is not of that station, or not in its words.
                self._houses.pop(identity).close()
                await self._outbox.forget(identity)
        for identity in self._fleet.stations:
            self._begin(identity)
        await self.nodes.configure(self._outbox)
        self._fleet.retarget()

    def status(self, identity: str) -> UplinkStatus | None:
        """Return how the uplink of a station is; None where it has none."""
        relay = self._relays.get(identity)
        return None if relay is None else relay.status

    def hears(self, identity: str) -> bool:
        """Whether anybody above is told what a station says."""
        return identity in self._relays or self.nodes.hears(identity)

    async def kept(self) -> None:
        """Return when all that was told is on the disk, or soon where it cannot be."""
        if self._outbox is not None:
            await self._outbox.kept()

    def told(
        self,
        identity: str,
        spoken: OcppVersion,
        action: str,
        payload: Mapping[str, Any],
        answer: Mapping[str, Any],
    ) -> None:
        """Take what a station has said and was answered."""
        relay = self._relays.get(identity)
        if relay is None and not self.nodes.houses:
            return
        if identity not in self._fleet.stations:
            # It was removed a moment ago.
            return
        said = dict(payload)
        self._complete(identity, said, answer)
        if relay is not None:
            relay.told(spoken, action, dict(said))
        ended = said.get("transactionId") if action == "StopTransaction" else None
        if action == "TransactionEvent" and said["eventType"] == "Ended":
            ended = said["transactionInfo"]["transactionId"]
        self.nodes.told(
            identity, spoken, action, said, None if ended is None else str(ended)
        )
        if ended is not None and relay is not None:
            self._ended(identity, str(ended))
        if action == "StartTransaction" or said.get("eventType") == "Started":
            # What was set for the transaction holds from here on.
            self._fleet.retarget()

    def asks(self, identity: str) -> bool:
        """Whether those above are asked who may charge at a station."""
        return self._asked(identity) is not None

    async def judge(
        self, identity: str, token: str, shown: Mapping[str, Any]
    ) -> Judgement | None:
        """Return what those above say of a token, as it was shown; None where they say nothing in time."""
        relay = self._asked(identity)
        said = None if relay is None else await relay.judge(token, shown)
        if said is None:
            return None
        judgement = Judgement(_VERDICTS.get(said, Verdict.UNKNOWN))
        self._said[identity, plain(token)] = judgement
        while len(self._said) > _MOST_SAID:
            del self._said[next(iter(self._said))]
        return judgement

    def _said_of(self, identity: str, token: str) -> Judgement | None:
        """Return what counts of a token that begins a transaction: what was last said above; who was not asked about may begin.

        Those above answer that it has begun, and end it if they like. While they are away the house decides.
        """
        asked = self._asked(identity)
        if asked is None:
            return None
        known = self._said.get((identity, plain(token)))
        if known is not None:
            return known
        is_there = asked.status.state is UplinkState.CONNECTED
        return Judgement(Verdict.ACCEPTED) if is_there else None

    def leaves(self, demands: Sequence[Demand]) -> Mapping[EvseKey, Leave]:
        """Return what those above let through."""
        now, found = self._now(), dict[EvseKey, Leave]()
        changes: list[datetime] = []
        for demand in demands if self._houses else ():
            house = self._houses.get(demand.key.identity)
            if house is None or not house.decides(Domain.LIMITS):
                continue
            most_a, change = house.bound_of(demand, now)
            if change is not None:
                changes.append(change)
            if most_a is not None:
                paused = most_a < demand.minimum_a
                found[demand.key] = Leave(
                    Reason.UPSTREAM,
                    None if paused else most_a,
                    paused=paused,
                    until=change,
                )
        self._change_at = min(changes, default=None)
        return found

    def _asked(self, identity: str) -> Relay | None:
        """Return who above a station, or else above a circuit of its, decides who may charge there."""
        if self._sends_lists(identity):
            return self._relays[identity]
        return self.nodes.asked(identity)

    def _sends_lists(self, identity: str) -> bool:
        """Whether those above a station say which cards it is to know by heart: above a circuit they cannot."""
        relay = self._relays.get(identity)
        return relay is not None and Domain.TRANSACTIONS in relay.config.decides

    def _begin(self, identity: str) -> None:
        config = self._wanted(identity)
        if config is None or identity in self._relays or self._outbox is None:
            return
        house = self._houses.get(identity) or StationHouse(
            self._fleet, identity, self._outbox, self._commands, self._now
        )
        self._houses[identity] = house
        relay = Relay(config, house, self._outbox, lambda: self._show(identity))
        self._relays[identity] = relay
        self._observing[identity] = self._fleet.news.changes.add(identity, relay.look)
        relay.start()
        self._show(identity)

    def _show(self, identity: str) -> None:
        """Let whoever looks at a station see how it is known above."""
        station = self._fleet.stations.get(identity)
        relay = self._relays.get(identity)
        if station is None:
            return
        state = None if relay is None else relay.status.state.value
        if station.uplink != state:
            self._fleet.stations[identity] = replace(station, uplink=state)
            self._changed(identity)

    def _wanted(self, identity: str) -> UplinkConfig | None:
        station = self._fleet.config.stations.get(identity)
        return None if station is None else station.uplink

    def _complete(
        self, identity: str, said: dict[str, Any], answer: Mapping[str, Any]
    ) -> None:
        """Add what is only known here: when it was, which id was given, what the EVSE is doing by now."""
        if "connectorId" in said and "status" in said:
            said.setdefault("timestamp", self._now().isoformat())
        if "transactionId" in answer:
            said["_transaction"] = str(answer["transactionId"])
        evse = said.get("evseId") or said.get("evse", {}).get("id")
        known = self._fleet.stations[identity].evses.get(evse) if evse else None
        if known is not None and known.status is not None:
            said["_status"] = known.status.value

    def _ended(self, identity: str, transaction: str) -> None:
        house = self._houses[identity]
        theirs = house.names.theirs(TRANSACTION, transaction) or transaction
        key = self._fleet.books.ledger.key_of(identity, transaction)
        if house.profiles.ended(theirs, None if key is None else key.evse):
            house.profiles_changed()
