"""The strategy `static`: what is promised to every member, whatever the site looks like."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.model.allotments import Allotment, Demand, Reason
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import (
    MINIMUM_CURRENT_A,
    Current,
    Limit,
    Power,
    at_least_minimum,
)
from custom_components.evenload.engine.model.phases import (
    ALL_PHASES,
    Phase,
    PhaseCurrents,
)
from tests.engine.balancing.houses_of import NOON, beside, for_good, now

WIRINGS = st.sampled_from(
    [ALL_PHASES, (Phase.L2, Phase.L3, Phase.L1), (Phase.L1,), (Phase.L3,)]
)


def site(
    names: str,
    limit: Limit,
    fuse_a: float = 25.0,
    wirings: dict[str, tuple[Phase, ...]] | None = None,
    outside: str = "",
) -> SiteConfig:
    """Return a site with one group of all stations named, and some outside of it."""
    stations = {
        name: StationConfig(name, name, (wirings or {}).get(name, ALL_PHASES))
        for name in names + outside
    }
    groups = {"g": GroupConfig("g", "Cars", limit, tuple(names))}
    return SiteConfig("Home", Current(fuse_a), stations=stations, groups=groups)


def demand(name: str, evse: int = 1, **changes: object) -> Demand:
    """Return the demand of an EVSE that takes all there is."""
    given_changes = {"maximum_a": 32.0, **changes}
    return Demand(EvseKey(name, evse), **given_changes)  # type: ignore[arg-type]  # a table's fields


@pytest.mark.parametrize(
    ("members", "limit", "fuse_a", "share_a", "reason"),
    [
        # Monta's example: 40 A among four points is 10 A each, always.
        ("ABCD", Current(40), 63, 10.0, Reason.GROUP_LIMIT),
        ("ABC", Current(24), 25, 8.0, Reason.GROUP_LIMIT),
        # A third of an ampere more would be 0.1 A too much for three.
        ("ABC", Current(32), 63, 10.6, Reason.GROUP_LIMIT),
        ("A", Current(63), 63, 32.0, Reason.OWN_MAXIMUM),
        ("AB", Power(11040), 25, 8.0, Reason.GROUP_LIMIT),
        ("AB", Current(25), 16, 8.0, Reason.MAIN_FUSE),
        ("AB", Current(10), 25, 0.0, Reason.NOT_ENOUGH),
    ],
)
def test_share(
    members: str, limit: Limit, fuse_a: float, share_a: float, reason: Reason
) -> None:
    """Every member gets the same, in tenths of an ampere, and is told why."""
    house, demands = site(members, limit, fuse_a), [demand(name) for name in members]
    for allotments in (now(house, demands), for_good(house, demands).fallbacks):
        assert {a.current.a for a in allotments.values()} == {share_a}
        assert {a.reason for a in allotments.values()} == {reason}


@pytest.mark.parametrize(
    ("changes", "current_a", "reason"),
    [
        ({}, 12.5, Reason.GROUP_LIMIT),
        ({"paused": True}, 0.0, Reason.PAUSED),
        ({"maximum_a": 10.0}, 10.0, Reason.OWN_MAXIMUM),
        ({"maximum_a": 5.0}, 0.0, Reason.OWN_MAXIMUM),
        ({"minimum_a": 13.0}, 0.0, Reason.NOT_ENOUGH),
    ],
)
def test_what_an_owner_or_vehicle_changes(
    changes: dict[str, object], current_a: float, reason: Reason
) -> None:
    """A pause or a maximum of one member changes nothing for the other."""
    allotments = now(site("AB", Current(25)), [demand("A", **changes), demand("B")])
    assert allotments[EvseKey("A", 1)].current.a == current_a
    assert allotments[EvseKey("A", 1)].reason is reason
    assert allotments[EvseKey("B", 1)].current.a == 12.5


def test_watts_are_divided_over_the_phases_of_each_station() -> None:
    """A single-phase station may draw its whole share on its phase; the next vehicle may use all that are wired."""
    shares = for_good(
        site("AB", Power(7360), wirings={"A": (Phase.L1,)}),
        [demand("A"), demand("B", minimum_a=5.0)],
    ).shares
    assert shares["A"].current_a == 16.0
    assert shares["B"].current_a == pytest.approx(5.3)


@pytest.mark.parametrize(
    ("share_a", "plugged_in", "expected"),
    [
        (20.0, (None, None), (10.0, 10.0)),
        (20.0, (NOON, None), (10.0, 10.0)),
        (10.0, (None, None), (10.0, 0.0)),
        (10.0, (None, NOON), (0.0, 10.0)),
        (10.0, (NOON + timedelta(minutes=1), NOON), (0.0, 10.0)),
        (5.0, (NOON, NOON), (0.0, 0.0)),
    ],
)
def test_two_evses_of_one_station(
    share_a: float,
    plugged_in: tuple[datetime | None, datetime | None],
    expected: tuple[float, float],
) -> None:
    """A station divides its share evenly; too little for two goes to who came first."""
    demands = [
        demand("A", number, plugged_in_at=at)
        for number, at in enumerate(plugged_in, start=1)
    ]
    allotments = now(site("A", Current(share_a)), demands)
    assert (
        tuple(allotments[EvseKey("A", number)].current.a for number in (1, 2))
        == expected
    )


@pytest.mark.parametrize(
    ("reserved", "expected"),
    [
        ({}, {"A": 8.0, "B": 8.0, "C": 8.0}),
        # What is within its share changes nothing.
        ({"C": 8.0}, {"A": 8.0, "B": 8.0, "C": 8.0}),
        ({"C": 12.0}, {"A": 6.0, "B": 6.0, "C": 8.0}),
        # 10 A are too little for two: who came last waits.
        ({"C": 14.0}, {"A": 8.0, "B": 0.0, "C": 8.0}),
        ({"C": 20.0}, {"A": 0.0, "B": 0.0, "C": 8.0}),
    ],
)
def test_beside_a_station_that_holds_more(
    reserved: dict[str, float], expected: dict[str, float]
) -> None:
    """What a station holds that cannot be told otherwise is not given to the others."""
    demands = [
        demand("A", plugged_in_at=NOON),
        demand("B", plugged_in_at=NOON + timedelta(minutes=5)),
        demand("C", plugged_in_at=NOON),
    ]
    shares = beside(site("ABC", Current(24)), demands, reserved).shares
    at_least = {
        name: share.current_a if share.current_a >= MINIMUM_CURRENT_A else 0.0
        for name, share in shares.items()
    }
    assert at_least == expected


def total(
    allotments: Mapping[EvseKey, Allotment],
    wirings: Mapping[str, tuple[Phase, ...]],
    members: str,
) -> PhaseCurrents:
    """Return what some stations may draw together on each grid phase."""
    return sum(
        (
            PhaseCurrents.even(allotments[EvseKey(name, 1)].current.a, wirings[name])
            for name in members
        ),
        PhaseCurrents(),
    )


@given(
    count=st.integers(1, 8),
    loose=st.integers(0, 3),
    limit_a=st.floats(1, 100),
    fuse_a=st.floats(6, 100),
    data=st.data(),
)
def test_static_never_exceeds_and_never_starves(
    count: int, loose: int, limit_a: float, fuse_a: float, data: st.DataObject
) -> None:
    """On no phase is the sum above the group's limit or the fuse; nothing lies between 0 and the minimum."""
    names, outside = "ABCDEFGH"[:count], "XYZ"[:loose]
    wirings = {name: data.draw(WIRINGS) for name in names + outside}
    config = site(names, Current(limit_a), fuse_a, wirings, outside)
    demands = [demand(name) for name in names + outside]
    for allotments in (now(config, demands), for_good(config, demands).fallbacks):
        assert total(allotments, wirings, names).fits(PhaseCurrents.even(limit_a))
        assert total(allotments, wirings, names + outside).fits(
            PhaseCurrents.even(fuse_a)
        )
        for name in names:
            current_a = allotments[EvseKey(name, 1)].current.a
            assert current_a == 0 or current_a >= MINIMUM_CURRENT_A
            assert round(current_a * 10) == pytest.approx(current_a * 10)
            assert current_a <= limit_a / count + 1e-6
        enough = limit_a / count >= MINIMUM_CURRENT_A + 0.1
        if limit_a <= fuse_a and not outside and enough:
            assert all(allotments[EvseKey(name, 1)].current.a > 0 for name in names)


@given(
    count=st.integers(1, 5),
    limit_a=st.floats(6, 100),
    held=st.dictionaries(st.sampled_from("ABCDE"), st.floats(0, 40), max_size=4),
    data=st.data(),
)
def test_reservations_are_kept_free(
    count: int, limit_a: float, held: dict[str, float], data: st.DataObject
) -> None:
    """What is held by who cannot be told, and what the others may draw, stay within the limit if that can be."""
    names = "ABCDE"[:count]
    wirings = {name: data.draw(WIRINGS) for name in names}
    reserved = {name: a for name, a in held.items() if name in names}
    config = site(names, Current(limit_a), 100, wirings)
    shares = beside(config, [demand(name) for name in names], reserved).shares
    for phase in Phase:
        on_phase = [name for name in names if phase in wirings[name]]
        held_a = sum(reserved.get(name, 0.0) for name in on_phase)
        others_a = sum(
            at_least_minimum(shares[name].current_a)
            for name in on_phase
            if name not in reserved
        )
        assert held_a + others_a <= max(limit_a, held_a) + 0.01
