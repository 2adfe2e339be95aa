"""Keys of 1.6 and the variables of 2.x that mean the same (1.6 §9 and security whitepaper §2.2; 2.0.1 part 2, Referenced Components and Variables)."""

from collections.abc import Mapping
from typing import Any

# What has no like on the other side (NumberOfConnectors, MinimumStatusDuration, BlinkRepeat, lengths of lists) is left out.
PAIRS = {
    "AdditionalRootCertificateCheck": "SecurityCtrlr/AdditionalRootCertificateCheck",
    "AllowOfflineTxForUnknownId": "AuthCtrlr/OfflineTxForUnknownIdEnabled",
    "AuthorizationCacheEnabled": "AuthCacheCtrlr/Enabled",
    "AuthorizationKey": "SecurityCtrlr/BasicAuthPassword",
    "AuthorizeRemoteTxRequests": "AuthCtrlr/AuthorizeRemoteStart",
    "CertificateSignedMaxChainSize": "SecurityCtrlr/MaxCertificateChainSize",
    "ChargeProfileMaxStackLevel": "SmartChargingCtrlr/ProfileStackLevel",
    "ChargingScheduleAllowedChargingRateUnit": "SmartChargingCtrlr/RateUnit",
    "ChargingScheduleMaxPeriods": "SmartChargingCtrlr/PeriodsPerSchedule",
    "ClockAlignedDataInterval": "AlignedDataCtrlr/Interval",
    "ConnectionTimeOut": "TxCtrlr/EVConnectionTimeOut",
    "ConnectorSwitch3to1PhaseSupported": "SmartChargingCtrlr/Phases3to1",
    "CpoName": "SecurityCtrlr/OrganizationName",
    "GetConfigurationMaxKeys": "DeviceDataCtrlr/ItemsPerMessage[GetVariables]",
    "HeartbeatInterval": "OCPPCommCtrlr/HeartbeatInterval",
    "LocalAuthListEnabled": "LocalAuthListCtrlr/Enabled",
    "LocalAuthorizeOffline": "AuthCtrlr/LocalAuthorizeOffline",
    "LocalPreAuthorize": "AuthCtrlr/LocalPreAuthorize",
    "MaxChargingProfilesInstalled": "SmartChargingCtrlr/Entries[ChargingProfiles]",
    "MaxEnergyOnInvalidId": "TxCtrlr/MaxEnergyOnInvalidId",
    "MeterValueSampleInterval": "SampledDataCtrlr/TxUpdatedInterval",
    "MeterValuesAlignedData": "AlignedDataCtrlr/Measurands",
    "MeterValuesSampledData": "SampledDataCtrlr/TxUpdatedMeasurands",
    "ReserveConnectorZeroSupported": "ReservationCtrlr/NonEvseSpecific",
    "ResetRetries": "OCPPCommCtrlr/ResetRetries",
    "SecurityProfile": "SecurityCtrlr/SecurityProfile",
    "SendLocalListMaxLength": "LocalAuthListCtrlr/ItemsPerMessage",
    "StopTransactionOnEVSideDisconnect": "TxCtrlr/StopTxOnEVSideDisconnect",
    "StopTransactionOnInvalidId": "TxCtrlr/StopTxOnInvalidId",
    "StopTxnAlignedData": "AlignedDataCtrlr/TxEndedMeasurands",
    "StopTxnSampledData": "SampledDataCtrlr/TxEndedMeasurands",
    "SupportedFileTransferProtocols": "OCPPCommCtrlr/FileTransferProtocols",
    "TransactionMessageAttempts": "OCPPCommCtrlr/MessageAttempts[TransactionEvent]",
    "TransactionMessageRetryInterval": "OCPPCommCtrlr/MessageAttemptInterval[TransactionEvent]",
    "UnlockConnectorOnEVSideDisconnect": "OCPPCommCtrlr/UnlockOnEVSideDisconnect",
    "WebSocketPingInterval": "OCPPCommCtrlr/WebSocketPingInterval",
}

_VARIABLES = {key.casefold(): variable for key, variable in PAIRS.items()}
_KEYS = {variable.casefold(): key for key, variable in PAIRS.items()}
_COMPONENTS = {variable.partition("/")[0].casefold() for variable in PAIRS.values()}

# How the versions write the units of limits (1.6 §9.4.2, 2.0.1 SmartChargingCtrlr).
_UNITS = "ChargingScheduleAllowedChargingRateUnit"
_UNITS_2 = {"current": "A", "power": "W"}
_UNITS_16 = {"a": "Current", "w": "Power"}


def variable_of(key: str) -> str | None:
    """Return the variable that means the same as a key of 1.6, or None."""
    return _VARIABLES.get(key.strip().casefold())


def key_of(variable: str) -> str | None:
    """Return the key of 1.6 that means the same as a variable, named `Component/Variable[instance]`, or None."""
    return _KEYS.get(variable.strip().casefold())


def key_asked(said: Mapping[str, Any]) -> str | None:
    """Return the key of 1.6 for what a message of 2.x names, or None: what is said of one EVSE, no key says."""
    component, variable = said["component"], said["variable"]
    if component.get("evse") or component.get("instance"):
        return None
    instance = variable.get("instance")
    name = f"{component['name'].strip()}/{variable['name'].strip()}"
    return key_of(name if instance is None else f"{name}[{instance.strip()}]")


def is_known(said: Mapping[str, Any]) -> bool:
    """Whether any key belongs to the component that a message of 2.x names."""
    return str(said["component"]["name"]).strip().casefold() in _COMPONENTS


def as_value_2(key: str, value: str) -> str:
    """Return the value of a key as its variable has it."""
    return _listed(value, _UNITS_2) if key == _UNITS else value


def as_value_16(key: str, value: str) -> str:
    """Return the value of a variable as its key has it."""
    return _listed(value, _UNITS_16) if key == _UNITS else value


def _listed(value: str, words: Mapping[str, str]) -> str:
    parts = [part.strip() for part in value.split(",")]
    return ",".join(words.get(part.casefold(), part) for part in parts if part)
