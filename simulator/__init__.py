"""Charging stations, vehicles and a household, for tests, the demo and benchmarks.

The other side of the wire: nothing here knows the integration, nor the packages it is built with.
"""

from simulator.bidirectional import Bidirectional, Form, Manual
from simulator.clock import Clock, SystemClock, VirtualClock
from simulator.evse_view import EvseView
from simulator.faults import Faults
from simulator.household import Household
from simulator.ocppj.dialling import trust
from simulator.ocppj.frames import CallError
from simulator.ocppj.link import NotConnected
from simulator.orders import Mode
from simulator.phases import L1, L2, L3, PerPhase, Phase
from simulator.quirks import Quirk
from simulator.simulated import SimulatedStation
from simulator.vehicle import Vehicle

__all__ = [
    "L1",
    "L2",
    "L3",
    "Bidirectional",
    "CallError",
    "Clock",
    "EvseView",
    "Faults",
    "Form",
    "Household",
    "Manual",
    "Mode",
    "NotConnected",
    "PerPhase",
    "Phase",
    "Quirk",
    "SimulatedStation",
    "SystemClock",
    "Vehicle",
    "VirtualClock",
    "trust",
]
