"""Sentences of one language: as patterns that others match, and with the numbers and times in them understood."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
import re
from typing import Any

from hassil.intents import Intents, RangeSlotList, SlotList, TextSlotList
from hassil.recognize import recognize_best

from .names import Known, plain
from .words import Words

# Patterns hold every name. A fleet is spoken of by its groups and areas.
_MOST_NAMES = 60

# Amperes and kilowatts of a large site: such numbers are written in digits.
_MOST = 10_000
_AMOUNT = "{amount}"

_LIST = re.compile(r"\{(name|thing|circuit)(?::name)?\}")
_RULE = re.compile(r"<(\w+)>")

_NUMBERS = {
    # The words of every tenth are made when the first is heard: up to 1000 that takes seconds.
    "amount": {"range": {"from": 0, "to": 100, "fractions": "tenths"}},
    "hour": {"range": {"from": 0, "to": 24}},
    "minute": {"range": {"from": 0, "to": 59}},
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
        things = own | of_site | (of_any if known.connectors else {})
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
        return [
            pattern
            for _, row in self._rows()
            for sentence in row["say"]
            if (pattern := self._with_names(self._expanded(sentence)))
        ]

    def understand(self, text: str) -> Heard | None:
        """Return what was meant. Blocks: not for the event loop."""
        if self._intents is None:
            self._intents = Intents.from_dict(self._described())
        # Nobody says the point at the end.
        found = recognize_best(text.strip(), self._intents, slot_lists=self._lists())
        if found is None:
            return None
        slots = {key: entity.value for key, entity in found.entities.items()}
        return Heard(found.intent.name, _in_time(slots))

    def _rows(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for intent, rows in self._words.data["sentences"].items():
            for row in rows:
                yield intent, row

    def _expanded(self, sentence: str) -> str:
        """Return a sentence with its rules in place: who matches patterns does not know them."""
        rules = self._words.data["rules"]
        return _RULE.sub(lambda rule: str(rules[rule[1]]), sentence)

    def _with_names(self, sentence: str) -> str | None:
        """Return a sentence with every name in place, or None where there is none."""
        lists = self._names.lists
        if any(not lists.get(match) for match in _LIST.findall(sentence)):
            return None
        return _LIST.sub(lambda match: f"({'|'.join(lists[match[1]])})", sentence)

    def _lists(self) -> dict[str, SlotList]:
        lists: dict[str, SlotList] = {
            name: TextSlotList.from_tuples(texts.items(), allow_template=False)
            for name, texts in self._names.lists.items()
        }
        return lists | {"large": RangeSlotList("large", 101, _MOST, words=False)}

    def _times(self) -> Iterator[dict[str, Any]]:
        """Yield every form of a time, also with the half of the day."""
        for form in self._words.data["times"]:
            yield form
            if "hour" not in form:
                for half, said in self._words.data["halves"].items():
                    yield form | {"say": f"{form['say']} {said}", "half": half}

    def _described(self) -> dict[str, Any]:
        """Return the sentences as the recognizer reads them, one block for each form of a time."""
        intents: dict[str, Any] = {}
        for intent, row in self._rows():
            data = intents.setdefault(intent, {"data": []})["data"]
            sentences = [
                self._expanded(sentence).replace(
                    _AMOUNT, f"({_AMOUNT}|{{large:amount}})"
                )
                for sentence in row["say"]
            ]
            slots = row.get("slots", {})
            if not any("{time}" in sentence for sentence in sentences):
                data.append({"sentences": sentences, "slots": slots})
                continue
            for form in self._times():
                rest = {key: said for key, said in form.items() if key != "say"}
                said = [one.replace("{time}", form["say"]) for one in sentences]
                data.append({"sentences": said, "slots": slots | rest})
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


def _in_time(slots: dict[str, Any]) -> dict[str, Any]:
    """Return slots with "half past" and "a quarter to" worked into hour and minute."""
    if "hour" not in slots:
        return slots
    shift = int(slots.pop("minutes", 0))
    minutes = int(slots["hour"]) * 60 + int(slots.get("minute", 0)) + shift
    # A quarter to one is a quarter to thirteen: twelve comes before one on the wall.
    if minutes < 60 and shift < 0:
        minutes += 12 * 60
    hour, minute = divmod(minutes % (24 * 60), 60)
    return slots | {"hour": hour, "minute": minute}


def all_patterns(grammars: Iterable[Grammar]) -> list[str]:
    """Return the sentences of several languages, each once."""
    return list(dict.fromkeys(one for each in grammars for one in each.patterns))
