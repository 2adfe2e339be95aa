"""What is said to Home Assistant stays its own, and in which languages we are heard."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockModule,
    async_mock_service,
    mock_integration,
)

from tests.homeassistant import speaking
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import GARAGE, charge, look_again, say

house = speaking.house


async def put_light(hass: HomeAssistant) -> None:
    """Put a light into the garage, where a station is too."""
    assert await async_setup_component(hass, "intent", {})
    area = ar.async_get(hass).async_get_or_create("Garage")
    light = er.async_get(hass).async_get_or_create(
        "light", "test", "one", suggested_object_id="lamp", original_name="Lamp"
    )
    er.async_get(hass).async_update_entity(light.entity_id, area_id=area.id)
    hass.states.async_set(light.entity_id, "on", {"friendly_name": "Lamp"})
    async_expose_entity(hass, "conversation", light.entity_id, True)
    await look_again(hass)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            (
                "turn off the lamp",
                "turn off the lights in the garage",
                "please turn off lamp",
            ),
        ),
        ("de", ("Schalte Lamp aus", "Kannst du bitte Lamp ausschalten")),
        ("nl", ("Zet Lamp uit", "Kun je Lamp uitzetten")),
        ("fr", ("Éteins Lamp", "Peux-tu éteindre Lamp s'il te plaît")),
    ],
)
async def test_lights_are_turned_off(
    hass: HomeAssistant, house: FakeSite, language: str, sentences: tuple[str, ...]
) -> None:
    charge(house, GARAGE)
    await put_light(hass)
    calls = async_mock_service(hass, "light", "turn_off")
    for number, sentence in enumerate(sentences, start=1):
        await say(hass, sentence, language)
        assert len(calls) == number, sentence
    assert house.asked == []


class Pipelines:
    """The assistants, as their own component keeps them."""

    def __init__(self, *languages: str) -> None:
        """Speak these."""
        self.languages = languages
        self.changed: Any = None

    def async_add_change_set_listener(self, changed: Any) -> None:
        self.changed = changed

    def modules(self) -> dict[str, ModuleType]:
        """Return their component: it needs what listens to sound, which is not here."""
        name = "homeassistant.components.assist_pipeline"
        component, inner = ModuleType(name), ModuleType(f"{name}.pipeline")
        component.async_get_pipelines = lambda _: [  # type: ignore[attr-defined]  # a stand-in
            SimpleNamespace(conversation_language=one) for one in self.languages
        ]
        inner.KEY_ASSIST_PIPELINE = "assist_pipeline"  # type: ignore[attr-defined]  # a stand-in
        return {name: component, f"{name}.pipeline": inner}


async def test_languages_of_assistants_are_heard(
    hass: HomeAssistant, house: FakeSite
) -> None:
    charge(house, GARAGE)
    pipelines = Pipelines("de-CH")
    hass.data["assist_pipeline"] = SimpleNamespace(pipeline_store=pipelines)
    mock_integration(hass, MockModule("assist_pipeline"))
    with patch.dict(sys.modules, pipelines.modules()):
        assert await async_setup_component(hass, "assist_pipeline", {})
        await hass.async_block_till_done()
        agent = "pausiere die Garage"
        assert await heard(hass, agent, "de") == "Garage pausiert."
        assert await heard(hass, "pauzeer de garage", "nl") != "Garage is gepauzeerd."
        pipelines.languages = ("nl",)
        await pipelines.changed(())
        assert await heard(hass, "pauzeer de garage", "nl") == "Garage is gepauzeerd."


async def heard(hass: HomeAssistant, text: str, language: str) -> str:
    """Say something in a language that need not be Home Assistant's."""
    with patch.object(hass.config, "language", language):
        return await say(hass, text, language)
