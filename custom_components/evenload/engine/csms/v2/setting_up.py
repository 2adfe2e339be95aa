"""Sets a 2.x station up: only what differs, in one pass (2.0.1 J02, SampledDataCtrlr, AlignedDataCtrlr)."""

import logging

from ...model.errors import EvenloadError
from ...model.identity import masked
from ..onboarding import HEARTBEAT_INTERVAL_S, MEASURANDS, SAMPLE_INTERVAL_S
from .device_model import DeviceModel, Key, truth, whole, words_of
from .variables import Variables

_LOGGER = logging.getLogger(__name__)

# Which values are needed when. Those sampled by the clock are also what a station sends when it is asked (F06.FR.06).
SAMPLED = (
    Key("SampledDataCtrlr", "TxUpdatedMeasurands"),
    Key("AlignedDataCtrlr", "Measurands"),
)
OUTER = (
    Key("SampledDataCtrlr", "TxStartedMeasurands"),
    Key("SampledDataCtrlr", "TxEndedMeasurands"),
)

INTERVAL = Key("SampledDataCtrlr", "TxUpdatedInterval")
_NUMBERS = {
    INTERVAL: SAMPLE_INTERVAL_S,
    Key("OCPPCommCtrlr", "HeartbeatInterval"): HEARTBEAT_INTERVAL_S,
}

# What must be switched on: without it there are no values, and no limits.
_SWITCHES = (Key("SampledDataCtrlr", "Enabled"),)
SMART_CHARGING = Key("SmartChargingCtrlr", "Enabled")

_TAKEN = frozenset({"Accepted", "RebootRequired"})


def differences(
    model: DeviceModel,
    measurands: tuple[str, ...] = MEASURANDS,
    every_s: int = SAMPLE_INTERVAL_S,
) -> dict[Key, str]:
    """Return what has to be written, so that these are sampled, at least so often."""
    numbers = _NUMBERS | {INTERVAL: min(_NUMBERS[INTERVAL], every_s)}
    found: dict[Key, str] = {}
    for key in _SWITCHES:
        if is_off(model, key):
            found[key] = "true"
    for key, number in numbers.items():
        variable = model.get(key)
        if variable is not None and variable.writable is not False:
            if whole(variable.value) != number:
                found[key] = str(number)
    for key, wanted in _lists(measurands).items():
        value = _list(model, key, wanted)
        if value is not None:
            found[key] = value
    return found


def is_off(model: DeviceModel, key: Key) -> bool:
    """Whether a switch is off that can be turned on."""
    variable = model.get(key)
    return (
        variable is not None
        and variable.writable is not False
        and truth(variable.value) is False
    )


async def set_up(
    identity: str,
    variables: Variables,
    model: DeviceModel,
    measurands: tuple[str, ...] = MEASURANDS,
    every_s: int = SAMPLE_INTERVAL_S,
) -> None:
    """Write what differs; a list of values that is refused is made shorter, and never shorter than it was."""
    wanted = differences(model, measurands, every_s)
    lists = _lists(measurands)
    count = len(measurands)
    while wanted:
        statuses = await variables.write(wanted)
        refused = [key for key, status in statuses.items() if status not in _TAKEN]
        for key in refused:
            _LOGGER.debug(
                "Setting %s of %s was not taken: %s",
                key,
                masked(identity),
                statuses[key],
            )
        count -= 1
        wanted = {
            key: value
            for key in refused
            if key in lists and count > 0
            if (value := _list(model, key, lists[key][:count]))
            not in {None, wanted[key]}
        }


async def allow_limits(identity: str, variables: Variables, model: DeviceModel) -> None:
    """Turn smart charging on, where its owner has it off: before the first limit comes."""
    if not is_off(model, SMART_CHARGING):
        return
    try:
        await variables.write({SMART_CHARGING: "true"})
    except EvenloadError as error:
        _LOGGER.debug(
            "Smart charging of %s stays off: %s", masked(identity), type(error).__name__
        )


def _lists(measurands: tuple[str, ...]) -> dict[Key, tuple[str, ...]]:
    registers = tuple(name for name in measurands if name.endswith(".Register"))
    return {
        **dict.fromkeys(SAMPLED, measurands),
        **dict.fromkeys(OUTER, registers),
    }


def _list(model: DeviceModel, key: Key, wanted: tuple[str, ...]) -> str | None:
    """Return a list with what is wanted and what the station samples already; None where it has all that it can."""
    variable = model.get(key)
    if variable is None or variable.writable is False:
        return None
    present = words_of(variable.value)
    possible = [word for word in wanted if not variable.words or word in variable.words]
    if set(possible) <= set(present):
        return None
    return ",".join((*possible, *(word for word in present if word not in possible)))
