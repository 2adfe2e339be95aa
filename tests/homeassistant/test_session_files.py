"""Files of sessions: each choice of sessions has its own, and what is in one is whole."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.sessions import (
    Account,
    SessionQuery,
    SessionRecord,
)
from custom_components.evenload.session_files import table_name, whole
from custom_components.evenload.statements import statements, write_statements
from tests.homeassistant import real_site

entry = real_site.entry

# Months are the owner's: in the tests' time zone June begins at 7 in UTC.
JUNE = datetime(2026, 6, 1, 7, tzinfo=UTC)
JULY = datetime(2026, 7, 1, 7, tzinfo=UTC)
ALL = SessionQuery()
CHOICES = (
    ALL,
    SessionQuery(start=JUNE),
    SessionQuery(end=JUNE),
    SessionQuery(start=JUNE + timedelta(hours=1)),
    SessionQuery(start=JUNE, end=JULY),
    SessionQuery(drivers=frozenset({"anna"})),
    SessionQuery(drivers=frozenset({"ben"})),
    SessionQuery(identities=frozenset({"anna"})),
    SessionQuery(tokens=frozenset({"CARD-0001"})),
    SessionQuery(tokens=frozenset({"CARE-0001"})),
    SessionQuery(tokens=frozenset({"CARE-0001"}), start=JUNE),
)


async def test_each_choice_has_a_file(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    names = [table_name(entry, one, "csv") for one in CHOICES]
    for one, other in combinations(names, 2):
        assert one != other
    assert names[0] == f"sessions_{entry.entry_id}.csv"
    assert not any("CARD" in name.upper() for name in names)
    many = SessionQuery(drivers=frozenset(f"driver {number}" for number in range(99)))
    assert len(table_name(entry, many, "csv")) < 100
    assert table_name(entry, many, "csv") == table_name(entry, replace(many), "csv")


@pytest.mark.parametrize(
    ("query", "has_part"),
    [
        (ALL, False),
        (SessionQuery(start=JUNE, end=JULY), False),
        (SessionQuery(drivers=frozenset({"anna"})), False),
        (SessionQuery(start=JUNE + timedelta(days=3)), True),
        (SessionQuery(end=JULY - timedelta(days=3)), True),
        (SessionQuery(identities=frozenset({"garage"})), True),
        (SessionQuery(tokens=frozenset({"card"})), True),
    ],
)
async def test_a_part_of_a_month_does_not_replace_all_of_it(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    tmp_path: Path,
    query: SessionQuery,
    has_part: bool,
) -> None:
    at = JUNE + timedelta(days=10)
    key = EvseKey("garage", 1)
    one = SessionRecord(
        id=1, key=key, started_at=at, ended_at=at, account=Account(0), driver="anna"
    )
    words = await statements(hass, entry)
    write = write_statements(words, query, tmp_path)
    [(path, count)] = await hass.async_add_executor_job(write, [one])
    assert count == 1
    assert (path.name != "statement_2026-06_anna.html") is has_part


def fill_the_disk(path: Path) -> None:
    """Write a file that there is no room for."""
    with whole(path) as file:
        file.write("half")
        raise OSError


def test_what_is_half_written_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "sessions.csv"
    with whole(path) as file:
        file.write("all of it")
    with pytest.raises(OSError):
        fill_the_disk(path)
    assert [one.read_text() for one in path.parent.iterdir()] == ["all of it"]


def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "sessions.csv"
    with whole(path) as one, whole(path) as other:
        one.write("one")
        other.write("other")
    assert [one.read_text() for one in tmp_path.iterdir()] == ["one"]
