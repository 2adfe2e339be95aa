"""Many more random houses than the tests have time for: does the sum ever exceed a limit?

usage: scripts/bench promises [HOUSES]     how many houses to live through (default 1000)
"""

import sys
from time import perf_counter

from hypothesis import given, settings

from benchmarks.figures import figure
from tests.engine.control import test_promises as promises


def live_through(houses: int) -> None:
    """Live through random houses and print how many broke the promise; one that did is printed with its story."""
    broken = 0
    began = perf_counter()
    for told, kinds in (
        (promises.test_the_sum_never_exceeds_a_limit, promises.HOUSES),
        (
            promises.test_the_sum_never_exceeds_a_limit_whatever_form_it_takes,
            promises.LIVELY_HOUSES,
        ),
    ):
        promise = settings(max_examples=houses // 2, deadline=None, database=None)(
            given(**kinds)(told.hypothesis.inner_test)
        )
        try:
            promise()
        except AssertionError as story:
            broken += 1
            print(*getattr(story, "__notes__", []), sep="\n")
    print(f"{'houses':>10}{'seconds':>10}{'broken':>10}")
    print(f"{houses:>10}{perf_counter() - began:>10.0f}{broken:>10}")
    print(figure("houses_with_an_overload", broken, "houses", 0))


if __name__ == "__main__":
    live_through(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
