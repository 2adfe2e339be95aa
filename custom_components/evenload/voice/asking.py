"""Asks which one is meant, and hears the answer: a name alone, said in the same conversation."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from hassil.recognize import RecognizeResult
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.conversation.models import ConversationInput
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.chat_session import current_session
from homeassistant.helpers.event import async_call_later

from .grammar import Grammar, Heard

# Who has not answered by then has something else to do.
PATIENCE_S = 60.0

type Do = Callable[[ConversationInput, str, Heard | None], Awaitable[str | None]]


class Asking:
    """The one question that is open, if any. A name alone is heard only meanwhile: at other times it is nobody's."""

    def __init__(self, hass: HomeAssistant, do: Do) -> None:
        """Ask nothing yet; `do` is told what was meant after all."""
        self._hass = hass
        self._do = do
        self._conversation: str | None = None
        self._heard = Heard("", {})
        self._language = ""
        self._grammars: Mapping[str, Grammar] = {}
        self._close: list[CALLBACK_TYPE] = []

    @callback
    def ask(self, language: str, heard: Heard, grammars: Mapping[str, Grammar]) -> None:
        """Wait for the name that is missing in what was heard."""
        self.stop()
        self._conversation = _conversation()
        self._language, self._heard, self._grammars = language, heard, grammars
        patterns = [grammars[language].answer]
        job = HassJob(lambda _: self.stop(), cancel_on_shutdown=True)
        self._close = [
            get_agent_manager(self._hass).register_trigger(patterns, self._answered),
            async_call_later(self._hass, PATIENCE_S, job),
        ]

    @callback
    def stop(self) -> None:
        """Wait no longer."""
        self._conversation = None
        for close in self._close:
            close()
        self._close = []

    async def _answered(
        self, said: ConversationInput, _: RecognizeResult
    ) -> str | None:
        if self._conversation is None or self._conversation != _conversation():
            return await self._do(said, self._language, None)
        language, heard = self._language, self._heard
        grammar = self._grammars[language]
        self.stop()
        name = await self._hass.async_add_executor_job(
            grammar.understand_answer, said.text
        )
        if name is None:
            return await self._do(said, language, None)
        # "The car" is no answer: the question comes again.
        meant = replace(heard, slots=heard.slots | {"name": name})
        return await self._do(said, language, meant)


def _conversation() -> str | None:
    """Return in which conversation something is said now."""
    session = current_session.get()
    return None if session is None else session.conversation_id
