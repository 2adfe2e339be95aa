"""Copper, batteries and the household's meter."""

from datetime import UTC, datetime

from hypothesis import given, settings, strategies as st
import pytest

from simulator import (
    L1,
    L2,
    L3,
    Household,
    PerPhase,
    Phase,
    SimulatedStation,
    Vehicle,
    VirtualClock,
)
from simulator.evse import Evse
from simulator.limit import Limit
from simulator.sharing import Request, share
from simulator.station import Station

NIGHT = datetime(2026, 1, 5, 0, tzinfo=UTC)
NOON = datetime(2026, 6, 5, 12, tzinfo=UTC)


def live(vehicle, seconds, offered_a, phases=3):
    for _ in range(round(seconds / 0.25)):
        vehicle.advance(0.25, offered_a, phases, 230)


@pytest.mark.parametrize("offered_a", [16, 10.3, 6])
def test_a_vehicle_follows_the_pilot_within_five_seconds(offered_a):
    vehicle = Vehicle(maximum_a=32)
    live(vehicle, 30, 32)
    assert vehicle.current_a == 32
    live(vehicle, 5, offered_a)
    assert vehicle.current_a == pytest.approx(offered_a)


def test_a_vehicle_hesitates_before_it_reacts():
    vehicle = Vehicle(maximum_a=32)
    live(vehicle, 30, 32)
    live(vehicle, 0.75, 6)
    assert vehicle.current_a == 32


def test_a_vehicle_draws_nothing_under_its_minimum():
    vehicle = Vehicle(minimum_a=8)
    live(vehicle, 30, 7.9)
    assert vehicle.current_a == 0
    live(vehicle, 30, 8)
    assert vehicle.current_a == 8


def test_some_vehicles_sleep_after_a_pause_until_replugged():
    vehicle = Vehicle(wakes_after_pause=False)
    for offered_a, drawn_a in ((16, 16), (0, 0), (16, 0)):
        live(vehicle, 30, offered_a)
        assert vehicle.current_a == drawn_a
    vehicle.unplugged()
    live(vehicle, 30, 16)
    assert vehicle.current_a == 16


def test_a_vehicle_tapers_and_is_full():
    vehicle = Vehicle(capacity_wh=1000, soc_percent=77, maximum_a=16)
    live(vehicle, 10, 32)
    assert vehicle.current_a == pytest.approx(16)
    live(vehicle, 120, 32)
    assert 0 < vehicle.current_a < 14
    live(vehicle, 3600, 32)
    assert vehicle.is_full
    assert vehicle.current_a == 0


def test_energy_of_the_battery_is_energy_of_the_meter():
    evse = Evse(1, (L1, L2, L3), energised=True, offered_a=16)
    vehicle = Vehicle(efficiency=1.0, soc_percent=20, capacity_wh=60_000)
    evse.plug_in(vehicle)
    for _ in range(4 * 3600):
        evse.advance(0.25)
    assert evse.meter.register_wh == pytest.approx(16 * 230 * 3, rel=0.01)
    assert (vehicle.soc_percent - 20) / 100 * 60_000 == pytest.approx(
        evse.meter.register_wh
    )


def test_a_vehicle_uses_the_first_phases_of_its_station():
    evse = Evse(1, (L3, L1, L2), energised=True, offered_a=16)
    evse.plug_in(Vehicle(phases=2))
    for _ in range(100):
        evse.advance(0.25)
    assert evse.currents == PerPhase(16, 0, 16)
    assert evse.line_currents_a == (16, 16, 0)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 63),
            st.sampled_from([(L1,), (L2,), (L3, L1), (L1, L2, L3), (L2, L3, L1)]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.floats(0, 100),
)
def test_the_sum_of_the_evses_stays_under_the_cap_on_each_phase(wanted, cap_a):
    requests = [
        Request(n, maximum_a, wiring) for n, (maximum_a, wiring) in enumerate(wanted)
    ]
    shares = share(requests, cap_a)
    for phase in Phase:
        assert (
            sum(shares[r.evse_id] for r in requests if phase in r.wiring)
            <= cap_a + 1e-6
        )
    for request in requests:
        given_a = shares[request.evse_id]
        assert given_a <= request.maximum_a + 1e-9
        assert given_a == 0 or given_a >= 6 - 1e-6


def test_a_station_divides_its_limit_and_the_last_waits_for_a_minimum():
    station = Station({n: Evse(n, energised=True) for n in (1, 2, 3)}, maximum_a=63)
    for evse in station.evses.values():
        evse.plug_in(Vehicle(maximum_a=32))
    station.offer({3: Limit(8)}, Limit(30))
    assert [evse.pilot_a for evse in station.evses.values()] == [11, 11, 8]
    station.offer({}, Limit(17))
    assert [evse.pilot_a for evse in station.evses.values()] == [8.5, 8.5, 0]


def test_the_meter_of_the_house_sees_the_vehicles():
    clock = VirtualClock(NIGHT)
    station = Station({1: Evse(1, (L2,), energised=True)}, maximum_a=32)
    house = Household(base_w=PerPhase(230, 0, 0), loads=[station], clock=clock)
    before = house.grid_currents()
    station.evses[1].plug_in(Vehicle(phases=1, maximum_a=20))
    station.offer({}, None)
    for _ in range(100):
        station.advance(0.25)
    assert list(house.grid_currents() - before) == pytest.approx([0, 20, 0])
    house.switch("kettle", on=True)
    assert house.grid_currents().l2 == pytest.approx(30)
    assert house.grid_power_w().l2 == pytest.approx(6900)
    assert house.over_fuse() == PerPhase(0, pytest.approx(5), 0)


def test_a_sunny_roof_exports_and_the_meter_counts_it():
    house = Household(solar_peak_w=6000, clock=VirtualClock(NOON))
    assert all(current_a < 0 for current_a in house.grid_currents())
    house.advance(3600)
    assert house.exported_wh == pytest.approx(-house.grid_power_w().total)
    assert house.imported_wh == 0


def test_an_appliance_that_is_not_there():
    with pytest.raises(KeyError):
        Household().switch("sauna", on=True)


async def test_two_connectors_share_a_station_limit(switch_on, central, clock):
    station: SimulatedStation = await switch_on(evses=2, autostart_tag="FREE")
    for evse_id in (1, 2):
        station.plug_in(evse_id, Vehicle(maximum_a=16))
    wanted = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "ChargePointMaxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 13800, "numberPhases": 3}
            ],
        },
    }
    await central.call(
        "X", "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": wanted}
    )
    await clock.advance(30)
    assert station.evse(1).currents + station.evse(2).currents == PerPhase.even(20)
