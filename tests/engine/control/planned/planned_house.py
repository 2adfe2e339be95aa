"""A house with sun, prices and batteries in virtual time: what vehicles draw goes into them, and the meter sees all of it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import override

from custom_components.evenload.engine.control.planned.controller import PlanControl
from custom_components.evenload.engine.control.planned.replanning import Solve
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import MetersSampled
from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.planning import (
    QUARTER,
    ChargeGoal,
    ChargeMode,
    Outlook,
    Plan,
    PlanKind,
    Series,
    VehiclePlan,
)
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.planning.problem import Problem
from tests.engine.control.house import House
from tests.engine.control.stations import Nature, VirtualStation
from tests.engine.virtual import BEGINNING

VOLTAGE_V = 230.0
METER = MeterConfig(Current(10.0), margin=Current(0.0))


def site_of(
    *names: str, metered: bool = True, fuse_a: float = 35.0, most_a: float = 16.0
) -> SiteConfig:
    """Return a site with these stations."""
    stations = {
        name: StationConfig(name, name, maximum=Current(most_a)) for name in names
    }
    return SiteConfig(
        "home",
        Current(fuse_a),
        meter=METER if metered else None,
        stations=stations,
    )


def stations(*names: str) -> list[VirtualStation]:
    """Return stations that know of transactions, and so of what a session got."""
    nature = Nature(has_transactions=True)
    return [VirtualStation(name, nature=nature) for name in names]


class PlannedHouse(House):
    """Lives in steps of some seconds; `load_w` is what it draws beside the vehicles by the second, below 0 with sun."""

    def __init__(
        self,
        config: SiteConfig,
        stations: Iterable[VirtualStation],
        load_w: Callable[[int], float] = lambda _: 0.0,
        solve: Solve | None = None,
    ) -> None:
        """Begin with all vehicles plugged in, and nothing in their registers."""
        self.solve = solve
        super().__init__(config, stations)
        self.load_w = load_w
        self.step_s = 2
        self.is_metered = True
        self.second = 0
        self.stored_wh = dict.fromkeys(self.stations, 0.0)
        self.grid_w: list[float] = []
        self.notices: dict[NoticeKind, Notice] = {}
        self.fleet.news.concerns.add(None, self._note)

    @property
    def control(self) -> PlanControl:
        """What plans."""
        return self.fleet.plans.control

    def _note(self, notice: Notice) -> None:
        if notice.active:
            self.notices[notice.kind] = notice
        else:
            self.notices.pop(notice.kind, None)

    async def begin(self) -> None:
        """Let everybody dial in, charging."""
        if self.solve is not None:
            self.control.solve_with(self.solve)
        for name in self.stations:
            self.connect(name)
        await self.live(20)
        # Before their first limits arrive, stations draw what they like.
        self.exceeded.clear()

    def wish(
        self,
        name: str,
        mode: ChargeMode,
        *,
        departs_in: timedelta | None = None,
        energy_wh: float | None = None,
        price_limit: float | None = None,
        soc_percent: float | None = None,
    ) -> None:
        """Set what the owner wants."""
        key = EvseKey(name, 1)
        goal = ChargeGoal(
            mode=mode,
            energy_wh=energy_wh,
            price_limit=price_limit,
            soc_percent=soc_percent,
        )
        departs_at = None if departs_in is None else self.now() + departs_in
        settings = self.fleet.evse(key).settings
        self.fleet.set_settings(
            key, replace(settings, goal=goal, departs_at=departs_at)
        )

    async def live(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds / self.step_s)):
            await asyncio.sleep(self.step_s)
            self.second += self.step_s
            for name, station in self.stations.items():
                watts = station.drawn_a() * VOLTAGE_V * station.phases
                self.stored_wh[name] += watts * self.step_s / 3600
            if self.second % 10 == 0:
                for name in self.stations:
                    self.meter(name)
            self._read()
            self.exceeded += self.excesses()

    def _read(self) -> None:
        if self.fleet.site.meter is None or not self.is_metered:
            return
        flows = PhaseCurrents.even(self.load_w(self.second) / 3 / VOLTAGE_V, ALL_PHASES)
        for station in self.stations.values():
            phases = ALL_PHASES[: station.phases]
            flows += PhaseCurrents.even(station.drawn_a(), phases)
        self.grid_w.append(sum(flows) * VOLTAGE_V)
        self.fleet.read_meter("", MeterReading(self.now(), flows))

    @override
    def meter(self, identity: str) -> None:
        station = self.stations[identity]
        if not station.connected:
            return
        drawn_a = station.drawn_a()
        samples = [
            Sample(
                "Current.Import",
                drawn_a if place < station.phases else 0.0,
                "A",
                phase.value.upper(),
            )
            for place, phase in enumerate(ALL_PHASES)
        ]
        samples += [
            Sample("Power.Active.Import", drawn_a * VOLTAGE_V * station.phases, "W"),
            Sample(
                "Energy.Active.Import.Register", round(self.stored_wh[identity]), "Wh"
            ),
        ]
        self.hear(MetersSampled, identity, evse=1, samples=tuple(samples))

    def told(self, name: str) -> tuple[float, Reason]:
        """Return what an EVSE may draw, and why."""
        allotment = self.fleet.evse(EvseKey(name, 1)).allotment
        assert allotment is not None
        return allotment.current.a, allotment.reason

    def until(self, name: str) -> datetime | None:
        """Return when an EVSE is expected to have its turn."""
        allotment = self.fleet.evse(EvseKey(name, 1)).allotment
        return None if allotment is None else allotment.turn_at


def prices(*values: float | None, start: datetime = BEGINNING) -> Outlook:
    """Return an outlook of prices, one for each quarter."""
    return Outlook(import_price=Series(start, values), currency="EUR")


def as_told(*power_w: float, shortfall_wh: float = 0.0) -> Solve:
    """Return a solver that knows one answer for everybody, from the first quarter of the test on."""

    def solve(problem: Problem, seconds: float) -> Plan:
        skipped = (problem.start - BEGINNING) // QUARTER
        left = power_w[skipped:] or (0.0,)
        return Plan(
            made_at=problem.now,
            start=problem.start,
            kind=PlanKind.OPTIMAL,
            vehicles={
                wish.key: VehiclePlan(
                    power_w=left,
                    shortfall_wh=shortfall_wh,
                    departs_at=wish.departs_at,
                )
                for wish in problem.wishes
            },
        )

    return solve
