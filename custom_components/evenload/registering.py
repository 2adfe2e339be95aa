"""How actions are registered that anybody may call."""

from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.typing import VolSchemaType

from .const import DOMAIN

type Action = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]


@callback
def async_register(
    hass: HomeAssistant,
    *rows: tuple[str, Action, VolSchemaType],
    answers: SupportsResponse = SupportsResponse.OPTIONAL,
) -> None:
    """Register actions by their names, each with what it is to be told."""
    for name, action, schema in rows:
        hass.services.async_register(
            DOMAIN, name, action, schema=schema, supports_response=answers
        )
