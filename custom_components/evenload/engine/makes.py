"""What is known of a station's make, for whoever shows it."""

from dataclasses import dataclass, fields
from typing import Any

from .csms.dialects.matching import dialects_of, quirks_of
from .csms.dialects.quirks import Quirks
from .model.stations import StationInfo


@dataclass(frozen=True, slots=True)
class Make:
    """A station as one of its make: the lines of `docs/stations.md` that are about it, and what follows from them."""

    titles: tuple[str, ...]
    oddities: tuple[str, ...]
    treatment: dict[str, Any]


def make_of(info: StationInfo) -> Make:
    """Return what is known of stations that say this of themselves."""
    rows, quirks, plain = dialects_of(info), quirks_of(info), Quirks()
    return Make(
        titles=tuple(dict.fromkeys(row.title for row in rows)),
        oddities=tuple(row.oddity for row in rows),
        treatment={
            field.name: value
            for field in fields(quirks)
            if (value := getattr(quirks, field.name)) != getattr(plain, field.name)
        },
    )
