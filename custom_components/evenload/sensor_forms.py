"""In which form sensors show what is measured or planned: the same quantity alike wherever it is shown."""

from typing import TypedDict

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
)


class Form(TypedDict):
    """What a description says of a quantity."""

    device_class: SensorDeviceClass
    native_unit_of_measurement: str
    suggested_display_precision: int


class EnergyForm(Form):
    """What it says of an energy, which is counted in Wh and shown in kWh."""

    suggested_unit_of_measurement: str


AMPERES: Form = {
    "device_class": SensorDeviceClass.CURRENT,
    "native_unit_of_measurement": UnitOfElectricCurrent.AMPERE,
    "suggested_display_precision": 1,
}
VOLTS: Form = {
    "device_class": SensorDeviceClass.VOLTAGE,
    "native_unit_of_measurement": UnitOfElectricPotential.VOLT,
    "suggested_display_precision": 0,
}
WATTS: Form = {
    "device_class": SensorDeviceClass.POWER,
    "native_unit_of_measurement": UnitOfPower.WATT,
    "suggested_display_precision": 0,
}
# What flowed.
ENERGY: EnergyForm = {
    "device_class": SensorDeviceClass.ENERGY,
    "native_unit_of_measurement": UnitOfEnergy.WATT_HOUR,
    "suggested_display_precision": 2,
    "suggested_unit_of_measurement": UnitOfEnergy.KILO_WATT_HOUR,
}
# What a battery holds, or lacks.
STORED_ENERGY: EnergyForm = {
    "device_class": SensorDeviceClass.ENERGY_STORAGE,
    "native_unit_of_measurement": UnitOfEnergy.WATT_HOUR,
    "suggested_display_precision": 1,
    "suggested_unit_of_measurement": UnitOfEnergy.KILO_WATT_HOUR,
}
