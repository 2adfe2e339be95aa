"""The circuits of a site as they are now: what meters and caps from outside make of their limits."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from ..model.allotments import Reason
from ..model.configuration import SiteConfig
from ..model.household import MeterReading, MeterState
from ..model.limits import Limit
from ..model.phases import PhaseCurrents
from ..model.tree import ROOT, Tree
from .circuit import capped
from .drawn import Drawn
from .grid_operator import cap_in_force
from .household import Household
from .import_limits import ImportLimits
from .rooms import households_of, rooms_of, tree_of


class Circuits:
    """Everything that makes a limit another one than stands in its form."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Begin without meters."""
        # As it was asked for.
        self.cap: Limit | None = None
        self.import_limits = ImportLimits()
        # What a CSMS above allows circuits, and when that changes next.
        self.caps_above: Callable[[], Sequence[tuple[str, Limit]]] = tuple
        self.caps_change_at: Callable[[], datetime | None] = lambda: None
        self.households: dict[str, Household] = {}
        self._now = now
        self._lasting: tuple[SiteConfig, Tree] | None = None

    def prepare(self, site: SiteConfig) -> None:
        """Get the meters of a site ready."""
        before = self.households
        self.households = households_of(site, before)
        for node_id in self.households.keys() - before.keys():
            household = self.households[node_id]
            # For as long as a value may be old, there need not be a first one.
            wait = timedelta(seconds=household.meter.lost_s)
            household.waits_until = self._now() + wait

    def read(self, node_id: str, reading: MeterReading, drawn: Drawn) -> bool:
        """Take a reading; returns whether it counts. Raises `KeyError` where there is no meter."""
        return self.households[node_id].read(reading, drawn, self._now())

    def tree(
        self,
        site: SiteConfig,
        held: Mapping[str, PhaseCurrents],
        least: Mapping[str, PhaseCurrents],
        *,
        patient: bool = True,
    ) -> Tree:
        """Return the circuits with the room that each has now.

        `held` is what the stations below each meter have been allotted, `least` what those that charge need to go on.
        Where nobody is `patient` all room counts from its first moment: what may soon be.
        """
        cap, now = cap_in_force(site, self.cap), self._now()
        rooms = rooms_of(site, self.households, held, now, cap, least, patient=patient)
        meter = self.households.get(ROOT)
        house = None if meter is None else meter.figures(now).background
        rooms[ROOT] = self.import_limits.room(rooms[ROOT], site, house, now)
        for node_id, limit in self.caps_above():
            if node_id in rooms:
                rooms[node_id] = capped(
                    rooms[node_id], limit, Reason.UPSTREAM, site.phases
                )
        return tree_of(site, rooms)

    def lasting_tree(self, site: SiteConfig) -> Tree:
        """Return the circuits with the room that each has while nobody measures: the same until the site is another."""
        if self._lasting is None or self._lasting[0] is not site:
            # A meter that has not spoken is as good as lost.
            rooms = rooms_of(site, households_of(site), {}, self._now())
            self._lasting = site, tree_of(site, rooms)
        return self._lasting[1]

    def frozen(self, site: SiteConfig) -> frozenset[str]:
        """Return the stations below a meter that is stale: none of them is given more."""
        now = self._now()
        stale = [
            node_id
            for node_id, household in self.households.items()
            if household.state(now) is MeterState.STALE or household.is_awaited(now)
        ]
        return _below(site, stale)

    def silent(self, site: SiteConfig) -> frozenset[str]:
        """Return the stations that are only watched."""
        watched = [group.id for group in site.groups.values() if group.shadow]
        return _below(site, [*watched, *([ROOT] if site.shadow else [])])

    def next_change(self) -> datetime | None:
        """Return when the room of a circuit changes next if nothing is heard."""
        now = self._now()
        moments = [one.next_change(now) for one in self.households.values()]
        moments += [self.import_limits.next_change(now), self.caps_change_at()]
        return min((at for at in moments if at is not None), default=None)


def _below(site: SiteConfig, node_ids: Iterable[str]) -> frozenset[str]:
    return frozenset(
        identity for node_id in node_ids for identity in site.stations_below(node_id)
    )
