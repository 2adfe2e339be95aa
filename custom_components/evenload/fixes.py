"""What one click in Repairs can mend. Where none can, the issue says what its owner has to do."""

from collections.abc import Awaitable, Callable, Mapping

from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.errors import ListenerError
from .engine.model.notices import NoticeKind
from .errors import translated_errors

type Fix = Callable[[HomeAssistant, EvenloadConfigEntry, str], Awaitable[None]]


async def _learn_again(_: HomeAssistant, entry: EvenloadConfigEntry, who: str) -> None:
    """Find out anew which limits a station takes: its owner has switched something on."""
    if who in entry.runtime_data.stations:
        entry.runtime_data.learn_limits_again(who)


async def _restart(_: HomeAssistant, entry: EvenloadConfigEntry, who: str) -> None:
    """Restart a station."""
    with translated_errors(entry):
        await entry.runtime_data.commands(who).reset(hard=False)


async def _serve_other(_: HomeAssistant, entry: EvenloadConfigEntry, who: str) -> None:
    """Serve the other one of two boxes that have one name."""
    with translated_errors(entry):
        entry.runtime_data.security.serve_other(who)


async def _read_files(_: HomeAssistant, entry: EvenloadConfigEntry, who: str) -> None:
    """Use the certificates that the files hold now."""
    try:
        await entry.runtime_data.security.reload_certificate()
    except ListenerError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="invalid_certificate",
            translation_placeholders={"port": str(err.port), "detail": err.detail},
        ) from err


async def _test(hass: HomeAssistant, _: EvenloadConfigEntry, who: str) -> None:
    """Press "Test discharging" of a connector: it says what it saw, if that was not enough."""
    entity_id = er.async_get(hass).async_get_entity_id(
        Platform.BUTTON, DOMAIN, f"{who}_test_discharging"
    )
    if entity_id is not None:
        await hass.services.async_call(
            Platform.BUTTON, "press", {ATTR_ENTITY_ID: entity_id}, blocking=True
        )


FIXES: Mapping[str, Fix] = {
    NoticeKind.ADVICE_EXTERNAL_ENERGY_MANAGEMENT: _learn_again,
    NoticeKind.LIMITS_DO_NOT_EXPIRE: _learn_again,
    NoticeKind.LIMITS_ONLY_WHILE_CHARGING: _learn_again,
    NoticeKind.NOT_CONTROLLABLE: _learn_again,
    NoticeKind.LIMIT_IGNORED: _restart,
    NoticeKind.LIMIT_OVERRULED: _restart,
    NoticeKind.LIMIT_UNANSWERED: _restart,
    NoticeKind.PASSWORD_UNUSED: _restart,
    NoticeKind.STATION_DOUBLED: _serve_other,
    NoticeKind.CERTIFICATE_ENDS: _read_files,
    NoticeKind.CERTIFICATE_UNUSABLE: _read_files,
    # Of what does not come as a notice but is seen here.
    "discharge_disproven": _test,
}


# What has a flow of its own, as there is something to choose.
CHOICES = frozenset({NoticeKind.DEPARTURE_TOO_SOON})


def fix_data(
    entry: EvenloadConfigEntry, key: str, who: str
) -> dict[str, str | int | float | None] | None:
    """Return what the flow has to know of an issue, or None where no click can mend it."""
    if key not in FIXES and key not in CHOICES:
        return None
    return {"entry_id": entry.entry_id, "key": key, "who": who}
