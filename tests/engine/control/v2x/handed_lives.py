"""Stories of houses in which a station, or another controller, decides what flows; it may want anything at any moment (2.1 Q05, Q08, Q09)."""

from dataclasses import dataclass, replace
from typing import Any, override

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import Steering, V2gMode
from custom_components.evenload.engine.model.v2x_ability import (
    EXTERNAL,
    HANDED,
    OperationMode,
)
from tests.engine.control.stations import VirtualStation
from tests.engine.control.v2x.asked import ASKED
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.lives import ORDERS, PACES, TEMPERS, Lived, Moment, shared
from tests.engine.control.v2x.modes import Offering
from tests.engine.control.v2x.v2g_house import V2G, site_of

# What the vehicle that is left to others may draw, and give.
OWN_A = 16.0
OWN_W = OWN_A * 690
MOST_W = 3_500.0

CHANGES = (
    "wants",
    "wants",
    "wants",
    "meter silent",
    "offline",
    "stops",
    "leaves",
    "loses answers",
    "refuses",
    "dies",
    "restarts",
    "house",
    "charge only",
    "another comes",
    "another goes",
    *ASKED,
)


@dataclass(frozen=True)
class Turn(Moment):
    """A moment, and what whoever decides wants to flow from then on, or sees of the grid."""

    wants_w: float = 0.0
    hertz: float = 50.0
    signal: int = 0


TURNS = st.lists(
    st.builds(
        Turn,
        st.sampled_from(CHANGES),
        st.integers(0, 1),
        st.sampled_from([0.0, 1500.0, 6000.0, -2000.0]),
        st.sampled_from([3, 8, 20, 45]),
        st.sampled_from([-MOST_W, -2000.0, 0.0, 4000.0, OWN_W]),
        st.sampled_from([49.7, 49.95, 50.0, 50.1, 50.3]),
        st.sampled_from([-100, 0, 60, 100]),
        order=ORDERS,
        heals=st.sampled_from([True, True, False]),
    ),
    min_size=3,
    max_size=9,
)
HANDED_LIVES: dict[str, SearchStrategy[Any]] = {
    "count": st.integers(1, 2),
    "turns": TURNS,
    "tempers": st.lists(TEMPERS, min_size=2, max_size=2),
    "pace": PACES,
    "mode": st.sampled_from(
        [*sorted(HANDED), *sorted(EXTERNAL), OperationMode.CENTRAL_SETPOINT]
    ),
    "cap_w": st.sampled_from([0.0, 10_000.0]),
    "soc_percent": st.sampled_from([70.0, 31.2]),
    "beside": st.booleans(),
}


class HandedHouse(Lived):
    """A house whose first vehicle is left to others; how much of the time it was is counted."""

    def watch_it(self) -> None:
        """Begin."""
        super().watch_it()
        self.handed_s = 0

    @override
    def look(self, moment: str) -> None:
        super().look(moment)
        self.handed_s += self.own.mode in HANDED

    @override
    def _look_at_export(self, moment: str) -> None:
        """What flows into the grid is the affair of whoever decides, or of other tests."""

    @property
    def own(self) -> Offering:
        """The station of the vehicle that is left to others."""
        station = self.vehicles["A"]
        assert isinstance(station, Offering)
        return station

    @override
    async def happen(self, moment: Moment) -> None:
        """Let something happen, and time pass."""
        assert isinstance(moment, Turn)
        own, other = self.own, self.stations["Z"]
        own.wants_w, own.hertz, own.signal = moment.wants_w, moment.hertz, moment.signal
        match moment.what:
            case "another comes" if other.is_empty:
                self.arrive("Z")
            case "another goes" if not other.is_empty:
                self.leave("Z")
        await super().happen(moment)


def house_of(
    count: int,
    tempers: list[Any],
    pace: Any,
    mode: OperationMode,
    cap_w: float,
    soc_percent: float,
    *,
    beside: bool,
) -> HandedHouse:
    """Return a house whose first station offers a mode in which others decide; `beside`: another vehicle charges from the first."""
    steering = Steering.OTHERS if mode in EXTERNAL else Steering.STATION
    v2g = replace(V2G, to_grid=cap_w > 0, maximum_w=MOST_W)
    names = ["A", "B"][:count]
    site = shared(site_of(names, v2g=v2g, export_cap_w=cap_w))
    own = replace(
        site.stations["A"],
        maximum=Current(OWN_A),
        v2g={1: replace(v2g, steering=steering)},
    )
    # A fuse that the house alone does not fill.
    site = replace(site, stations={**site.stations, "A": own}, main_fuse=Current(50.0))
    modes = (OperationMode.CENTRAL_SETPOINT, mode)
    vehicles: list[Bidirectional] = [
        Offering(
            "A",
            maximum_a=OWN_A,
            temper=tempers[0],
            soc_percent=soc_percent,
            modes=modes,
        )
    ]
    if count > 1:
        vehicles.append(Bidirectional("B", temper=tempers[1], soc_percent=soc_percent))
    other = VirtualStation("Z", is_empty=not beside)
    return HandedHouse(site, [*vehicles, other], lambda _: 6000.0, pace)


async def handed(turns: list[Turn], mode: OperationMode, **how: Any) -> HandedHouse:
    """Let a house live, and return it."""
    house = house_of(mode=mode, **how)
    house.watch_it()
    holds = mode is OperationMode.LOCAL_FREQUENCY
    await house.begin(V2gMode.PROGRAMME if holds else V2gMode.HOUSE)
    if holds:
        house.fleet.v2x.orders.responses[""] = 2000.0
    await house.live(90)
    for turn in turns:
        await house.happen(turn)
    await house.die()
    return house
