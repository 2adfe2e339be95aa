"""How long one allotment takes: 10, 100 and 1 000 EVSEs in a tree of three levels, each strategy, wye and line to line.

Each station has one EVSE, ten stations are a group, and the groups hang on the site. The room is about two thirds of
what all could use (tight), or less than all minimums together (scarce); in the third column every other group shares
in a way of its own (mixed). The figures are the median of the slowest strategy with a tight room, in wye.
"""

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations
from statistics import median
from time import process_time

from benchmarks.figures import figure
from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.model.allotments import Demand, Reason
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import (
    Load,
    between_lines,
    to_neutral,
)
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)

NOW = datetime(2026, 11, 2, 18, tzinfo=UTC)
GOALS_MS = {10: 0.2, 100: 2.0, 1000: 20.0}
WYE = (
    to_neutral(ALL_PHASES, 230.0),
    *(to_neutral((phase,), 230.0) for phase in ALL_PHASES),
)
LINE_TO_LINE = tuple(
    between_lines(first, second, 120.0) for first, second in combinations(ALL_PHASES, 2)
)
TIGHT_A, SCARCE_A = 7.0, 2.5


def tree(evses: int, strategy: Strategy, each_a: float, *, mixed: bool) -> Tree:
    """Return a site, its groups of ten, and their stations."""
    nodes = [_node(ROOT, NodeKind.SITE, None, each_a * evses, strategy)]
    for number in range(0, evses, 10):
        group = f"group {number}"
        own = Strategy.FIRST_COME_FIRST_SERVE if mixed and number % 20 else None
        # One group's circuit is narrower than the next one's.
        room_a = each_a * (8 + number // 10 % 5)
        nodes.append(_node(group, NodeKind.GROUP, ROOT, room_a, own))
        nodes.extend(
            _node(station_node(f"s{index}"), NodeKind.STATION, group, 32.0, None)
            for index in range(number, number + 10)
        )
    return Tree({node.id: node for node in nodes})


def _node(
    name: str,
    kind: NodeKind,
    parent: str | None,
    room_a: float,
    strategy: Strategy | None,
) -> Node:
    room = Room(PhaseCurrents.even(room_a), room_a * 690.0)
    return Node(name, name, kind, parent, room, strategy, members=10)


def demands(evses: int, loads: tuple[Load, ...]) -> list[Demand]:
    """Return what the vehicles want; no two are alike."""
    return [
        Demand(
            EvseKey(f"s{index}", 1),
            maximum_a=(16.0, 32.0, 20.0, 10.0 + index % 7)[index % 4],
            load=loads[index % len(loads)],
            plugged_in_at=NOW - timedelta(minutes=7 * index % 600),
            departs_at=NOW + timedelta(minutes=11 * index % 700),
            needs_wh=1000.0 * (index % 30),
            weight=1.0 + index % 3,
            is_served=index % 2 == 0,
            since=NOW - timedelta(seconds=37 * index % 1800),
            served_wh=100.0 * (index % 50),
        )
        for index in range(evses)
    ]


def time_ms(circuits: Tree, wanted: list[Demand], repeats: int) -> tuple[float, int]:
    """Return the median of the processor time that one allotment takes, and how many wait."""
    times, waiting = [], 0
    for _ in range(repeats):
        begin = process_time()
        allotments = allot(circuits, wanted, NOW)
        times.append(process_time() - begin)
        waiting = sum(
            found.reason is Reason.WAITING_FOR_TURN for found in allotments.values()
        )
    return median(times) * 1000.0, waiting


def measure(evses: int, seconds: float) -> float:
    """Print the rows of one size; return the slowest of those that count, in milliseconds."""
    slowest = 0.0
    wirings: Mapping[str, tuple[Load, ...]] = {
        "wye": WYE,
        "line to line": LINE_TO_LINE,
    }
    for strategy in Strategy:
        for wiring, loads in wirings.items():
            cells = []
            for each_a, mixed in ((TIGHT_A, False), (SCARCE_A, False), (TIGHT_A, True)):
                circuits = tree(evses, strategy, each_a, mixed=mixed)
                wanted = demands(evses, loads)
                begin = process_time()
                allot(circuits, wanted, NOW)
                repeats = max(3, int(seconds / (process_time() - begin)))
                spent_ms, waiting = time_ms(circuits, wanted, repeats)
                cells.append(f"{spent_ms:8.3f} ms {waiting:5} wait")
                if wiring == "wye" and each_a == TIGHT_A and not mixed:
                    slowest = max(slowest, spent_ms)
            print(f"{evses:5} {strategy:24} {wiring:13} {'  '.join(cells)}")
    return slowest


def main() -> None:
    """Print the table, then the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.5, help="for each cell")
    options = parser.parse_args()
    print(
        f"{'EVSEs strategy':30} {'wiring':13} {'tight':^22}  {'scarce':^22}  {'mixed':^22}"
    )
    slowest = {evses: measure(evses, options.seconds) for evses in GOALS_MS}
    for evses, spent_ms in slowest.items():
        print(figure(f"allot_{evses}", spent_ms, "ms", GOALS_MS[evses]))


if __name__ == "__main__":
    main()
