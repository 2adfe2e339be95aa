"""The words of states, where they differ from the engine's."""

from .engine.model.stations import EvseStatus, StationError

# Home Assistant keeps "unavailable" for an entity that cannot be reached.
_STATUS = {status: status.value for status in EvseStatus} | {
    EvseStatus.UNAVAILABLE: "out_of_service"
}
STATUSES = list(_STATUS.values())

# OCPP 1.6 §7.6; what later versions or makers add is an "other error".
_ERROR = {
    "NoError": "no_error",
    "ConnectorLockFailure": "connector_lock_failure",
    "EVCommunicationError": "vehicle_communication_error",
    "GroundFailure": "ground_failure",
    "HighTemperature": "high_temperature",
    "InternalError": "internal_error",
    "LocalListConflict": "local_list_conflict",
    "OverCurrentFailure": "over_current",
    "OverVoltage": "over_voltage",
    "PowerMeterFailure": "power_meter_failure",
    "PowerSwitchFailure": "power_switch_failure",
    "ReaderFailure": "reader_failure",
    "ResetFailure": "reset_failure",
    "UnderVoltage": "under_voltage",
    "WeakSignal": "weak_signal",
}
OTHER_ERROR = "other_error"
ERRORS = [*_ERROR.values(), OTHER_ERROR]

# OCPP 1.6 §7.25 and security whitepaper §4.9, in the owner's words.
_FIRMWARE = {
    "Idle": "idle",
    "DownloadScheduled": "download_scheduled",
    "Downloading": "downloading",
    "DownloadPaused": "download_paused",
    "Downloaded": "downloaded",
    "DownloadFailed": "download_failed",
    "InvalidSignature": "invalid_signature",
    "SignatureVerified": "signature_verified",
    "InstallScheduled": "install_scheduled",
    "Installing": "installing",
    "InstallRebooting": "install_rebooting",
    "Installed": "installed",
    "InstallationFailed": "installation_failed",
    "InstallVerificationFailed": "install_verification_failed",
}
FIRMWARE_STATUSES = list(_FIRMWARE.values())


def status_state(status: EvseStatus | None) -> str | None:
    """Return the state that shows what a connector is doing."""
    return None if status is None else _STATUS[status]


def error_state(error: StationError) -> str:
    """Return the state that shows an error."""
    return _ERROR.get(error.code, OTHER_ERROR)


def firmware_state(status: str | None) -> str | None:
    """Return the state that shows how a firmware update is going."""
    return None if status is None else _FIRMWARE.get(status)


def masked(token: str) -> str:
    """Return enough of a card's number to tell one's own cards apart."""
    return f"…{token[-4:]}" if len(token) > 4 else "…"
