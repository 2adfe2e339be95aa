"""Sentences of one language: as patterns that others match, and with the numbers and times in them understood."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hassil.intents import Intents, RangeSlotList, SlotList, TextSlotList
from hassil.recognize import recognize_best

from .clock import with_time
from .names import EVERYONE, Known, plain
from .sentences import LIST, answer, heard, meant
from .words import Words

# Patterns hold every name. A fleet is spoken of by its groups and areas.
_MOST_NAMES = 60

# Amperes and kilowatts of a large site: such numbers are written in digits.
_MOST = 10_000

_NUMBERS = {
    # The words of every tenth are made when the first is heard: up to 1000 that takes seconds.
    "amount": {"range": {"from": 0, "to": 100, "fractions": "tenths"}},
    "hour": {"range": {"from": 0, "to": 24}},
    "minute": {"range": {"from": 0, "to": 59}},
    # "Ten past", "ten to". Ranges of the same numbers would share their words, and with them the sign.
    "past": {"range": {"from": 1, "to": 29}},
    "before": {"range": {"from": 1, "to": 30, "multiplier": -1}},
}


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for a place in a sentence; none of them means the same as an empty name."""

    lists: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, known: Known, words: Words) -> Names:
        """Return the names that are known in one language: each as it is heard, and what it stands for."""
        if not known.connectors and not known.circuits:
            return cls({})
        own = {name: name for name in known.own_names}
        site = known.site.name if known.site else ""
        of_site = _without(own, _generic(words, "site", site)) if site else {}
        of_any = _without(own, _generic(words, "connector", ""))
        of_all = _without(own, _generic(words, "everyone", EVERYONE))
        things = own | of_site | (of_any | of_all if known.connectors else {})
        areas = _without(things, {name: name for name in known.areas})
        circuits = {plain(one.name): one.name for one in known.circuits}
        return cls(
            {
                "name": _last(areas | things),
                "thing": _last(things),
                "circuit": _last(circuits | of_site),
            }
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """An intent with its slots."""

    intent: str
    slots: dict[str, Any]


class Grammar:
    """What can be said in one language about the names that are known now."""

    def __init__(self, words: Words, names: Names) -> None:
        """Build nothing yet: it takes a while, and may be done beside the event loop."""
        self._words = words
        self._names = names
        self._intents: Intents | None = None

    @property
    def patterns(self) -> list[str]:
        """Every sentence with the names in it; numbers and times are whatever is said there."""
        words = self._every_word()

        def is_known(sentence: str) -> bool:
            return all(words.get(name) for name in LIST.findall(sentence))

        return [
            LIST.sub(lambda one: words[one[1]], sentence)
            for sentence in heard(self._words, is_known)
        ]

    @property
    def answer(self) -> str:
        """How somebody answers who is asked which one is meant."""
        words = self._every_word()
        return LIST.sub(lambda one: words[one[1]], answer(self._words))

    def understand_answer(self, text: str) -> str | None:
        """Return the name that was meant. Blocks: not for the event loop."""
        sentences = {"answer": {"data": [{"sentences": [answer(self._words)]}]}}
        intents = Intents.from_dict(
            {"language": self._words.language, "intents": sentences}
        )
        found = recognize_best(text.strip(), intents, slot_lists=self._lists())
        return None if found is None else str(found.entities["name"].value)

    def understand(self, text: str) -> Heard | None:
        """Return what was meant. Blocks: not for the event loop."""
        if self._intents is None:
            self._intents = Intents.from_dict(self._described())
        # Nobody says the point at the end.
        found = recognize_best(text.strip(), self._intents, slot_lists=self._lists())
        if found is None:
            return None
        slots = with_time([(one.name, one.value) for one in found.entities_list])
        if plus := slots.pop("plus", 0):
            slots["amount"] += plus
        return Heard(found.intent.name, slots)

    def _every_word(self) -> dict[str, str]:
        """Return what may stand for a list, as a group; nothing where nobody is called anything."""
        lists: dict[str, list[str]] = {
            name: [*texts] for name, texts in self._names.lists.items()
        } | {
            name: [*texts.values()] for name, texts in self._words.data["lists"].items()
        }
        words = {name: f"({'|'.join(texts)})" for name, texts in lists.items() if texts}
        return words | {name: f"{{{name}}}" for name in ("amount", "time")}

    def _lists(self) -> dict[str, SlotList]:
        lists: dict[str, SlotList] = {
            name: TextSlotList.from_tuples(texts.items(), allow_template=False)
            for name, texts in self._names.lists.items()
        }
        for name, texts in self._words.data["lists"].items():
            lists[name] = TextSlotList.from_tuples(
                (text, value) for value, text in texts.items()
            )
        return lists | {"large": RangeSlotList("large", 101, _MOST, words=False)}

    def _described(self) -> dict[str, Any]:
        """Return the sentences as the recognizer reads them."""
        intents: dict[str, Any] = {}
        for one in meant(self._words):
            data = intents.setdefault(one.intent, {"data": []})["data"]
            data.append({"sentences": [one.text], "slots": one.slots})
        return {
            "language": self._words.language,
            "intents": intents,
            "lists": _NUMBERS,
        }


def _generic(words: Words, kind: str, meaning: str) -> dict[str, str]:
    return {plain(name): meaning for name in words.data[kind]}


def _without(names: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Return the other names: what has one of its own is called by that."""
    return {name: said for name, said in others.items() if name not in names}


def _last(names: Mapping[str, str]) -> dict[str, str]:
    """Return as many names as a pattern bears; areas come first, then stations, and groups at the end."""
    return dict(list(names.items())[-_MOST_NAMES:])


def all_patterns(grammars: Iterable[Grammar]) -> list[str]:
    """Return the sentences of several languages, each once."""
    return list(dict.fromkeys(one for each in grammars for one in each.patterns))
