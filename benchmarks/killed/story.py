"""What happens at the station: one vehicle after the other, a reading each minute, and what it all comes to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

IDENTITY = "garage"
BEGUN = datetime(2026, 6, 1, tzinfo=UTC)
QUARTER_S = 900

# Another price for each quarter hour of a month.
PRICES = tuple(0.05 + 0.07 * (slot * 7 % 5) for slot in range(3000))


@dataclass(slots=True)
class Visit:
    """One vehicle: what it took, and what that cost."""

    token: str
    wh: float = 0.0
    cost: float = 0.0
    id: str | None = None
    ended: bool = False


@dataclass(slots=True)
class Story:
    """Goes on for ever, minute by minute."""

    random: Random
    at: datetime = BEGUN
    register_wh: float = 1_000_000.0
    visits: list[Visit] = field(default_factory=list)

    def messages(self) -> Iterator[dict[str, Any]]:
        """Go through what the station says; the id of a transaction is filled in by who sends it."""
        while True:
            visit = Visit(f"card{len(self.visits)}")
            self.visits.append(visit)
            yield self._said("preparing")
            yield self._said("start", token=visit.token)
            for _ in range(self.random.randint(3, 90)):
                self._charge(visit, self.random.choice((0, 4_000, 11_000, 11_000)))
                yield self._said("meter")
            yield self._said("end")
            visit.ended = True
            yield self._said("available")
            self.at += timedelta(minutes=self.random.randint(1, 20))

    def _charge(self, visit: Visit, watts: float) -> None:
        """Let a minute pass."""
        wh = watts / 60
        slot = int((self.at - BEGUN).total_seconds() // QUARTER_S)
        visit.wh += wh
        visit.cost += wh / 1000 * PRICES[slot]
        self.register_wh += wh
        self.at += timedelta(minutes=1)

    def _said(self, kind: str, **more: Any) -> dict[str, Any]:
        return {
            "kind": kind,
            "at": self.at.isoformat(),
            "wh": round(self.register_wh, 3),
            **more,
        }
