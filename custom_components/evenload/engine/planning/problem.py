"""What is to be planned: the vehicles that are there with what they want, the circuits above them, and what is expected.

All that is not known has a value that means so, and is planned without. Powers are watts at the socket and magnitudes;
energy is watt hours in the battery.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from ..model.identity import EvseKey
from ..model.loads import Load, to_neutral
from ..model.phases import ALL_PHASES
from ..model.planning import HORIZON, QUARTER, ChargeMode, Outlook, Series
from ..model.tree import Tree

_THREE_PHASES = to_neutral(ALL_PHASES, 230.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """What discharging does with a vehicle, whatever a plan would like.

    Until a moment (None: there is no order) it is to do `power_w`, below 0 out. From then on it gives what the house takes
    and takes what the sun leaves, if it `carries_house`; else the plan may have it.
    """

    until: datetime | None = None
    power_w: float = 0.0
    carries_house: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the vehicle at one EVSE wants, and what it can do.

    `node` is its station's in the tree, and `load` what an ampere of it comes to there: the phases that it uses.
    It charges with `least_w` to `most_w`, or not at all; 0 as the least: with anything.
    """

    key: EvseKey
    node: str
    load: Load = _THREE_PHASES
    mode: ChargeMode = ChargeMode.CHEAPEST
    least_w: float = 0.0
    most_w: float
    # What shall have been added until it departs, and the most that may be; None: no more than is needed.
    needs_wh: float
    room_wh: float | None = None
    # Of what is drawn at the socket, so much is stored.
    efficiency: float = 0.9
    # None: by the end of the plan and beyond it, whenever it costs least.
    departs_at: datetime | None = None
    # None: it is there.
    arrives_at: datetime | None = None
    # Both together, or neither: where they are not known nothing tapers, and nothing is discharged.
    capacity_wh: float | None = None
    stored_wh: float | None = None
    # Pairs (state of charge in %, most watts into the battery), from the first of them on.
    taper: tuple[tuple[float, float], ...] = ()
    # Under `PLAN_V2G`, and while it is in hand: 0 as the most means never. Of what is taken out of the battery so much arrives.
    least_discharge_w: float = 0.0
    most_discharge_w: float = 0.0
    discharge_efficiency: float = 0.9
    minimum_soc_percent: float = 30.0
    # It may feed the grid, not only what is behind the same meter.
    to_grid: bool = False
    # What a kWh taken out of the battery costs it, in the currency of the prices; None: a part of what a kWh usually costs.
    wear_per_kwh: float | None = None
    # Per kWh, under `PRICE_LIMIT`.
    price_limit: float | None = None
    # As late as it costs no more; in one piece.
    late: bool = False
    together: bool = False
    # It charges now: going on is no start.
    charging: bool = False
    # It is not the plan's, for a time or altogether.
    in_hand: InHand | None = None
    # Who misses less where there is not enough for all: twice the weight counts twice.
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comfort:
    """What is worth something that no bill shows, in hours of one kW at a usual price.

    `start`: one start of charging less. `hour`: to be an hour later, or for those who do not want that, earlier.
    `awake`: an hour less of charging, with as much energy.
    """

    start: float = 0.1
    hour: float = 0.001
    awake: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything that a plan is made from. It covers `quarters` from the full quarter before `now` on.

    The limits of `tree` are those of the circuits themselves: house and sun are subtracted at its root as the outlook has
    them, evenly on the lines that there are. Who is not among the wishes draws nothing.
    """

    now: datetime
    tree: Tree
    wishes: tuple[Wish, ...] = ()
    outlook: Outlook = field(default_factory=Outlook)
    quarters: int = HORIZON // QUARTER
    # Whose hours and days the tariffs mean.
    zone: tzinfo = UTC
    # The most that may come from the grid in all, where somebody above caps it by the hour.
    import_cap_w: Series | None = None
    # The most that may flow into the grid because of discharging vehicles.
    export_cap_w: float = 0.0
    comfort: Comfort = field(default_factory=Comfort)
    # From then on it is planned as if vehicles could charge with any power: quicker, for who plans anew before. None: never.
    exact_quarters: int | None = None

    @property
    def start(self) -> datetime:
        """The full quarter of an hour in which `now` lies. All zones are whole quarters apart from UTC."""
        return self.now - timedelta(
            minutes=self.now.minute % 15,
            seconds=self.now.second,
            microseconds=self.now.microsecond,
        )
