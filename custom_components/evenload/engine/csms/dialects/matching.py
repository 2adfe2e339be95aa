"""Finds the dialects of a station, and what they come to."""

from dataclasses import fields
from fnmatch import fnmatchcase
from functools import lru_cache
import re
from typing import Any

from ...model.stations import StationInfo
from .dialect import Dialect, Match
from .quirks import Advice, Quirks
from .table import DIALECTS

# As many makes as any house will ever see; what strangers say of themselves must not fill the memory.
_REMEMBERED = 256

# No make is told apart further on, and a stranger's megabyte would take minutes to look through.
_READ = 100

_PLAIN = Quirks()


def quirks_of(info: StationInfo) -> Quirks:
    """Return how to deal with a station, by what it says of itself."""
    return _merged(dialects_of(info))


def dialects_of(info: StationInfo) -> tuple[Dialect, ...]:
    """Return the rows that a station matches, the more exact ones last."""
    said = (info.vendor, info.model, info.firmware)
    return _find(*((text or "")[:_READ] for text in said))


def version_of(firmware: str) -> tuple[int, ...]:
    """Return the numbers of a version (`V1.08.21-r3` is 1, 8, 21), or none where there are none."""
    text = firmware[:_READ]
    found = re.search(r"\d+(?:\.\d+)+", text) or re.search(r"\d+", text)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


@lru_cache(maxsize=_REMEMBERED)
def _find(vendor: str, model: str, firmware: str) -> tuple[Dialect, ...]:
    found = [
        (row.match.weight, row)
        for row in DIALECTS
        if row.match is not None and _is_meant(row.match, vendor, model, firmware)
    ]
    return tuple(row for _, row in sorted(found, key=lambda item: item[0]))


@lru_cache(maxsize=_REMEMBERED)
def _merged(rows: tuple[Dialect, ...]) -> Quirks:
    """Return what all rows say together: of two that speak of one thing, the later one holds."""
    said: dict[str, Any] = {}
    advice: dict[Advice, None] = {}
    for row in rows:
        advice.update(dict.fromkeys(row.quirks.advice))
        for field in fields(Quirks):
            value = getattr(row.quirks, field.name)
            if value != getattr(_PLAIN, field.name):
                said[field.name] = value
    return Quirks(**{**said, "advice": tuple(advice)})


def _is_meant(match: Match, vendor: str, model: str, firmware: str) -> bool:
    return (
        _fits(vendor, match.vendor)
        and _fits(model, match.model)
        and _is_within(version_of(firmware), match)
    )


def _fits(text: str, patterns: tuple[str, ...]) -> bool:
    plain = "".join(letter for letter in text.casefold() if letter.isalnum())
    return any(fnmatchcase(plain, pattern) for pattern in patterns)


def _is_within(version: tuple[int, ...], match: Match) -> bool:
    if not version:
        return True
    since, until = match.firmware_from, match.firmware_to
    return _cut(version, since) >= since and (
        not until or _cut(version, until) <= until
    )


def _cut(version: tuple[int, ...], bound: tuple[int, ...]) -> tuple[int, ...]:
    """Return a version as exactly as the bound is written."""
    return (version + (0,) * len(bound))[: len(bound)]
