"""Whatever happens to the meter, a station, a vehicle or Home Assistant: nothing too much comes out, and for too long."""

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import (
    SETPOINT_LASTS_S,
    IdleMethod,
    V2gMode,
)
from tests.engine.control.stations import VirtualStation
from tests.engine.control.v2x.bidirectional import Bidirectional, Temper
from tests.engine.control.v2x.v2g_house import DIALECT, V2G, Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually

GROUP_A = 20.0
MINIMUM_PERCENT = V2G.minimum_soc_percent

# What meters and vehicles round, and what comes out while a vehicle of 50 W follows.
ABOUT_W = 120.0

# A vehicle that is so near to its limit counts as having followed it.
ABOUT_A = 0.6

# Until a silent meter is noticed: three of its beats and more, for it may only speak when its value changes.
SILENCE_S = 15.0
BEATS = 5

# Between two writes, and a turn of the loop.
SETTLES_S = 3.0
SLACK_S = 2.0


@dataclass(frozen=True)
class Moment:
    """What happens, to whom, what the house draws, and for how long."""

    what: str
    who: int
    load_w: float
    seconds: int


CHANGES = (
    "nothing",
    "nothing",
    "meter silent",
    "meter speaks",
    "offline",
    "online",
    "stops",
    "leaves",
    "arrives",
    "loses answers",
    "refuses",
    "ignores",
    "obeys",
    "dies",
    "returns",
    "house",
    "charge only",
)

MOMENTS = st.lists(
    st.builds(
        Moment,
        st.sampled_from(CHANGES),
        st.integers(0, 1),
        st.sampled_from([0.0, 300.0, 1500.0, 2500.0, 6000.0, 9000.0, -2000.0]),
        st.sampled_from([3, 8, 20, 45]),
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
PACES = st.builds(
    Pace,
    meter=st.sampled_from([1, 2, 5]),
    late=st.sampled_from([0, 1]),
    reports=st.sampled_from([5, 10, 30]),
)


class Watched(V2gHouse):
    """A house that is watched for what must not be."""

    def watch_it(self) -> None:
        """Begin."""
        self.broken: list[str] = []
        self._too_long_s = 0.0
        self._grace_s = 0.0
        self._troubled_s = 1e9

    def look(self, moment: str) -> None:
        """Look at the second that has passed."""
        cap_w = self.fleet.site.export_cap_w
        given_w = -sum(min(0.0, one.power_w) for one in self.vehicles.values())
        beyond_w = min(given_w, -self.grid_w[-1] - cap_w)
        self._troubled_s = 0.0 if self._is_troubled() else self._troubled_s + 1
        if beyond_w > ABOUT_W:
            self._too_long_s += 1
            self._grace_s = max(self._grace_s, self._reaction_s())
            if self._too_long_s > self._grace_s:
                self.broken.append(
                    f"{self.second} s, {moment}: {beyond_w:.0f} W for {self._too_long_s:g} s"
                )
        else:
            self._too_long_s = self._grace_s = 0.0
        drawn_a = sum(
            max(0.0, one.power_w) / 690 for one in self.vehicles.values()
        ) + sum(
            one.drawn_a()
            for name, one in self.stations.items()
            if name not in self.vehicles
        )
        if drawn_a > GROUP_A + ABOUT_A:
            self.broken.append(
                f"{self.second} s, {moment}: the group draws {drawn_a:.1f} A"
            )
        for name, one in self.vehicles.items():
            if one.lowest_percent < MINIMUM_PERCENT:
                self.broken.append(f"{name} is down to {one.lowest_percent:.2f} %")

    def _is_troubled(self) -> bool:
        """Whether what it tells anybody may not be heard, so that only lapsing helps."""
        return not self.is_alive or any(
            not one.connected
            or one.temper.loses_answers
            or one.temper.refuses
            or one.temper.ignores
            for one in self.vehicles.values()
        )

    def _reaction_s(self) -> float:
        slowest = max(
            2 * one.temper.answer_s + one.temper.follows_s
            for one in self.vehicles.values()
        )
        reaction_s = self.pace.meter + self.pace.late + slowest + SETTLES_S + SLACK_S
        if any(one.temper.most_w < V2G.maximum_w for one in self.vehicles.values()):
            # Who makes less of a setpoint shows that when it was lowered once.
            reaction_s += slowest + SETTLES_S
        if not self.is_metered:
            reaction_s += max(SILENCE_S, BEATS * self.pace.meter)
        if self._troubled_s < SETPOINT_LASTS_S:
            reaction_s += SETPOINT_LASTS_S
        return reaction_s

    async def happen(self, moment: Moment) -> None:
        """Let something happen, and time pass."""
        name = sorted(self.vehicles)[moment.who % len(self.vehicles)]
        one = self.vehicles[name]
        match moment.what:
            case "meter silent" | "meter speaks":
                self.is_metered = moment.what == "meter speaks"
            case "offline" if one.connected and self.is_alive:
                self.disconnect(name)
            case "online" if not one.connected and self.is_alive:
                self.connect(name)
            case "stops":
                one.stop_by_itself()
            case "leaves":
                self.leave(name)
                one.stop_by_itself()
            case "arrives" if one.is_empty:
                self.arrive(name)
                self.tell_needs(name)
            case "loses answers":
                one.temper = replace(one.temper, loses_answers=True)
            case "refuses":
                one.temper = replace(one.temper, refuses=True)
            case "ignores":
                one.temper = replace(one.temper, ignores=True)
            case "obeys":
                one.temper = replace(
                    one.temper, loses_answers=False, refuses=False, ignores=False
                )
            case "dies" if self.is_alive:
                await self.crash()
            case "returns" if not self.is_alive:
                await self.come_back()
            case "house":
                self.set_mode(name, V2gMode.HOUSE)
            case "charge only":
                self.set_mode(name, V2gMode.CHARGE_ONLY)
        self.load = lambda _: moment.load_w
        for _ in range(moment.seconds):
            await self.live(1)
            self.look(moment.what)


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
) -> list[str]:
    """Let a house live, and return what was not as it should be; `beside`: another vehicle charges, and so hides some."""
    names = ["A", "B"][:count]
    dialect = replace(DIALECT, minimum_w=least_w, idle=idle)
    v2g = replace(V2G, to_grid=cap_w > 0, dialect=dialect)
    site = shared(site_of(names, v2g=v2g, export_cap_w=cap_w))
    vehicles = [
        Bidirectional(name, temper=temper, soc_percent=soc_percent)
        for name, temper in zip(names, tempers, strict=False)
    ]
    other = VirtualStation("Z", is_empty=not beside)
    house = Watched(site, [*vehicles, other], lambda _: 2500.0, pace)
    house.watch_it()
    await house.begin()
    await house.live(30)
    for moment in moments:
        await house.happen(moment)
    await house.die()
    return house.broken


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    count=st.integers(1, 2),
    moments=MOMENTS,
    tempers=st.lists(TEMPERS, min_size=2, max_size=2),
    pace=PACES,
    cap_w=st.sampled_from([0.0, 0.0, 2000.0]),
    soc_percent=st.sampled_from([70.0, 31.2]),
    beside=st.booleans(),
    least_w=st.sampled_from([0.0, 1400.0]),
    idle=st.sampled_from(IdleMethod),
)
def test_nothing_too_much_comes_out(**how: Any) -> None:
    """Export stays within the cap but for the reaction time, batteries above their minimum, groups within their limit."""
    assert run_virtually(lived(**how)) == []
