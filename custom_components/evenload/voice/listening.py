"""Hears the sentences: Home Assistant lets an integration bring them as sentence triggers, and in no other way."""

from typing import Any

from hassil.recognize import RecognizeResult
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.conversation.const import DOMAIN as CONVERSATION
from homeassistant.components.conversation.models import ConversationInput
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    intent,
)
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.importlib import async_import_module
from homeassistant.setup import async_when_setup

from ..const import DOMAIN
from .asking import Asking
from .grammar import Grammar, Heard, Names, all_patterns
from .names import async_known
from .words import DEFAULT_LANGUAGE, Said, Vocabulary, words_for

# Registries change often while Home Assistant starts, and everything is looked at each time.
_SETTLES_S = 1.0

# Their own module would bring along what assistants need.
_ASSISTANTS = "assist_pipeline"


@callback
def async_listen(hass: HomeAssistant, vocabulary: Vocabulary) -> None:
    """Hear the sentences from now on, with the names that are known at any time."""
    Listening(hass, vocabulary).start()


class Listening:
    """Keeps the sentences that are heard up to date with what is exposed, and what it is called."""

    def __init__(self, hass: HomeAssistant, vocabulary: Vocabulary) -> None:
        """Hear nothing yet."""
        self._hass = hass
        self._vocabulary = vocabulary
        self._asking = Asking(hass, self._do)
        self._patterns: list[str] = []
        self._grammars: dict[str, Grammar] = {}
        self._assistants: set[str] = set()
        self._forget: CALLBACK_TYPE | None = None
        self._waiting = False

    def start(self) -> None:
        """Follow everything that changes a name."""
        bus = self._hass.bus
        bus.async_listen(ar.EVENT_AREA_REGISTRY_UPDATED, self._look_soon)
        bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._look_soon)
        bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._look_soon)
        async_dispatcher_connect(
            self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
        )
        # Home Assistant's own language is one of them.
        bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._look)
        async_when_setup(self._hass, _ASSISTANTS, self._follow_assistants)
        self._look()

    async def _follow_assistants(self, hass: HomeAssistant, _: str) -> None:
        name = f"{__package__}.pipelines"
        (await async_import_module(hass, name)).async_follow(hass, self._speak)

    @callback
    def _speak(self, languages: set[str]) -> None:
        """Hear the languages of the assistants."""
        if languages != self._assistants:
            self._assistants = languages
            self._look()

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            self._look_soon(change)

    @callback
    def _look_soon(self, _: object) -> None:
        if not self._waiting:
            self._waiting = True
            job = HassJob(self._look, cancel_on_shutdown=True)
            async_call_later(self._hass, _SETTLES_S, job)

    @callback
    def _look(self, _: object = None) -> None:
        """Take in what is known now."""
        self._waiting = False
        known = async_known(self._hass, CONVERSATION)
        # What is heard is read by Home Assistant in its event loop: no more than is spoken here.
        spoken = [
            words_for(self._vocabulary, language)
            for language in (self._hass.config.language, *sorted(self._assistants))
        ]
        grammars = {
            words.language: Grammar(words, Names.of(known, words)) for words in spoken
        }
        patterns = all_patterns(grammars.values())
        if patterns == self._patterns:
            return
        # Its names are of before.
        self._asking.stop()
        if self._forget:
            self._forget()
            self._forget = None
        self._patterns, self._grammars = patterns, grammars
        if patterns:
            self._forget = get_agent_manager(self._hass).register_trigger(
                patterns, self._heard
            )

    async def _heard(self, said: ConversationInput, _: RecognizeResult) -> str | None:
        """Do what was said, and return the answer."""
        language, heard = await self._hass.async_add_executor_job(
            self._understand, said.text, said.language
        )
        return await self._do(said, language, heard)

    async def _do(
        self, said: ConversationInput, language: str, heard: Heard | None
    ) -> str | None:
        """Do what was heard; where it is not clear who is meant, the answer is a question."""
        words = words_for(self._vocabulary, language)
        if heard is None:
            return words.say(Said("not_understood", {}))
        response = await intent.async_handle(
            self._hass,
            DOMAIN,
            heard.intent,
            {key: {"value": value} for key, value in heard.slots.items()},
            said.text,
            said.context,
            language,
            assistant=CONVERSATION,
            device_id=said.device_id,
            satellite_id=said.satellite_id,
        )
        if response.reprompt and language in self._grammars:
            self._asking.ask(language, heard, self._grammars)
        spoken: dict[str, Any] = response.speech.get("plain", {})
        return spoken.get("speech")

    def _understand(self, text: str, language: str) -> tuple[str, Heard | None]:
        """Return what was meant and in which language: that of the speaker comes first."""
        spoken = words_for(self._vocabulary, language or DEFAULT_LANGUAGE).language
        others = self._grammars.keys() - {spoken}
        for one in (*(self._grammars.keys() & {spoken}), *others):
            if (heard := self._grammars[one].understand(text)) is not None:
                return one, heard
        return spoken, None
