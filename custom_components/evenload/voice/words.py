"""The languages that are spoken: what can be said, and how it is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.yaml import load_yaml_dict

from ..engine.model.limits import Current, Power

LANGUAGES = Path(__file__).parent / "languages"
DEFAULT_LANGUAGE = "en"

# More than so many names nobody listens to.
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its name in the language files and what to fill in; `refused` where nothing was done."""

    key: str
    values: Mapping[str, Any]
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """What something costs."""

    amount: float
    currency: str


@dataclass(frozen=True, slots=True)
class Percent:
    """How full something is."""

    value: float


class Refusal(Exception):
    """What was asked cannot be, or may not be, and why."""

    def __init__(self, key: str, **values: Any) -> None:
        """Name the answer and what to fill in."""
        super().__init__(key)
        self.said = Said(key, values, refused=True)


class Words:
    """One language."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Take what its file says."""
        self.data = data
        self.language: str = data["language"]

    def say(self, said: Said) -> str:
        """Return an answer in words."""
        texts = {**self.data["answers"], **self.data["refusals"]}
        text: str = texts.get(said.key) or texts["failed"]
        values = {"name": "", **said.values}
        return text.format_map(
            {key: self._word(key, value) for key, value in values.items()}
        )

    def say_all(self, answers: Sequence[Said]) -> list[str]:
        """Return answers in words: what is the same of several, in one sentence."""
        same: dict[str, list[Said]] = {}
        for one in answers:
            rest = {key: value for key, value in one.values.items() if key != "name"}
            same.setdefault(f"{one.key} {rest}", []).append(one)
        return [text for some in same.values() for text in self._alike(some)]

    def _alike(self, answers: Sequence[Said]) -> list[str]:
        first = answers[0]
        together = f"{first.key}_all"
        if len(answers) == 1 or together not in self.data["answers"]:
            return [self.say(one) for one in answers]
        names: Any = [one.values["name"] for one in answers]
        if len(names) > _MOST_NAMES:
            names = self.data["answers"]["several"].format(number=len(names))
        return [self.say(Said(together, {**first.values, "name": names}))]

    def reason(self, name: str) -> str:
        """Return why an allotment is what it is, as a clause."""
        return str(self.data["reasons"][name])

    def _word(self, key: str, value: Any) -> str:
        if key in {"reason", "hindrance"}:
            return str(self.data[f"{key}s"][value])
        if isinstance(value, Current):
            return f"{self._number(value.a)} A"
        if isinstance(value, datetime):
            return self._time(value, plainly=key != "day")
        if isinstance(value, dict):
            return self._list(
                self.say(Said("on_phase", {"limit": limit, "phase": phase}))
                for phase, limit in value.items()
            )
        if isinstance(value, list):
            return self._list(value, "or" if key == "names" else "and")
        if isinstance(value, Power):
            return f"{self._number(value.w / 1000)} kW"
        if isinstance(value, Percent):
            return f"{self._number(value.value)} %"
        if isinstance(value, Money):
            amount = f"{value.amount:.2f}".replace(".", self.data["decimal"])
            currency = self.data["currencies"].get(value.currency, value.currency)
            return f"{amount} {currency}".strip()
        return str(value)

    def _number(self, value: float) -> str:
        return f"{value:.1f}".removesuffix(".0").replace(".", self.data["decimal"])

    def _time(self, moment: datetime, *, plainly: bool) -> str:
        local = dt_util.as_local(moment)
        clock = f"{local.hour}:{local.minute:02}"
        days = (local.date() - dt_util.now().date()).days
        today = "clock" if plainly else "at"
        answer: str = self.data["answers"][{0: today, 1: "tomorrow"}.get(days, "later")]
        weekday = self.data["weekdays"][local.weekday()]
        return answer.format(time=clock, weekday=weekday)

    def _list(self, parts: Any, last_with: str = "and") -> str:
        *first, last = parts
        if not first:
            return str(last)
        return f"{', '.join(first)} {self.data['answers'][last_with]} {last}"


type Vocabulary = Mapping[str, Words]

_VOCABULARY: HassKey[Vocabulary] = HassKey("evenload_vocabulary")


async def async_load_words(hass: HomeAssistant) -> Vocabulary:
    """Return every language; the files are read once."""
    if (known := hass.data.get(_VOCABULARY)) is None:
        known = await hass.async_add_executor_job(_read)
        hass.data[_VOCABULARY] = known
    return known


def words_for(vocabulary: Vocabulary, language: str | None) -> Words:
    """Return the language of somebody who speaks, or English."""
    spoken = (language or "").partition("-")[0].lower()
    return vocabulary.get(spoken, vocabulary[DEFAULT_LANGUAGE])


def _read() -> Vocabulary:
    return {
        path.stem: Words(load_yaml_dict(str(path)))
        for path in sorted(LANGUAGES.glob("*.yaml"))
    }
