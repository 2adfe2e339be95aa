"""The variables of a station that feeds back (OCPP 2.1 appendices §3, block Q and R; in 2.0.1 docs/v2g-extension.md)."""

from simulator.bidirectional import VENDOR, Bidirectional, Form
from simulator.evse import Evse
from simulator.ocpp2.places import Place
from simulator.ocpp2.variables import Access, Form as ValueForm, Variable
from simulator.orders import Mode
from simulator.readings import EXPORT_MEASURANDS, SETPOINT_MEASURAND
from simulator.station import Station

CHARGING_ONLY = "ChargingOnly"
EXTENSION_MODES = (Mode.CHARGING_ONLY, Mode.CENTRAL_SETPOINT, Mode.IDLE)
# Of these grid functions the station follows the limit, and keeps the others.
DER_MODES = "LimitMaxDischarge,EnterService,Gradients,FreqWatt,VoltWatt,VoltVar"
THRESHOLDS = ("UpperThreshold", "LowerThreshold", "UpperOffset", "LowerOffset")

_R, _RW = Access.READ, Access.READ_WRITE
_B, _I, _D, _M, _T = (
    ValueForm.BOOLEAN,
    ValueForm.INTEGER,
    ValueForm.DECIMAL,
    ValueForm.MEMBERS,
    ValueForm.TEXT,
)


def transfers_of(evse: Evse) -> tuple[str, str]:
    """How an EVSE transfers energy when it only charges, and in both directions (EnergyTransferModeEnumType)."""
    if evse.is_dc:
        return "DC", "DC_BPT"
    kind = {1: "AC_single_phase", 2: "AC_two_phase", 3: "AC_three_phase"}
    return kind[evse.active_phases], "AC_BPT"


def modes_of(version: str, equipment: Bidirectional) -> tuple[Mode, ...]:
    """The operation modes that are offered in a version."""
    if version == "2.1":
        return equipment.modes
    return tuple(mode for mode in equipment.modes if mode in EXTENSION_MODES)


def variables_of(version: str, station: Station) -> list[Variable]:
    """What is added to the device model of a station that feeds back."""
    equipment = station.bidirectional
    if equipment is None:
        return []
    made: list[Variable] = []
    for evse_id in equipment.discharge_w:
        evse = station.evses[evse_id]
        if version == "2.1":
            made += _native(evse, equipment)
        else:
            made += _extension(evse, equipment)
    if version == "2.1":
        agrees = str(equipment.renegotiates).lower()
        made += [
            _variable("ISO15118Ctrlr.ServiceRenegotiationSupport", agrees, _B, _R),
            _variable("ISO15118Ctrlr.Enabled", "true", _B, _RW),
        ]
    elif equipment.tells and Form.EXTENSION in equipment.forms:
        place = f"CustomizationCtrlr.CustomImplementationEnabled[{VENDOR}]"
        made.append(_variable(place, "true", _B, _RW))
    return made


def measurands_of(version: str, station: Station) -> tuple[str, ...]:
    """What such a station measures besides."""
    if station.bidirectional is None:
        return ()
    more = (SETPOINT_MEASURAND,) if version == "2.1" else ()
    return (*EXPORT_MEASURANDS, *more)


def _native(evse: Evse, equipment: Bidirectional) -> list[Variable]:
    box, number = f"V2XChargingCtrlr#{evse.evse_id}", evse.evse_id
    made = _abilities("2.1", evse, equipment)
    if Mode.LOCAL_FREQUENCY in equipment.modes:
        made.append(_variable(f"{box}.LocalFrequencyUpdateThreshold", "10", _I, _RW))
    if Mode.LOCAL_LOAD_BALANCING in equipment.modes:
        made += [
            _variable(f"{box}.LocalLoadBalancing[{name}]", "0", _D, _RW)
            for name in THRESHOLDS
        ]
    grid = f"{'DC' if evse.is_dc else 'AC'}DERCtrlr#{number}"
    made += [
        _variable(f"{grid}.Available", "true", _B, _R),
        _variable(f"{grid}.Enabled", "true", _B, _RW),
        _variable(f"{grid}.ModesSupported", DER_MODES, _M, _R),
    ]
    return made + _vehicle(evse)


def _vehicle(evse: Evse) -> list[Variable]:
    """What the vehicle has told of itself."""
    box = f"ConnectedEV#{evse.evse_id}"
    identity = _variable(f"{box}.VehicleId", "", _T, _R)
    identity.live = lambda: evse.vehicle.evccid if evse.vehicle else ""
    charge = _variable(f"{box}.StateOfCharge", "", _I, _R)
    charge.live = lambda: str(round(evse.vehicle.soc_percent)) if evse.vehicle else ""
    return [identity, charge]


def _extension(evse: Evse, equipment: Bidirectional) -> list[Variable]:
    box = f"V2XChargingCtrlr#{evse.evse_id}"
    made = _abilities("2.0.1", evse, equipment) if equipment.tells else []
    if Form.VARIABLE in equipment.forms:
        timeout = str(round(equipment.timeout_s))
        made += [
            _variable(f"{box}.Setpoint", CHARGING_ONLY, _T, _RW),
            _variable(f"{box}.SetpointTimeout", timeout, _I, _RW),
        ]
    return made


def _abilities(version: str, evse: Evse, equipment: Bidirectional) -> list[Variable]:
    box = f"V2XChargingCtrlr#{evse.evse_id}"
    modes = ",".join(modes_of(version, equipment))
    return [
        _variable(f"{box}.Available", "true", _B, _R),
        _variable(f"{box}.Enabled", "true", _B, _RW),
        _variable(f"{box}.SupportedOperationModes", modes, _M, _R),
        _variable(
            f"{box}.SupportedEnergyTransferModes", ",".join(transfers_of(evse)), _M, _R
        ),
    ]


def _variable(place: str, value: str, form: ValueForm, access: Access) -> Variable:
    return Variable(Place.parse(place), value, form, access)
