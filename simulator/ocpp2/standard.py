"""The variables that a home station has (OCPP 2.0.1 part 2 appendices §3.1, §3.2; OCPP 2.1 appendices §3)."""

from simulator.evse import Evse
from simulator.ocpp2.device_model import DeviceModel
from simulator.ocpp2.places import Place
from simulator.ocpp2.v2x_variables import measurands_of, variables_of
from simulator.ocpp2.variables import Access, Form, Variable
from simulator.station import Station

_B, _I, _D, _O, _S, _M, _T = (
    Form.BOOLEAN,
    Form.INTEGER,
    Form.DECIMAL,
    Form.OPTION,
    Form.SEQUENCE,
    Form.MEMBERS,
    Form.TEXT,
)
_R, _W, _RW = Access.READ, Access.WRITE, Access.READ_WRITE

MEASURANDS = (
    "Current.Import,Current.Offered,Energy.Active.Import.Register,Frequency,"
    "Power.Active.Import,Power.Offered,SoC,Voltage"
)
STARTED = "Energy.Active.Import.Register"
UPDATED = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,Current.Offered,SoC"
TX_POINTS = "ParkingBayOccupancy,EVConnected,Authorized,DataSigned,PowerPathClosed,EnergyTransfer"
INTERFACES = "Wired0,Wireless0"

type Row = tuple[str, str, Form, Access] | tuple[str, str, Form, Access, str | float]

# Place, value, form, access, and where there is one its unit, its options or the most that it can be.
# fmt: off
ROWS: tuple[Row, ...] = (
    ("AlignedDataCtrlr.Available", "true", _B, _R),
    ("AlignedDataCtrlr.Enabled", "true", _B, _RW),
    ("AlignedDataCtrlr.Interval", "0", _I, _RW, "s"),
    ("AlignedDataCtrlr.Measurands", STARTED, _M, _RW, MEASURANDS),
    ("AlignedDataCtrlr.SendDuringIdle", "false", _B, _RW),
    ("AlignedDataCtrlr.SignReadings", "false", _B, _R),
    ("AlignedDataCtrlr.TxEndedInterval", "0", _I, _RW, "s"),
    ("AlignedDataCtrlr.TxEndedMeasurands", "", _M, _RW, MEASURANDS),
    ("AuthCacheCtrlr.Available", "true", _B, _R),
    ("AuthCacheCtrlr.Enabled", "true", _B, _RW),
    ("AuthCacheCtrlr.LifeTime", "86400", _I, _RW, "s"),
    ("AuthCacheCtrlr.Policy", "LRU", _O, _RW, "LRU,LFU,FIFO,CUSTOM"),
    ("AuthCacheCtrlr.Storage", "0", _I, _R, "B"),
    ("AuthCtrlr.AdditionalInfoItemsPerMessage", "4", _I, _R),
    ("AuthCtrlr.AuthorizeRemoteStart", "false", _B, _RW),
    ("AuthCtrlr.DisableRemoteAuthorization", "false", _B, _RW),
    ("AuthCtrlr.Enabled", "true", _B, _RW),
    ("AuthCtrlr.LocalAuthorizeOffline", "true", _B, _RW),
    ("AuthCtrlr.LocalPreAuthorize", "false", _B, _RW),
    ("AuthCtrlr.MasterPassGroupId", "", _T, _RW, 36.0),
    ("AuthCtrlr.OfflineTxForUnknownIdEnabled", "false", _B, _RW),
    ("ClockCtrlr.DateTime", "", Form.TIME, _R),
    ("ClockCtrlr.TimeSource", "Heartbeat", _S, _RW, "Heartbeat,NTP"),
    ("CustomizationCtrlr.CustomImplementationEnabled[org.openchargealliance.none]", "false", _B, _R),
    ("DeviceDataCtrlr.BytesPerMessage[GetReport]", "65536", _I, _R),
    ("DeviceDataCtrlr.BytesPerMessage[GetVariables]", "65536", _I, _R),
    ("DeviceDataCtrlr.BytesPerMessage[SetVariables]", "65536", _I, _R),
    ("DeviceDataCtrlr.ItemsPerMessage[GetReport]", "50", _I, _R),
    ("DeviceDataCtrlr.ItemsPerMessage[GetVariables]", "50", _I, _R),
    ("DeviceDataCtrlr.ItemsPerMessage[SetVariables]", "20", _I, _R),
    ("DisplayMessageCtrlr.Available", "false", _B, _R),
    ("ISO15118Ctrlr.Enabled", "false", _B, _RW),
    ("ISO15118Ctrlr.CentralContractValidationAllowed", "false", _B, _RW),
    ("ISO15118Ctrlr.ContractValidationOffline", "false", _B, _RW),
    ("LocalAuthListCtrlr.Available", "true", _B, _R),
    ("LocalAuthListCtrlr.BytesPerMessage", "65536", _I, _R),
    ("LocalAuthListCtrlr.Enabled", "true", _B, _RW),
    ("LocalAuthListCtrlr.Entries", "0", _I, _R),
    ("LocalAuthListCtrlr.ItemsPerMessage", "100", _I, _R),
    ("LocalAuthListCtrlr.Storage", "0", _I, _R, "B"),
    ("MonitoringCtrlr.Available", "true", _B, _R),
    ("MonitoringCtrlr.BytesPerMessage[SetVariableMonitoring]", "65536", _I, _R),
    ("MonitoringCtrlr.Enabled", "true", _B, _RW),
    ("MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]", "20", _I, _R),
    ("MonitoringCtrlr.MonitoringBase", "HardWiredOnly", _O, _R, "All,FactoryDefault,HardWiredOnly"),
    ("MonitoringCtrlr.MonitoringLevel", "9", _I, _R),
    ("OCPPCommCtrlr.ActiveNetworkProfile", "1", _I, _R),
    ("OCPPCommCtrlr.FileTransferProtocols", "HTTP,HTTPS", _M, _R, "FTP,FTPS,HTTP,HTTPS,SFTP"),
    ("OCPPCommCtrlr.HeartbeatInterval", "300", _I, _RW, "s"),
    ("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", "10", _I, _RW, "s"),
    ("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", "3", _I, _RW),
    ("OCPPCommCtrlr.MessageTimeout[Default]", "30", _I, _R, "s"),
    ("OCPPCommCtrlr.NetworkConfigurationPriority", "1", _S, _RW, "1,2"),
    ("OCPPCommCtrlr.NetworkProfileConnectionAttempts", "3", _I, _RW),
    ("OCPPCommCtrlr.OfflineThreshold", "60", _I, _RW, "s"),
    ("OCPPCommCtrlr.QueueAllMessages", "false", _B, _RW),
    ("OCPPCommCtrlr.ResetRetries", "3", _I, _RW),
    ("OCPPCommCtrlr.RetryBackOffRandomRange", "0", _I, _RW, "s"),
    ("OCPPCommCtrlr.RetryBackOffRepeatTimes", "5", _I, _RW),
    ("OCPPCommCtrlr.RetryBackOffWaitMinimum", "1", _I, _RW, "s"),
    ("OCPPCommCtrlr.UnlockOnEVSideDisconnect", "true", _B, _RW),
    ("OCPPCommCtrlr.WebSocketPingInterval", "0", _I, _RW, "s"),
    ("ReservationCtrlr.Available", "true", _B, _R),
    ("ReservationCtrlr.Enabled", "true", _B, _RW),
    ("ReservationCtrlr.NonEvseSpecific", "true", _B, _R),
    ("SampledDataCtrlr.Available", "true", _B, _R),
    ("SampledDataCtrlr.Enabled", "true", _B, _RW),
    ("SampledDataCtrlr.RegisterValuesWithoutPhases", "true", _B, _R),
    ("SampledDataCtrlr.SignReadings", "false", _B, _R),
    ("SampledDataCtrlr.TxEndedInterval", "0", _I, _RW, "s"),
    ("SampledDataCtrlr.TxEndedMeasurands", STARTED, _M, _RW, MEASURANDS),
    ("SampledDataCtrlr.TxStartedMeasurands", STARTED, _M, _RW, MEASURANDS),
    ("SampledDataCtrlr.TxUpdatedInterval", "5", _I, _RW, "s"),
    ("SampledDataCtrlr.TxUpdatedMeasurands", UPDATED, _M, _RW, MEASURANDS),
    ("SecurityCtrlr.AdditionalRootCertificateCheck", "false", _B, _R),
    ("SecurityCtrlr.BasicAuthPassword", "", _T, _W, 40.0),
    ("SecurityCtrlr.CertificateEntries", "0", _I, _R),
    ("SecurityCtrlr.CertSigningRepeatTimes", "2", _I, _RW),
    ("SecurityCtrlr.CertSigningWaitMinimum", "30", _I, _RW, "s"),
    ("SecurityCtrlr.Identity", "", _T, _R, 48.0),
    ("SecurityCtrlr.MaxCertificateChainSize", "10000", _I, _R),
    ("SecurityCtrlr.OrganizationName", "Evenload", _T, _RW),
    ("SecurityCtrlr.SecurityProfile", "0", _I, _R),
    ("SmartChargingCtrlr.ACPhaseSwitchingSupported", "false", _B, _R),
    ("SmartChargingCtrlr.Available", "true", _B, _R),
    ("SmartChargingCtrlr.Enabled", "true", _B, _RW),
    ("SmartChargingCtrlr.Entries[ChargingProfiles]", "0", _I, _R),
    ("SmartChargingCtrlr.ExternalControlSignalsEnabled", "true", _B, _RW),
    ("SmartChargingCtrlr.LimitChangeSignificance", "0", _D, _RW, "Percent"),
    ("SmartChargingCtrlr.NotifyChargingLimitWithSchedules", "false", _B, _RW),
    ("SmartChargingCtrlr.PeriodsPerSchedule", "24", _I, _R),
    ("SmartChargingCtrlr.Phases3to1", "false", _B, _R),
    ("SmartChargingCtrlr.ProfileStackLevel", "8", _I, _R),
    ("SmartChargingCtrlr.RateUnit", "A,W", _M, _R, "A,W"),
    ("TariffCostCtrlr.Available[Tariff]", "false", _B, _R),
    ("TariffCostCtrlr.Available[Cost]", "false", _B, _R),
    ("TxCtrlr.ChargingTime", "0", _D, _R, "s"),
    ("TxCtrlr.EVConnectionTimeOut", "60", _I, _RW, "s"),
    ("TxCtrlr.MaxEnergyOnInvalidId", "0", _I, _RW, "Wh"),
    ("TxCtrlr.StopTxOnEVSideDisconnect", "true", _B, _RW),
    ("TxCtrlr.StopTxOnInvalidId", "true", _B, _RW),
    ("TxCtrlr.TxBeforeAcceptedEnabled", "true", _B, _RW),
    ("TxCtrlr.TxStartPoint", "PowerPathClosed", _M, _RW, TX_POINTS),
    ("TxCtrlr.TxStopPoint", "EVConnected,Authorized", _M, _RW, TX_POINTS),
)
ROWS_OF_2_1: tuple[Row, ...] = (
    ("MonitoringCtrlr.PeriodicEventStreamAvailable", "true", _B, _R),
    ("SmartChargingCtrlr.ChargingProfilePersistence[TxProfile]", "false", _B, _R),
    ("SmartChargingCtrlr.MaxExternalConstraintsId", "99", _I, _R),
    ("SmartChargingCtrlr.SupportedAdditionalPurposes", "", _M, _R, "PriorityCharging,LocalGeneration"),
    ("SmartChargingCtrlr.SupportsDynamicProfiles", "true", _B, _R),
    ("SmartChargingCtrlr.SupportsEvseSleep", "false", _B, _R),
    ("SmartChargingCtrlr.SupportsLimitAtSoC", "false", _B, _R),
    ("SmartChargingCtrlr.SupportsMaxOfflineDuration", "true", _B, _R),
    ("SmartChargingCtrlr.SupportsRandomizedDelay", "false", _B, _R),
    ("SmartChargingCtrlr.SupportsUseLocalTime", "false", _B, _R),
)
# fmt: on
# A station must be rebooted before these take effect.
AFTER_REBOOT = {"OCPPCommCtrlr.NetworkConfigurationPriority"}


def device_model(
    version: str, station: Station, settings: dict[str, str]
) -> DeviceModel:
    """The variables of a station, as they leave the factory, changed by some settings."""
    rows = ROWS + (ROWS_OF_2_1 if version == "2.1" else ())
    variables = [_variable(*row) for row in rows]
    variables += _of_station(station)
    for evse in station.evses.values():
        variables += _of_evse(evse, station)
    variables += variables_of(version, station)
    _measure(variables, measurands_of(version, station))
    switches = str(station.switches_phases).lower()
    own = {
        "SmartChargingCtrlr.ACPhaseSwitchingSupported": switches,
        "SmartChargingCtrlr.Phases3to1": switches,
    }
    return DeviceModel(variables, own | settings)


def _measure(variables: list[Variable], more: tuple[str, ...]) -> None:
    """Let what more a station measures be asked for."""
    for variable in variables:
        if variable.options == MEASURANDS:
            variable.options = ",".join((MEASURANDS, *more))


def _variable(
    place: str,
    value: str,
    form: Form,
    access: Access,
    more: str | float | None = None,
) -> Variable:
    variable = Variable(Place.parse(place), value, form, access)
    if form in (_O, _S, _M):
        variable.options = str(more) if more else None
    elif isinstance(more, float):
        variable.high = more
    else:
        variable.unit = more
    if form is _I:
        variable.low = 0
    if access is _W:
        # A password has sixteen characters or more (A00.FR.205).
        variable.low = 16
    variable.needs_reboot = place in AFTER_REBOOT
    return variable


def _of_station(station: Station) -> list[Variable]:
    lines = max(len(evse.wiring) for evse in station.evses.values())
    nameplate = station.nameplate
    return [
        _variable("ChargingStation.AvailabilityState", "Available", _O, _R),
        _variable("ChargingStation.Available", "true", _B, _R),
        _variable("ChargingStation.Problem", "false", _B, _R),
        _variable("ChargingStation.SupplyPhases", str(lines), _I, _R),
        _variable("ChargingStation.VendorName", nameplate.vendor, _T, _R),
        _variable("ChargingStation.Model", nameplate.model, _T, _R),
        _variable("ChargingStation.SerialNumber", nameplate.serial, _T, _R),
        _variable("Controller.FirmwareVersion", nameplate.firmware, _T, _R),
    ]


def _of_evse(evse: Evse, station: Station) -> list[Variable]:
    box = f"EVSE#{evse.evse_id}"
    power = _variable(f"{box}.Power", "0", _D, _R, "W")
    power.others["MaxSet"] = str(round(evse.rating_a * sum(evse.line_voltages_v)))
    power.high = float(power.others["MaxSet"])
    power.live = lambda: str(round(evse.powers_w.total))
    lines = "0" if evse.is_dc else str(len(evse.wiring))
    variables = [
        power,
        _variable(f"{box}.AvailabilityState", "Available", _O, _R),
        _variable(f"{box}.Available", "true", _B, _R),
        _variable(f"{box}.SupplyPhases", lines, _I, _R),
        _variable(f"{box}.Problem", "false", _B, _R),
        _variable(f"{box}.AllowReset", "true", _B, _R),
    ]
    for connector_id, kind in enumerate(evse.connectors, start=1):
        plug = f"Connector#{evse.evse_id}/{connector_id}"
        variables += [
            _variable(f"{plug}.AvailabilityState", "Available", _O, _R),
            _variable(f"{plug}.Available", "true", _B, _R),
            _variable(f"{plug}.ConnectorType", kind, _T, _R),
            _variable(f"{plug}.SupplyPhases", lines, _I, _R),
        ]
    if not evse.is_dc:
        switches = str(station.switches_phases).lower()
        variables.append(
            _variable(
                f"SmartChargingCtrlr#{evse.evse_id}.ACPhaseSwitchingSupported",
                switches,
                _B,
                _R,
            )
        )
    return variables
