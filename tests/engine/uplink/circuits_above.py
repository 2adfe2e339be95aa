"""Houses in virtual time that are known above by their circuits: no socket, and the words of 2.1."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from custom_components.evenload.engine.csms.frames import CallFault
from custom_components.evenload.engine.fleet import Fleet
from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.errors import EvenloadError, NotConnected
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.model.uplink import (
    Domain,
    NodeUplink,
    Role,
    UplinkConfig,
)
from custom_components.evenload.engine.uplink.tongue_many import TongueOfMany
from custom_components.evenload.engine.uplinks import Uplinks
from custom_components.evenload.engine.upstream_node import NodeHouse
from tests.engine.control.house import House
from tests.engine.uplink.test_promises_above import Names
from tests.engine.virtual import virtual_now

ABOVE = UplinkConfig(
    url="ws://above",
    identity="x",
    version=OcppVersion.V21,
    decides=frozenset({Domain.LIMITS, Domain.AVAILABILITY}),
)


def node(name: str, of: str, role: Role) -> NodeUplink:
    return NodeUplink(id=name, name=name, node=of, role=role, uplink=ABOVE)


def known_above(site: SiteConfig) -> SiteConfig:
    """A site under a controller, and its first group, or all of it, as one station."""
    group = next(iter(site.groups), ROOT)
    return replace(
        site,
        uplinks={
            "controller": node("controller", ROOT, Role.CONTROLLER),
            "station": node("station", group, Role.STATION),
        },
    )


class Circuits:
    """What those above circuits can ask."""

    def __init__(self, fleet: Fleet, now: Callable[[], Any]) -> None:
        uplinks = Uplinks(fleet, nobody, now, lambda _: None, lambda _: None)
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.kept: Any = Names()
        self.houses: dict[str, NodeHouse] = {
            config.id: uplinks.nodes.begin_house(config, self.kept)
            for config in fleet.config.uplinks.values()
        }

    async def ask(
        self, who: str, action: str, payload: dict[str, Any]
    ) -> dict[str, Any]:
        """Ask something; nothing comes back where that cannot be asked."""
        house = self.houses[who]
        tongue = TongueOfMany(
            house, OcppVersion.V21, lambda *said: self.told.append(said)
        )
        try:
            return await tongue.answer(action, payload)
        except CallFault, EvenloadError:
            return {}


class HouseBelow(House):
    """A house whose circuits are known above."""

    def _build(self, config: SiteConfig) -> Fleet:
        fleet = super()._build(config)
        self.above = Circuits(fleet, self.now)
        return fleet


def nobody(identity: str) -> Any:
    """Nobody can be asked anything."""
    raise NotConnected(identity)


def profile(
    number: int = 1,
    *,
    purpose: str = "ChargingStationMaxProfile",
    kind: str = "Absolute",
    unit: str = "W",
    level: int = 0,
    lasts_s: int | None = None,
    starts: bool = False,
    **period: Any,
) -> dict[str, Any]:
    """A charging profile of one period."""
    schedule: dict[str, Any] = {
        "id": 1,
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": 0, **period}],
    }
    if lasts_s is not None:
        schedule["duration"] = lasts_s
    if starts:
        schedule["startSchedule"] = virtual_now().isoformat()
    return {
        "id": number,
        "stackLevel": level,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": [schedule],
    }
