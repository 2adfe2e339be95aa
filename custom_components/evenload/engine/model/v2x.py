"""Discharging: what a vehicle may feed back, how its station is told, and why it is not done. Powers in watts; negative is out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .capabilities import Purpose
from .limits import RateUnit
from .v2x_ability import Method, OperationMode

# Nobody needs to say more than once in so long that a setpoint still holds; nobody holds one for longer that nobody renews.
SETPOINT_LASTS_S = 60

# Who dispatches: the owner, or an automation of his; a grid programme; a central system above; a plan. Of several the first counts.
ACTION = "action"
PROGRAMME = "programme"
UPSTREAM = "upstream"
PLAN = "plan"
SOURCES = (ACTION, PROGRAMME, UPSTREAM, PLAN)

# No vehicle is emptied further than this, whatever is asked: below, its battery is harmed.
LEAST_SOC_PERCENT = 5


class V2gMode(StrEnum):
    """What the owner has a vehicle do beside being charged."""

    OFF = "off"
    CHARGE_ONLY = "charge_only"
    HOUSE = "house"
    SETPOINT = "setpoint"
    PROGRAMME = "grid_programme"
    PLAN = "plan"


class Steering(StrEnum):
    """Who works out what flows at a vehicle that may feed back: we, its station by itself, or another controller (2.1 Q05 to Q09)."""

    EVENLOAD = "evenload"
    STATION = "station"
    OTHERS = "others"


class IdleMethod(StrEnum):
    """How a vehicle that can discharge is kept from doing anything. Some break their session at 0 W."""

    ZERO = "zero"
    UPKEEP = "upkeep"
    IDLE_MODE = "idle_mode"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class V2xDialect:
    """How one station is told to discharge, and what its vehicle bears; a careful owner may write it from the maker's manual.

    A value on the wire is the power in watts times `scale`, turned round where `discharge_is_positive`. Where
    `charges_by_limits`, the method only says how to discharge, and charging is limited as everywhere.
    """

    method: Method
    charges_by_limits: bool = True
    unit: RateUnit = RateUnit.WATTS
    purpose: Purpose = Purpose.TX
    clear_before_set: bool = False
    # The configuration key, or the variable as `Component[instance]@evse/Variable[instance]`. Empty, here and below: as
    # docs/v2g-extension.md has it.
    key: str = ""
    vendor: str = ""
    message: str = ""
    # The fields of a message, with the words `{power}`, `{evse}` and `{seconds}` where those belong.
    fields: Mapping[str, str] = field(default_factory=dict)
    # The answer shows by this field and value that it was obeyed; empty: any that is accepted.
    reply_field: str = ""
    reply_value: str = ""
    # What is written, or which fields are sent, to end a setpoint; empty: as docs/v2g-extension.md says.
    released: str = ""
    release_fields: Mapping[str, str] = field(default_factory=dict)
    scale: float = 1.0
    discharge_is_positive: bool = False
    # After so long without being told anew the station goes back to charging by itself; None: never.
    expires_s: float | None = None
    # It is told at least so often, and never more often than every `settles_s`.
    refresh_s: float = 20.0
    settles_s: float = 2.0
    idle: IdleMethod = IdleMethod.ZERO
    upkeep_w: float = 100.0
    # It does nothing between 0 and this, in either direction.
    minimum_w: float = 1400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class V2gConfig:
    """What the owner allows an EVSE to feed back; without one, nothing.

    `to_grid` lets it flow beyond the house, as far as the site's own cap goes. `dialect` None: by what the station says.
    """

    maximum_w: float
    to_grid: bool = False
    minimum_soc_percent: float = 30.0
    # That the installation may feed in was confirmed, when.
    confirmed_at: datetime | None = None
    dialect: V2xDialect | None = None
    # What the vehicle's battery holds; None: as the vehicle says, or not known.
    capacity_wh: float | None = None
    # What a kWh taken out of the battery costs it, in the currency of the prices; None: a part of what a kWh usually costs.
    wear_per_kwh: float | None = None
    # The vehicles that may, by what they are called over ISO 15118 (EVCCID); none named: any.
    vehicles: tuple[str, ...] = ()
    # Another than us decides only where its station offers that.
    steering: Steering = Steering.EVENLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class SetpointOrder:
    """What one vehicle shall do for a while, with both sides of it said: nothing means what is left out.

    `power_w` lies between `discharge_limit_w` (0 or less) and `charge_limit_w` (0 or more). It ends by itself after
    `lasts_s`, where the station can do that; then the limits beneath hold, and nothing is discharged.
    """

    evse: int
    power_w: float
    charge_limit_w: float
    discharge_limit_w: float
    lasts_s: float = SETPOINT_LASTS_S
    mode: OperationMode = OperationMode.CENTRAL_SETPOINT
    transaction_id: str | None = None
    dialect: V2xDialect
    voltage_v: float = 230.0
    phases: int = 3
    # So much of what is fed back comes out, as it was measured: the rest is lost, and told on top.
    makes: float = 1.0
    # What each of the station's phases shall have of `power_w`; said only where the vehicle told that it can (2.1).
    by_phase_w: tuple[float, float, float] | None = None
    # The power electronics may sleep while the vehicle rests (2.1).
    sleeps: bool = False
    # `LocalFrequency`: watts at hertz, and at a signal of the grid operator's, on top of a baseline (2.1).
    baseline_w: float = 0.0
    frequency_curve: tuple[tuple[float, float], ...] = ()
    signal_curve: tuple[tuple[int, float], ...] = ()


class Hindrance(StrEnum):
    """Why a vehicle does not discharge, as the owner is told it."""

    OFF = "off"
    NOT_CONFIRMED = "not_confirmed"
    NOT_PLUGGED_IN = "not_plugged_in"
    NOT_CONNECTED = "not_connected"
    STATION_CANNOT = "station_cannot"
    VEHICLE_CANNOT = "vehicle_cannot"
    NOT_PROVEN = "not_proven"
    SOC_UNKNOWN = "soc_unknown"
    SOC_AT_MINIMUM = "soc_at_minimum"
    METER_MISSING = "meter_missing"
    METER_STALE = "meter_stale"
    # It shows what flows out as if it flowed in.
    METER_UNSIGNED = "meter_unsigned"
    GRID_UNSTEADY = "grid_unsteady"
    HOUSE_NEEDS_LITTLE = "house_needs_little"
    EXPORT_CAP = "export_cap"
    GRID_OPERATOR = "grid_operator"
    STATION_REFUSES = "station_refuses"
    CHANGING_DIRECTION = "changing_direction"
    PAUSED = "paused"
    ENOUGH_GIVEN = "enough_given"
    NO_ORDER = "no_order"
    PLANNED_FOR_LATER = "planned_for_later"
    # Less is asked for, or allowed, than the vehicle does anything with.
    TOO_LITTLE_POWER = "too_little_power"
    # Another controller than this sets the power: nothing that is asked for here is done.
    OTHERS_DECIDE = "others_decide"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a station did not take a setpoint; `code` and `detail` are its own words. `passing`: worth asking again soon."""

    hindrance: Hindrance
    code: str = ""
    detail: str = ""
    passing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DischargeState:
    """What becomes of an EVSE's discharging at the moment, for whoever looks on.

    `setpoint_w` is what it was told last, None while only limits hold; `hindrance` None: it discharges, or has nothing to.
    """

    mode: V2gMode = V2gMode.OFF
    setpoint_w: float | None = None
    hindrance: Hindrance | None = Hindrance.OFF
    soc_percent: float | None = None
    discharge_limit_w: float = 0.0
    minimum_soc_percent: float = 30.0
    until: datetime | None = None
    # Who asked for what it does; None: nobody, it goes by its mode.
    source: str | None = None
    left_wh: float | None = None
    # Who decides what flows: as the station says, else as it was told.
    operation_mode: OperationMode = OperationMode.CHARGING_ONLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A signed setpoint for an EVSE, a group or the site, from any source, until it ends.

    `target` is an EVSE ("{identity}_{evse}") or a node of the tree. Afterwards the vehicles do what `afterwards` says;
    None: what each did before.
    """

    id: str
    target: str
    power_w: float
    until: datetime
    source: str = ACTION
    afterwards: V2gMode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A group of vehicles as one battery. What is not known of a vehicle is not in it.

    `available_wh` may be taken out down to each vehicle's minimum, `wanted_wh` put in until it is full. `discharge_w` is
    the most that can be fed back now, `charge_w` the most that can be drawn (both 0 or more), `power_w` what flows, signed.
    """

    vehicles: int = 0
    available_wh: float = 0.0
    wanted_wh: float = 0.0
    discharge_w: float = 0.0
    charge_w: float = 0.0
    power_w: float = 0.0
    soc_percent: float | None = None
