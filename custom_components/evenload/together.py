"""What is asked of several is done by all of them or by none: whoever cannot is found first, and named."""

from collections.abc import Awaitable, Callable, Sequence

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import evse_identifier, node_name
from .engine.model.identity import EvseKey
from .errors import translated_errors

# A connector, or a station, a group or the grid connection by its name in the engine.
type Place = EvseKey | str
type Meant[Where: Place] = Sequence[tuple[EvenloadConfigEntry, Where]]
type Refusals = list[tuple[EvenloadConfigEntry, Place, HomeAssistantError]]


def check_all[Where: Place](
    hass: HomeAssistant,
    meant: Meant[Where],
    check: Callable[[EvenloadConfigEntry, Where], object],
) -> None:
    """Check that all can do it. Raises what the only one says, or which of several cannot."""
    refusals: Refusals = []
    for entry, where in meant:
        try:
            with translated_errors(entry):
                check(entry, where)
        except HomeAssistantError as err:
            refusals.append((entry, where, err))
    _tell(hass, "not_all_can", refusals, alone=len(meant) == 1)


async def do_all[Where: Place, Answer](
    hass: HomeAssistant,
    meant: Meant[Where],
    do: Callable[[EvenloadConfigEntry, Where], Awaitable[Answer]],
) -> list[Answer]:
    """Have all do it, and return their answers. Raises when all were asked: stations may say no at the last moment."""
    answers: list[Answer] = []
    refusals: Refusals = []
    for entry, where in meant:
        try:
            with translated_errors(entry):
                answers.append(await do(entry, where))
        except HomeAssistantError as err:
            refusals.append((entry, where, err))
    _tell(hass, "not_all_did", refusals, alone=len(meant) == 1)
    return answers


def is_connected(entry: EvenloadConfigEntry, where: Place) -> None:
    """Check that a station, or that of a connector, can be asked anything. Raises `NotConnected`."""
    identity = where.identity if isinstance(where, EvseKey) else where
    entry.runtime_data.commands(identity)


def _tell(hass: HomeAssistant, key: str, refusals: Refusals, *, alone: bool) -> None:
    if not refusals:
        return
    error = refusals[0][2]
    if alone:
        raise error
    reasons = [
        _of(_name(hass, entry, where), _sentence(hass, one))
        for entry, where, one in refusals
    ]
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"reasons": " ".join(reasons)},
    ) from error


def _of(name: str, sentence: str) -> str:
    return sentence if name in sentence else f"{name}: {sentence}"


def _name(hass: HomeAssistant, entry: EvenloadConfigEntry, where: Place) -> str:
    """Return what its owner calls a connector, a station, a group or the grid connection."""
    registry, child = dr.async_get(hass), None
    name = node_name(entry, where) if isinstance(where, str) else where.identity
    device = registry.async_get_device_by_identifier((DOMAIN, name), entry.entry_id)
    if isinstance(where, EvseKey):
        child = registry.async_get_child_device_by_identifier(
            evse_identifier(where), entry.entry_id
        )
    known = [one.name_by_user or one.name for one in (device, child) if one]
    return ", ".join(filter(None, known)) or str(where)


def _sentence(hass: HomeAssistant, error: HomeAssistantError) -> str:
    """Return an error in the language of the house: it stands within another one."""
    words = async_get_cached_translations(
        hass, hass.config.language, "exceptions", DOMAIN
    )
    found = words.get(f"component.{DOMAIN}.exceptions.{error.translation_key}.message")
    if found is None:
        return str(error)
    return found.format(**(error.translation_placeholders or {}))
