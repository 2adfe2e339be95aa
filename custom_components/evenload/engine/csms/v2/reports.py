"""Answers that come in parts, as messages of their own: inventories, profiles, what is known of a customer (2.0.1 B07, K09, N09)."""

import asyncio
from collections.abc import Mapping
import secrets
from typing import Any

# A slow station sends a part of a long report every few seconds; one that stops has given up.
PART_PATIENCE_S = 15.0
REPORT_PATIENCE_S = 60.0

# What a report may hold before it is garbage, or never ends: the largest inventories in the field have some thousands of items.
MOST_ITEMS = 20_000
MOST_PARTS = 5_000
MOST_SIGNS = 8_000_000


class Report:
    """One report that was asked for; `items` are what has come of it."""

    def __init__(self, request_id: int) -> None:
        """Begin without a part."""
        self.request_id = request_id
        self.items: list[Any] = []
        self.heard = asyncio.Event()
        # Whether its last part has come; and whether nothing more is taken.
        self.is_whole = False
        self.is_over = False
        # What is told again is known by its number and a digest: some stations number all parts alike.
        self._parts: set[tuple[int, int]] = set()
        self._count = 0
        self._signs = 0

    def add(self, sequence: int | None, items: list[Any], *, more: bool) -> None:
        """Take in a part; told again (its answer was lost), it counts once."""
        if self.is_over:
            return
        self.heard.set()
        text = repr(items)
        self._count += 1
        self._signs += len(text)
        part = None if sequence is None else (sequence, hash(text))
        if part is None or part not in self._parts:
            self.items.extend(items[: MOST_ITEMS - len(self.items)])
        if part is not None:
            self._parts.add(part)
        self.is_whole = not more
        self.is_over = (
            self.is_whole
            or len(self.items) >= MOST_ITEMS
            or self._count >= MOST_PARTS
            or self._signs >= MOST_SIGNS
        )


class Reports:
    """Joins the parts of reports by the number under which they were asked for."""

    def __init__(self) -> None:
        """Begin with none; the first number is taken at random, so that a late part of an earlier connection fits none."""
        self._open: dict[int, Report] = {}
        self._next = 1 + secrets.randbelow(2**30)

    def number(self) -> int:
        """Return a number that was not used on this connection."""
        self._next += 1
        return self._next

    def expect(self) -> Report:
        """Open a report under a new number."""
        report = Report(self.number())
        self._open[report.request_id] = report
        return report

    def forget(self, report: Report) -> None:
        """Let a report go that will not come."""
        self._open.pop(report.request_id, None)

    async def complete(self, report: Report) -> list[Any]:
        """Wait for all parts; returns what there is when the station stops sending, or sends more than can be true."""
        try:
            async with asyncio.timeout(REPORT_PATIENCE_S):
                while not report.is_over:
                    report.heard.clear()
                    async with asyncio.timeout(PART_PATIENCE_S):
                        await report.heard.wait()
        except TimeoutError:
            pass
        finally:
            self.forget(report)
        return report.items

    def part(self, payload: Mapping[str, Any], field: str) -> bool:
        """Take in a part; returns whether anybody waits for it."""
        report = self._open.get(payload["requestId"])
        if report is None:
            return False
        items = payload.get(field, [])
        report.add(
            payload.get("seqNo"),
            items if isinstance(items, list) else [items],
            more=payload.get("tbc", False),
        )
        return True
