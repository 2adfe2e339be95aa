"""Writes docs/stations.md from the table of dialects.

usage: python -m scripts.stations [--check]     --check only says whether the file is up to date
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
import re
import sys

from custom_components.evenload.engine.csms.dialects.dialect import Dialect, Handling
from custom_components.evenload.engine.csms.dialects.table import DIALECTS

PAGE = Path(__file__).parent.parent / "docs/stations.md"

INTRODUCTION = """\
# Charging stations

Any charging station that speaks OCPP 1.6 (JSON), 2.0.1 or 2.1 can be used. It need not be in this list: the list says what is odd
about some makes, and what Evenload does about it. It is written from the same data that Evenload uses (`scripts/stations.py`), and
each of its lines has a test.

## How Evenload gets to know a station

A station that connects for the first time is asked once what it can do: how many connectors it has, whether it takes limits in
amperes or watts, which values it measures. Only settings that differ from what is needed are written, each once. After that it is
left alone: when it connects again it is asked nothing but how things stand. New firmware is asked anew.

How it takes limits is learnt by giving it one. There are several forms that mean the same; they are tried one after the other, and
the one that the station takes is kept. What a station refuses is never replaced by something with another meaning: you are told.

What a station says of itself (make, model, firmware) is compared with the list below. Where a line is marked "this make", that make is
treated as the line says. "Every station" means that nothing has to be known: what is done for all stations is enough.

**To see it:** Settings, Devices & services, Evenload, the station's device, the three dots, "Download diagnostics". It names the lines of
this list that were recognised, what was learnt, and what you set yourself.

**To override it:** the station's form has a section "Advanced" for what you know better: the unit of its limits, how it pauses, whether its limits
end by themselves, and whether it switches phases. What you set there goes before this list, and this list goes before what was learnt.

## What is known of makes

A station that is odd in another way is welcome: [CONTRIBUTING.md](../CONTRIBUTING.md) says what helps us. The last column says where it was
reported: a number is a thread of [lbbrhzn/ocpp](https://github.com/lbbrhzn/ocpp), others name their project.
"""

_WHO = {
    Handling.DIALECT: "this make",
    Handling.EVERY_STATION: "every station",
    Handling.SETTING: "you, in the station",
    Handling.NOT_POSSIBLE: "not possible",
}

_PROJECTS = {"": "lbbrhzn/ocpp", "evcc": "evcc-io/evcc"}


def page() -> str:
    """Return the page that belongs to the table."""
    rows = sorted(DIALECTS, key=lambda row: (row.match is None, row.title.casefold()))
    makes = groupby(rows, key=lambda row: row.title)
    return "\n".join(
        (INTRODUCTION, *(_section(title, list(of)) for title, of in makes))
    )


def _section(title: str, rows: list[Dialect]) -> str:
    settings = [row.setting for row in rows if row.setting]
    return "\n".join((f"### {title}", "", *_table(rows), *_advice(settings), ""))


def _table(rows: list[Dialect]) -> Iterator[str]:
    yield "| what is odd | what Evenload does | handled for | reported |"
    yield "|---|---|---|---|"
    for row in rows:
        cells = (row.oddity, row.remedy, _WHO[row.handling], _linked(row.source))
        yield f"| {' | '.join(cell.replace('|', r'\|') for cell in cells)} |"


def _linked(source: str) -> str:
    """Return where an oddity was reported, with a link to each thread."""
    return re.sub(r"([\w./-]+)?#(\d+)", _link, source)


def _link(thread: re.Match[str]) -> str:
    project = _PROJECTS.get(thread[1] or "", thread[1])
    return f"[{thread[0]}](https://github.com/{project}/issues/{thread[2]})"


def _advice(settings: list[str]) -> Iterator[str]:
    if settings:
        yield f"\nWhat you can do: {' '.join(settings)}"


def main() -> int:
    """Write the page, or say whether it is up to date."""
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text)
        return 0
    if PAGE.exists() and PAGE.read_text() == text:
        print("docs/stations.md is up to date")
        return 0
    print("docs/stations.md differs from its data: run python -m scripts.stations")
    return 1


if __name__ == "__main__":
    sys.exit(main())
