"""A meter as the forms and the entry write it: which sensors it is made of, and how it is believed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .engine.model.household import MeterConfig
from .engine.model.limits import Current
from .engine.model.phases import ALL_PHASES, Phase

CONF_FALLBACK_A = "fallback_a"
CONF_INCLUDES_STATIONS = "includes_stations"
CONF_INVERTED = "inverted"
CONF_KIND = "kind"
CONF_LARGEST_A = "largest_a"
CONF_LOST_S = "lost_s"
CONF_MARGIN_A = "margin_a"
CONF_SPREAD = "spread"
CONF_STALE_S = "stale_s"

# Every sensor has its field: of each line, or of all together; what is fed back may have one of its own.
TOTAL = "total"
EXPORT = "export_"

NO_METER = "none"

DEFAULT_FALLBACK_A = 6.0
_DEFAULTS = MeterConfig(fallback=Current(DEFAULT_FALLBACK_A))
METER_DEFAULTS: dict[str, float] = {
    CONF_MARGIN_A: _DEFAULTS.margin.a,
    CONF_LARGEST_A: _DEFAULTS.largest.a,
    CONF_FALLBACK_A: DEFAULT_FALLBACK_A,
    CONF_STALE_S: _DEFAULTS.stale_s,
    CONF_LOST_S: _DEFAULTS.lost_s,
}


class MeterKind(StrEnum):
    """What the sensors of a meter measure."""

    CURRENTS = "currents"
    POWERS = "powers"
    # One sensor of each line for what is taken, another for what is fed back.
    POWER_PAIRS = "power_pairs"
    TOTAL = "total"


class Spread(StrEnum):
    """How a power in all is thought to lie on the lines."""

    # Nobody knows: whatever the stations do not draw may be on any one line, so it counts on each.
    UNKNOWN = "unknown"
    EVEN = "even"
    L1 = "l1"
    L2 = "l2"
    L3 = "l3"


@dataclass(frozen=True, slots=True)
class MeterSensors:
    """The sensors of one meter: entities by line, or by `TOTAL`. Positive is taken from the grid, unless inverted."""

    kind: MeterKind
    taken: Mapping[str, str]
    fed_back: Mapping[str, str]
    spread: Spread = Spread.UNKNOWN
    inverted: bool = False
    includes_stations: bool = True

    @property
    def entities(self) -> tuple[str, ...]:
        """Every entity that the meter is made of."""
        return (*self.taken.values(), *self.fed_back.values())

    def lines_of(self, entity_id: str) -> tuple[Phase, ...]:
        """Return the lines that an entity tells of."""
        named = (*self.taken.items(), *self.fed_back.items())
        names = {name for name, entity in named if entity == entity_id}
        return tuple(phase for phase in ALL_PHASES if names & {TOTAL, str(phase)})


def meter_config(
    data: Mapping[str, Any], phases: tuple[Phase, ...] = ALL_PHASES
) -> MeterConfig:
    """Return how a meter is believed, on a site with these phases."""
    said = METER_DEFAULTS | {
        key: float(data[key]) for key in METER_DEFAULTS if key in data
    }
    return MeterConfig(
        fallback=Current(said[CONF_FALLBACK_A]),
        includes_stations=data.get(CONF_INCLUDES_STATIONS, True),
        margin=Current(said[CONF_MARGIN_A]),
        stale_s=said[CONF_STALE_S],
        lost_s=said[CONF_LOST_S],
        largest=Current(said[CONF_LARGEST_A]),
        sum_only=data[CONF_KIND] == MeterKind.TOTAL
        and data.get(CONF_SPREAD, Spread.UNKNOWN) == Spread.UNKNOWN
        and len(phases) > 1,
    )


def meter_sensors(
    data: Mapping[str, Any], phases: tuple[Phase, ...] = ALL_PHASES
) -> MeterSensors:
    """Return the sensors of a meter; those of lines that the site does not have are left out."""
    kind = MeterKind(data[CONF_KIND])
    names = (TOTAL,) if kind is MeterKind.TOTAL else tuple(phases)
    return MeterSensors(
        kind,
        taken=_chosen(data, names),
        fed_back=_chosen(data, names, EXPORT) if feeds_back_apart(kind) else {},
        spread=Spread(data.get(CONF_SPREAD, Spread.UNKNOWN)),
        inverted=data.get(CONF_INVERTED, False),
        includes_stations=data.get(CONF_INCLUDES_STATIONS, True),
    )


def feeds_back_apart(kind: MeterKind) -> bool:
    """Whether what is fed back may have sensors of its own."""
    return kind in (MeterKind.POWER_PAIRS, MeterKind.TOTAL)


def is_complete(data: Mapping[str, Any], lines: tuple[Phase, ...]) -> bool:
    """Whether a meter has a sensor of each of these lines."""
    sensors = meter_sensors(data, lines)
    return sensors.kind is MeterKind.TOTAL or all(
        line in sensors.taken for line in lines
    )


def _chosen(
    data: Mapping[str, Any], names: Iterable[str], prefix: str = ""
) -> dict[str, str]:
    return {
        str(name): entity for name in names if (entity := data.get(f"{prefix}{name}"))
    }
