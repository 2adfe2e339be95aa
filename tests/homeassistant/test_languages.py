"""Every language says all that English says, in words of its own."""

from collections.abc import Mapping
import json
from pathlib import Path
import re
from typing import Any

import pytest

from custom_components.evenload import services

FOLDER = Path(services.__file__).parent / "translations"
OTHERS = sorted(path for path in FOLDER.glob("*.json") if path.stem != "en")
# Names, versions and phases are the same words everywhere.
NAMES = {"Evenload", "{name}", "3.0.1", "3.1", "L1", "L2", "L3"}
# Words that a language shares with English.
SHARED = {
    "de": {
        *("Firmware", "Format", "Maximum", "Name", "Port", "Ports", "Scope", "Sensor"),
        *("Status", "Text"),
    },
    "fr": {
        *("Maximum", "Message", "Phases", "Port", "Ports", "Programme"),
        *("Protection", "Source", "Watts"),
    },
    "nl": {
        *("Firmware", "Maximum", "Meter", "Scope", "Sensor", "Station is offline"),
        *("Station is online", "Stations", "Status", "Vendor"),
    },
}


def leaves(tree: str | Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Return every text by its path."""
    if isinstance(tree, str):
        return {path: tree}
    return {
        leaf: text
        for key, branch in tree.items()
        for leaf, text in leaves(branch, f"{path}.{key}").items()
    }


def texts_of(path: Path) -> dict[str, str]:
    """Return every text of a language by its path."""
    return leaves(json.loads(path.read_text()))


ENGLISH = texts_of(FOLDER / "en.json")

every_other = pytest.mark.parametrize("language", OTHERS, ids=lambda path: path.stem)


@every_other
def test_it_has_the_keys_of_english(language: Path) -> None:
    assert texts_of(language).keys() == ENGLISH.keys()


@every_other
def test_no_text_is_empty(language: Path) -> None:
    assert [path for path, text in texts_of(language).items() if not text.strip()] == []


@every_other
@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(r"{[^{}]*}", id="what is filled in"),
        pytest.param(r"\[%key:[^%]*%\]", id="references"),
    ],
)
def test_what_stands_for_something_else_is_all_there(language: Path, mark: str) -> None:
    texts = texts_of(language)
    assert {path: set(re.findall(mark, text)) for path, text in texts.items()} == {
        path: set(re.findall(mark, text)) for path, text in ENGLISH.items()
    }


@every_other
@pytest.mark.parametrize(
    "mark", ["\n\n", "**", "`", "]("], ids=["paragraphs", "bold", "code", "links"]
)
def test_it_is_laid_out_as_english_is(language: Path, mark: str) -> None:
    texts = texts_of(language)
    assert {path: text.count(mark) for path, text in texts.items()} == {
        path: text.count(mark) for path, text in ENGLISH.items()
    }


@every_other
def test_no_text_is_left_in_english(language: Path) -> None:
    same = NAMES | SHARED.get(language.stem, set())
    left = {
        path: text
        for path, text in texts_of(language).items()
        if text == ENGLISH.get(path) and text not in same
    }
    assert left == {}
