"""How stations are told to discharge, and what one says of that."""

from dataclasses import dataclass
from enum import StrEnum


class OperationMode(StrEnum):
    """Who decides how much flows, in which direction (OCPP 2.1 OperationModeEnumType)."""

    IDLE = "Idle"
    CHARGING_ONLY = "ChargingOnly"
    CENTRAL_SETPOINT = "CentralSetpoint"
    EXTERNAL_SETPOINT = "ExternalSetpoint"
    EXTERNAL_LIMITS = "ExternalLimits"
    CENTRAL_FREQUENCY = "CentralFrequency"
    LOCAL_FREQUENCY = "LocalFrequency"
    LOCAL_LOAD_BALANCING = "LocalLoadBalancing"


class Method(StrEnum):
    """How a station is told to discharge."""

    # OCPP 2.1: operation modes, setpoints and limits of both directions.
    NATIVE = "native"
    # OCPP 2.0.1: the same fields inside `customData` (docs/v2g-extension.md), or a variable of the device model.
    EXTENSION = "extension"
    VARIABLE = "variable"
    # A charging profile whose limit is below nothing.
    NEGATIVE_LIMIT = "negative_limit"
    # OCPP 1.6: a configuration key, or a message of the maker's own.
    CONFIGURATION_KEY = "configuration_key"
    DATA_TRANSFER = "data_transfer"


@dataclass(frozen=True, slots=True)
class V2xAbility:
    """What a station says, or was seen, to do about discharging. Words are OCPP's."""

    modes: tuple[OperationMode, ...] = ()
    transfers: tuple[str, ...] = ()
    # It announces the extension of 2.0.1, or its variable or key can be written.
    extension: bool = False
    writable: tuple[str, ...] = ()
    # A probe has shown that energy came out, by this method.
    proven: tuple[Method, ...] = ()
    disproven: tuple[Method, ...] = ()
