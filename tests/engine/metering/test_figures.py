"""What a group is using and has left, on the grid's phases."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.control.figures import group_state
from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.configuration import (
    EvseConfig,
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.groups import GroupState
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import CurrentType, Phase
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import (
    Evse,
    EvseSettings,
    EvseStatus,
    Station,
)

L1, L2, L3 = Phase.L1, Phase.L2, Phase.L3


def drawing(*currents: float, number: int = 1) -> Evse:
    by_phase = dict(zip(Phase, currents, strict=False))
    reading = Reading(power_w=230.0 * sum(currents), current_a=by_phase)
    return Evse(EvseKey("x", number), EvseStatus.CHARGING, reading=reading)


def state(
    limit: Limit,
    *members: tuple[tuple[Phase, ...], Evse],
    offline: tuple[int, ...] = (),
) -> GroupState:
    names = [f"s{n}" for n in range(len(members))]
    group = GroupConfig("g", "Garage", limit, tuple(names))
    site = SiteConfig(
        "Home",
        Current(63),
        stations={
            name: StationConfig(name, name, wiring)
            for name, (wiring, _) in zip(names, members, strict=True)
        },
        groups={"g": group},
    )
    stations = {
        name: Station(
            name,
            connected=n not in offline,
            evses={1: replace(evse, key=EvseKey(name, 1))},
        )
        for n, (name, (_, evse)) in enumerate(zip(names, members, strict=True))
    }
    return group_state(site, group.id, stations)


@pytest.mark.parametrize(
    ("wiring", "currents", "used"),
    [
        ((L1, L2, L3), (10, 9, 8), (10, 9, 8)),
        ((L2, L3, L1), (10, 9, 8), (8, 10, 9)),
        ((L3, L2, L1), (10, 9, 8), (8, 9, 10)),
        ((L2, L3, L1), (10,), (0, 10, 0)),
        ((L3,), (10,), (0, 0, 10)),
        ((L3,), (10, 4, 4), (0, 0, 10)),
        ((L1, L3), (10, 9), (10, 0, 9)),
        ((L1, L2, L3), (), (0, 0, 0)),
    ],
)
def test_currents_count_on_the_phases_of_the_grid(
    wiring: tuple[Phase, ...], currents: tuple[float, ...], used: tuple[float, ...]
) -> None:
    assert tuple(state(Current(32), (wiring, drawing(*currents))).used) == used


def test_rotated_stations_add_up() -> None:
    figures = state(
        Current(32),
        ((L1, L2, L3), drawing(10, 10, 10)),
        ((L2,), drawing(16)),
        ((L3, L1, L2), drawing(6)),
    )
    assert tuple(figures.used) == (10, 26, 16)
    assert figures.used_w == 52 * 230
    assert (figures.available_a, figures.available_w) == (6, (22 + 6 + 16) * 230)
    assert (figures.active, figures.waiting) == (3, 0)


@pytest.mark.parametrize(
    ("limit", "available_a", "available_w"),
    [
        (Current(16), 6, (6 + 16 + 16) * 230),
        (Current(8), 0, 16 * 230),
        (Power(6900), 4600 / 690, 4600),
        (Power(2000), 0, 0),
    ],
)
def test_what_is_left(limit: Limit, available_a: float, available_w: float) -> None:
    figures = state(limit, ((L1, L2, L3), drawing(10)))
    assert figures.available_a == pytest.approx(available_a)
    assert figures.available_w == pytest.approx(available_w)
    assert figures.limit == limit


def test_what_an_offline_station_draws_is_not_known() -> None:
    member = ((L1, L2, L3), drawing(10, 10, 10))
    figures = state(Current(32), member, member, offline=(1,))
    assert tuple(figures.used) == (10, 10, 10)
    assert figures.active == 1


WAITING = Evse(
    EvseKey("x", 1),
    EvseStatus.SUSPENDED_EVSE,
    allotment=Allotment(EvseKey("x", 1), Current(0), Reason.NOT_ENOUGH),
)


@pytest.mark.parametrize(
    ("evse", "active", "waiting"),
    [
        (drawing(10), 1, 0),
        (drawing(0.4), 0, 0),
        (WAITING, 0, 1),
        (replace(WAITING, status=EvseStatus.PREPARING), 0, 1),
        (replace(WAITING, status=EvseStatus.AVAILABLE), 0, 0),
        (replace(WAITING, status=EvseStatus.FINISHING), 0, 0),
        (replace(WAITING, status=EvseStatus.CHARGING), 0, 0),
        (replace(WAITING, status=None), 0, 0),
        (replace(WAITING, allotment=None), 0, 0),
        (replace(WAITING, settings=EvseSettings(charging_allowed=False)), 0, 0),
        (
            replace(
                WAITING,
                allotment=Allotment(WAITING.key, Current(6), Reason.GROUP_LIMIT),
            ),
            0,
            0,
        ),
    ],
)
def test_who_is_active_and_who_waits(evse: Evse, active: int, waiting: int) -> None:
    figures = state(Current(32), ((L1, L2, L3), evse))
    assert (figures.active, figures.waiting) == (active, waiting)


@pytest.mark.parametrize(
    ("power_w", "used_a", "used_w"),
    [
        (18_630, 30, 20_700),
        # What comes out is what flows: nothing is made of it any more.
        (-6_900, -10, -6_900),
    ],
)
def test_direct_current_counts_on_all_phases_with_its_losses(
    power_w: float, used_a: float, used_w: float
) -> None:
    dc = {1: EvseConfig(CurrentType.DC)}
    config = StationConfig("s", "S", (L3, L1, L2), evses=dc)
    reading = Reading(power_w=power_w, dc_current_a=46.6, dc_voltage_v=400)
    evse = Evse(EvseKey("s", 1), EvseStatus.CHARGING, reading=reading)
    group = GroupConfig("g", "Garage", Current(63), ("s",))
    site = SiteConfig("Home", Current(63), stations={"s": config}, groups={"g": group})
    figures = group_state(
        site, group.id, {"s": Station("s", connected=True, evses={1: evse})}
    )
    assert tuple(figures.used) == pytest.approx((used_a,) * 3)
    assert figures.used_w == pytest.approx(used_w)


def test_power_alone_is_taken_from_all_wired_phases() -> None:
    evse = Evse(EvseKey("x", 1), EvseStatus.CHARGING, reading=Reading(power_w=4600))
    assert tuple(state(Current(32), ((L1, L3), evse)).used) == (10, 0, 10)
