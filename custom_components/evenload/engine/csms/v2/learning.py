"""What a 2.x station's device model says of what it can do (2.0.1 appendix 3, 2.1 appendix 3, referenced components and variables)."""

from collections.abc import Iterator
from dataclasses import replace

from ...model.capabilities import Capabilities, EvseTraits, Purpose
from ...model.limits import RateUnit
from ...model.phases import CurrentType
from ..onboarding import MAXIMUM_EVSES
from .device_model import DeviceModel, Key, Variable, truth, whole, words_of
from .v2x_learning import abilities

# What every station has (it is required, or everything here goes by it), and what it has only if its inventory says so.
_REQUIRED = tuple(
    Key.parse(name)
    for name in (
        "SmartChargingCtrlr/RateUnit",
        "SmartChargingCtrlr/ProfileStackLevel",
        "SampledDataCtrlr/TxUpdatedInterval",
        "SampledDataCtrlr/TxUpdatedMeasurands",
        "SampledDataCtrlr/TxStartedMeasurands",
        "SampledDataCtrlr/TxEndedMeasurands",
        "OCPPCommCtrlr/HeartbeatInterval",
    )
)
_OPTIONAL = tuple(
    Key.parse(name)
    for name in (
        "SmartChargingCtrlr/Enabled",
        "SmartChargingCtrlr/Phases3to1",
        "SmartChargingCtrlr/ACPhaseSwitchingSupported",
        "SmartChargingCtrlr/SupportsDynamicProfiles",
        "SampledDataCtrlr/Enabled",
        "AlignedDataCtrlr/Measurands",
        "ChargingStation/SupplyPhases",
    )
)

# How limits are to be written, and whether they count.
FOR_LIMITS = (
    Key("SmartChargingCtrlr", "RateUnit"),
    Key("SmartChargingCtrlr", "ProfileStackLevel"),
    Key("SmartChargingCtrlr", "Enabled"),
)

# An inventory without EVSEs is asked for as many as a station of a home may have.
_EVSES_LOOKED_FOR = 4

# Controllers that stand for a feature.
_FEATURES = {
    "smartchargingctrlr": "SmartCharging",
    "reservationctrlr": "Reservation",
    "localauthlistctrlr": "LocalAuthList",
    "displaymessagectrlr": "DisplayMessage",
    "monitoringctrlr": "Monitoring",
    "tariffcostctrlr": "TariffCost",
    "iso15118ctrlr": "ISO15118",
    "v2xchargingctrlr": "V2X",
    "dcderctrlr": "DER",
    "acderctrlr": "DER",
}

# Connector types of direct current, by how they begin (ConnectorEnumStringType).
_DIRECT_CURRENT = (
    "cccs",
    "cg105",
    "cchaoji",
    "cmcs",
    "cultrachaoji",
    "cgbt-dc",
    "cnacs-ccs",
)
_UNSAID = frozenset({"", "undetermined", "unknown", "pan", "winductive", "wresonant"})

# 2.1 says it in one variable, stacks in the field as an instance of another.
_DYNAMIC = (
    Key("SmartChargingCtrlr", "SupportsDynamicProfiles"),
    Key("SmartChargingCtrlr", "SupportsFeature", instance="DynamicProfiles"),
    Key("SmartChargingCtrlr", "SupportsFeatureDynamicProfiles"),
    Key("SmartChargingCtrlr", "DynamicProfiles"),
)

_PURPOSES = {
    "chargingstationmaxprofile": Purpose.STATION_MAXIMUM,
    "txdefaultprofile": Purpose.TX_DEFAULT,
    "txprofile": Purpose.TX,
}


def missing(model: DeviceModel, *, full: bool) -> list[Key]:
    """Return what is needed and was not told; in a `full` inventory, what is not told is as a rule not there."""
    wanted = _REQUIRED if full else _REQUIRED + _OPTIONAL
    keys = [key for key in wanted if model.get(key) is None]
    if _evse_count(model) is None:
        for evse in range(1, _EVSES_LOOKED_FOR + 1):
            keys.append(Key("EVSE", "SupplyPhases", evse))
            keys.append(Key("Connector", "ConnectorType", evse, 1))
    return keys


def glanced(model: DeviceModel, known: Capabilities) -> Capabilities:
    """Return what a device model says so far of how limits are written; the rest is still to be learnt."""
    return replace(
        known,
        units=_units(model) or known.units,
        highest_stack_level=_highest_stack_level(model, known),
    )


def learnt(model: DeviceModel, known: Capabilities, source: str) -> Capabilities:
    """Return what a device model says of a station; what it does not say stays as it was known."""
    evses = _evse_count(model)
    return replace(
        known,
        evses=evses or known.evses,
        evses_told=evses,
        evse_traits={evse: _traits(model, evse) for evse in range(1, (evses or 0) + 1)}
        or known.evse_traits,
        features=_features(model) or known.features,
        units=_units(model) or known.units,
        highest_stack_level=_highest_stack_level(model, known),
        measurands=_measurands(model) or known.measurands,
        dynamic_profiles=_any(
            known.dynamic_profiles,
            (
                truth(variable.value)
                for key in _DYNAMIC
                if (variable := model.get(key)) is not None
            ),
        ),
        phase_switching=_any(
            known.phase_switching,
            (
                truth(variable.value)
                for name in ("Phases3to1", "ACPhaseSwitchingSupported")
                for variable in _each(model, "SmartChargingCtrlr", name)
            ),
        ),
        phase_choice=_any(
            known.phase_choice,
            (
                truth(variable.value)
                for variable in _each(
                    model, "SmartChargingCtrlr", "ACPhaseSwitchingSupported"
                )
            ),
        ),
        lasting=_lasting(model) or known.lasting,
        v2x=abilities(model, known),
        heartbeat_s=_own_heartbeat_s(model),
        learnt_from=source,
    )


def _each(model: DeviceModel, component: str, variable: str) -> Iterator[Variable]:
    """Return a variable of every component of this name: stations have some per EVSE."""
    return (found for _, found in model.named(component, variable))


def _any(known: bool | None, words: Iterator[bool | None]) -> bool | None:
    """Whether any says yes; what was known where nobody says anything."""
    said = [word for word in words if word is not None]
    return any(said) if said else known


def _evse_count(model: DeviceModel) -> int | None:
    """Return the highest EVSE that has a part; there are none without."""
    numbers = [
        key.evse
        for key, _ in model.folded()
        if key.evse is not None and 0 < key.evse <= MAXIMUM_EVSES
    ]
    return max(numbers, default=None)


def _traits(model: DeviceModel, evse: int) -> EvseTraits:
    types = tuple(
        variable.value or "Unknown"
        for key, variable in model.named("Connector", "ConnectorType")
        if key.evse == evse
    )
    phases = _phases(model, evse)
    power = model.get(Key("EVSE", "Power", evse))
    return EvseTraits(
        current_type=_current_type(types, phases),
        phases=phases or None,
        maximum_w=None if power is None else power.maximum,
        connectors=types,
    )


def _phases(model: DeviceModel, evse: int) -> int | None:
    """Return the phases that supply an EVSE: 0 is direct current."""
    for key in (
        Key("EVSE", "SupplyPhases", evse),
        Key("Connector", "SupplyPhases", evse, 1),
        Key("ChargingStation", "SupplyPhases"),
    ):
        variable = model.get(key)
        phases = None if variable is None else whole(variable.value)
        if phases is not None and phases <= 3:
            return phases
    return None


def _current_type(types: tuple[str, ...], phases: int | None) -> CurrentType | None:
    said = [name for word in types if (name := word.strip().lower()) not in _UNSAID]
    if said:
        is_dc = all(name.startswith(_DIRECT_CURRENT) for name in said)
        return CurrentType.DC if is_dc else CurrentType.AC
    if phases is None:
        return None
    return CurrentType.AC if phases else CurrentType.DC


def _features(model: DeviceModel) -> tuple[str, ...]:
    """Return the features whose controller is there and not switched off."""
    there = {key.component for key, _ in model.folded()}
    off = {
        name
        for name in _FEATURES
        for switch in ("Available", "Enabled")
        for _, variable in model.named(name, switch)
        if truth(variable.value) is False
    }
    found = (_FEATURES[name] for name in _FEATURES if name in there - off)
    return tuple(dict.fromkeys(found))


def _units(model: DeviceModel) -> tuple[RateUnit, ...]:
    said = {
        word.upper()
        for variable in _each(model, "SmartChargingCtrlr", "RateUnit")
        for word in words_of(variable.value) or variable.words
    }
    return tuple(unit for unit in RateUnit if unit.value in said)


def _highest_stack_level(model: DeviceModel, known: Capabilities) -> int | None:
    """Return the highest level that all controllers take."""
    return min(
        (
            level
            for variable in _each(model, "SmartChargingCtrlr", "ProfileStackLevel")
            if (level := whole(variable.value)) is not None
        ),
        default=known.highest_stack_level,
    )


def _measurands(model: DeviceModel) -> tuple[str, ...]:
    variable = model.get(Key("SampledDataCtrlr", "TxUpdatedMeasurands"))
    return () if variable is None else words_of(variable.value)


def _lasting(model: DeviceModel) -> dict[Purpose, bool]:
    """Return which profiles survive a restart (2.1 ChargingProfilePersistence, an instance per purpose)."""
    found: dict[Purpose, bool] = {}
    for key, variable in model.folded():
        if key.variable != "chargingprofilepersistence":
            continue
        purpose = _PURPOSES.get(key.instance or "")
        lasts = truth(variable.value)
        if purpose is not None and lasts is not None:
            found[purpose] = lasts
    return found


def _own_heartbeat_s(model: DeviceModel) -> int | None:
    """Return how often a station says that it is there, where that cannot be changed."""
    variable = model.get(Key("OCPPCommCtrlr", "HeartbeatInterval"))
    if variable is None or variable.writable is not False:
        return None
    return whole(variable.value)
