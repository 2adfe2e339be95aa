"""The sentences of a language file, with their rules in place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
import re
from typing import Any

from .words import Words

LIST = re.compile(r"\{(\w+)(?::\w+)?\}")
_RULE = re.compile(r"<(\w+)>")

# Who matches patterns takes anything for a number or a time. A unit may be joined to a digit, but not to a word: many
# words end in "a".
_HEARD = {
    "number": "{amount}",
    "much": "({amount} {unit}|[{amount}](0|1|2|3|4|5|6|7|8|9){unit})",
    "time": "{time}",
    "span": "{time}",
}
_MEANT = {
    "number": "({amount}|{large:amount}|{other:amount}|{amount}[ ]{plus})",
    "much": "<number>[ ]{unit}",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One way to say something, and what is said with it without a word of its own."""

    intent: str
    text: str
    slots: Mapping[str, Any]


def heard(words: Words, understood: Callable[[str], bool]) -> Iterator[str]:
    """Yield the sentences for who matches patterns, where what is in them is known: all of an intent in one.

    What is around them is long, and Home Assistant reads all of it again whenever a name changes.
    """
    data = words.data
    rules = _common(words) | _HEARD | data["heard"]
    for rows in data["sentences"].values():
        for kind, frame in data["frames"].items():
            known = [
                text
                for row in rows
                for one in row.get(kind, ())
                if understood(text := _expanded(one, rules))
            ]
            if known:
                yield _expanded(frame, rules | {"sentence": f"({'|'.join(known)})"})


def meant(words: Words) -> Iterator[Sentence]:
    """Yield the sentences for who understands numbers and times."""
    data = words.data
    rules = _common(words) | _MEANT | data["meant"]
    for intent, rows in data["sentences"].items():
        for row in rows:
            for kind, frame in data["frames"].items():
                for one in row.get(kind, ()):
                    text = _expanded(frame, rules | {"sentence": one})
                    yield Sentence(intent, text, row.get("slots", {}))


def answer(words: Words) -> str:
    """Return how somebody answers who is asked which one is meant."""
    return _expanded(words.data["frames"]["answer"], _common(words))


def _common(words: Words) -> dict[str, Any]:
    connectors: list[str] = words.data["connector"]
    return {"connector": f"({'|'.join(connectors)})", **words.data["rules"]}


def _expanded(text: str, rules: Mapping[str, Any]) -> str:
    """Return a text with its rules in place, and with those of these: who matches patterns knows of none."""
    return _RULE.sub(lambda rule: _expanded(str(rules[rule[1]]), rules), text)
