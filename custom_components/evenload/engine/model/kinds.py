"""What an EVSE is, and what its own figures come to in amperes on each phase of the grid."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite

from .capabilities import Capabilities, EvseTraits
from .configuration import EvseConfig, SiteConfig
from .identity import EvseKey
from .limits import (
    DC_EFFICIENCY,
    MINIMUM_CURRENT_A,
    MINIMUM_DC_POWER_W,
    Current,
    Limit,
    Power,
)
from .phases import CurrentType

# Connectors that never carry alternating current (OCPP 2.1 appendix, connector types).
_DC_CONNECTORS = frozenset(
    {"cCCS1", "cCCS2", "cG105", "cChaoJi", "cUltraChaoJi", "cGBT-DC", "cMCS"}
)

_NOTHING_SAID = EvseConfig()
_NOTHING_KNOWN = EvseTraits()


@dataclass(frozen=True, slots=True)
class EvseKind:
    """What one EVSE is: `installed_a` is what its owner says that it can draw, `rated_a` what it says itself.

    Direct current is made of all phases alike: `phases` is the number of grid phases that it is taken from.
    """

    current_type: CurrentType
    phases: int
    voltage_v: float
    installed_a: float
    rated_a: float

    @property
    def is_dc(self) -> bool:
        """Whether it gives direct current."""
        return self.current_type is CurrentType.DC

    @property
    def minimum_a(self) -> float:
        """The least that a vehicle charges with, in amperes on each grid phase."""
        return (
            self.amperes(Power(MINIMUM_DC_POWER_W)) if self.is_dc else MINIMUM_CURRENT_A
        )

    @property
    def maximum(self) -> Limit:
        """The most that it gives, in the unit that it is limited in."""
        return Power(self.watts(self.rated_a)) if self.is_dc else Current(self.rated_a)

    @property
    def minimum(self) -> Limit:
        """The least that it gives, in the unit that it is limited in."""
        return Power(MINIMUM_DC_POWER_W) if self.is_dc else Current(MINIMUM_CURRENT_A)

    def amperes(self, limit: Limit) -> float:
        """Return what a limit comes to on each grid phase: of direct current, the losses of making it included."""
        match limit:
            case Current(a):
                return a
            case Power(w):
                efficiency = DC_EFFICIENCY if self.is_dc else 1.0
                return w / efficiency / (self.voltage_v * self.phases)

    def grid_w(self, power_w: float) -> float:
        """Return what a power comes to at the grid: making direct current loses some, and what comes out is told as it does."""
        return power_w / DC_EFFICIENCY if self.is_dc and power_w > 0 else power_w

    def watts(self, current_a: float) -> float:
        """Return what the vehicle gets of a current on each grid phase, in watts."""
        efficiency = DC_EFFICIENCY if self.is_dc else 1.0
        return current_a * self.voltage_v * self.phases * efficiency


def evse_kind(site: SiteConfig, capabilities: Capabilities, key: EvseKey) -> EvseKind:
    """Return what an EVSE is: what its owner says, else what its station says, else AC on all phases of its wiring."""
    station = site.stations[key.identity]
    return _kind(
        station.evses.get(key.evse, _NOTHING_SAID),
        capabilities.evse_traits.get(key.evse, _NOTHING_KNOWN),
        1 if station.between_lines else len(station.wiring),
        station.maximum.a,
        site.line_voltage_v if station.between_lines else site.voltage_v,
    )


# It is asked for whenever anything is shared; the stations of one house come in few kinds.
@lru_cache(maxsize=256)
def _kind(
    said: EvseConfig, traits: EvseTraits, phases: int, most_a: float, voltage_v: float
) -> EvseKind:
    current_type = said.current_type or _own_type(traits)
    kind = EvseKind(current_type, phases, voltage_v, most_a, most_a)
    installed_a = _most_a(kind, said.maximum, traits, most_a)
    told_w = traits.maximum_w
    own = None if told_w is None or not isfinite(told_w) else Power(told_w)
    # A station's word is enough to give it no more than that, and not enough to count with less.
    rated_a = installed_a if said.maximum else _most_a(kind, own, traits, installed_a)
    return replace(kind, installed_a=installed_a, rated_a=rated_a)


def _own_type(traits: EvseTraits) -> CurrentType:
    if traits.current_type is not None:
        return traits.current_type
    is_dc = bool(traits.connectors) and _DC_CONNECTORS.issuperset(traits.connectors)
    return CurrentType.DC if is_dc else CurrentType.AC


def _most_a(
    kind: EvseKind, most: Limit | None, traits: EvseTraits, station_a: float
) -> float:
    """Return the lesser of an EVSE's own most and its station's; less than a vehicle can take is no rating."""
    if most is None:
        return station_a
    if isinstance(most, Power) and not kind.is_dc:
        # Watts of alternating current may all be on one phase.
        most_a = most.w / (kind.voltage_v * min(traits.phases or 1, kind.phases))
    else:
        most_a = kind.amperes(most)
    return min(station_a, most_a) if most_a >= kind.minimum_a - 1e-9 else station_a
