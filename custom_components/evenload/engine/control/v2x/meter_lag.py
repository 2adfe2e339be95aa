"""How late a meter shows what vehicles do: seen by the changes that they were told, which come back in its readings.

A meter that speaks every second may still tell of four seconds ago. Who takes what it says for what flows now corrects
everything twice, up and down without end. A change that was told explains a part of what the meter shows later: how much of
it, at each distance, is summed up, and the distance that explains the most is how late it is.
"""

from collections import deque
from itertools import pairwise

# How late it may be: this comes to so many readings at the most.
_LATEST_S = 10.0
_MOST_READINGS = 12

# Less is no change. From so much on that was told it is believed, and so much later it is forgotten, in watts.
_CHANGE_W = 100.0
_ENOUGH_W = 1500.0
_FORGETS_W = 15_000.0

# This part of what was told has to be explained; of two distances that explain about the same the shorter counts.
_EXPLAINS = 0.5
_SAME = 0.9


class MeterLag:
    """Learns of one meter how late it is."""

    def __init__(self) -> None:
        """Know nothing."""
        self._grid_w: float | None = None
        self._told_w: deque[float] = deque(maxlen=_MOST_READINGS + 2)
        self._explained_w: list[float] = []
        self._changed_w = 0.0
        self.forget()

    def read(self, grid_w: float, told_w: float) -> None:
        """Take a reading, and what vehicles have been told to give until now (below 0), as far as they have answered."""
        self._told_w.appendleft(told_w)
        before_w, self._grid_w = self._grid_w, grid_w
        if before_w is None:
            return
        came_w = grid_w - before_w
        changes_w = [now - was for now, was in pairwise(self._told_w)]
        if abs(changes_w[0]) >= _CHANGE_W:
            kept = max(0.0, 1.0 - abs(changes_w[0]) / _FORGETS_W)
            self._explained_w = [kept * watts for watts in self._explained_w]
            self._changed_w = kept * self._changed_w + abs(changes_w[0])
        for count, change_w in enumerate(changes_w):
            if abs(change_w) >= _CHANGE_W:
                self._explained_w[count] += abs(came_w) - abs(came_w - change_w)

    def late_s(self, period_s: float) -> float | None:
        """Return how long after its station's answer a change is shown, in seconds; None: that is not known."""
        if self._changed_w < _ENOUGH_W:
            return None
        most_w = max(self._explained_w)
        if most_w < _EXPLAINS * self._changed_w:
            return None
        count = next(
            count
            for count, watts in enumerate(self._explained_w)
            if watts >= _SAME * most_w
        )
        return min(_LATEST_S, count * period_s)

    def forget(self) -> None:
        """Forget the meter: it may be another one."""
        self._grid_w, self._changed_w = None, 0.0
        self._told_w.clear()
        self._explained_w = [0.0] * (_MOST_READINGS + 1)
