"""What people say at home: heard as ours, and understood; and what is left to Home Assistant."""

from functools import cache
from pathlib import Path
from typing import Any

from hassil.intents import Intents, WildcardSlotList
from hassil.recognize import recognize_all
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.evenload.voice.grammar import Grammar, Heard, Names, all_patterns
from custom_components.evenload.voice.names import EVERYONE, plain
from custom_components.evenload.voice.words import LANGUAGES, Words

SAID: dict[str, dict[str, Any]] = {
    path.stem: load_yaml_dict(str(path))
    for path in sorted((Path(__file__).parent / "sentences").glob("*.yaml"))
}
# A table for each intent rather than a test for each sentence: Home Assistant is set up for every test.
UNDERSTOOD = [
    pytest.param(language, intent, rows, id=f"{language}-{intent}")
    for language, said in SAID.items()
    for intent, rows in said["understood"].items()
]
# Three connectors, one of them by the name of its car; a group; and an area.
OWN = {name: name for name in ("garage", "drive", "ioniq", "yard", "home")}


@cache
def grammar(language: str) -> Grammar:
    """Return what can be said in one language."""
    words = Words(load_yaml_dict(str(LANGUAGES / f"{language}.yaml")))
    of_any = {plain(name): "" for name in words.data["connector"]}
    of_site = {plain(name): "home" for name in words.data["site"]}
    of_all = {plain(name): EVERYONE for name in words.data["everyone"]}
    things = OWN | of_any | of_all | of_site
    circuits = {"yard": "yard", "home": "home"} | of_site
    names = {"name": {"carport": "carport"} | things, "thing": things}
    return Grammar(words, Names(names | {"circuit": circuits}))


@cache
def triggers() -> Intents:
    """Return the patterns of all languages as Home Assistant reads them: each list is a wildcard."""
    patterns = all_patterns(grammar(language) for language in SAID)
    found = Intents.from_dict(
        {"language": "en", "intents": {"ours": {"data": [{"sentences": patterns}]}}}
    )
    for name in ("amount", "time"):
        found.slot_lists[name] = WildcardSlotList(name)
    return found


def is_ours(sentence: str) -> bool:
    return next(iter(recognize_all(sentence, triggers())), None) is not None


@pytest.mark.parametrize(("language", "intent", "rows"), UNDERSTOOD)
def test_it_is_understood(
    language: str, intent: str, rows: dict[str, dict[str, Any]]
) -> None:
    assert [sentence for sentence in rows if not is_ours(sentence)] == []
    heard = {sentence: grammar(language).understand(sentence) for sentence in rows}
    assert heard == {sentence: Heard(intent, slots) for sentence, slots in rows.items()}


@pytest.mark.parametrize("language", SAID)
def test_it_is_left_alone(language: str) -> None:
    assert [one for one in SAID[language]["left_alone"] if is_ours(one)] == []


@pytest.mark.parametrize("language", SAID)
def test_there_is_a_row_for_everything(language: str) -> None:
    said = SAID[language]["understood"]
    words = Words(load_yaml_dict(str(LANGUAGES / f"{language}.yaml")))
    assert said.keys() == words.data["sentences"].keys()
    assert sum(len(rows) for rows in said.values()) >= 40


NUMBERS = {
    "en": ("limit the garage to {} amps", ("twenty-one", "ninety nine", "one hundred")),
    "de": (
        "begrenze die Garage auf {} Ampere",
        ("einundzwanzig", "neunundneunzig", "hundert"),
    ),
    "nl": (
        "beperk de garage tot {} ampère",
        ("eenentwintig", "negenennegentig", "honderd"),
    ),
    "fr": (
        "limite le garage à {} ampères",
        ("vingt et un", "quatre-vingt-dix-neuf", "cent"),
    ),
}


@pytest.mark.parametrize("language", NUMBERS)
def test_numbers_are_words_or_digits(language: str) -> None:
    sentence, words = NUMBERS[language]
    spoken = dict(zip(words, (21, 99, 100), strict=True))
    spoken |= {"63": 63, "7.4": 7.4, "7,4": 7.4, "250": 250}
    for word, number in spoken.items():
        heard = grammar(language).understand(sentence.format(word))
        assert heard is not None, word
        assert heard.slots["amount"] == number
