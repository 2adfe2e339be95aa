"""Configuration keys of a charge point (OCPP 1.6 §9; security whitepaper §2 for the last few)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Access(StrEnum):
    """Who may do what with a key."""

    READ = "read"
    READ_WRITE = "read and write"
    WRITE = "write"


class Form(StrEnum):
    """What a value must look like."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Key:
    """One key, its form and the value a new station has."""

    name: str
    default: str
    form: Form = Form.TEXT
    access: Access = Access.READ_WRITE
    needs_reboot: bool = False


MEASURANDS = (
    "Current.Import",
    "Current.Offered",
    "Energy.Active.Import.Register",
    "Frequency",
    "Power.Active.Import",
    "Power.Offered",
    "SoC",
    "Temperature",
    "Voltage",
)
DEFAULT_MEASURANDS = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered,SoC"
FEATURE_PROFILES = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger"

_NUMBER, _BOOLEAN, _LIST, _READ = Form.NUMBER, Form.BOOLEAN, Form.LIST, Access.READ

STANDARD_KEYS = (
    Key("AllowOfflineTxForUnknownId", "false", _BOOLEAN),
    Key("AuthorizationCacheEnabled", "true", _BOOLEAN),
    Key("AuthorizeRemoteTxRequests", "false", _BOOLEAN),
    Key("BlinkRepeat", "0", _NUMBER),
    Key("ClockAlignedDataInterval", "0", _NUMBER),
    Key("ConnectionTimeOut", "60", _NUMBER),
    Key("ConnectorPhaseRotation", "0.Unknown", _LIST),
    Key("ConnectorPhaseRotationMaxLength", "10", _NUMBER, _READ),
    Key("GetConfigurationMaxKeys", "80", _NUMBER, _READ),
    Key("HeartbeatInterval", "300", _NUMBER),
    Key("LightIntensity", "80", _NUMBER),
    Key("LocalAuthorizeOffline", "true", _BOOLEAN),
    Key("LocalPreAuthorize", "false", _BOOLEAN),
    Key("MaxEnergyOnInvalidId", "0", _NUMBER),
    Key("MeterValuesAlignedData", "Energy.Active.Import.Register", _LIST),
    Key("MeterValuesAlignedDataMaxLength", "12", _NUMBER, _READ),
    Key("MeterValuesSampledData", DEFAULT_MEASURANDS, _LIST),
    Key("MeterValuesSampledDataMaxLength", "12", _NUMBER, _READ),
    Key("MeterValueSampleInterval", "5", _NUMBER),
    Key("MinimumStatusDuration", "0", _NUMBER),
    Key("NumberOfConnectors", "1", _NUMBER, _READ),
    Key("ResetRetries", "3", _NUMBER),
    Key("StopTransactionOnEVSideDisconnect", "true", _BOOLEAN),
    Key("StopTransactionOnInvalidId", "true", _BOOLEAN),
    Key("StopTxnAlignedData", "", _LIST),
    Key("StopTxnAlignedDataMaxLength", "12", _NUMBER, _READ),
    Key("StopTxnSampledData", "Energy.Active.Import.Register", _LIST),
    Key("StopTxnSampledDataMaxLength", "12", _NUMBER, _READ),
    Key("SupportedFeatureProfiles", FEATURE_PROFILES, _LIST, _READ),
    Key("SupportedFeatureProfilesMaxLength", "6", _NUMBER, _READ),
    Key("TransactionMessageAttempts", "3", _NUMBER),
    Key("TransactionMessageRetryInterval", "10", _NUMBER),
    Key("UnlockConnectorOnEVSideDisconnect", "true", _BOOLEAN),
    Key("WebSocketPingInterval", "0", _NUMBER),
    Key("LocalAuthListEnabled", "true", _BOOLEAN),
    Key("LocalAuthListMaxLength", "500", _NUMBER, _READ),
    Key("SendLocalListMaxLength", "100", _NUMBER, _READ),
    Key("ReserveConnectorZeroSupported", "true", _BOOLEAN, _READ),
    Key("ChargeProfileMaxStackLevel", "8", _NUMBER, _READ),
    Key("ChargingScheduleAllowedChargingRateUnit", "Current,Power", _LIST, _READ),
    Key("ChargingScheduleMaxPeriods", "24", _NUMBER, _READ),
    Key("ConnectorSwitch3to1PhaseSupported", "false", _BOOLEAN, _READ),
    Key("MaxChargingProfilesInstalled", "20", _NUMBER, _READ),
    Key("SupportedFileTransferProtocols", "HTTP,HTTPS", _LIST, _READ),
    Key("AdditionalRootCertificateCheck", "false", _BOOLEAN, _READ),
    Key("AuthorizationKey", "", Form.TEXT, Access.WRITE),
    Key("CertificateSignedMaxChainSize", "10000", _NUMBER, _READ),
    Key("CertificateStoreMaxLength", "10", _NUMBER, _READ),
    Key("CpoName", ""),
    Key("SecurityProfile", "0", _NUMBER, Access.READ_WRITE, needs_reboot=True),
)
MEASURAND_LISTS = {
    "MeterValuesSampledData",
    "MeterValuesAlignedData",
    "StopTxnSampledData",
    "StopTxnAlignedData",
}


class Configuration:
    """The values a station has for its keys."""

    def __init__(
        self,
        defaults: dict[str, str],
        keys: tuple[Key, ...] = STANDARD_KEYS,
        measurands: tuple[str, ...] = MEASURANDS,
    ) -> None:
        """Start with the factory's values, changed by what this station is."""
        self._measurands = measurands
        self.live: dict[str, Callable[[], str]] = {}
        self._keys = {key.name.lower(): key for key in keys}
        self._factory = {key.name: key.default for key in keys} | defaults
        self._values = dict(self._factory)
        self.changed: dict[str, str] = {}

    def text(self, name: str) -> str:
        """A value as it is written."""
        return self.live[name]() if name in self.live else self._values[name]

    def number(self, name: str) -> int:
        """A value as a whole number."""
        return int(self._values[name])

    def flag(self, name: str) -> bool:
        """A value as yes or no."""
        return self._values[name].lower() == "true"

    def items(self, name: str) -> list[str]:
        """A value as the list it is."""
        return [item.strip() for item in self._values[name].split(",") if item.strip()]

    def find(self, name: str) -> Key | None:
        """The key of that name; names are case-insensitive (CiString)."""
        return self._keys.get(name.lower())

    def readable(self) -> list[Key]:
        """Every key that may be read."""
        return [key for key in self._keys.values() if key.access is not Access.WRITE]

    def restore(self, changed: dict[str, str]) -> None:
        """Take up again what was configured before a reboot, and nothing else."""
        self.changed = dict(changed)
        self._values = self._factory | changed

    def change(self, name: str, value: str) -> str:
        """Set a value; returns the status of ChangeConfiguration (§5.3)."""
        key = self.find(name)
        if key is None:
            return "NotSupported"
        if key.access is Access.READ or not self._fits(key, value):
            return "Rejected"
        self._values[key.name] = self.changed[key.name] = value
        return "RebootRequired" if key.needs_reboot else "Accepted"

    def _fits(self, key: Key, value: str) -> bool:
        """Whether a value has the key's form."""
        if key.form is Form.NUMBER:
            return value.isdecimal()
        if key.form is Form.BOOLEAN:
            return value.lower() in ("true", "false")
        if key.name == "AuthorizationKey":
            return 16 <= len(value) <= 40
        if key.name in MEASURAND_LISTS:
            # A phase may be appended to a measurand (Voltage.L1), as §9.1.16 has it for stations that support it; this one does not.
            items = (item.strip() for item in value.split(","))
            return all(item in self._measurands for item in items if item)
        return len(value) <= 500
