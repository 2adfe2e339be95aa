"""The solver: the only file that knows its package, which is loaded when it is first needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from .programme import Programme

# The other core is Home Assistant's.
_THREADS = 1

# Among the rules by which the solver simplifies what it is given: one that replaces columns by sums of others. Of what
# is in a battery after each quarter it makes sums over all quarters before, and takes ten times as long.
_AGGREGATOR = 1 << 12

# What is worth its time where a tree has to be searched, and takes most of it where nearly all is decided beforehand.
_NOT_WORTH_IT = (
    "mip_allow_restart",
    "mip_heuristic_run_feasibility_jump",
    "mip_heuristic_run_root_reduced_cost",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The value of each column and the cost of them all; `worth`: what one more of each would cost, where none had to be whole.

    `proven`: there is no better one, but for the gap.
    """

    values: list[float]
    cost: float
    worth: list[float]
    proven: bool


def is_there() -> bool:
    """Whether the solver is installed."""
    return find_spec("highspy") is not None


class Solver:
    """One programme in the solver's hands: it may be solved again with some columns fixed."""

    def __init__(self, programme: Programme) -> None:
        """Hand the programme over."""
        import highspy  # noqa: PLC0415  # it takes half a second, which is not Home Assistant's start's
        import numpy as np  # noqa: PLC0415

        self._programme = programme
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]  # the package gives it no types
        self._whole = int(highspy.HighsVarType.kInteger)
        self._continuous = int(highspy.HighsVarType.kContinuous)
        self._highs.silent()
        for option, value in (("threads", _THREADS), ("parallel", "off")):
            self._highs.setOptionValue(option, value)
        self._highs.setOptionValue("presolve_rule_off", _AGGREGATOR)
        for option in _NOT_WORTH_IT:
            self._highs.setOptionValue(option, False)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(programme.low), len(programme.words)
        lp.col_cost_ = np.array(programme.cost, dtype=np.double)
        lp.col_lower_ = np.array(programme.low, dtype=np.double)
        lp.col_upper_ = np.array(programme.high, dtype=np.double)
        lp.row_lower_ = np.array(programme.row_low, dtype=np.double)
        lp.row_upper_ = np.array(programme.row_high, dtype=np.double)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(programme.starts, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(programme.columns, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(programme.factors, dtype=np.double)
        self._highs.passModel(lp)

    def relaxed(self, seconds: float, *, simplify: bool = True) -> Answer | None:
        """Solve it with no column whole; None where no answer was found in time."""
        self._highs.setOptionValue("presolve", "choose" if simplify else "off")
        return self._run(seconds)

    def whole(
        self, seconds: float, low: dict[int, float], high: dict[int, float], gap: float
    ) -> Answer | None:
        """Solve it with whole columns, some of them bounded; None where no answer was found in time.

        It is good enough when nothing can be cheaper by more than the gap.
        """
        columns = sorted(self._programme.whole)
        lows = [low.get(column, 0.0) for column in columns]
        highs = [high.get(column, 1.0) for column in columns]
        self._bound(columns, lows, highs)
        is_open = zip(columns, lows, highs, strict=True)
        self._divide(
            [column for column, below, above in is_open if below < above], self._whole
        )
        costs = self._programme.cost_if_whole
        self._highs.changeColsCost(len(costs), list(costs), list(costs.values()))
        self._highs.setOptionValue("presolve", "choose")
        self._highs.setOptionValue("mip_abs_gap", gap)
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        return self._run(seconds)

    def settled(
        self, answer: Answer, seconds: float, free: Mapping[int, float] | None = None
    ) -> Answer | None:
        """Solve it with every switch as it is in an answer: what is left is the best to the last watt.

        Columns that are `free` are no longer fixed; each has a least.
        """
        columns = sorted(self._programme.whole)
        values = [float(round(answer.values[column])) for column in columns]
        self._divide(columns, self._continuous)
        self._bound(columns, values, values)
        if free:
            highest = [self._highs.getInfinity()] * len(free)
            self._bound(list(free), list(free.values()), highest)
        return self._run(seconds)

    def _bound(self, columns: list[int], lows: list[float], highs: list[float]) -> None:
        """Bound columns, all at once: one by one it takes longer than solving."""
        self._highs.changeColsBounds(len(columns), columns, lows, highs)

    def _divide(self, columns: list[int], kind: int) -> None:
        """Let columns be whole, or anything."""
        import numpy as np  # noqa: PLC0415

        kinds = np.full(len(columns), kind, dtype=np.uint8)
        self._highs.changeColsIntegrality(len(columns), columns, kinds)

    def _run(self, seconds: float) -> Answer | None:
        import highspy  # noqa: PLC0415

        if seconds <= 0:
            return None
        # Its clock goes on from one run to the next.
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + seconds)
        self._highs.run()
        info = self._highs.getInfo()
        feasible = highspy.SolutionStatus.kSolutionStatusFeasible
        if info.primal_solution_status != feasible:
            return None
        solution = self._highs.getSolution()
        return Answer(
            list(solution.col_value),
            info.objective_function_value,
            list(solution.col_dual),
            self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal,
        )
