"""Charging with the sun: who gets how much of what the house leaves, when charging begins with it, and when it ends.

The surplus is shared like everything else, over the same circuits and by the strategies of their groups, as if it were all
that the site may draw. What comes of that are caps; how much of them is really there is shared after that.
"""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

from ...balancing.allotting import allot
from ...model.allotments import Allotment, Demand, Reason
from ...model.identity import EvseKey
from ...model.tree import ROOT, Tree
from .leave import Leave

# A cloud is not the end of the day, and a gap in the clouds not its beginning: contactors wear out.
BEGINS_AFTER = timedelta(seconds=60)
ENDS_AFTER = timedelta(seconds=240)

# A cap follows no closer than this, in amperes, and no more often, unless it is far off.
CLOSE_A = 0.5
FAR_A = 2.0
FOLLOWS_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class _Way:
    """What one vehicle does: since when there has been enough for it to begin, or too little to go on, and its cap."""

    runs: bool
    enough_since: datetime | None = None
    short_since: datetime | None = None
    cap_a: float | None = None
    capped_at: datetime | None = None

    @property
    def changes_at(self) -> datetime | None:
        """When it begins or ends if nothing is heard."""
        if self.enough_since is not None and not self.runs:
            return self.enough_since + BEGINS_AFTER
        if self.short_since is not None:
            return self.short_since + ENDS_AFTER
        return None


class Sun:
    """The vehicles that follow the sun. `always`: those that charge with their minimum when it does not shine."""

    def __init__(self) -> None:
        """Begin with none."""
        self._ways: dict[EvseKey, _Way] = {}

    def leaves(
        self,
        demands: Sequence[Demand],
        always: AbstractSet[EvseKey],
        left_w: float | None,
        tree: Tree,
        now: datetime,
    ) -> dict[EvseKey, Leave]:
        """Return what each gets; `left_w` None: nobody knows yet what is left."""
        shares = _shares(demands, always, left_w or 0.0, tree, now)
        self._ways = {
            key: way
            for key, way in self._ways.items()
            if any(demand.key == key for demand in demands)
        }
        return {
            demand.key: self._leave(
                demand,
                shares[demand.key].current.a,
                now,
                always=demand.key in always,
                is_known=left_w is not None,
            )
            for demand in demands
        }

    def choices(
        self,
        demands: Sequence[Demand],
        always: AbstractSet[EvseKey],
        left_w: float | None,
        tree: Tree,
        now: datetime,
    ) -> dict[EvseKey, Leave]:
        """Return for whom there is enough for one phase only, and nothing else that counts."""
        if left_w is None:
            return {}
        shares = _shares(demands, always, left_w, tree, now)
        return {
            key: Leave(
                Reason.WAITING_FOR_SUN,
                paused=share.current.a == 0.0,
                single=share.single,
            )
            for key, share in shares.items()
        }

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when somebody begins or ends if nothing is heard."""
        moments = (way.changes_at for way in self._ways.values())
        return min((at for at in moments if at is not None and at > now), default=None)

    def _leave(
        self,
        demand: Demand,
        share_a: float,
        now: datetime,
        *,
        always: bool,
        is_known: bool,
    ) -> Leave:
        way = self._ways.get(demand.key)
        if way is None:
            way = _Way(demand.charging and (share_a > 0 or not is_known))
        way = _Way(True) if always and not way.runs else _after(way, share_a, now)
        if not way.runs:
            self._ways[demand.key] = replace(way, cap_a=None, capped_at=None)
            until = way.changes_at
            return Leave(Reason.WAITING_FOR_SUN, paused=True, until=until)
        cap_a = max(share_a, demand.minimum_a)
        if share_a > 0 and _is_close(way, cap_a, now):
            cap_a = way.cap_a or cap_a
        elif cap_a != way.cap_a:
            way = replace(way, cap_a=cap_a, capped_at=now)
        self._ways[demand.key] = way
        return Leave(Reason.FOLLOWING_SUN, cap_a)


def _after(way: _Way, share_a: float, now: datetime) -> _Way:
    """Return what becomes of a vehicle that gets so much."""
    if share_a > 0:
        since = min(way.enough_since or now, now)
        runs = way.runs or now - since >= BEGINS_AFTER
        return replace(way, runs=runs, enough_since=since, short_since=None)
    if not way.runs:
        return replace(way, enough_since=None)
    since = min(way.short_since or now, now)
    if now - since >= ENDS_AFTER:
        return _Way(runs=False)
    return replace(way, enough_since=None, short_since=since)


def _is_close(way: _Way, cap_a: float, now: datetime) -> bool:
    """Whether a cap is about what it was, or was changed just now."""
    if way.cap_a is None or way.capped_at is None:
        return False
    off_a = abs(cap_a - way.cap_a)
    return off_a < CLOSE_A or (
        off_a < FAR_A and timedelta(0) <= now - way.capped_at < FOLLOWS_EVERY
    )


def _shares(
    demands: Sequence[Demand],
    always: AbstractSet[EvseKey],
    left_w: float,
    tree: Tree,
    now: datetime,
) -> Mapping[EvseKey, Allotment]:
    """Return everybody's share of the surplus. Who charges anyway has its minimum of it before all others."""
    certain_w = sum(_least_w(demand) for demand in demands if demand.key in always)
    sunny = _with_no_more(tree, max(0.0, left_w, certain_w))
    return allot(
        sunny,
        [
            replace(demand, boosted=demand.boosted or demand.key in always, keeps=False)
            for demand in demands
        ],
        now,
    )


def _least_w(demand: Demand) -> float:
    """Return the least that a vehicle charges with, on one phase where it may."""
    loads = [load.watts for load in (demand.load, demand.single) if load is not None]
    # What is divided is rounded down.
    return demand.minimum_a * min(loads) + 1.0


def _with_no_more(tree: Tree, power_w: float) -> Tree:
    """Return circuits of which the first carries no more than so much."""
    root = tree.nodes[ROOT]
    known_w = inf if root.room.power_w is None else root.room.power_w
    room = replace(root.room, power_w=min(known_w, power_w))
    return replace(tree, nodes={**tree.nodes, ROOT: replace(root, room=room)})
