"""Whatever the engine gives as a reason has words in every language, and no two reasons the same."""

import json
from pathlib import Path
from typing import Any

import pytest

import custom_components.evenload
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.v2x import Hindrance, V2gMode
from custom_components.evenload.v2g_sensors import NOTHING

COMPONENT = Path(custom_components.evenload.__file__).parent
LANGUAGES = sorted(path.stem for path in (COMPONENT / "translations").glob("*.json"))

WORDS = {
    ("sensor", "reason"): {reason.value for reason in Reason},
    ("sensor", "hindrance"): {NOTHING, *(one.value for one in Hindrance)},
    ("select", "v2g_mode"): {mode.value for mode in V2gMode},
}


def states_of(language: str, platform: str, entity: str) -> dict[str, str]:
    text = (COMPONENT / "translations" / f"{language}.json").read_text(encoding="utf-8")
    entities: dict[str, Any] = json.loads(text)["entity"]
    states: dict[str, str] = entities[platform][entity]["state"]
    return states


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("platform", "entity"), WORDS)
def test_every_why_has_words_of_its_own(
    language: str, platform: str, entity: str
) -> None:
    states = states_of(language, platform, entity)
    assert states.keys() == WORDS[platform, entity]
    assert all(words.strip() for words in states.values())
    assert len(set(states.values())) == len(states)
