"""What a vehicle needs, as 2.x stations tell it (2.0.1 K15; 2.1 Q01; the extension of 2.0.1, docs/v2g-extension.md)."""

from collections.abc import Mapping
from typing import Any

from ...model.needs import ChargingNeeds
from ..discharging.words import VENDOR
from ..meters import moment_or_now, number

# What a vehicle says of its battery and its limits, in our words.
_NEEDS = {
    "energyAmount": "energy_wh",
    "evMinCurrent": "minimum_a",
    "evMaxCurrent": "maximum_a",
    "evMaxVoltage": "maximum_v",
    "evMaxPower": "maximum_w",
    "stateOfCharge": "soc_percent",
    "fullSoC": "full_soc_percent",
    "evEnergyCapacity": "capacity_wh",
}


def read_needs(needs: dict[str, Any]) -> ChargingNeeds:
    """Read ChargingNeedsType; what the extension says goes before the plain words, which it had to fit into."""
    told = {
        **needs.get("acChargingParameters", {}),
        **needs.get("dcChargingParameters", {}),
    }
    more = _extension(needs)
    transfer = more.get("requestedEnergyTransfer", needs["requestedEnergyTransfer"])
    available = more.get(
        "availableEnergyTransfer", needs.get("availableEnergyTransfer", ())
    )
    both = more.get("v2xChargingParameters", needs.get("v2xChargingParameters", {}))
    departure = needs.get("departureTime")
    return ChargingNeeds(
        transfer=str(transfer),
        available=_words(available),
        departure=None if departure is None else moment_or_now(departure),
        discharge=_numbers(both),
        **{
            ours: float(told[theirs])
            for theirs, ours in _NEEDS.items()
            if theirs in told
        },
    )


def _extension(needs: dict[str, Any]) -> Mapping[str, Any]:
    """Return what stands in `customData` where it is ours to read."""
    match needs.get("customData"):
        case {"vendorId": str(vendor), **said} if vendor.lower() == VENDOR:
            return {str(name): value for name, value in said.items()}
        case _:
            return {}


def _words(told: object) -> tuple[str, ...]:
    return tuple(map(str, told)) if isinstance(told, list | tuple) else ()


def _numbers(told: object) -> dict[str, float]:
    """Return magnitudes by name: some write those of discharging below 0."""
    if not isinstance(told, dict):
        return {}
    read = {
        str(name): number(value)
        for name, value in told.items()
        if isinstance(value, int | float | str) and not isinstance(value, bool)
    }
    return {name: abs(value) for name, value in read.items() if value is not None}
