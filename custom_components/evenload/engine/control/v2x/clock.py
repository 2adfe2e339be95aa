"""Our own clock was set: what was to last so long has as much of that left as it had, and what stations hold is in doubt."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

from .fleet_view import FleetView
from .rounds import Rounds


class GoesByTheClock(Protocol):
    """Whatever remembers moments."""

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock."""


def clock_was_set(
    view: FleetView, rounds: Rounds, others: Iterable[GoesByTheClock], by: timedelta
) -> None:
    """Tell all that our clock was set, forward or back; moments that somebody named (until when a vehicle is to give) stay."""
    known: list[GoesByTheClock] = [view.feeding, view.house, rounds.directions]
    known += [rounds.refusals, rounds.handover, rounds.writer, *others]
    for one in known:
        one.clock_was_set(by)
