"""A vehicle with a battery that feeds back, on one phase, on three, and behind a rectifier."""

import pytest

from simulator import L2, PerPhase, Vehicle
from simulator.evse import DcEvse, Evse
from simulator.household import Household
from simulator.meter import EnergyMeter
from simulator.station import Station


def vehicle(**more):
    usual = {"discharge_maximum_w": 10_000, "capacity_wh": 10_000, "soc_percent": 50}
    return Vehicle(**usual | {"reaction_s": 0, "ramp_a_per_s": 100} | more)


def exchanging(evse, car, *watts, for_s=10):
    evse.discharge_w, evse.energised = 22_000, True
    if evse.vehicle is None:
        evse.plug_in(car)
    evse.exchange_w = watts
    for _ in range(for_s):
        evse.advance(1)
    return evse


@pytest.mark.parametrize(
    ("evse", "watts", "currents"),
    [
        (DcEvse(1), (-2300,) * 3, PerPhase.even(-10)),
        (Evse(1), (-2300,) * 3, PerPhase.even(-10)),
        # Each line by itself, as ISO 15118-20 has it.
        (Evse(1), (-2300, -1150, 0), PerPhase(-10, -5, 0)),
        (Evse(1, (L2,)), (-2300,), PerPhase(l2=-10)),
        (Evse(1), (1150,) * 3, PerPhase.even(5)),
    ],
)
def test_what_flows_out_is_below_zero_on_its_phases(evse, watts, currents):
    exchanging(evse, vehicle(phases=len(watts)), *watts)
    assert tuple(evse.currents) == pytest.approx(tuple(currents))
    assert evse.power_w == pytest.approx(sum(watts))


def test_gives_no_more_than_it_can():
    evse = exchanging(Evse(1), vehicle(discharge_maximum_w=6900), -9000, -9000, -9000)
    assert evse.power_w == pytest.approx(-6900)


def test_loses_on_both_ways():
    car = vehicle(efficiency=0.9, discharge_efficiency=0.8, phases=1)
    evse = exchanging(Evse(1, (L2,)), car, 3600.0, for_s=100)
    assert car.soc_percent == pytest.approx(50 + 0.9, abs=1e-6)
    exchanging(evse, car, -3600.0, for_s=101)
    # It took one second to turn round: the setpoint is followed from the next look on.
    assert evse.meter.export_wh == pytest.approx(101, abs=1.1)
    assert car.soc_percent == pytest.approx(50.9 - 1.01 / 0.8, abs=0.02)


def test_gives_nothing_below_its_minimum():
    car = vehicle(minimum_soc_percent=49.9, soc_percent=50)
    evse = exchanging(DcEvse(1), car, -3000.0, -3000.0, -3000.0, for_s=60)
    assert evse.power_w == 0
    assert car.soc_percent == pytest.approx(49.9, abs=0.1)


def test_follows_a_setpoint_with_its_own_haste():
    car = vehicle(reaction_s=2, ramp_a_per_s=5)
    evse = exchanging(Evse(1), car, -2300.0, -2300.0, -2300.0, for_s=1)
    assert evse.power_w == 0
    exchanging(evse, car, -2300.0, -2300.0, -2300.0, for_s=1)
    assert evse.currents.l1 == pytest.approx(-5)
    exchanging(evse, car, -2300.0, -2300.0, -2300.0, for_s=1)
    assert evse.currents.l1 == pytest.approx(-10)


def test_a_pulled_cable_feeds_nothing():
    evse = exchanging(Evse(1), vehicle(), -2300.0, -2300.0, -2300.0)
    evse.unplug()
    evse.advance(1)
    assert evse.power_w == 0


def test_registers_only_count_up():
    meter = EnergyMeter()
    for power_w in (3600, -3600, -3600):
        meter.count(power_w, 10)
    assert (meter.register_wh, meter.export_wh) == pytest.approx((10, 20))


def test_a_discharging_vehicle_carries_the_house():
    house = Household(base_w=PerPhase.even(1000), solar_peak_w=0)
    box = Station({1: exchanging(Evse(1), vehicle(), -2300.0, -2300.0, -2300.0)}, 32)
    alone = house.grid_power_w()
    house.loads.append(box)
    assert tuple(alone - house.grid_power_w()) == pytest.approx((2300,) * 3)
    house.advance(3600)
    assert house.exported_wh > 0
    assert house.imported_wh == 0
