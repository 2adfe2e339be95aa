"""What a 2.x station's device model says of discharging (2.1 appendix 3, V2XChargingCtrlr; docs/v2g-extension.md).

Names differ in the field: some stacks write features as instances of one variable, a test tool repeats the component's name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ...model.capabilities import Capabilities
from ...model.orders import WHOLE_STATION
from ...model.v2x_ability import OperationMode, V2xAbility
from ..discharging.words import VENDOR
from ..onboarding import MAXIMUM_EVSES
from .device_model import DeviceModel, Key, Variable, truth, whole, words_of

CONTROLLER = "V2XChargingCtrlr"
_CONTROLLERS = (CONTROLLER.lower(), "v2xchargingcontroller", "v2xctrlr")

_SWITCHES = ("enabled", "available", "v2xenabled", "v2xavailable")
_MODES = (
    "supportedoperationmodes",
    "supportedoperationmode",
    "v2xsupportedoperationmodes",
    "operationmodes",
)
_TRANSFERS = (
    "supportedenergytransfermodes",
    "supportedenergytransfermode",
    "v2xsupportedenergytransfermodes",
    "energytransfermodes",
)
_SETPOINT, _TIMEOUT = "setpoint", "setpointtimeout"

_CUSTOM = Key("CustomizationCtrlr", "CustomImplementationEnabled", instance=VENDOR)
_BY_LETTERS = {mode.value.lower(): mode for mode in OperationMode}


def wanted(evses: Iterable[int]) -> list[Key]:
    """Return what is asked for of EVSEs that may discharge."""
    of_evses = [
        Key(CONTROLLER, variable, evse)
        for evse in evses
        for variable in (
            "Available",
            "Enabled",
            "SupportedOperationModes",
            "SupportedEnergyTransferModes",
            "Setpoint",
            "SetpointTimeout",
        )
    ]
    return [*of_evses, _CUSTOM, *_feature_keys("MaxOfflineDuration", "EvseSleep")]


def switches(model: DeviceModel, evses: Iterable[int]) -> list[Key]:
    """Return what is switched off, and has to be on for these EVSEs to discharge."""
    keys = [_CUSTOM, *(Key(CONTROLLER, "Enabled", evse) for evse in evses)]
    return [
        key
        for key in keys
        if (variable := model.get(key)) is not None
        and variable.writable is not False
        and truth(variable.value) is False
    ]


def is_about_discharging(component: str) -> bool:
    """Whether a component tells of discharging."""
    return component.lower() in _CONTROLLERS


def abilities(model: DeviceModel, known: Capabilities) -> Mapping[int, V2xAbility]:
    """Return what a device model says by EVSE (0: of all); what a probe has shown stays, as what it says nothing of."""
    said: dict[int, dict[str, Variable]] = {}
    for key, variable in model.folded():
        evse = key.evse or WHOLE_STATION
        if key.component in _CONTROLLERS and evse <= MAXIMUM_EVSES:
            said.setdefault(evse, {})[key.variable] = variable
    custom = model.get(_CUSTOM)
    is_extended = custom is not None and truth(custom.value) is not False
    common = V2xAbility(
        extension=is_extended,
        ends_offline=_feature(model, "MaxOfflineDuration"),
        sleeps=_feature(model, "EvseSleep"),
        controls=_controls(model),
    )
    if not said and not is_extended and not common.controls:
        return known.v2x
    found = {
        evse: _ability(variables, common, known.v2x.get(evse))
        for evse, variables in (said or {WHOLE_STATION: {}}).items()
    }
    return {**known.v2x, **found}


def _ability(
    said: Mapping[str, Variable], common: V2xAbility, known: V2xAbility | None
) -> V2xAbility:
    modes = _words(said, _MODES)
    timeout = said.get(_TIMEOUT)
    known = known or V2xAbility()
    return replace(
        known,
        modes=tuple(
            _BY_LETTERS[word.lower()] for word in modes if word.lower() in _BY_LETTERS
        )
        or known.modes,
        transfers=tuple(_words(said, _TRANSFERS)) or known.transfers,
        enabled=_enabled(said, known.enabled),
        extension=common.extension,
        writable=("Setpoint",)
        if _SETPOINT in said and said[_SETPOINT].writable is not False
        else known.writable,
        expires_s=known.expires_s if timeout is None else whole(timeout.value),
        ends_offline=known.ends_offline
        if common.ends_offline is None
        else common.ends_offline,
        sleeps=known.sleeps if common.sleeps is None else common.sleeps,
        controls=common.controls or known.controls,
    )


def _words(said: Mapping[str, Variable], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name in said:
            yield from words_of(said[name].value) or said[name].words


def _enabled(said: Mapping[str, Variable], known: bool | None) -> bool | None:
    told = [truth(said[name].value) for name in _SWITCHES if name in said]
    plain = [word for word in told if word is not None]
    return all(plain) if plain else known


def _feature_keys(*features: str) -> Iterator[Key]:
    for feature in features:
        yield Key("SmartChargingCtrlr", f"Supports{feature}")
        yield Key("SmartChargingCtrlr", "SupportsFeature", instance=feature)


def _feature(model: DeviceModel, feature: str) -> bool | None:
    """Read whether a station has a feature of smart charging, in either spelling."""
    for key in _feature_keys(feature):
        variable = model.get(key)
        if variable is not None and (has := truth(variable.value)) is not None:
            return has
    return None


def _controls(model: DeviceModel) -> tuple[str, ...]:
    """Return the types of grid control that a station has, of direct or alternating current (2.1 block R)."""
    found = [
        word
        for component in ("DCDERCtrlr", "ACDERCtrlr")
        for _, variable in model.named(component, "ModesSupported")
        for word in words_of(variable.value) or variable.words
    ]
    return tuple(dict.fromkeys(found))
