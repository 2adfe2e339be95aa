"""Whom a row of the table means, and what several rows come to."""

import pytest

from custom_components.evenload.engine.csms.dialects import matching
from custom_components.evenload.engine.csms.dialects.dialect import (
    Dialect,
    Handling,
    Match,
)
from custom_components.evenload.engine.csms.dialects.quirks import (
    Advice,
    Occasion,
    Quirks,
)
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.stations import StationInfo

A, B, C = (Advice(NoticeKind.ADVICE_UPDATE_FIRMWARE, occasion) for occasion in Occasion)


def row(match: Match | None, **quirks: object) -> Dialect:
    return Dialect(
        title="Make",
        match=match,
        oddity="",
        remedy="",
        source="",
        handling=Handling.DIALECT,
        quirks=Quirks(**quirks),
        tests=(),
    )


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch):
    """Let the table hold these rows only."""

    def use(*rows: Dialect) -> None:
        matching._find.cache_clear()
        monkeypatch.setattr(matching, "DIALECTS", rows)

    yield use
    matching._find.cache_clear()


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("V1.8.21-r3", (1, 8, 21)),
        ("1.08.21", (1, 8, 21)),
        ("AC32 build 1.6.6", (1, 6, 6)),
        ("FW 042", (42,)),
        ("3", (3,)),
        ("", ()),
        ("unknown", ()),
    ],
)
def test_a_version_is_the_numbers_that_stand_together(
    text: str, version: tuple[int, ...]
) -> None:
    assert matching.version_of(text) == version


def test_digits_of_other_scripts_and_endless_numbers_are_survived() -> None:
    assert matching.version_of("٣.٤") == (3, 4)
    assert matching.version_of("9" * 1_000_000) == (int("9" * 100),)


@pytest.mark.parametrize(
    ("vendor", "pattern", "meant"),
    [
        ("Wall Box Chargers", "wallbox*", True),
        ("WALL-BOX", "wallbox*", True),
        ("  wallbox ", "wallbox*", True),
        ("Wallbox", "wallbox", True),
        ("My Wallbox", "wallbox*", False),
        (None, "wallbox*", False),
        ("", "", True),
        (None, "", True),
        (" ", "", True),
        ("Anything", "*", True),
        (None, "*", True),
        ("Eichrecht-Säule", "*säule", True),
    ],
)
def test_a_make_is_known_however_it_writes_itself(
    table, vendor: str | None, pattern: str, meant: bool
) -> None:
    table(row(Match(vendor=(pattern,)), triggers_boot=False))

    quirks = matching.quirks_of(StationInfo(vendor=vendor))

    assert quirks.triggers_boot is not meant


@pytest.mark.parametrize(
    ("firmware", "meant"),
    [
        ("1.5.9", False),
        ("1.6", True),
        ("1.6.0", True),
        ("V1.8.21", True),
        ("V1.8.21-r3", True),
        ("1.8.21.7", True),
        ("1.08.21", True),
        ("1.8.22", False),
        ("1.10", False),
        ("2", False),
        # It may be one of them.
        ("", True),
        (None, True),
        ("nightly", True),
    ],
)
def test_a_range_of_firmware_includes_both_its_ends(
    table, firmware: str | None, meant: bool
) -> None:
    table(
        row(
            Match(vendor=("maker",), firmware_from=(1, 6), firmware_to=(1, 8, 21)),
            lists_measurands=False,
        )
    )

    quirks = matching.quirks_of(StationInfo(vendor="Maker", firmware=firmware))

    assert quirks.lists_measurands is not meant


def test_what_is_said_of_the_model_holds_over_what_is_said_of_the_make(table) -> None:
    table(
        row(Match(vendor=("maker",), model=("box*",)), start_answer_delay_s=2.0),
        row(Match(vendor=("maker",)), start_answer_delay_s=1.0, advice=(A, B)),
        row(Match(), highest_stack_level=3, advice=(B, C)),
        row(None, triggers_boot=False),
    )

    assert matching.quirks_of(StationInfo("Maker", "Box 2")) == Quirks(
        start_answer_delay_s=2.0, highest_stack_level=3, advice=(B, C, A)
    )
    assert matching.quirks_of(StationInfo("Maker", "Pole")).start_answer_delay_s == 1.0


def test_a_stranger_is_taken_for_a_station_of_the_standard() -> None:
    assert matching.quirks_of(
        StationInfo("Nobody Inc", "Unheard of", firmware="1.0")
    ) == (Quirks())
    assert matching.quirks_of(StationInfo()) == Quirks()


def test_what_strangers_say_of_themselves_does_not_fill_the_memory() -> None:
    for number in range(2000):
        matching.quirks_of(StationInfo(f"Maker {number}"))

    info = matching._find.cache_info()
    assert info.maxsize is not None
    assert info.currsize <= info.maxsize
