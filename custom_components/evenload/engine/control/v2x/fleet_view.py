"""The site as discharging sees it: its vehicles with all that decides what they may, its meter, and what may flow out."""

from collections.abc import Callable, Mapping, Set as AbstractSet
from datetime import datetime
from math import inf

from ...model.configuration import SiteConfig
from ...model.household import MeterState
from ...model.identity import EvseKey
from ...model.kinds import EvseKind
from ...model.needs import ChargingNeeds
from ...model.phases import ALL_PHASES, Phase
from ...model.stations import Evse, Station
from ...model.tree import ROOT
from ...model.v2x import V2gConfig, V2xDialect
from ..circuits import Circuits
from ..commitments import Commitments
from .by_phase import Parts, parts_measured, parts_of, takes_phases
from .charge import Charges
from .dialects import ability_of, dialect_of
from .dividing import Bound
from .export import (
    backgrounds_of,
    circuit_bounds,
    grid_bounds,
    needs_eyes,
    phase_bounds,
    rooms_of,
)
from .feeding import Feeding
from .following import Span
from .grid_watch import GridWatch
from .house_meter import HouseMeter
from .making import Making
from .orders import Orders
from .permission import Facts, hindrance_of, is_low
from .phases_seen import PhasesSeen
from .spans import line_spans, span_of
from .told import Flow
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
        self.house = HouseMeter(now)
        self.grid, self.making = GridWatch(now), Making()
        self.orders = orders
        # Who did not take a setpoint for each phase.
        self.even: set[EvseKey] = set()
        self._site, self._stations = site, stations
        self._commitments, self._circuits = commitments, circuits
        self._charges = charges
        self._now = now
        self.phases_seen = PhasesSeen()
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

    def lasting_w(self, key: EvseKey) -> float:
        """Return what an EVSE may draw while nobody is there to change it, in watts."""
        share_a = self._commitments.shares.get(key.identity, 0.0)
        fallback_a = self._commitments.holding(key).fallback_a
        return self.kind(key).watts(share_a if fallback_a is None else fallback_a)

    def flow(self, key: EvseKey) -> Flow:
        """Return what an EVSE measured, and what its limits let through."""
        evse = self.evse(key)
        allowed_w = self.kind(key).watts(self._commitments.in_force_a(key))
        parts = parts_measured(evse.reading)
        return Flow(evse.reading.power_w, evse.metered_at, allowed_w, parts)

    def fed_a(self, key: EvseKey) -> float:
        """Return the most that an EVSE may be feeding back, in amperes on each of its phases, 0 or more."""
        if self.feeding.last(key) is None:
            return 0.0
        fed_w = self.feeding.may_feed_w(key, self.flow(key), self._now())
        kind = self.kind(key)
        is_even = kind.is_dc or takes_phases(self.orders.needs.get(key), kind)
        seen = None if is_even else self.phases_seen.of(self.evse(key))
        most = max(1.0 / (seen or kind.phases), self.feeding.most_on_one(key) or 0.0)
        return fed_w * most / kind.voltage_v

    def vehicles(
        self, refused: AbstractSet[EvseKey] = frozenset(), *, probing: bool = False
    ) -> list[Vehicle]:
        """Return all that are set up, with why each may not feed back."""
        found = []
        has_meter = ROOT in self._circuits.households
        needs_meter = has_meter or needs_eyes(self.site, self.export_cap_w)
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
        bounds = grid_bounds(vehicles, self.load_w, self.export_cap_w)
        if self.site.export_by_phase and self.load_w is not None:
            lines_w = self.house.lines_w(self._phases)
            bounds += phase_bounds(self.site, vehicles, lines_w, self.export_cap_w)
        return [*bounds, *self.circuit_bounds(vehicles)]

    def circuit_bounds(self, vehicles: list[Vehicle]) -> list[Bound]:
        """Return what the circuits carry of that."""
        sun = backgrounds_of(self._circuits.households, self._now())
        return circuit_bounds(self.site, vehicles, sun)

    @property
    def load_w(self) -> float | None:
        """What the house draws beside our vehicles, where that is known."""
        return self.house.load_w

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
        if not self.house.can_be(reading.currents, site.main_fuse.a):
            return
        whole, lines = Span(), [Span()] * len(ALL_PHASES)
        # Otherwise what it reads is the house alone.
        for identity in site.stations if household.meter.includes_stations else ():
            for evse in self._stations()[identity].evses.values():
                whole += span_of(self, evse, reading.at)
                if site.export_by_phase:
                    on = zip(lines, line_spans(self, evse, reading.at), strict=True)
                    lines = [one + other for one, other in on]
        cap_w, volts = self.export_cap_w, site.voltage_v
        gives, told_w = self.feeding.gives, self.feeding.told_w
        self.house.read(reading, volts, whole, cap_w, gives=gives, told_w=told_w)
        if site.export_by_phase:
            self.house.read_lines(reading, volts, lines, self._phases, cap_w)

    @property
    def _phases(self) -> tuple[Phase, ...]:
        """The phases of the grid connection."""
        household = self._circuits.households.get(ROOT)
        return ALL_PHASES if household is None else household.circuit.phases

    def _meter_state(self) -> MeterState | None:
        household = self._circuits.households.get(ROOT)
        is_blind = self.site.export_by_phase and household and household.meter.sum_only
        if household is None or is_blind:
            return None
        return household.state(self._now())

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
            is_meter_late=self.house.is_late,
            is_meter_unsigned=self.house.hides_export,
            is_grid_unsteady=self.grid.is_unsteady(evse, self.site.voltage_v, now),
            refuses=refuses,
            is_watched=key.identity in self._circuits.silent(self.site),
        )
        if soc is not None:
            low = is_low(soc, minimum, was_low=key in self._low)
            (self._low.add if low else self._low.discard)(key)
        flow, told = self.flow(key), self.feeding.last(key) is not None
        may_feed_w = self.feeding.may_feed_w(key, flow, now) if told else 0.0
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
            reach_w=self.making.reach_w(key),
            end_w=self.making.end_w(key),
            makes=self.making.part(key),
            parts=self._parts(key, config, dialect, needs),
            was_on=self.phases_seen.of(evse),
        )

    def _parts(
        self,
        key: EvseKey,
        config: V2gConfig,
        dialect: V2xDialect | None,
        needs: ChargingNeeds | None,
    ) -> Parts | None:
        """Return how a vehicle divides what it gives among its phases; None: it gives the same on each."""
        if key in self.even or not self.site.export_by_phase:
            return None
        cap_w = self.export_cap_w if config.to_grid else 0.0
        rooms_w = rooms_of(self.house.lines_w(self._phases), cap_w)
        station = self.site.stations[key.identity]
        return parts_of(station, config, dialect, needs, self.kind(key), rooms_w)
