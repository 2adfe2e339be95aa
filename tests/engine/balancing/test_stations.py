"""Scenarios of stations with several connectors and of wirings: stations.yaml, and what holds for all that one could draw up."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
import pytest
import yaml

from custom_components.evenload.engine.model.allotments import Allotment, Demand, Reason
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import (
    EvseConfig,
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.kinds import evse_kind
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import (
    CurrentType,
    Phase,
    PhaseCurrents,
)
from tests.engine.balancing.houses_of import NOON, for_good, now

SCENARIOS = yaml.safe_load((Path(__file__).parent / "stations.yaml").read_text())


def limit_of(text: str) -> Limit:
    """Read `20 A`, `11040 W` or `50 kW`."""
    number, unit = text.split()
    match unit:
        case "A":
            return Current(float(number))
        case "W":
            return Power(float(number))
        case _:
            return Power(float(number) * 1000)


def evse_of(text: str) -> EvseConfig:
    """Read `AC`, `AC 16 A` or `DC 50 kW`."""
    kind, _, most = text.partition(" ")
    return EvseConfig(CurrentType(kind.lower()), limit_of(most) if most else None)


def site_of(scenario: dict[str, Any]) -> SiteConfig:
    """Build the site of a scenario."""
    stations = {
        name: StationConfig(
            name,
            name,
            tuple(Phase[phase] for phase in told.get("wiring", "L1 L2 L3").split()),
            Current(told["maximum"]),
            simultaneous=told.get("at_once", True),
            evses={n: evse_of(text) for n, text in told["connectors"].items()},
        )
        for name, told in scenario["stations"].items()
    }
    groups = {
        name: GroupConfig(name, name, limit_of(told["limit"]), tuple(told["members"]))
        for name, told in scenario.get("groups", {}).items()
    }
    return SiteConfig(
        "Home", Current(scenario["fuse"]), stations=stations, groups=groups
    )


def demands_of(site: SiteConfig, cars: list[str]) -> list[Demand]:
    """Return what every connector could use; cars came a minute apart."""
    came = {" ".join(car.split()[:2]): place for place, car in enumerate(cars)}
    marks = {" ".join(car.split()[:2]): car.split()[2:] for car in cars}
    found = []
    for name, station in site.stations.items():
        for number in station.evses:
            key, words = EvseKey(name, number), f"{name} {number}"
            kind = evse_kind(site, Capabilities(), key)
            at = NOON + timedelta(minutes=came[words]) if words in came else None
            found.append(
                Demand(
                    key,
                    kind.rated_a,
                    kind.minimum_a,
                    station.wiring,
                    plugged_in_at=at,
                    paused="paused" in marks.get(words, ()),
                    charging="charging" in marks.get(words, ()),
                    wants=words in came,
                )
            )
    return found


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["name"])
def test_scenario(scenario: dict[str, Any]) -> None:
    site = site_of(scenario)
    demands = demands_of(site, scenario["cars"])
    both = scenario.get("expect")
    if expected := scenario.get("for_good", both):
        assert shown(for_good(site, demands).fallbacks) == expected
    if expected := scenario.get("now", both):
        assert shown(now(site, demands)) == expected


def shown(allotments: Mapping[EvseKey, Allotment]) -> dict[str, str]:
    """Return allotments as the scenarios write them."""
    return {
        f"{key.identity} {key.evse}": f"{allotment.current.a} {allotment.reason.value}"
        for key, allotment in allotments.items()
    }


WIRINGS = st.sampled_from(
    ["L1 L2 L3", "L2 L3 L1", "L3 L2 L1", "L1", "L2", "L3", "L1 L3"]
)
CONNECTORS = st.lists(
    st.sampled_from(["AC", "AC 16 A", "AC 32 A", "DC 20 kW", "DC 50 kW"]),
    min_size=1,
    max_size=3,
)
STATIONS = st.fixed_dictionaries(
    {
        "maximum": st.sampled_from([10, 16, 32, 63, 125]),
        "wiring": WIRINGS,
        "at_once": st.booleans(),
        "connectors": CONNECTORS.map(lambda kinds: dict(enumerate(kinds, start=1))),
    }
)
SITES = st.fixed_dictionaries(
    {
        "fuse": st.sampled_from([16, 25, 63, 160]),
        "stations": st.dictionaries(st.sampled_from("ABCDE"), STATIONS, min_size=1),
        "limit": st.one_of(
            st.floats(6, 100).map(lambda a: f"{a} A"),
            st.floats(1400, 60_000).map(lambda w: f"{w} W"),
        ),
    }
)


def drawn(site: SiteConfig, identity: str, allotments: list[Allotment]) -> float:
    """Return the most that a station draws on each of its phases, all connectors doing what they may."""
    currents = [a.current.a for a in allotments if a.key.identity == identity]
    return sum(currents) if site.stations[identity].simultaneous else max(currents)


def on_grid(
    site: SiteConfig, members: list[str], allotments: list[Allotment]
) -> PhaseCurrents:
    """Return the most that some stations draw together on each phase."""
    return sum(
        (
            PhaseCurrents.even(
                drawn(site, name, allotments), site.stations[name].wiring
            )
            for name in members
        ),
        PhaseCurrents(),
    )


@given(SITES, st.data())
def test_the_sum_fits_whatever_charges_where(
    scenario: dict[str, Any], data: st.DataObject
) -> None:
    """No phase of the fuse or of a group is above its limit; nothing lies between 0 and what a vehicle needs."""
    names = list(scenario["stations"])
    limit = scenario["limit"]
    scenario = {**scenario, "groups": {"g": {"limit": limit, "members": names[::2]}}}
    site = site_of(scenario)
    every = [f"{name} {n}" for name in names for n in site.stations[name].evses]
    marks = st.sampled_from(["", " charging", " paused"])
    cars = [
        car + data.draw(marks)
        for car in data.draw(st.lists(st.sampled_from(every), unique=True))
    ]
    demands = demands_of(site, cars)
    lasting = for_good(site, demands)
    for given_a in (lasting.fallbacks, now(site, demands)):
        allotments = list(given_a.values())
        every_one = on_grid(site, names, allotments)
        assert every_one.fits(PhaseCurrents.even(scenario["fuse"]))
        in_group = on_grid(site, names[::2], allotments)
        match limit_of(limit):
            case Current(a):
                assert in_group.fits(PhaseCurrents.even(a))
            case Power(w):
                assert sum(in_group) * 230 <= w + 1
        for demand, allotment in zip(demands, allotments, strict=True):
            assert demand.key == allotment.key
            current_a = allotment.current.a
            assert current_a == 0 or current_a >= demand.minimum_a - 1e-6
            assert current_a <= demand.maximum_a + 1e-6
            assert current_a == 0 or allotment.reason is not Reason.NOT_ENOUGH
    for name, share in lasting.shares.items():
        assert drawn(site, name, list(lasting.fallbacks.values())) <= (
            share.current_a + 1e-6
        )
