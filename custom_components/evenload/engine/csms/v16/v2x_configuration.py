"""What a 1.6 station shows of discharging among its settings, and what it is set to for that (docs/v2g-extension.md)."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from ...model.capabilities import Capabilities
from ...model.errors import StationRefused
from ...model.v2x import V2gConfig
from ...model.v2x_ability import Method, V2xAbility
from ..commands import Commands, ConfigurationValue
from ..dialects.quirks import Quirks
from ..discharging.preparing import LEAST_MEASURANDS, MEASURANDS, SAMPLE_INTERVAL_S
from ..meters import number
from .configuration import (
    INTERVAL,
    SAMPLED,
    Settings,
    sample_often,
    set_measurands,
    words,
    write,
)

_METHODS = "V2XMethods"
_TIMEOUT = "V2XSetpointTimeout"
_MINIMUM = "V2XMinimumPower"
_MAXIMUM = "V2XMaximumDischargePower"

_BY_NAME = {
    "negativelimit": Method.NEGATIVE_LIMIT,
    "setpointkey": Method.CONFIGURATION_KEY,
    "datatransfer": Method.DATA_TRANSFER,
}

# Each next list is tried where a station refuses the one before.
_LISTS = tuple(
    MEASURANDS[:count] for count in range(len(MEASURANDS), LEAST_MEASURANDS - 1, -1)
)


async def prepare(
    identity: str,
    commands: Commands,
    known: Capabilities,
    allowed: Mapping[int, V2gConfig],
    quirks: Quirks,
) -> Capabilities:
    """Read what a station says of discharging, and have it sample what flows out; returns what is known then."""
    keys = {evse: _key_of(evse, config) for evse, config in allowed.items()}
    common = (_METHODS, _TIMEOUT, _MINIMUM, _MAXIMUM, INTERVAL)
    lists = (SAMPLED,) * quirks.lists_measurands
    settings = await _read(commands, (*common, *keys.values(), *lists))
    found = {
        evse: _ability(settings, key, known.v2x.get(evse, V2xAbility()))
        for evse, key in keys.items()
    }
    if quirks.lists_measurands:
        await set_measurands(identity, commands, settings, _LISTS)
    else:
        for wanted in _LISTS:
            if await write(identity, commands, SAMPLED, ",".join(wanted)):
                break
    await sample_often(identity, commands, settings, SAMPLE_INTERVAL_S)
    return replace(known, v2x={**known.v2x, **found})


def _key_of(evse: int, config: V2gConfig) -> str:
    """Return the key by which an EVSE takes its setpoint, where it has one."""
    dialect = config.dialect
    if dialect is not None and dialect.key:
        return dialect.key.replace("{evse}", str(evse))
    return "V2XSetpoint" + (str(evse) if evse > 1 else "")


def _ability(settings: Settings, key: str, known: V2xAbility) -> V2xAbility:
    """Return what settings say; what a probe has shown stays."""
    methods = tuple(
        _BY_NAME[word.lower()]
        for word in words(settings, _METHODS)
        if word.lower() in _BY_NAME
    )
    is_writable = key in settings and not settings[key].readonly
    return replace(
        known,
        methods=methods,
        writable=(key,) if is_writable else (),
        minimum_w=_number(settings, _MINIMUM),
        maximum_w=_number(settings, _MAXIMUM),
        expires_s=_number(settings, _TIMEOUT),
    )


async def _read(commands: Commands, keys: Iterable[str]) -> Settings:
    """Read settings at once, or one by one where the station takes no more (§9.1.7)."""
    wanted = tuple(dict.fromkeys(keys))
    with suppress(StationRefused):
        return await commands.get_configuration(wanted)
    found: dict[str, ConfigurationValue] = {}
    for key in wanted:
        with suppress(StationRefused):
            found |= await commands.get_configuration((key,))
    return found


def _number(settings: Settings, key: str) -> float | None:
    """Read a number that is not negative."""
    text = settings[key].value if key in settings else None
    value = None if text is None else number(text)
    return value if value is not None and value >= 0 else None
