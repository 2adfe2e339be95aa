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


# Modes in which a station or somebody else works out what flows; of these, those that belong to another controller.
HANDED = frozenset(
    {
        OperationMode.EXTERNAL_SETPOINT,
        OperationMode.EXTERNAL_LIMITS,
        OperationMode.LOCAL_FREQUENCY,
        OperationMode.LOCAL_LOAD_BALANCING,
    }
)
EXTERNAL = frozenset({OperationMode.EXTERNAL_SETPOINT, OperationMode.EXTERNAL_LIMITS})


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
    # The forms of 1.6 that it names, and its bounds, in watts; None: it says nothing.
    methods: tuple[Method, ...] = ()
    minimum_w: float | None = None
    maximum_w: float | None = None
    # After so long without being told anew a setpoint by key or variable ends in the station; 0: never.
    expires_s: float | None = None
    # Whether it is switched on, gives up setpoints by itself when it is offline, and lets its electronics sleep (2.1).
    enabled: bool | None = None
    ends_offline: bool | None = None
    sleeps: bool | None = None
    # The types of grid control that it has (2.1 block R).
    controls: tuple[str, ...] = ()
    # A probe has shown that energy came out, by this method.
    proven: tuple[Method, ...] = ()
    disproven: tuple[Method, ...] = ()
