"""Between what a station keeps the grid connection that carries the house by itself (2.1 Q09, V2XChargingCtrlr.LocalLoadBalancing)."""

from typing import Any

from ..discharging.replies import Verdict, of_variables
from ..discharging.setpoints import Step
from .device_model import Key
from .v2x_learning import CONTROLLER

_VARIABLE = "LocalLoadBalancing"

# In watts: it gives where more comes from the grid, takes where less does, and adds nothing to either.
_THRESHOLDS = {
    "UpperThreshold": "50",
    "LowerThreshold": "0",
    "UpperOffset": "0",
    "LowerOffset": "0",
}


def thresholds(evse: int) -> Step:
    """Return what has to be written before an EVSE is left to balance: without it nobody knows what it keeps to."""
    written: list[dict[str, Any]] = [
        {
            **Key(CONTROLLER, _VARIABLE, evse, instance=name).written(),
            "attributeValue": value,
        }
        for name, value in _THRESHOLDS.items()
    ]
    return Step("SetVariables", {"setVariableData": written}, _taken)


def _taken(answer: dict[str, Any]) -> Verdict:
    return of_variables(answer, len(_THRESHOLDS))
