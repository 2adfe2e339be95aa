"""One row of what is known of a make of stations: whom it is about, what is odd, and what is done about it."""

from dataclasses import dataclass, field
from enum import StrEnum

from .quirks import Quirks


class Handling(StrEnum):
    """How an oddity is dealt with."""

    # By the row's quirks.
    DIALECT = "dialect"
    # By what is done for every station: the row is only there to be told and tested.
    EVERY_STATION = "every station"
    # By a setting in the station, which the owner is told.
    SETTING = "setting"
    # Not at all.
    NOT_POSSIBLE = "not possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Whose stations are meant, by what they say of themselves.

    Patterns are globs over small letters and digits: everything else is left out of what a station says, so that
    `Wall Box` and `WALLBOX` are one. The empty pattern is a station that says nothing. Bounds of the firmware are inclusive,
    and as exact as they are written: 1.8 includes 1.8.21. A firmware that cannot be read may be any.
    """

    vendor: tuple[str, ...] = ("*",)
    model: tuple[str, ...] = ("*",)
    firmware_from: tuple[int, ...] = ()
    firmware_to: tuple[int, ...] = ()

    @property
    def weight(self) -> int:
        """How much a station must say to be meant: the more exact row has the last word."""
        said = (
            self.vendor != ("*",),
            self.model != ("*",),
            bool(self.firmware_from or self.firmware_to),
        )
        return sum(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One oddity of one make."""

    # Make and model as an owner knows them. The same make has the same title in all its rows.
    title: str
    # None: no station is told apart by it; the oddity is met wherever it shows.
    match: Match | None = None
    # What is odd, what is done, and what the owner may do: sentences for the owner.
    oddity: str
    remedy: str
    setting: str = ""
    # Where it was reported: project and issue.
    source: str
    handling: Handling
    quirks: Quirks = field(default_factory=Quirks)
    # The tests that play the station: pytest's names for them.
    tests: tuple[str, ...]
