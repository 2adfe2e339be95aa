"""Whether a vehicle may feed back at all, and else why not: the first thing that stands in the way."""

from dataclasses import dataclass

from ...model.household import MeterState
from ...model.needs import ChargingNeeds
from ...model.stations import Evse, Station
from ...model.v2x import Hindrance, V2gConfig, V2gMode, V2xDialect
from ...model.v2x_ability import Method
from .dialects import ability_of, is_proven

# It stops so much above its minimum: what is said of a battery is rounded, and late. It begins again above that.
STOPS_ABOVE_PERCENT = 1.0
BEGINS_ABOVE_PERCENT = 2.0

# EN 50160, 4.2.2: a grid that is not within a tenth of its voltage is no steady one.
_VOLTAGE_BAND = 0.10

# Below and above these inverters leave the grid (EN 50549-1, 4.4.2), in parts of 50 or 60 Hz.
_FREQUENCY_BAND = (0.95, 1.03)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that decides whether one vehicle may feed back. `meter` None: there is none; `is_low`: it was at its minimum."""

    config: V2gConfig | None
    station: Station
    evse: Evse
    dialect: V2xDialect | None
    needs: ChargingNeeds | None
    vehicle: str | None
    soc_percent: float | None
    minimum_percent: float
    is_low: bool
    meter: MeterState | None
    needs_meter: bool
    is_meter_late: bool
    is_meter_unsigned: bool
    is_grid_unsteady: bool
    refuses: bool
    is_watched: bool


def hindrance_of(facts: Facts, *, probing: bool = False) -> Hindrance | None:
    """Return why a vehicle may not feed back; to be probed it needs neither a mode nor to be proven."""
    config, evse = facts.config, facts.evse
    mode = evse.settings.v2g_mode
    if config is None or (mode is V2gMode.OFF and not probing) or facts.is_watched:
        return Hindrance.OFF
    if config.confirmed_at is None:
        return Hindrance.NOT_CONFIRMED
    return (
        _by_station(facts, probing=probing)
        or _by_vehicle(facts)
        or _by_grid(facts, probing=probing)
    )


def _by_station(facts: Facts, *, probing: bool) -> Hindrance | None:
    station, evse = facts.station, facts.evse
    if not station.connected:
        return Hindrance.NOT_CONNECTED
    if not evse.wants_energy:
        return Hindrance.NOT_PLUGGED_IN
    if not evse.may_charge:
        return Hindrance.PAUSED
    if facts.dialect is None:
        return Hindrance.STATION_CANNOT
    ability = ability_of(station, evse.key.evse)
    if not probing and not is_proven(facts.dialect, ability):
        return Hindrance.NOT_PROVEN
    return None


def _by_vehicle(facts: Facts) -> Hindrance | None:
    named = () if facts.config is None else facts.config.vehicles
    if named and facts.vehicle not in named:
        return Hindrance.VEHICLE_CANNOT
    if not can_vehicle(facts.dialect, facts.needs):
        return Hindrance.VEHICLE_CANNOT
    if facts.soc_percent is None:
        return Hindrance.SOC_UNKNOWN
    if is_low(facts.soc_percent, facts.minimum_percent, was_low=facts.is_low):
        return Hindrance.SOC_AT_MINIMUM
    return None


def _by_grid(facts: Facts, *, probing: bool) -> Hindrance | None:
    if facts.needs_meter and facts.meter is None:
        return Hindrance.METER_MISSING
    if facts.needs_meter and (
        facts.meter is not MeterState.FRESH or facts.is_meter_late
    ):
        return Hindrance.METER_STALE
    if facts.needs_meter and facts.is_meter_unsigned:
        return Hindrance.METER_UNSIGNED
    if facts.is_grid_unsteady:
        return Hindrance.GRID_UNSTEADY
    if facts.refuses and not probing:
        return Hindrance.STATION_REFUSES
    return None


def can_vehicle(dialect: V2xDialect | None, needs: ChargingNeeds | None) -> bool:
    """Whether a vehicle can feed back, as far as it is known.

    By OCPP 2.1, and by the extension, it has to have asked for it (Q01); elsewhere most vehicles have no way to say so.
    """
    method = Method.EXTENSION if dialect is None else dialect.method
    if method not in (Method.NATIVE, Method.EXTENSION):
        # The plain words of 2.0.1 have none for it: "DC" says nothing of the other way.
        return True
    if needs is None:
        return method is not Method.NATIVE
    # What was agreed on while its station was away nobody knows: it is tried.
    return "BPT" in needs.transfer if needs.transfer else needs.is_bidirectional


def is_low(soc_percent: float, minimum_percent: float, *, was_low: bool) -> bool:
    """Whether a vehicle is at its minimum: it has to rise a little before it is not any more."""
    above = BEGINS_ABOVE_PERCENT if was_low else STOPS_ABOVE_PERCENT
    return soc_percent < minimum_percent + above


def is_voltage_steady(measured_v: float, nominal_v: float) -> bool:
    """Whether a voltage is one of a grid that is there."""
    return abs(measured_v - nominal_v) <= _VOLTAGE_BAND * nominal_v


def is_frequency_steady(hz: float) -> bool:
    """Whether a frequency is one of a grid that holds."""
    nominal = 60.0 if hz > 55.0 else 50.0
    lowest, highest = _FREQUENCY_BAND
    return lowest * nominal <= hz <= highest * nominal
