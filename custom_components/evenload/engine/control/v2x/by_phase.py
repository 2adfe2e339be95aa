"""What a vehicle gives on each phase, where the grid counts each by itself: as much as is drawn there.

Vehicles do so that told what they can feed back on each phase (2.1 V2XChargingParametersType, errata V2X.06 to V2X.10). All
others give the same on each, and so no more than the phase on which least is drawn takes.
"""

from collections.abc import Mapping, Sequence

from ...model.configuration import StationConfig
from ...model.kinds import EvseKind
from ...model.needs import ChargingNeeds
from ...model.phases import ALL_PHASES, Phase
from ...model.readings import LIVE_A, Reading
from ...model.v2x import Steering, V2gConfig, V2xDialect
from ...model.v2x_ability import Method

# Which part of a power is on each of the station's own phases.
type Parts = tuple[float, float, float]

# Where all phases together take less than this there is nothing to divide.
_LITTLE_W = 1.0


def takes_phases(needs: ChargingNeeds | None, kind: EvseKind) -> bool:
    """Whether a vehicle uses three phases and can give another power on each: of direct current all are the same."""
    is_able = needs is not None and needs.takes_phases
    return is_able and not kind.is_dc and kind.phases == len(ALL_PHASES)


def parts_of(
    station: StationConfig,
    config: V2gConfig,
    dialect: V2xDialect | None,
    needs: ChargingNeeds | None,
    kind: EvseKind,
    rooms_w: Mapping[Phase, float],
) -> Parts | None:
    """Return how a vehicle divides what it gives that we tell it in OCPP 2.1's own words; None: it gives the same on each phase."""
    if (
        needs is None
        or dialect is None
        or dialect.method is not Method.NATIVE
        or config.steering is not Steering.EVENLOAD
        or station.between_lines
        or not takes_phases(needs, kind)
    ):
        return None
    return divided(needs, station.wiring, rooms_w)


def divided(
    needs: ChargingNeeds, wiring: Sequence[Phase], rooms_w: Mapping[Phase, float]
) -> Parts | None:
    """Return how a vehicle divides what it gives: by what each phase takes, and nothing where that is too little for it.

    All phases are then full at the same moment. None: no phase takes anything.
    """
    most = needs.on_phases("maxDischargePower")
    if most is None:
        return None
    least = needs.on_phases("minDischargePower") or (0.0, 0.0, 0.0)
    takes = [
        room_w if room_w >= least_w else 0.0
        for most_w, least_w, phase in zip(most, least, wiring, strict=True)
        for room_w in (min(rooms_w.get(phase, 0.0), most_w),)
    ]
    whole_w = sum(takes)
    if whole_w < _LITTLE_W:
        return None
    l1, l2, l3 = (takes_w / whole_w for takes_w in takes)
    return l1, l2, l3


def parts_measured(reading: Reading) -> Parts | None:
    """Return how a vehicle on three phases was measured to divide what flows, by its currents."""
    currents = [reading.current_a.get(phase) for phase in ALL_PHASES]
    l1, l2, l3 = currents
    if l1 is None or l2 is None or l3 is None or (whole_a := l1 + l2 + l3) < LIVE_A:
        return None
    return l1 / whole_a, l2 / whole_a, l3 / whole_a


def most_w(needs: ChargingNeeds, parts: Parts) -> float:
    """Return the most that a vehicle can give in all that divides it so."""
    most = needs.on_phases("maxDischargePower") or (0.0, 0.0, 0.0)
    return min(w / part for w, part in zip(most, parts, strict=True) if part > 0)


def least_w(needs: ChargingNeeds, parts: Parts) -> float:
    """Return the least that it can give in all."""
    least = needs.on_phases("minDischargePower") or (0.0, 0.0, 0.0)
    return max(w / part for w, part in zip(least, parts, strict=True) if part > 0)
