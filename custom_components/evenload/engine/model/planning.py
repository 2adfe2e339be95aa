"""Planning: what vehicles need by when, what is expected of prices, sun and house, and what shall flow in each quarter hour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from .identity import EvseKey

# Prices, forecasts and plans are told in pieces of this length, each from a full quarter of an hour on.
QUARTER = timedelta(minutes=15)

# So far ahead is planned. Prices of tomorrow come in the early afternoon, and who plugs in then may leave the day after.
HORIZON = timedelta(hours=36)


class ChargeMode(StrEnum):
    """When a vehicle charges. The balancer has the last word in every one of them."""

    OFF = "off"
    FAST = "fast"
    SOLAR = "solar"
    MINIMUM_SOLAR = "minimum_solar"
    CHEAPEST = "cheapest"
    PRICE_LIMIT = "price_limit"
    # Charges and feeds back as the plan says, within what discharging was set up for.
    PLAN_V2G = "plan_v2g"


class PlanKind(StrEnum):
    """How good a plan is: the best there is, the best that was found in time, or one made by simple rules."""

    OPTIMAL = "optimal"
    BEST_FOUND = "best_found"
    GREEDY = "greedy"


@dataclass(frozen=True, slots=True)
class Series:
    """Values from a full quarter of an hour on, one for each quarter; None where nothing is known."""

    start: datetime
    values: tuple[float | None, ...]

    def at(self, moment: datetime) -> float | None:
        """Return the value that holds at a moment; None before the first and after the last."""
        place = (moment - self.start) // QUARTER
        return self.values[place] if 0 <= place < len(self.values) else None


@dataclass(frozen=True, slots=True)
class Span:
    """A time from one moment to another."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Windows:
    """When something is to run, in order. `price` is the mean per kWh; None: not known. `fits`: there is enough time."""

    spans: tuple[Span, ...]
    price: float | None
    fits: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandTariff:
    """A price for the highest mean power drawn from the grid in a quarter hour (or hour) of a billing period.

    `price` is per kW, `reached_w` what the period has come to so far. `hours` (local, 0 to 23) and `weekdays`
    (0 is Monday) are when it counts; empty: always. `from_w` is free of charge.
    """

    price: float
    reached_w: float = 0.0
    from_w: float = 0.0
    minutes: int = 15
    hours: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is expected of the next hours. None: not known, and planned without.

    Prices are per kWh in `currency`, all taxes included; what is exported earns `export_price`. `sun_w` is what a roof
    will make and `house_w` what the house will draw beside the vehicles, both 0 or more and means over a quarter.
    `past` are both prices of the last days, as far as they can still be told: nothing is planned with them.
    """

    import_price: Series | None = None
    export_price: Series | None = None
    sun_w: Series | None = None
    house_w: Series | None = None
    currency: str = ""
    demand_tariffs: tuple[DemandTariff, ...] = ()
    past: tuple[Series | None, Series | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleFacts:
    """What is known of the vehicle at an EVSE from its own sensors, or as its owner typed it in; None: not known."""

    capacity_wh: float | None = None
    soc_percent: float | None = None
    efficiency: float = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeGoal:
    """What the owner wants of an EVSE's vehicle, beside its departure, which is in its settings.

    `soc_percent` needs a known state of charge and capacity; `energy_wh` counts from plugging in. Neither: full.
    `price_limit` is per kWh. `late`: as late as it costs no more, for the battery's sake; `together`: in one piece.
    """

    mode: ChargeMode = ChargeMode.FAST
    soc_percent: float | None = None
    energy_wh: float | None = None
    price_limit: float | None = None
    late: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VehiclePlan:
    """What shall flow at one EVSE: mean watts at the socket in each quarter of the plan; negative is out.

    `shortfall_wh` is what will be missing in the battery at departure, `cost` what it costs beside an empty socket,
    `full_at` when the goal is reached.
    """

    power_w: tuple[float, ...]
    cost: float | None = None
    energy_wh: float = 0.0
    shortfall_wh: float = 0.0
    departs_at: datetime | None = None
    next_start: datetime | None = None
    full_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The next hours in quarters from `start` on, for every vehicle that is planned for, as of `made_at`.

    `grid_w` is the mean power expected at the grid connection, negative out; `cost` is that of all vehicles.
    `without` names what was not known (fields of `Outlook`).
    """

    made_at: datetime
    start: datetime
    kind: PlanKind
    vehicles: Mapping[EvseKey, VehiclePlan] = field(default_factory=dict)
    grid_w: tuple[float, ...] = ()
    cost: float | None = None
    without: tuple[str, ...] = ()

    def power_w(self, key: EvseKey, moment: datetime) -> float | None:
        """Return what shall flow at an EVSE at a moment; None where it is not planned for."""
        vehicle = self.vehicles.get(key)
        place = (moment - self.start) // QUARTER
        if vehicle is None or not 0 <= place < len(vehicle.power_w):
            return None
        return vehicle.power_w[place]
