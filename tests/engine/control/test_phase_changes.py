"""Stations that change between one and three phases, in virtual time: nothing flows meanwhile, and no limit is exceeded."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.evenload.engine.control.switching import DWELL_S
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import ALL_PHASES, Phase
from tests.engine.control.house import House
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import run_virtually, virtual_now

A1, B1 = EvseKey("A", 1), EvseKey("B", 1)


@dataclass
class SwitchingStation(VirtualStation):
    """A station with contactors: its vehicle is on as many phases as the profile in force says."""

    ignores_phases: bool = False
    # How often the contactors moved, and how often under load.
    moves: int = 0
    sparks: int = 0
    _numbers: dict[int, int] = field(default_factory=dict)

    def capabilities(self, known: Capabilities) -> Capabilities:
        return replace(super().capabilities(known), phase_switching=True)

    async def call(
        self, action: str, payload: dict[str, Any], *args: Any, **more: Any
    ) -> dict[str, Any]:
        if action == "SetChargingProfile":
            profile = payload["csChargingProfiles"]
            [period] = profile["chargingSchedule"]["chargingSchedulePeriod"]
            number = profile["chargingProfileId"]
            self._numbers[number] = period.get("numberPhases", 3)
        return await super().call(action, payload, *args, **more)

    def move(self) -> None:
        """Let the contactors follow."""
        live = [
            held
            for held in self._held.profiles.values()
            if held.evse == 1 and (held.until is None or virtual_now() < held.until)
        ]
        if not live or self.ignores_phases:
            return
        wanted = self._numbers[max(live, key=lambda held: held.level).number]
        if wanted != self.phases:
            self.moves += 1
            self.sparks += super().drawn_a() > 0
            self.phases = wanted

    def drawn_a(self) -> float:
        self.move()
        return super().drawn_a()


class SwitchingHouse(House):
    """A house whose stations report every ten seconds."""

    async def begin(self) -> None:
        """Let everybody come; until a station has its first limit nobody can hold it."""
        for name in sorted(self.stations):
            self.connect(name)
        await self.live(10)
        self.exceeded.clear()

    async def live(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds / 10)):
            await self.watch(10, 1.0)
            for name in sorted(self.stations):
                self.meter(name)


def house_of(
    limit: Limit,
    *stations: SwitchingStation,
    wirings: tuple[tuple[Phase, ...], ...] = (),
) -> SwitchingHouse:
    """Build a house with one group of these stations."""
    configs = {
        station.identity: StationConfig(
            station.identity, station.identity, wiring, Current(32)
        )
        for station, wiring in zip(
            stations, wirings or (ALL_PHASES,) * len(stations), strict=True
        )
    }
    groups = {"g": GroupConfig("g", "Cars", limit, tuple(configs))}
    return SwitchingHouse(
        SiteConfig("Home", Current(40), stations=configs, groups=groups), stations
    )


def set_limit(house: House, limit: Limit) -> None:
    """Let the owner change the group's limit."""
    site = house.fleet.config
    group = replace(site.groups["g"], limit=limit)
    house.fleet.configure(replace(site, groups={"g": group}))


def choose(house: House, key: EvseKey, phases: int | None) -> None:
    """Let the owner choose."""
    settings = replace(house.fleet.evse(key).settings, phases=phases)
    house.fleet.set_settings(key, settings)


def test_one_phase_rather_than_a_pause_and_three_when_there_is_more() -> None:
    async def live() -> None:
        station = SwitchingStation("A")
        house = house_of(Power(4000), station)
        await house.begin()
        # 4000 W are 5.7 A on three phases, too little, and 17.3 A on one.
        assert house.fleet.evse(A1).allotment.current.a == 0
        await house.live(80)
        assert (station.phases, station.drawn_a()) == (1, pytest.approx(17.3))
        assert house.fleet.evse(A1).allotment.reason is Reason.GROUP_LIMIT

        set_limit(house, Power(11_040))
        await house.live(60)
        assert station.phases == 1
        assert station.drawn_a() == pytest.approx(32)
        await house.live(DWELL_S)
        assert (station.phases, station.drawn_a()) == (3, pytest.approx(16))
        assert house.exceeded == []
        assert (station.moves, station.sparks) == (2, 0)
        await house.fleet.enforcer.close()

    run_virtually(live())


def test_the_choice_and_what_was_told_survive_a_restart_of_ours() -> None:
    async def live() -> None:
        station = SwitchingStation("A")
        house = house_of(Power(7000), station)
        await house.begin()
        await house.live(30)
        choose(house, A1, 1)
        await house.live(60)
        assert station.drawn_a() == pytest.approx(30.4)
        await house.save()
        await house.die_and_return(house.fleet.config)
        await house.live(60)
        assert house.fleet.evse(A1).settings.phases == 1
        assert (station.phases, station.drawn_a()) == (1, pytest.approx(30.4))
        assert (station.moves, station.sparks, house.exceeded) == (1, 0, [])
        await house.fleet.enforcer.close()

    run_virtually(live())


def test_a_station_that_goes_on_with_three_phases_is_found_out() -> None:
    async def live() -> None:
        station = SwitchingStation("A", ignores_phases=True)
        house = house_of(Power(4000), station)
        await house.begin()
        for _ in range(12):
            await house.live(120)
            # It is never given more than the least before it has shown one phase.
            assert station.drawn_a() <= 6
        assert station.drawn_a() == 0
        assert house.fleet.evse(A1).allotment.reason is Reason.NOT_ENOUGH
        told = [order.current.a for order in station.orders if order.use_phases == 1]
        assert max(told) == 6
        await house.fleet.enforcer.close()

    run_virtually(live())


def test_three_phases_wait_until_the_others_made_room_there() -> None:
    """A single-phase neighbour on L2 had the room that the second phase of A needs."""

    async def live() -> None:
        a, b = SwitchingStation("A"), SwitchingStation("B", phases=1)
        house = house_of(Power(8000), a, b, wirings=(ALL_PHASES, (Phase.L2,)))
        choose(house, A1, 1)
        await house.begin()
        await house.live(110)
        assert (a.phases, a.drawn_a()) == (1, pytest.approx(17.3))
        assert b.drawn_a() == pytest.approx(17.3)
        choose(house, A1, 3)
        set_limit(house, Power(12_420))
        await house.live(DWELL_S + 60)
        assert (a.phases, a.drawn_a()) == (3, pytest.approx(9))
        assert b.drawn_a() == pytest.approx(27)
        assert (house.exceeded, a.sparks) == ([], 0)
        await house.fleet.enforcer.close()

    run_virtually(live())


@dataclass(frozen=True)
class Step:
    """One thing that happens to one station."""

    what: str
    who: str
    pause_s: float
    value: float


STEPS = st.builds(
    Step,
    what=st.sampled_from(
        [
            "one",
            "three",
            "automatic",
            "pause",
            "allow",
            "raise",
            "leave",
            "come",
            "reboot",
            "die",
        ]
    ),
    who=st.sampled_from("AB"),
    pause_s=st.sampled_from([1, 10, 40, 200, 400]),
    value=st.floats(4000, 27_000),
)


async def happen(house: SwitchingHouse, step: Step) -> None:
    """Let one thing happen."""
    station, key = house.stations[step.who], EvseKey(step.who, 1)
    limit = house.fleet.config.groups["g"].limit
    assert isinstance(limit, Power)
    allowed = house.fleet.evse(key).settings
    doings: dict[str, Callable[[], object]] = {
        "one": lambda: choose(house, key, 1),
        "three": lambda: choose(house, key, 3),
        "automatic": lambda: choose(house, key, None),
        "pause": lambda: house.fleet.set_settings(
            key, replace(allowed, charging_allowed=False)
        ),
        "allow": lambda: house.fleet.set_settings(
            key, replace(allowed, charging_allowed=True)
        ),
        "raise": lambda: set_limit(house, Power(max(limit.w, step.value))),
        "leave": lambda: house.disconnect(step.who),
        "come": lambda: None if station.connected else house.connect(step.who),
        "reboot": lambda: house.reboot(step.who),
    }
    if step.what == "die":
        await house.die_and_return(house.fleet.config)
    else:
        doings[step.what]()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    limit_w=st.floats(4000, 20_000),
    wirings=st.tuples(
        *[st.sampled_from([ALL_PHASES, (Phase.L2, Phase.L3, Phase.L1)])] * 2
    ),
    story=st.lists(STEPS, max_size=10),
)
def test_whatever_is_chosen(
    limit_w: float, wirings: tuple[tuple[Phase, ...], ...], story: list[Step]
) -> None:
    """The sum is never exceeded, and contactors never move under load."""

    async def live() -> tuple[list[str], int]:
        stations = SwitchingStation("A"), SwitchingStation("B")
        house = house_of(Power(limit_w), *stations, wirings=wirings)
        await house.begin()
        await house.live(110)
        for step in story:
            await happen(house, step)
            await house.live(step.pause_s)
        await house.fleet.enforcer.close()
        return house.exceeded, sum(station.sparks for station in stations)

    assert run_virtually(live()) == ([], 0)
