"""Sharing: what every EVSE of a site may draw now, under all limits at once, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ..model.allotments import Allotment, Demand, Reason
from ..model.configuration import Strategy
from ..model.identity import EvseKey
from ..model.limits import Current
from ..model.tree import Tree, station_node
from .boxes import greatest, holder, instead
from .circuits import Circuits, add
from .claims import Claim, claim_of, tenths
from .explaining import explained, queued
from .keeping import keep
from .mending import mend
from .serving import serve

TURN_S = 900.0

# Some vehicles do not wake up again; this many pauses are a night of turns.
MAXIMUM_PAUSES = 10


@dataclass(slots=True)
class _Block:
    """Nodes that share by one strategy: those below with another one are blocks of their own."""

    strategy: Strategy
    own: list[Claim] = field(default_factory=list)
    children: list[_Block] = field(default_factory=list)
    waiting: list[Claim] = field(default_factory=list)

    def everybody(self) -> Iterable[Claim]:
        """Return the claims of this block and all below."""
        yield from self.own
        for child in self.children:
            yield from child.everybody()


def allot(
    tree: Tree,
    demands: Sequence[Demand],
    now: datetime,
    *,
    turn_s_of: Mapping[str, float] | float = TURN_S,
    maximum_pauses: int = MAXIMUM_PAUSES,
) -> dict[EvseKey, Allotment]:
    """Return what every EVSE may draw, and why; `turn_s_of` is how long a turn lasts, for all or by node.

    A node without an entry has that of the node above it. Raises `KeyError` for a station that is not in the tree.
    """
    return _Sharing(tree, now, turn_s_of, maximum_pauses).share(demands)


class _Sharing:
    """One allotment in the making."""

    def __init__(
        self,
        tree: Tree,
        now: datetime,
        turn_s_of: Mapping[str, float] | float,
        maximum_pauses: int,
    ) -> None:
        self._tree = tree
        self._now = now
        self._maximum_pauses = maximum_pauses
        self._circuits = Circuits(tree)
        self._turn_s: dict[str, float] = {}
        # By node: the block that it is in.
        self._blocks: dict[str, _Block] = {}
        self._allotments: dict[EvseKey, Allotment] = {}
        # Those without a vehicle, and who may have the same instead of one of them.
        self._standing: list[Claim] = []
        self._instead: list[tuple[Demand, Claim]] = []
        # Those that are paused and would draw their minimum if somebody came, and all who have theirs before others.
        self._unused: list[Claim] = []
        self._kept: frozenset[Claim] = frozenset()
        for node in tree.nodes.values():
            self._place(node.id, node.parent, turn_s_of)

    def _place(
        self, node: str, parent: str | None, turn_s_of: Mapping[str, float] | float
    ) -> None:
        above_s = TURN_S if parent is None else self._turn_s[parent]
        self._turn_s[node] = (
            turn_s_of.get(node, above_s)
            if isinstance(turn_s_of, Mapping)
            else turn_s_of
        )
        strategy = self._circuits.strategies[node]
        block = None if parent is None else self._blocks[parent]
        if block is None or block.strategy is not strategy:
            above, block = block, _Block(strategy)
            if above is not None:
                above.children.append(block)
        self._blocks[node] = block

    def share(self, demands: Sequence[Demand]) -> dict[EvseKey, Allotment]:
        """Return the allotments in the order of the demands."""
        stations: dict[str, list[Demand]] = {}
        for demand in demands:
            stations.setdefault(demand.key.identity, []).append(demand)
        for identity, those in stations.items():
            self._sort_out(station_node(identity), those)
        self._circuits.fix()
        root = next(iter(self._blocks.values()), _Block(Strategy.EQUAL_SERVE))
        standing = [claim for claim in self._standing if claim.demand.keeps]
        self._kept = keep([*root.everybody(), *standing, *self._unused])
        self._fill(root)
        self._serve_standing()
        if windings := self._circuits.windings():
            mend(windings, [*root.everybody(), *self._standing])
        self._explain(root)
        self._explain_standing()
        return {demand.key: self._allotments[demand.key] for demand in demands}

    def _sort_out(self, node: str, demands: Sequence[Demand]) -> None:
        """Let what cannot be told flow, and make claims of those that can have something."""
        fixed = [demand for demand in demands if demand.fixed_a is not None]
        exclusive = self._tree.nodes[node].exclusive
        for demand in fixed:
            self._settle(demand, Reason.NOT_CONTROLLABLE, demand.fixed_a or 0.0)
        loads = [(demand.load, demand.fixed_a or 0.0) for demand in fixed]
        if exclusive and loads:
            loads = [(greatest(loads), 1.0)]
        for load, current_a in loads:
            add(self._circuits.of(node, load), current_a)
            add(self._circuits.above(node, load), current_a)
        told = [demand for demand in demands if demand.fixed_a is None]
        alone = len(demands) == 1
        active = holder(demands) if exclusive else None
        open_to = []
        for demand in told:
            if demand.paused:
                self._settle(demand, Reason.PAUSED)
                if demand.keeps and not exclusive:
                    self._unused.append(self._claim_of(demand, node, alone=alone))
            elif active is not None and demand is not active:
                self._settle(demand, Reason.OTHER_EVSE)
            else:
                open_to.append(demand)
        self._claim(node, open_to, exclusive=exclusive, alone=alone)

    def _settle(self, demand: Demand, reason: Reason, current_a: float = 0.0) -> None:
        self._allotments[demand.key] = Allotment(demand.key, Current(current_a), reason)

    def _claim(
        self, node: str, demands: Sequence[Demand], *, exclusive: bool, alone: bool
    ) -> None:
        block = self._blocks[node]
        standing: Claim | None = None
        for demand in demands:
            if exclusive and not demand.wants and standing is not None:
                # While nobody is there, whoever comes first may begin: the others cannot.
                self._instead.append((demand, standing))
                continue
            claim = self._claim_of(demand, node, alone=alone)
            if demand.wants:
                block.own.append(claim)
                continue
            standing = claim
            claim.other = None
            if block.strategy is not Strategy.STATIC:
                most_a = min(claim.use.most_a, tenths(demand.standing_a))
                claim.use = replace(claim.use, most_a=most_a)
            self._standing.append(claim)

    def _claim_of(self, demand: Demand, node: str, *, alone: bool) -> Claim:
        turn_s = self._turn_s[node]
        return claim_of(demand, self._circuits, node, alone=alone, turn_s=turn_s)

    def _serve(self, block: _Block, claims: Iterable[Claim]) -> list[Claim]:
        able = [claim for claim in claims if claim.is_able]
        return serve(block.strategy, able, self._now, self._maximum_pauses)

    def _fill(self, block: _Block) -> None:
        """Share in a block as if all below were its own; then those below share anew what they got, their way."""
        block.waiting = self._serve(block, block.everybody())
        if not block.children:
            return
        for child in block.children:
            those = [*child.everybody()]
            for claim in those:
                claim.release()
            for claim in those:
                if claim in self._kept:
                    claim.start()
            self._fill(child)
        self._pass_on(block)

    def _pass_on(self, block: _Block) -> None:
        """Give to the others what a block could not place."""
        block.waiting = self._serve(block, block.own)
        for child in block.children:
            self._pass_on(child)

    def _serve_standing(self) -> None:
        """Let those without a vehicle have what nobody else can use."""
        able = sorted(
            (claim for claim in self._standing if claim.is_able),
            key=lambda claim: claim.demand.key,
        )
        serve(Strategy.STATIC, able, self._now, self._maximum_pauses)

    def _explain_standing(self) -> None:
        """Write down what those came to that have no vehicle."""
        for claim in self._standing:
            strategy = self._strategy_of(claim)
            self._allotments[claim.demand.key] = explained(claim, strategy)
        for demand, claim in self._instead:
            most_a = claim.current_a * instead(claim.demand.load, demand.load)
            most_a = tenths(min(most_a, demand.maximum_a))
            current_a = most_a if most_a >= demand.minimum_a else 0.0
            as_one = self._allotments[claim.demand.key]
            self._allotments[demand.key] = replace(
                as_one, key=demand.key, current=Current(current_a)
            )

    def _strategy_of(self, claim: Claim) -> Strategy:
        return self._blocks[station_node(claim.demand.key.identity)].strategy

    def _explain(self, block: _Block) -> None:
        """Write down what a block and those below came to."""
        for claim in block.own:
            self._allotments[claim.demand.key] = explained(claim, block.strategy)
        waiting = [
            (claim, self._allotments[claim.demand.key]) for claim in block.waiting
        ]
        for allotment in queued(
            waiting,
            [claim for claim in block.own if claim.current_a],
            self._now,
            turns=block.strategy is Strategy.EQUAL_SERVE,
            maximum_pauses=self._maximum_pauses,
        ):
            self._allotments[allotment.key] = allotment
        for child in block.children:
            self._explain(child)
