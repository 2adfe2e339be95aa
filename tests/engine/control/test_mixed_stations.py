"""Stations of AC and DC connectors, at once or one at a time, in virtual time: what they take from the grid stays within every limit."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.events import StatusReported
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import ALL_PHASES, Phase
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.control.mixed import EFFICIENCY, MixedHouse, MixedStation, house_of
from tests.engine.control.stations import Nature
from tests.engine.virtual import run_virtually


def test_an_ac_and_a_dc_connector_share_a_station() -> None:
    async def live() -> None:
        yard = MixedStation("Y", 50, evses=2, dc=frozenset({2}))
        house = house_of({"Y": yard}, None)
        await house.begin()
        await house.live(60)
        ac, dc = (house.fleet.evse(EvseKey("Y", n)).allotment for n in (1, 2))
        assert (ac.current.a, dc.current.a) == (25, 25)
        # Each in its own unit: 25 A of direct current's making are 15 525 W, losses included.
        limits = {
            held.evse: (held.unit, held.limit) for held in yard._held.profiles.values()
        }
        assert limits[1] == ("A", 25)
        assert limits[2] == ("W", 15_525)
        assert house.exceeded == []
        assert not house.fleet.enforcer.commitments.reserved()
        await house.fleet.enforcer.close()

    run_virtually(live())


def test_one_at_a_time_and_who_comes_next() -> None:
    async def live() -> None:
        yard = MixedStation("Y", 32, evses=2, dc=frozenset({2}), in_use=1)
        house = house_of({"Y": yard}, None, fuse_a=40)
        await house.begin()
        await house.live(60)
        first, second = EvseKey("Y", 1), EvseKey("Y", 2)
        assert house.fleet.evse(first).allotment.current.a == 32
        waiting = house.fleet.evse(second).allotment
        assert (waiting.current.a, waiting.reason) == (0, Reason.OTHER_EVSE)

        for number, status in ((1, EvseStatus.AVAILABLE), (2, EvseStatus.CHARGING)):
            house.hear(StatusReported, "Y", evse=number, status=status)
        yard.in_use = 2
        await house.live(60)
        assert house.fleet.evse(second).allotment.current.a == 32
        assert house.fleet.evse(first).allotment.reason is Reason.OTHER_EVSE
        assert yard.drawn_a() == pytest.approx(32 * 0.9 / EFFICIENCY, abs=0.1)
        assert house.exceeded == []
        await house.fleet.enforcer.close()

    run_virtually(live())


def test_a_dc_connector_that_takes_more_than_it_may_is_found_out() -> None:
    async def live() -> None:
        yard = MixedStation("Y", 32, dc=frozenset({1}), nature=Nature(disobeys=True))
        other = MixedStation("Z", 32)
        house = house_of({"Y": yard, "Z": other}, Current(40))
        await house.begin()
        await house.live(120)
        commitments = house.fleet.enforcer.commitments
        assert commitments.reserved()["Y"] >= yard.drawn_a() - 0.1
        assert yard.drawn_a() + other.drawn_a() <= 40
        await house.fleet.enforcer.close()

    run_virtually(live())


@dataclass(frozen=True)
class Step:
    """One thing that happens."""

    what: str
    who: int
    evse: int
    pause_s: float


STEPS = st.builds(
    Step,
    what=st.sampled_from(
        ["pause", "allow", "less", "all", "leave", "come", "reboot", "die"]
    ),
    who=st.integers(0, 2),
    evse=st.integers(1, 3),
    pause_s=st.sampled_from([1, 10, 60, 500]),
)
STATIONS = st.fixed_dictionaries(
    {
        "maximum_a": st.sampled_from([16.0, 32.0, 63.0]),
        "evses": st.integers(1, 3),
        "dc": st.frozensets(st.integers(1, 3)),
        "alone": st.booleans(),
        "wiring": st.sampled_from(
            [
                ALL_PHASES,
                (Phase.L2, Phase.L3, Phase.L1),
                (Phase.L3,),
                (Phase.L1, Phase.L2),
            ]
        ),
        "refuses": st.sampled_from([None, "station", "leases"]),
    }
)


def station_of(name: str, drawn: dict[str, object], seed: int) -> MixedStation:
    """Build one station of what was drawn."""
    evses = drawn["evses"]
    assert isinstance(evses, int)
    dc = drawn["dc"]
    assert isinstance(dc, frozenset)
    return MixedStation(
        name,
        drawn["maximum_a"],
        evses=evses,
        nature=Nature(
            refuses_station_limit=drawn["refuses"] == "station",
            refuses_leases=drawn["refuses"] == "leases",
        ),
        seed=seed,
        dc=frozenset(n for n in dc if n <= evses),
        in_use=1 if drawn["alone"] else None,
    )


async def happen(house: MixedHouse, step: Step) -> None:
    """Let one thing happen."""
    names = sorted(house.stations)
    name = names[step.who % len(names)]
    station = house.stations[name]
    key = EvseKey(name, min(step.evse, station.evses))
    known = house.fleet.evse(key).settings
    kind = house.fleet.enforcer.commitments.kind(key)
    least = Power(3000) if kind.is_dc else Current(7)
    doings: dict[str, Callable[[], object]] = {
        "pause": lambda: house.fleet.set_settings(
            key, replace(known, charging_allowed=False)
        ),
        "allow": lambda: house.fleet.set_settings(
            key, replace(known, charging_allowed=True)
        ),
        "less": lambda: house.fleet.set_settings(key, replace(known, maximum=least)),
        "all": lambda: house.fleet.set_settings(key, replace(known, maximum=None)),
        "leave": lambda: house.disconnect(name),
        "come": lambda: None if station.connected else house.connect(name),
        "reboot": lambda: house.reboot(name),
    }
    if step.what == "die":
        await house.die_and_return(house.fleet.config)
    else:
        doings[step.what]()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    drawn=st.lists(STATIONS, min_size=1, max_size=3),
    limit=st.one_of(
        st.floats(6, 63).map(Current), st.floats(2000, 43_000).map(Power), st.none()
    ),
    story=st.lists(STEPS, max_size=10),
)
def test_whatever_charges_where(
    drawn: list[dict[str, object]], limit: Limit | None, story: list[Step]
) -> None:
    """Once every station has taken its first limits, no phase of any node ever carries more than its limit."""

    async def live() -> list[str]:
        names = "ABC"[: len(drawn)]
        stations = {
            name: station_of(name, told, seed)
            for seed, (name, told) in enumerate(zip(names, drawn, strict=True))
        }
        wirings = {
            name: told["wiring"] for name, told in zip(names, drawn, strict=True)
        }
        house = house_of(stations, limit, wirings=wirings)
        await house.begin()
        await house.live(100)
        house.exceeded.clear()
        for step in story:
            await happen(house, step)
            await house.live(step.pause_s)
        await house.fleet.enforcer.close()
        return house.exceeded

    assert run_virtually(live()) == []
