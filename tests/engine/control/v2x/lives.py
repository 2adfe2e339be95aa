"""Stories of houses whose vehicles feed back: what happens to them, and what is asked and changed meanwhile."""

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import IdleMethod, V2gMode
from tests.engine.control.stations import VirtualStation
from tests.engine.control.v2x.asked import ASKED, LASTS_S, POWERS_W, SOURCES, Order, ask
from tests.engine.control.v2x.bidirectional import Bidirectional, Temper
from tests.engine.control.v2x.v2g_house import DIALECT, V2G, Pace, site_of
from tests.engine.control.v2x.watched import GROUP_A, Watched

# By so much clocks are set, for each time that moments last.
CLOCKS_S = {3: 30.0, 8: 600.0, 20: 3600.0, 45: 86_400.0}

# A meter with another factor, for each time that moments last.
SCALES = {3: 0.9, 8: 1.1, 20: 1.0, 45: 1.0}

# How full another vehicle is that comes, by its place.
OTHERS_PERCENT = (31.5, 80.0)

MODES = {
    "house": V2gMode.HOUSE,
    "charge only": V2gMode.CHARGE_ONLY,
    "by setpoints": V2gMode.SETPOINT,
    "by a programme": V2gMode.PROGRAMME,
    "by a plan": V2gMode.PLAN,
    "off": V2gMode.OFF,
}


@dataclass(frozen=True)
class Moment:
    """What happens, to whom, what the house draws, and for how long.

    `order` is what is asked for, where something is; `heals`: all that went wrong before is put right first.
    """

    what: str
    who: int
    load_w: float
    seconds: int
    order: Order = field(default=Order(), kw_only=True)
    heals: bool = field(default=False, kw_only=True)


CHANGES = (
    "nothing",
    "nothing",
    "meter silent",
    "meter loses its signs",
    "meter is clipped",
    "meter is scaled",
    "offline",
    "stops",
    "leaves",
    "another comes unheard",
    "loses answers",
    "refuses",
    "ignores",
    "dies",
    "restarts",
    "clock set back",
    "clock set forward",
    "house",
    "house",
    *MODES,
    *ASKED,
    "is dispatched",
)

ORDERS = st.builds(
    Order,
    st.sampled_from(POWERS_W),
    st.sampled_from(LASTS_S),
    st.sampled_from(SOURCES),
    st.sampled_from([None, V2gMode.HOUSE, V2gMode.CHARGE_ONLY]),
)
MOMENTS = st.lists(
    st.builds(
        Moment,
        st.sampled_from(CHANGES),
        st.integers(0, 1),
        st.sampled_from([2500.0, 6000.0, 9000.0, 1500.0, 300.0, 0.0, -2000.0]),
        st.sampled_from([3, 8, 20, 45]),
        order=ORDERS,
        heals=st.sampled_from([True, True, False]),
    ),
    min_size=3,
    max_size=9,
)
TEMPERS = st.builds(
    Temper,
    answer_s=st.sampled_from([0.1, 1.0, 2.5]),
    follows_s=st.sampled_from([1.0, 2.0]),
    most_w=st.sampled_from([11_000.0, 3_000.0]),
)
GAINED = st.builds(replace, TEMPERS, gain=st.sampled_from([1.0, 1.0, 0.75, 0.9, 1.1]))
PACES = st.builds(
    Pace,
    meter=st.sampled_from([1, 2, 5]),
    late=st.sampled_from([0, 1, 3]),
    reports=st.sampled_from([5, 10, 30]),
)


@dataclass(frozen=True)
class Cell:
    """A vehicle's battery: what it holds, what it loses on the way, and what it says too much of itself, or again and again."""

    capacity_wh: float = 60_000.0
    efficiency: float = 0.95
    error_percent: float = 0.0
    stands: bool = False


CELLS = st.builds(
    Cell,
    st.sampled_from([60_000.0, 40_000.0]),
    st.sampled_from([0.95, 0.9]),
    st.sampled_from([0.0, 0.0, 2.0, -1.0]),
    st.sampled_from([False, False, True]),
)

# Every house of `lived`.
LIVES: dict[str, SearchStrategy[Any]] = {
    "count": st.integers(1, 2),
    "moments": MOMENTS,
    "tempers": st.lists(GAINED, min_size=2, max_size=2),
    "pace": PACES,
    "cap_w": st.sampled_from([0.0, 0.0, 2000.0]),
    "soc_percent": st.sampled_from([70.0, 70.0, 32.2]),
    "beside": st.booleans(),
    "least_w": st.sampled_from([0.0, 1400.0]),
    "idle": st.sampled_from(IdleMethod),
    "cell": CELLS,
}


class Lived(Watched):
    """A house to which things happen."""

    async def happen(self, moment: Moment) -> None:
        """Let something happen, and time pass."""
        name = sorted(self.vehicles)[moment.who % len(self.vehicles)]
        if moment.heals:
            await self._heal()
        if moment.what in MODES:
            self.set_mode(name, MODES[moment.what])
        elif moment.what in ASKED:
            await ask(self, moment.what, name, moment.order)
        elif moment.what.startswith("meter"):
            self._meter(moment)
        else:
            await self._befall(name, moment)
        self.load = lambda _: moment.load_w
        for _ in range(moment.seconds):
            await self.live(1)
            self.look(moment.what)

    async def _heal(self) -> None:
        """Put right whatever went wrong."""
        self.is_metered = self.has_signs = True
        self.is_clipped, self.scale = False, 1.0
        if not self.is_alive:
            await self.come_back()
        for name in self.vehicles:
            self.set(name, minimum_soc_percent=None)
            if self.settings(name).v2g_mode is V2gMode.OFF:
                self.set_mode(name, V2gMode.HOUSE)
            for what in ("obeys", "online", "arrives"):
                await self._befall(name, Moment(what, 0, 0.0, 0))

    def _meter(self, moment: Moment) -> None:
        match moment.what:
            case "meter silent" | "meter speaks":
                self.is_metered = moment.what == "meter speaks"
            case "meter loses its signs":
                self.has_signs = False
            case "meter is clipped":
                self.is_clipped = True
            case "meter is scaled":
                self.scale = SCALES[moment.seconds]

    async def _befall(self, name: str, moment: Moment) -> None:
        one = self.vehicles[name]
        match moment.what:
            case "offline" if one.connected and self.is_alive:
                self.disconnect(name)
            case "online" if not one.connected and self.is_alive:
                self.connect(name)
            case "stops":
                one.stop_by_itself()
            case "leaves":
                self.leave(name)
                one.stop_by_itself()
            case "another comes unheard" if self.is_alive and not one.is_empty:
                await self._swap_unheard(name, OTHERS_PERCENT[moment.who])
            case "arrives" if one.is_empty:
                if one.soc_stands_at is not None:
                    one.soc_stands_at = one.soc_percent
                self.arrive(name)
                self.tell_needs(name)
            case "loses answers" | "refuses" | "ignores" as fault:
                one.temper = replace(one.temper, **{fault.replace(" ", "_"): True})
            case "obeys":
                one.temper = replace(
                    one.temper, loses_answers=False, refuses=False, ignores=False
                )
            case "dies" if self.is_alive:
                await self.crash()
            case "returns" if not self.is_alive:
                await self.come_back()
            case "restarts" if self.is_alive:
                await self.die_and_return(self.first_config)
            case "clock set back" | "clock set forward":
                by_s = CLOCKS_S[moment.seconds]
                self.jump(-by_s if moment.what == "clock set back" else by_s)

    async def _swap_unheard(self, name: str, soc_percent: float) -> None:
        """Let another vehicle come while its station is away."""
        one = self.vehicles[name]
        if is_heard := one.connected:
            self.disconnect(name)
        one.stop_by_itself()
        self.swap(name, one.phases)
        one.soc_percent = soc_percent
        if one.soc_stands_at is not None:
            one.soc_stands_at = soc_percent
        await self.live(3)
        if is_heard:
            self.connect(name)


def shared(site: SiteConfig) -> SiteConfig:
    """Return a site whose stations are behind one limit, with one that only charges."""
    stations = {**site.stations, "Z": StationConfig("Z", "Z")}
    group = GroupConfig(
        "g", "g", Current(GROUP_A), tuple(stations), Strategy.EQUAL_SERVE
    )
    return replace(site, stations=stations, groups={"g": group})


async def lived(
    count: int,
    moments: list[Moment],
    tempers: list[Temper],
    pace: Pace,
    cap_w: float,
    soc_percent: float,
    *,
    beside: bool,
    least_w: float = 0.0,
    idle: IdleMethod = IdleMethod.ZERO,
    cell: Cell = Cell(),
) -> list[str]:
    """Let a house live, and return what was not as it should be; `beside`: another vehicle charges, and so hides some."""
    names = ["A", "B"][:count]
    dialect = replace(DIALECT, minimum_w=least_w, idle=idle)
    v2g = replace(V2G, to_grid=cap_w > 0, dialect=dialect, capacity_wh=cell.capacity_wh)
    site = shared(site_of(names, v2g=v2g, export_cap_w=cap_w))
    vehicles = [
        Bidirectional(
            name,
            temper=temper,
            soc_percent=soc_percent,
            capacity_wh=cell.capacity_wh,
            efficiency=cell.efficiency,
            soc_error_percent=cell.error_percent,
            soc_stands_at=soc_percent if cell.stands else None,
        )
        for name, temper in zip(names, tempers, strict=False)
    ]
    other = VirtualStation("Z", is_empty=not beside)
    house = Lived(site, [*vehicles, other], lambda _: 2500.0, pace)
    house.watch_it()
    await house.begin()
    await house.live(30)
    for moment in moments:
        await house.happen(moment)
    await house.die()
    return house.broken
