"""What the vehicles at one station told of themselves, as far as setpoints and permissions go by it."""

from dataclasses import dataclass, field
from typing import Any

from ...model.needs import ChargingNeeds
from ...model.v2x_ability import OperationMode
from ..discharging.words import VENDOR

# What an idToken calls the name that a vehicle has over ISO 15118 (2.1 Q01).
_EVCCID = "evccid"

_MODES = {mode.value.lower(): mode for mode in OperationMode}


@dataclass(slots=True)
class Vehicles:
    """The vehicle at each EVSE of one station, on this connection."""

    _needs: dict[int, ChargingNeeds] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)

    def needs(self, evse: int, needs: ChargingNeeds) -> None:
        """Take in what a vehicle needs."""
        self._needs[evse] = needs

    def named(self, evse: int, name: str) -> None:
        """Take in what the vehicle at an EVSE is called."""
        self._names[evse] = name

    def gone(self, evse: int) -> None:
        """Forget the vehicle of an EVSE: the next one may be another."""
        self._needs.pop(evse, None)
        self._names.pop(evse, None)

    def asked(self, evse: int) -> ChargingNeeds | None:
        """Return what the vehicle at an EVSE asked for last."""
        return self._needs.get(evse)

    def name(self, evse: int) -> str | None:
        """Return what the vehicle at an EVSE is called, where it was told."""
        return self._names.get(evse)


def vehicle_of(id_token: dict[str, Any] | None) -> str | None:
    """Return the vehicle that a token names beside who pays, or that it is itself (2.1 Q01.FR.04)."""
    if id_token is None:
        return None
    for info in id_token.get("additionalInfo", ()):
        if info["type"].strip().lower() == _EVCCID:
            return str(info["additionalIdToken"]) or None
    return None


def mode_of(info: dict[str, Any]) -> OperationMode | None:
    """Return who decides what flows (TransactionType), by 2.1's word or that of the extension of 2.0.1."""
    custom = info.get("customData", {})
    is_ours = str(custom.get("vendorId", "")).lower() == VENDOR
    word = info.get("operationMode") or (custom.get("operationMode") if is_ours else "")
    return _MODES.get(str(word).lower())
