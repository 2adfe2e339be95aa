"""Answers that come in parts, as messages of their own: inventories, profiles, what is known of a customer (2.0.1 B07, K09, N09)."""

import asyncio
from collections.abc import Mapping
import secrets
from typing import Any

# A slow station sends a part of a long report every few seconds; one that stops has given up.
PART_PATIENCE_S = 15.0
REPORT_PATIENCE_S = 60.0

# What a report may hold before it is garbage.
_MOST_ITEMS = 50_000


class Report:
    """One report that was asked for; `items` are complete when `done` is set."""

    def __init__(self, request_id: int) -> None:
        """Begin without a part."""
        self.request_id = request_id
        self.items: list[Any] = []
        self.done = asyncio.Event()
        self.heard = asyncio.Event()
        self._parts: dict[int, list[Any]] = {}

    def add(self, sequence: int | None, items: list[Any], *, more: bool) -> None:
        """Take in a part; told again (its answer was lost), it counts once."""
        is_told_before = sequence is not None and self._parts.get(sequence) == items
        if not is_told_before and len(self.items) < _MOST_ITEMS:
            self.items.extend(items)
        if sequence is not None:
            self._parts[sequence] = items
        self.heard.set()
        if not more:
            self.done.set()


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
        """Wait for all parts; returns what there is when the station stops sending."""
        try:
            async with asyncio.timeout(REPORT_PATIENCE_S):
                while not report.done.is_set():
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
