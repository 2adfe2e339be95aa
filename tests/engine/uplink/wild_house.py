"""A house in virtual time all of whose stations, and circuits, are known above: what is said there goes the whole way but the socket."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
import json
import random
from typing import Any, cast

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.csms.exchange import Exchange
from custom_components.evenload.engine.csms.frames import CallFault
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.fleet import Fleet
from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.errors import (
    EvenloadError,
    InvalidRequest,
    NotConnected,
    StationRefused,
    StationSilent,
)
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.model.uplink import (
    Domain,
    NodeUplink,
    Role,
    UplinkConfig,
)
from custom_components.evenload.engine.uplink.relay import Relay
from custom_components.evenload.engine.uplink.tongue_many import tongue_of_many
from custom_components.evenload.engine.uplinks import Uplinks
from custom_components.evenload.engine.upstream_house import StationHouse
from tests.engine.control.house import House
from tests.engine.control.metered import MeteredHouse
from tests.engine.uplink.test_promises_above import Names
from tests.engine.uplink.wild_calls import Said

ABOVE = UplinkConfig(url="ws://above", identity="x", decides=frozenset(Domain))

# What may come back as an error: what was wrong is theirs, or the station's.
_THEIRS = frozenset(
    {
        *("NotImplemented", "NotSupported", "ProtocolError", "FormationViolation"),
        *("FormatViolation", "PropertyConstraintViolation", "RpcFrameworkError"),
        *("OccurenceConstraintViolation", "OccurrenceConstraintViolation"),
        *("TypeConstraintViolation", "MessageTypeNotSupported", "SecurityError"),
        "GenericError",
    }
)


def known_above(site: SiteConfig) -> SiteConfig:
    """Every station under somebody, the site under a controller, and its first group, or all of it, as one station."""
    group = next(iter(site.groups), ROOT)
    return replace(
        site,
        stations={
            identity: replace(station, uplink=ABOVE)
            for identity, station in site.stations.items()
        },
        uplinks={
            name: NodeUplink(id=name, name=name, node=node, role=role, uplink=ABOVE)
            for name, node, role in (
                ("controller", ROOT, Role.CONTROLLER),
                ("station", group, Role.STATION),
            )
        },
    )


class _Kept(Names):
    """An outbox without a disk; what is told nobody hears."""

    def put(self, station: str, action: str, payload: dict[str, Any]) -> None:
        """Take what is told: it can be written."""
        json.dumps(payload, allow_nan=False)

    def count(self, station: str) -> int:
        return 0

    async def kept(self) -> None:
        """Return as a good disk does."""
        await asyncio.sleep(0.01)


class _Below:
    """What a station does of what those above ask; it refuses, or says nothing, as it likes."""

    def __init__(self, house: House, identity: str, chance: random.Random) -> None:
        self._house, self._identity, self._chance = house, identity, chance

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def do(*args: Any, **fields: Any) -> Any:
            await self._hear(name)
            await self._do(name, *args, **fields)
            return _ANSWERS.get(name)

        return do

    async def _hear(self, name: str) -> None:
        await asyncio.sleep(0.02)
        luck = self._chance.random()
        if luck < 0.1:
            await asyncio.sleep(10)
            raise StationSilent(self._identity, name)
        if luck < 0.2:
            words = ("Rejected", "NotSupported: no", "Occupied", "", "x" * 300)
            raise StationRefused(self._identity, name, self._chance.choice(words))
        if luck < 0.25:
            raise InvalidRequest(name, "no such message")
        if luck < 0.3:
            raise NotConnected(self._identity)

    async def _do(self, name: str, *args: Any, **fields: Any) -> None:
        station = self._house.stations[self._identity]
        match name:
            case "reset":
                self._house.reboot(self._identity)
            case "set_availability" if not fields["operative"]:
                station.rest(60)
            case "stop":
                await station.stop(*args)
            case "start" if station.is_stopped and not station.is_empty:
                await station.start(1, "tag")


_ANSWERS: Mapping[str, Any] = {
    "call": {"status": "Accepted"},
    "set_availability": True,
    "local_list_version": 3,
    "get_configuration": {},
    "set_configuration": False,
}


class _Line:
    """A websocket, as far as an answer needs one."""

    def __init__(self, version: OcppVersion, broken: list[str]) -> None:
        self._schemas = schemas(version)
        self._broken = broken

    async def send(self, text: str) -> None:
        """Look at what goes up."""
        frame = json.loads(text)
        if frame[0] == 4 and frame[2] not in _THEIRS:
            self._broken.append(f"told above: {text[:300]}")


class KnownAbove(House):
    """A house below somebody who says anything."""

    def _build(self, config: SiteConfig) -> Fleet:
        fleet = super()._build(config)
        chance = random.Random(7)
        kept: Any = _Kept()
        self.wrong: list[str] = []
        self._saying: set[asyncio.Task[None]] = set()

        def commands(identity: str) -> Commands:
            if not self.stations[identity].connected:
                raise NotConnected(identity)
            return cast(Commands, _Below(self, identity, chance))

        uplinks = Uplinks(fleet, commands, self.now, _nothing, _nothing)
        self._relays: dict[OcppVersion, list[tuple[Relay, Any]]] = {}
        for identity in config.stations:
            house = StationHouse(fleet, identity, kept, commands, self.now)
            uplinks._houses[identity] = house  # no sockets in virtual time
            for version in OcppVersion:
                self._join(Relay(_spoken(version), house, kept, _nothing))
        for node in config.uplinks.values():
            many = uplinks.nodes.begin_house(node, kept)
            for version in OcppVersion:
                if version is not OcppVersion.V16 or node.role is Role.STATION:
                    words: Any = tongue_of_many
                    self._join(Relay(_spoken(version), many, kept, _nothing, words))
        return fleet

    def _join(self, relay: Relay) -> None:
        version = relay.config.version

        async def answer(action: str, payload: dict[str, Any]) -> dict[str, Any]:
            try:
                said = await relay._answer(action, payload)
            except CallFault, EvenloadError:
                raise
            except Exception as error:  # whatever it is, it is ours
                self.wrong.append(f"{action} {payload}: {error!r}")
                raise CallFault(cast(Any, None), "") from error
            violations = schemas(version).violations(f"{action}Response", said)
            self.wrong += [f"{action}: {one}" for one in violations]
            return said

        relay._dialler._answer = answer  # as above
        line = _Line(version, self.wrong)
        self._relays.setdefault(version, []).append((relay, line))

    def hear_from_above(self, said: Said) -> None:
        """Let somebody above say something; nobody waits for what becomes of it."""
        relays = self._relays[said.version]
        relay, line = relays[said.who % len(relays)]
        if not said.text:
            for task in relay._dialler._answering:
                task.cancel()
            return
        task = asyncio.create_task(self._say(relay, line, said))
        self._saying.add(task)
        task.add_done_callback(self._saying.discard)

    async def _say(self, relay: Relay, line: Any, said: Said) -> None:
        exchange = Exchange("x", line.send)
        for number in range(said.times):
            text = said.text.replace('"ID"', f'"{number}"')
            try:
                await relay._dialler._receive(line, exchange, text)
            except Exception as error:  # noqa: BLE001  # as above
                self.wrong.append(f"{text[:200]}: {error!r}")

    async def die(self) -> None:
        """Kill Home Assistant."""
        for task in self._saying:
            task.cancel()
        for relays in self._relays.values():
            for relay, _ in relays:
                for answering in relay._dialler._answering:
                    answering.cancel()
        await super().die()


class MeteredAbove(KnownAbove, MeteredHouse):
    """The same with a meter."""


def _spoken(version: OcppVersion) -> UplinkConfig:
    return replace(ABOVE, version=version)


def _nothing(*_: object) -> None:
    return
