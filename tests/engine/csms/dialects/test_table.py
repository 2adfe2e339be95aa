"""The table of dialects keeps its word: each row has its tests, each field is used, and no name is anywhere else."""

from dataclasses import fields
import re

import pytest

from custom_components.evenload.engine.csms.dialects.dialect import Dialect, Handling
from custom_components.evenload.engine.csms.dialects.matching import (
    dialects_of,
    quirks_of,
)
from custom_components.evenload.engine.csms.dialects.quirks import Quirks
from custom_components.evenload.engine.csms.dialects.table import DIALECTS
from custom_components.evenload.engine.model.stations import StationInfo
from scripts.stations import PAGE, page
from tests.engine.csms.dialects.conftest import PLATES, rows
from tests.named import PROJECT, missing

PACKAGE = PROJECT / "custom_components/evenload"
TABLE = PACKAGE / "engine/csms/dialects"
CODE = {
    path: path.read_text()
    for path in sorted(PACKAGE.rglob("*.py"))
    if TABLE not in path.parents
}


def name_of(row: Dialect) -> str:
    return f"{row.title}: {row.oddity[:40]}"


@pytest.mark.parametrize("row", DIALECTS, ids=name_of)
def test_every_row_says_what_it_is_about_and_names_its_tests(row: Dialect) -> None:
    assert row.tests
    assert missing(row.tests) == []
    for sentence in (row.oddity, row.remedy, row.setting or "None."):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert row.source


@pytest.mark.parametrize("row", DIALECTS, ids=name_of)
def test_what_a_row_says_of_its_handling_is_so(row: Dialect) -> None:
    says_something = row.quirks != Quirks()
    assert says_something or row.handling is not Handling.DIALECT
    if says_something:
        assert row.match is not None
        # Somebody has seen what such a station says of itself, and it is tested.
        assert row.title in PLATES
    if row.handling is Handling.SETTING:
        assert row.setting


@pytest.mark.parametrize("title", PLATES)
def test_stations_are_recognised_and_no_other_is_meant(title: str) -> None:
    found = dialects_of(StationInfo(*_said(title)))

    assert {row.title for row in found} == {title}
    assert set(found) <= set(rows(title))


def test_every_field_is_used_by_a_row_and_by_the_code() -> None:
    used = "\n".join(CODE.values())
    for field in fields(Quirks):
        assert re.search(rf"\.{field.name}\b", used), field.name
        default = getattr(Quirks(), field.name)
        assert any(getattr(row.quirks, field.name) != default for row in DIALECTS), (
            field.name
        )


def test_no_make_is_named_outside_the_table() -> None:
    patterns = {
        pattern.strip("*")
        for row in DIALECTS
        if row.match is not None
        for pattern in row.match.vendor
    }
    # Names of two letters are words of other things, too.
    names = sorted(name for name in patterns if len(name) > 2)
    known = re.compile(rf"\b({'|'.join(names)})\b", re.IGNORECASE)

    named = {
        str(path.relative_to(PACKAGE)): found[0]
        for path, text in CODE.items()
        if (found := known.search(text)) is not None
    }
    assert named == {}


def test_the_page_for_owners_is_what_the_table_says() -> None:
    assert PAGE.read_text() == page(), "run: python -m scripts.stations"
    assert "docs/stations.md" in (PROJECT / "README.md").read_text()


def test_a_newer_firmware_is_not_meant() -> None:
    vendor, model, _ = PLATES["ABB Terra AC"]
    repaired = StationInfo(vendor, model, firmware="TAC3Z9119006710273::V1.8.33")
    assert quirks_of(repaired).lists_measurands is True
    old = StationInfo(vendor, model, firmware="TAC3Z9119006710273::V1.8.21")
    assert quirks_of(old).lists_measurands is False


def _said(title: str) -> tuple[str | None, str | None, None, str | None]:
    vendor, model, firmware = PLATES[title]
    return vendor or None, model or None, None, firmware or None
