"""The engine's errors, as Home Assistant tells them: translated, and in one place."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import station_subentry
from .engine.model.errors import (
    BadSetting,
    InvalidRequest,
    NotConnected,
    StationRefused,
    StationSilent,
)


@contextmanager
def translated_errors(entry: EvenloadConfigEntry) -> Iterator[None]:
    """Turn what the engine raises into what the owner can read."""

    def station(identity: str) -> str:
        subentry = station_subentry(entry, identity)
        return subentry.title if subentry else identity

    try:
        yield
    except NotConnected as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="not_connected",
            translation_placeholders={"station": station(err.identity)},
        ) from err
    except StationSilent as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="station_silent",
            translation_placeholders={
                "station": station(err.identity),
                "action": err.action,
            },
        ) from err
    except StationRefused as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="station_refused",
            translation_placeholders={
                "station": station(err.identity),
                "action": err.action,
                "answer": err.answer,
            },
        ) from err
    except InvalidRequest as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="invalid_request",
            translation_placeholders={"action": err.action, "detail": err.detail},
        ) from err
    except BadSetting as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=err.key,
            translation_placeholders=err.placeholders,
        ) from err
