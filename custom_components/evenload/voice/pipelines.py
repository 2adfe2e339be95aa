"""In which languages Home Assistant's assistants are spoken to. Only this imports them, where they are set up."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.assist_pipeline import async_get_pipelines
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.core import HomeAssistant, callback


@callback
def async_follow(hass: HomeAssistant, tell: Callable[[set[str]], None]) -> None:
    """Tell the languages of all assistants, now and whenever one changes."""

    @callback
    def look() -> None:
        pipelines = async_get_pipelines(hass)
        tell({one.conversation_language for one in pipelines})

    async def changed(_: Any) -> None:
        look()

    store = hass.data[KEY_ASSIST_PIPELINE].pipeline_store
    store.async_add_change_set_listener(changed)
    look()
