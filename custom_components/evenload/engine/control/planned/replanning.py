"""When plans are made, beside the event loop: one at a time, the latest question last, and nobody waits for an answer."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
import logging

from ...model.planning import Plan
from ...planning.problem import Problem

_LOGGER = logging.getLogger(__name__)

type Solve = Callable[[Problem, float], Plan]

# The best plan that is found by then is taken.
SOLVE_S = 5.0

# Who is asked for so long does not answer any more, or the machine is too slow.
LATE_S = 12.0

# What changes rarely comes alone: who plugs in says then what he wants.
SOON_S = 1.0

# While the same is asked for again and again.
AGAIN_S = 30.0


class PlanTrouble(StrEnum):
    """Why there is no newer plan."""

    # It is made by rules that need no solver, or not at all.
    FAILED = "failed"
    LATE = "late"


def solve_lazily(problem: Problem, seconds: float) -> Plan:
    """Solve with the solver, which is not loaded before it is needed: that takes a while, and is done in a thread."""
    from ...planning.solving import solve  # noqa: PLC0415

    return solve(problem, seconds)


class Replanning:
    """Has plans made. Where no loop runs there are none."""

    def __init__(
        self,
        problem: Callable[[], Problem | None],
        take: Callable[[Plan | None], None],
        tell: Callable[[PlanTrouble | None], None],
        solve: Solve,
    ) -> None:
        """Ask for the `problem` of the moment (None: nothing to plan); `take` hears the plan, `tell` how it goes."""
        self._problem, self._take, self._tell = problem, take, tell
        self.solve = solve
        self._timer: asyncio.TimerHandle | None = None
        self._late: asyncio.TimerHandle | None = None
        self._running: asyncio.Future[Plan] | None = None
        self._began_s: float | None = None
        # How long the last plan took to make, in seconds.
        self.took_s: float | None = None
        self._again = self._is_closed = False

    @property
    def is_under_way(self) -> bool:
        """Whether a plan is being made, or soon will be."""
        return self._timer is not None or self._running is not None

    def ask(self) -> None:
        """Have a plan made of what is so in a moment."""
        if self._is_closed or self._timer is not None:
            return
        if self._running is not None:
            self._again = True
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        in_s = SOON_S
        if self._began_s is not None:
            in_s = max(in_s, self._began_s + AGAIN_S - loop.time())
        self._timer = loop.call_later(in_s, self._begin)

    def hurry(self) -> None:
        """Have it made now: somebody waits for it."""
        self._began_s = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.ask()

    def close(self) -> None:
        """Make no more plans; what is being made is left alone."""
        self._is_closed = True
        for timer in (self._timer, self._late):
            if timer is not None:
                timer.cancel()
        self._timer = self._late = None

    def _begin(self) -> None:
        self._timer = None
        problem = self._problem()
        if problem is None:
            self._take(None)
            return
        loop = asyncio.get_running_loop()
        self._began_s = loop.time()
        self._late = loop.call_later(LATE_S, self._is_late)
        began_s = loop.time()

        def done(answer: asyncio.Future[Plan]) -> None:
            self.took_s = loop.time() - began_s
            self._done(answer)

        self._running = loop.run_in_executor(None, self.solve, problem, SOLVE_S)
        self._running.add_done_callback(done)

    def _is_late(self) -> None:
        self._late = None
        if not self._is_closed:
            _LOGGER.warning("No plan after %g s; the one before goes on", LATE_S)
            self._tell(PlanTrouble.LATE)

    def _done(self, answer: asyncio.Future[Plan]) -> None:
        self._running = None
        if self._late is not None:
            self._late.cancel()
            self._late = None
        if self._is_closed or answer.cancelled():
            return
        if (error := answer.exception()) is not None:
            _LOGGER.error("Planning failed: %s", error, exc_info=error)
            self._tell(PlanTrouble.FAILED)
        else:
            self._tell(None)
            self._take(answer.result())
        if self._again:
            self._again = False
            self.ask()
