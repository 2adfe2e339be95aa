"""What the owner has set up: the site, its stations and its load balancing groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from math import sqrt

from .capabilities import PauseMethod
from .drivers import Admission, Driver
from .household import MeterConfig
from .limits import Current, Limit, RateUnit
from .loads import Load, between_legs, between_lines, to_neutral
from .phases import ALL_PHASES, CurrentType, Phase
from .security import SecurityProfile
from .uplink import NodeUplink, UplinkConfig
from .v2x import V2gConfig


class Strategy(StrEnum):
    """How a group shares its limit."""

    STATIC = "static"
    EQUAL_SERVE = "equal_serve"
    FIRST_COME_FIRST_SERVE = "first_come_first_serve"
    PRIORITY = "priority"
    EARLIEST_DEPARTURE = "earliest_departure"


@dataclass(frozen=True, slots=True)
class EvseConfig:
    """What the owner says of one EVSE. None is what the station says itself, or AC and the station's own maximum."""

    current_type: CurrentType | None = None
    maximum: Limit | None = None


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the owner knows better than what was learnt of a station. None leaves it to what was learnt."""

    unit: RateUnit | None = None
    pause: PauseMethod | None = None
    leases: bool | None = None
    phase_switching: bool | None = None


@dataclass(frozen=True, slots=True)
class StationConfig:
    """A station that the owner has adopted."""

    identity: str
    name: str
    # The grid phase of each of the station's own phases: L1's first.
    wiring: tuple[Phase, ...] = ALL_PHASES
    maximum: Current = Current(32.0)
    # Its wiring names two lines, and what it draws flows between them: 208 V or 240 V where others have 120.
    between_lines: bool = False
    # Whether its EVSEs can charge at the same time.
    simultaneous: bool = True
    evses: Mapping[int, EvseConfig] = field(default_factory=dict)
    # What each EVSE may feed back: nothing where it is not named.
    v2g: Mapping[int, V2gConfig] = field(default_factory=dict)
    overrides: Overrides = Overrides()
    # The least that it must prove itself with.
    security: SecurityProfile = SecurityProfile.NONE
    # Whom it lets charge.
    admission: Admission = Admission()
    # The CSMS above it, if it is to be known to one.
    uplink: UplinkConfig | None = None


@dataclass(frozen=True, slots=True)
class GroupConfig:
    """Stations behind one limit."""

    id: str
    name: str
    limit: Limit
    members: tuple[str, ...]
    strategy: Strategy = Strategy.STATIC
    # The group that this one's circuit hangs on; None is the site.
    parent: str | None = None
    meter: MeterConfig | None = None
    # How long a turn lasts where the least for everybody is too much.
    turn_s: float = 900.0
    # Compute and show, and send nothing.
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """One grid connection: its main fuse and everything behind it."""

    name: str
    main_fuse: Current
    phases: tuple[Phase, ...] = ALL_PHASES
    voltage_v: float = 230.0
    # Two phases are the legs of a split-phase grid, with opposite voltages, not two of three.
    split_phase: bool = False
    meter: MeterConfig | None = None
    # How stations outside any group, and groups among each other, share the main fuse.
    strategy: Strategy = Strategy.EQUAL_SERVE
    turn_s: float = 900.0
    shadow: bool = False
    # Whether a cap from outside leaves the stations what § 14a EnWG does, however little it asks for.
    keeps_least: bool = False
    # For how long stations hold on to more than their fallbacks when nobody is there to renew it, without and with a
    # meter.
    lease_s: int = 900
    metered_lease_s: int = 300
    # The most that may flow into the grid because of discharging vehicles, in watts: none.
    export_cap_w: float = 0.0
    # The grid counts each phase by itself: on none of them more than an even part of that.
    export_by_phase: bool = False
    stations: dict[str, StationConfig] = field(default_factory=dict)
    groups: dict[str, GroupConfig] = field(default_factory=dict)
    drivers: dict[str, Driver] = field(default_factory=dict)
    # The CSMS above the site or its groups, by their ids.
    uplinks: dict[str, NodeUplink] = field(default_factory=dict)
    # The circuits above each station, looked up once: whenever anything is shared they are asked for.
    _above: dict[str, tuple[str, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def line_voltage_v(self) -> float:
        """The voltage of a load between two lines: twice a leg's of split phase, else √3 times a phase's."""
        return self.voltage_v * (2.0 if self.split_phase else sqrt(3))

    def load_of(self, identity: str) -> Load:
        """Return what an ampere of a station comes to on the lines, with all that it is wired to. Raises `KeyError`."""
        station = self.stations[identity]
        return _load(
            station.wiring, station.between_lines, self.split_phase, self.voltage_v
        )

    def limit_of(self, node_id: str) -> Limit:
        """Return the limit of a group, or the main fuse (""). Raises `KeyError`."""
        return self.groups[node_id].limit if node_id else self.main_fuse

    def stations_below(self, node_id: str) -> tuple[str, ...]:
        """Return the stations behind a group's circuit ("": the site's), those of its inner groups too."""
        if not node_id:
            return tuple(self.stations)
        found, inner = [node_id], 0
        while inner < len(found):
            found += [
                group.id
                for group in self.groups.values()
                if group.parent == found[inner] and group.id not in found
            ]
            inner += 1
        return tuple(
            identity for group_id in found for identity in self.groups[group_id].members
        )

    def circuits_above(self, identity: str) -> tuple[str, ...]:
        """Return the circuits that a station is behind: its group, those above, and "" for the site."""
        above = self._above.get(identity)
        if above is None:
            above = self._above[identity] = self._circuits_above(identity)
        return above

    def _circuits_above(self, identity: str) -> tuple[str, ...]:
        found: list[str] = []
        group = self._group_of(identity)
        # A group that is its own ancestor was refused by the form; a hand-edited file may have one.
        while group is not None and group.id not in found:
            found.append(group.id)
            group = self.groups.get(group.parent or "")
        return (*found, "")

    def group_of(self, identity: str) -> GroupConfig | None:
        """Return the group that a station belongs to, or None where only the main fuse holds."""
        return self.groups.get(self.circuits_above(identity)[0])

    def _group_of(self, identity: str) -> GroupConfig | None:
        return next(
            (group for group in self.groups.values() if identity in group.members), None
        )


# The stations of one house come in few wirings.
@lru_cache(maxsize=128)
def _load(
    wiring: tuple[Phase, ...], between: bool, split_phase: bool, voltage_v: float
) -> Load:
    if not between or len(wiring) < 2:
        return to_neutral(wiring, voltage_v)
    if split_phase:
        return between_legs(voltage_v)
    return between_lines(wiring[0], wiring[1], voltage_v)


@dataclass(frozen=True, slots=True)
class ListenerConfig:
    """Where stations dial in. `host` None is every interface; paths are PEM files.

    With a certificate the port is encrypted, unless there is a `tls_port` of its own. Stations whose certificates
    the `client_ca` has signed may prove themselves with them.
    """

    port: int
    host: str | None = None
    certificate: str | None = None
    private_key: str | None = None
    tls_port: int | None = None
    client_ca: str | None = None

    @property
    def plain_port(self) -> int | None:
        """The port without encryption, if there is one."""
        encrypted = self.certificate is not None and self.tls_port is None
        return None if encrypted else self.port

    @property
    def encrypted_port(self) -> int | None:
        """The port with encryption, if there is one."""
        if self.certificate is None:
            return None
        return self.port if self.tls_port is None else self.tls_port
