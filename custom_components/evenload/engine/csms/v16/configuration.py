"""Learns what a 1.6 station can do and sets it up: read first, write only differences, once per firmware.

Source: OCPP 1.6 §9 (standard configuration keys); reference on stations in the field, pains 12, 14, 22.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
import logging
import re

from ...model.capabilities import Capabilities
from ...model.errors import InvalidRequest, StationRefused, StationSilent
from ...model.identity import masked
from ...model.limits import RateUnit
from ..commands import Commands, ConfigurationValue
from ..dialects.quirks import Quirks
from ..onboarding import (
    HEARTBEAT_INTERVAL_S,
    MAXIMUM_EVSES,
    MEASURANDS,
    SAMPLE_INTERVAL_S,
)

_LOGGER = logging.getLogger(__name__)

# Each next list is tried when a station refuses the one before.
_MEASURAND_LISTS = (MEASURANDS, MEASURANDS[:4], MEASURANDS[:3], MEASURANDS[:1])

SAMPLED = "MeterValuesSampledData"
INTERVAL = "MeterValueSampleInterval"

# What matters of all settings.
_NEEDED = (
    "NumberOfConnectors",
    "SupportedFeatureProfiles",
    "ChargingScheduleAllowedChargingRateUnit",
    "ChargeProfileMaxStackLevel",
    "MeterValueSampleInterval",
    "HeartbeatInterval",
    "ConnectorSwitch3to1PhaseSupported",
)

type Settings = Mapping[str, ConfigurationValue]


async def read(commands: Commands, quirks: Quirks) -> Settings:
    """Read the station's settings: all at once, or those that matter one by one where it refuses or must not be asked for one.

    One by one, because some take no more (§9.1.7 GetConfigurationMaxKeys).
    """
    if quirks.lists_measurands:
        with suppress(StationRefused):
            return await commands.get_configuration()
    found: dict[str, ConfigurationValue] = {}
    refusal: StationRefused | None = None
    for key in (*_NEEDED, *[SAMPLED] * quirks.lists_measurands):
        try:
            found |= await commands.get_configuration((key,))
        except StationRefused as error:
            refusal = error
    if refusal is not None and not found:
        raise refusal
    return found


def learn(
    settings: Settings, known: Capabilities, firmware: str | None
) -> Capabilities:
    """Return what a station's settings say of it; what they do not say stays as it was known."""
    return replace(
        known,
        evses=_evses(settings) or known.evses,
        evses_told=_evses(settings),
        features=words(settings, "SupportedFeatureProfiles") or known.features,
        units=_units(settings) or known.units,
        highest_stack_level=_whole(settings, "ChargeProfileMaxStackLevel"),
        measurands=words(settings, SAMPLED),
        phase_switching=_truth(settings, "ConnectorSwitch3to1PhaseSupported"),
        heartbeat_s=_own_heartbeat_s(settings),
        learnt_from=firmware or "",
    )


async def set_up(
    identity: str, commands: Commands, settings: Settings, quirks: Quirks
) -> None:
    """Write the settings that differ from what the house needs, each once."""
    for key, wanted in (
        (INTERVAL, str(SAMPLE_INTERVAL_S)),
        ("HeartbeatInterval", str(HEARTBEAT_INTERVAL_S)),
    ):
        if _is_writable(settings, key) and settings[key].value != wanted:
            await write(identity, commands, key, wanted)
    if quirks.lists_measurands:
        await set_measurands(identity, commands, settings)
    else:
        await write(identity, commands, SAMPLED, ",".join(MEASURANDS))


async def sample_often(
    identity: str, commands: Commands, settings: Settings, every_s: int
) -> None:
    """Have a station say at least so often what flows."""
    known = _whole(settings, INTERVAL)
    if _is_writable(settings, INTERVAL) and (known is None or not 0 < known <= every_s):
        await write(identity, commands, INTERVAL, str(every_s))


async def set_measurands(
    identity: str,
    commands: Commands,
    settings: Settings,
    lists: Sequence[tuple[str, ...]] = _MEASURAND_LISTS,
) -> None:
    """Ask for the measurands that are missing, by the first list that is taken; what the station samples beyond them stays."""
    if not _is_writable(settings, SAMPLED):
        return
    present = _by_name(words(settings, SAMPLED))
    for wanted in lists:
        if present.keys() >= set(wanted):
            return
        sampled = {name: present.get(name, [name]) for name in wanted} | {
            name: spelt for name, spelt in present.items() if name not in wanted
        }
        listed = (word for spelt in sampled.values() for word in spelt)
        if await write(identity, commands, SAMPLED, ",".join(listed)):
            return


def _by_name(measurands: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the words of a list by the measurand that they mean: some stations write each phase of it apart."""
    found: dict[str, list[str]] = {}
    for word in measurands:
        found.setdefault(re.sub(r"\.(L[123]|N)$", "", word), []).append(word)
    return found


async def write(identity: str, commands: Commands, key: str, value: str) -> bool:
    """Write a setting; returns whether the station took it."""
    try:
        await commands.set_configuration(key, value)
    except (InvalidRequest, StationRefused, StationSilent) as error:
        _LOGGER.debug(
            "Setting %s of %s was not taken: %s",
            key,
            masked(identity),
            type(error).__name__,
        )
        return False
    return True


def _is_writable(settings: Settings, key: str) -> bool:
    return key in settings and not settings[key].readonly


def words(settings: Settings, key: str) -> tuple[str, ...]:
    """Split a list; stations write it with spaces, brackets and quotes."""
    text = settings[key].value if key in settings else None
    return tuple(word for word in re.split(r"[,;\s\[\]\"']+", text or "") if word)


def _whole(settings: Settings, key: str) -> int | None:
    text = settings[key].value if key in settings else None
    digits = (text or "").strip()
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None


def _truth(settings: Settings, key: str) -> bool | None:
    """Read whether something is so (§9.4.4: a key that is left out means no)."""
    text = (settings[key].value if key in settings else None) or ""
    word = text.strip().lower()
    return word in {"true", "1", "yes"} if word else None


def _evses(settings: Settings) -> int | None:
    count = _whole(settings, "NumberOfConnectors")
    return count if count and count <= MAXIMUM_EVSES else None


def _own_heartbeat_s(settings: Settings) -> int | None:
    """Return how often a station says that it is there, where that cannot be changed."""
    key = "HeartbeatInterval"
    return (
        None
        if _is_writable(settings, key) or key not in settings
        else _whole(settings, key)
    )


def _units(settings: Settings) -> tuple[RateUnit, ...]:
    """Read the allowed units: 1.6 says Current and Power, stations also write A and W."""
    meanings = {
        "current": RateUnit.AMPERES,
        "a": RateUnit.AMPERES,
        "power": RateUnit.WATTS,
        "w": RateUnit.WATTS,
    }
    said = words(settings, "ChargingScheduleAllowedChargingRateUnit")
    found = {meanings[word.lower()] for word in said if word.lower() in meanings}
    return tuple(unit for unit in RateUnit if unit in found)
