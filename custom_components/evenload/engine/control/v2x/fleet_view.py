"""The site as discharging sees it: its vehicles with all that decides what they may, its meter, and what may flow out."""

from collections.abc import Callable, Mapping, Set as AbstractSet
from datetime import datetime
from math import inf

from ...model.configuration import SiteConfig
from ...model.household import MeterState
from ...model.identity import EvseKey
from ...model.kinds import EvseKind
from ...model.limits import DC_EFFICIENCY
from ...model.phases import PhaseCurrents
from ...model.stations import Evse, Station
from ...model.tree import ROOT
from ...model.v2x import V2gConfig
from ..circuits import Circuits
from ..commitments import Commitments
from .charge import Charges
from .dialects import ability_of, dialect_of
from .dividing import Bound
from .export import circuit_bounds, grid_bounds
from .feeding import Feeding, Flow
from .following import HouseLoad, Span
from .grid_watch import GridWatch
from .meter_trust import MeterTrust
from .orders import Orders
from .permission import Facts, hindrance_of, is_low
from .vehicle import Vehicle


class FleetView:
    """What is known at this moment."""

    def __init__(
        self,
        site: Callable[[], SiteConfig],
        stations: Callable[[], Mapping[str, Station]],
        commitments: Commitments,
        circuits: Circuits,
        orders: Orders,
        charges: Charges,
        now: Callable[[], datetime],
    ) -> None:
        """Look at these."""
        self.feeding = Feeding(now)
        self.house = HouseLoad()
        self.trust = MeterTrust()
        self.grid = GridWatch()
        self.orders = orders
        # What vehicles were seen to make of more, where that is less.
        self.reach_w: dict[EvseKey, float] = {}
        # Whether a sensor of the site's meter has nothing to say.
        self.meter_is_silent = False
        self._site, self._stations = site, stations
        self._commitments, self._circuits = commitments, circuits
        self._charges = charges
        self._now = now
        self._low: set[EvseKey] = set()
        self._seen: SiteConfig | None = None
        self._has_any = False

    @property
    def is_set_up(self) -> bool:
        """Whether any vehicle may ever feed back, or was told to."""
        site = self.site
        if self._seen is not site:
            # It is asked for whenever anything is heard.
            self._seen = site
            self._has_any = any(station.v2g for station in site.stations.values())
        return self._has_any or any(True for _ in self.feeding)

    @property
    def site(self) -> SiteConfig:
        """The site as it is now."""
        return self._site()

    @property
    def keys(self) -> dict[str, EvseKey]:
        """The EVSEs by their keys in words."""
        return {
            str(evse.key): evse.key
            for identity in self.site.stations
            for evse in self._stations()[identity].evses.values()
        }

    @property
    def export_cap_w(self) -> float:
        """The most that may flow into the grid because of vehicles: the form's, or that from outside."""
        outside_w = self.orders.export_cap_w
        return min(self.site.export_cap_w, inf if outside_w is None else outside_w)

    def evse(self, key: EvseKey) -> Evse:
        """Return one EVSE. Raises `KeyError`."""
        return self._stations()[key.identity].evses[key.evse]

    def kind(self, key: EvseKey) -> EvseKind:
        """Return what an EVSE is."""
        return self._commitments.kind(key)

    def set_frequency(self, hz: float | None) -> None:
        """Take the grid's frequency."""
        self.grid.set_frequency(hz)

    def flow(self, key: EvseKey) -> Flow:
        """Return what an EVSE measured, and what its limits let through."""
        evse = self.evse(key)
        allowed_w = self.kind(key).watts(self._commitments.in_force_a(key))
        return Flow(evse.reading.power_w, evse.metered_at, allowed_w)

    def fed_a(self, key: EvseKey) -> float:
        """Return the most that an EVSE may be feeding back, in amperes on each of its phases, 0 or more."""
        if self.feeding.last(key) is None:
            return 0.0
        fed_w = self.feeding.may_feed_w(key, self.flow(key), self._now())
        kind = self.kind(key)
        phases = (
            kind.phases
            if kind.is_dc
            else self.evse(key).reading.phases_in_use() or kind.phases
        )
        return fed_w / (kind.voltage_v * phases)

    def vehicles(
        self, refused: AbstractSet[EvseKey] = frozenset(), *, probing: bool = False
    ) -> list[Vehicle]:
        """Return all that are set up, with why each may not feed back."""
        found = []
        needs_meter = self._needs_meter()
        for identity, config in self.site.stations.items():
            station = self._stations()[identity]
            for number, v2g in config.v2g.items():
                if number in station.evses:
                    evse = station.evses[number]
                    refuses = evse.key in refused
                    found.append(
                        self._vehicle(
                            station,
                            evse,
                            v2g,
                            refuses=refuses,
                            needs_meter=needs_meter,
                            probing=probing,
                        )
                    )
        return found

    def bounds(self, vehicles: list[Vehicle]) -> list[Bound]:
        """Return what all vehicles together may feed back."""
        site, now = self.site, self._now()
        backgrounds: dict[str, PhaseCurrents] = {}
        for node_id, household in self._circuits.households.items():
            background = household.figures(now).background
            if background is not None and not household.meter.sum_only:
                backgrounds[node_id] = background
        return [
            *grid_bounds(vehicles, self.load_w, self.export_cap_w),
            *circuit_bounds(site, vehicles, backgrounds),
        ]

    @property
    def load_w(self) -> float | None:
        """What the house draws beside our vehicles, where that is known."""
        return None if self._is_meter_late else self.house.lasting_w(self._now())

    def others_w(self, besides: AbstractSet[EvseKey]) -> float:
        """Return what vehicles draw beside some of them."""
        return sum(
            max(0.0, evse.reading.power_w or 0.0)
            for identity in self.site.stations
            for evse in self._stations()[identity].evses.values()
            if evse.key not in besides and evse.is_charging
        )

    def read_house(self) -> None:
        """Take what the site's meter has just read."""
        household = self._circuits.households.get(ROOT)
        if household is None or household.reading is None:
            return
        site, reading = self.site, household.reading
        grid_w = sum(reading.currents) * site.voltage_v
        vehicles = Span()
        # Otherwise what it reads is the house alone.
        for identity in site.stations if household.meter.includes_stations else ():
            for evse in self._stations()[identity].evses.values():
                vehicles += self._span(evse, reading.at)
        self.house.read(grid_w, vehicles, reading.at, self.export_cap_w)
        self.trust.read(reading.currents, reading.at, gives=self._gives)

    @property
    def _gives(self) -> bool:
        """Whether any vehicle may hold a setpoint to feed back."""
        held = (self.feeding.held(key) for key in self.feeding)
        return any(order is not None and order.power_w < 0 for order in held)

    def _span(self, evse: Evse, at: datetime) -> Span:
        """Return what an EVSE may have drawn from the grid, in watts, when the meter was read."""
        key = evse.key
        if self.feeding.last(key) is None:
            power_w = evse.reading.power_w or 0.0
            return Span(*(self._on_grid(key, power_w),) * 2)
        low, high = self.feeding.span(key, at, self._lag_s, self.flow(key))
        return Span(self._on_grid(key, low), self._on_grid(key, high))

    def _on_grid(self, key: EvseKey, power_w: float) -> float:
        """Return what a vehicle's power comes to at the meter: what makes direct current of it loses some."""
        if power_w <= 0 or not self.kind(key).is_dc:
            return power_w
        return power_w / DC_EFFICIENCY

    @property
    def _lag_s(self) -> float:
        """How late a meter may show what flows."""
        return min(5.0, self.house.period_s)

    @property
    def _is_meter_late(self) -> bool:
        """Whether what the meter says is not what flows."""
        is_doubted = self.meter_is_silent or self.trust.is_stuck
        return is_doubted or self.house.is_late(self._now())

    def _meter_state(self) -> MeterState | None:
        household = self._circuits.households.get(ROOT)
        if household is None:
            return None
        return household.state(self._now())

    def _needs_meter(self) -> bool:
        """Whether what flows into the grid has to be seen: where a meter is, always; else not where all of it may."""
        if ROOT in self._circuits.households:
            return True
        configs = [
            v2g
            for station in self.site.stations.values()
            for v2g in station.v2g.values()
        ]
        most_w = sum(one.maximum_w for one in configs)
        return self.export_cap_w < most_w or not all(one.to_grid for one in configs)

    def _vehicle(
        self,
        station: Station,
        evse: Evse,
        config: V2gConfig,
        *,
        refuses: bool,
        needs_meter: bool,
        probing: bool,
    ) -> Vehicle:
        key, now = evse.key, self._now()
        ability = ability_of(station, key.evse)
        dialect = dialect_of(config, ability, station.version)
        needs = self.orders.needs.get(key)
        capacity_wh = config.capacity_wh or (needs and needs.capacity_wh) or None
        soc = self._charges.soc(key, capacity_wh, now)
        own_minimum = evse.settings.minimum_soc_percent
        minimum = config.minimum_soc_percent if own_minimum is None else own_minimum
        facts = Facts(
            config=config,
            station=station,
            evse=evse,
            dialect=dialect,
            needs=needs,
            vehicle=self.orders.names.get(key),
            soc_percent=soc,
            minimum_percent=minimum,
            is_low=key in self._low,
            meter=self._meter_state(),
            needs_meter=needs_meter,
            is_meter_late=self._is_meter_late,
            is_grid_unsteady=self.grid.is_unsteady(evse, self.site.voltage_v, now),
            refuses=refuses,
            is_watched=key.identity in self._circuits.silent(self.site),
        )
        if soc is not None:
            low = is_low(soc, minimum, was_low=key in self._low)
            (self._low.add if low else self._low.discard)(key)
        flow = self.flow(key)
        may_feed_w = 0.0
        if self.feeding.last(key) is not None:
            may_feed_w = self.feeding.may_feed_w(key, flow, now)
        return Vehicle(
            station=station,
            evse=evse,
            kind=self.kind(key),
            config=config,
            dialect=dialect,
            needs=needs,
            hindrance=hindrance_of(facts, probing=probing),
            soc_percent=soc,
            minimum_percent=minimum,
            flow=flow,
            may_feed_w=may_feed_w,
            reach_w=self.reach_w.get(key),
        )
