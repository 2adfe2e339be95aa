"""A mixed-integer programme under construction: columns with costs, and rows that are named in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf


@dataclass(slots=True)
class Programme:
    """What is to be minimised, as plain lists; rows are stored one behind the other."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    # The columns that must be whole numbers in the end.
    whole: set[int] = field(default_factory=set)
    # What else columns cost where others are whole. Divided up, it would lead astray: half a start is no start.
    cost_if_whole: dict[int, float] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    columns: list[int] = field(default_factory=list)
    factors: list[float] = field(default_factory=list)

    def column(
        self,
        high: float = inf,
        cost: float = 0.0,
        *,
        low: float = 0.0,
        whole: bool = False,
    ) -> int:
        """Add a column and return its number."""
        self.low.append(low)
        self.high.append(high)
        self.cost.append(cost)
        number = len(self.low) - 1
        if whole:
            self.whole.add(number)
        return number

    def switch(self, cost: float = 0.0) -> int:
        """Add a column that is 0 or 1 in the end."""
        return self.column(1.0, cost, whole=True)

    def row(
        self,
        words: str,
        terms: Iterable[tuple[int, float]],
        *,
        low: float = -inf,
        high: float = inf,
    ) -> None:
        """Add a row: the sum of its terms lies between these."""
        for number, factor in terms:
            self.columns.append(number)
            self.factors.append(factor)
        self.starts.append(len(self.columns))
        self.words.append(words)
        self.row_low.append(low)
        self.row_high.append(high)
