"""What vehicles were asked to feed back, by whom, and until when: all of it survives a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ...model.configuration import SiteConfig
from ...model.identity import EvseKey
from ...model.needs import ChargingNeeds
from ...model.tree import ROOT
from ...model.v2x import ACTION, PLAN, PROGRAMME, SOURCES, Dispatch, V2gMode
from .charge import Charge
from .frequency import Signal

# A target and a source: each has one dispatch there, which others may hide and never replace.
type Slot = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """What one vehicle is to give until a moment, or until so much energy was given; None: no such end."""

    until: datetime | None = None
    energy_wh: float | None = None
    power_w: float | None = None
    given_wh: float = 0.0

    @property
    def left_wh(self) -> float | None:
        """What is still to be given."""
        if self.energy_wh is None:
            return None
        return max(0.0, self.energy_wh - self.given_wh)

    def is_over(self, now: datetime) -> bool:
        """Whether it has come to its end."""
        return self.left_wh == 0.0 or (self.until is not None and now >= self.until)


@dataclass(frozen=True, slots=True)
class Kept:
    """What must survive a restart of discharging; by EVSE: its key in words."""

    dispatches: tuple[Dispatch, ...] = ()
    givings: dict[str, Giving] = field(default_factory=dict)
    needs: dict[str, ChargingNeeds] = field(default_factory=dict)
    # The most that may flow into the grid, from outside.
    export_cap_w: float | None = None
    # What is offered to hold the grid's frequency, by target.
    responses: dict[str, float] = field(default_factory=dict)
    # What the vehicles are called that are plugged in.
    names: dict[str, str] = field(default_factory=dict)
    # What was said of how full they are, and what they gave since.
    charges: dict[str, Charge] = field(default_factory=dict)


class Orders:
    """The orders in force."""

    def __init__(self) -> None:
        """Begin with none."""
        self.dispatches: dict[Slot, Dispatch] = {}
        self.givings: dict[EvseKey, Giving] = {}
        self.needs: dict[EvseKey, ChargingNeeds] = {}
        self.export_cap_w: float | None = None
        self.responses: dict[str, float] = {}
        # What a grid operator signalled last; it is over before a restart is.
        self.signal: Signal | None = None
        self.names: dict[EvseKey, str] = {}
        # Who has given all that was asked for, and nothing was asked since.
        self.done: set[EvseKey] = set()
        self._count = 0

    def give(self, key: EvseKey, giving: Giving) -> None:
        """Have a vehicle give until a moment, or so much."""
        self.givings[key] = giving
        self.done.discard(key)

    def dispatch(
        self,
        target: str,
        power_w: float,
        until: datetime,
        source: str,
        afterwards: V2gMode | None,
        now: datetime,
    ) -> Dispatch:
        """Take a dispatch in place of the one that its target had of the same source."""
        self._count += 1
        name = f"{source}-{int(now.timestamp())}-{self._count}"
        dispatch = Dispatch(
            id=name,
            target=target,
            power_w=power_w,
            until=until,
            source=source,
            afterwards=afterwards,
        )
        self.dispatches[target, source] = dispatch
        return dispatch

    def ended(self, now: datetime) -> list[Dispatch]:
        """Take out what is over, and return the dispatches of it."""
        over = [one for one in self.dispatches.values() if now >= one.until]
        for one in over:
            del self.dispatches[one.target, one.source]
        for key in [key for key, one in self.givings.items() if one.is_over(now)]:
            del self.givings[key]
            self.done.add(key)
        return over

    def dispatch_for(
        self, site: SiteConfig, key: EvseKey, mode: V2gMode
    ) -> Dispatch | None:
        """Return the dispatch that an EVSE in a mode follows: that of whoever goes first, and of those the nearest."""
        return _first(self.dispatches, targets_of(site, key), mode)

    def followed(
        self, site: SiteConfig, key: EvseKey, mode: V2gMode, ended: Sequence[Dispatch]
    ) -> Dispatch | None:
        """Return which of the dispatches that have just ended an EVSE in a mode followed."""
        known = self.dispatches | {(one.target, one.source): one for one in ended}
        dispatch = _first(known, targets_of(site, key), mode)
        return dispatch if dispatch in ended else None

    def signal_now(self, now: datetime) -> int | None:
        """Return the signal of the grid operator's that counts; None: nobody signals anything."""
        signal = self.signal
        return signal.value if signal is not None and signal.holds(now) else None

    def gave(self, key: EvseKey, energy_wh: float) -> None:
        """Count energy that a vehicle gave."""
        giving = self.givings.get(key)
        if giving is not None:
            self.givings[key] = replace(giving, given_wh=giving.given_wh + energy_wh)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        for known in (self.givings, self.needs, self.names):
            for key in [key for key in known if key.identity == identity]:
                del known[key]
        for slot in [*self.dispatches]:
            if slot[0].rpartition("_")[0] == identity:
                del self.dispatches[slot]

    def reconnected(self, identity: str) -> None:
        """Take that a station was away: whether it has agreed meanwhile that a vehicle feeds back is not known."""
        for key, needs in self.needs.items():
            if key.identity == identity and "BPT" not in needs.transfer:
                self.needs[key] = replace(needs, transfer="")

    def kept(self) -> Kept:
        """Return what must survive a restart."""
        return Kept(
            tuple(self.dispatches.values()),
            {str(key): giving for key, giving in self.givings.items()},
            {str(key): needs for key, needs in self.needs.items()},
            self.export_cap_w,
            dict(self.responses),
            {str(key): name for key, name in self.names.items()},
        )

    def restore(self, kept: Kept, keys: Mapping[str, EvseKey]) -> None:
        """Take up what an earlier life knew, of the EVSEs that are still there (by their keys in words)."""
        self.dispatches = {(one.target, one.source): one for one in kept.dispatches}
        self.givings = {
            keys[name]: giving for name, giving in kept.givings.items() if name in keys
        }
        self.needs = {
            keys[name]: needs for name, needs in kept.needs.items() if name in keys
        }
        self.names = {
            keys[name]: called for name, called in kept.names.items() if name in keys
        }
        self.export_cap_w = kept.export_cap_w
        self.responses = dict(kept.responses)


def targets_of(site: SiteConfig, key: EvseKey) -> tuple[str, ...]:
    """Return what may be addressed to reach an EVSE, the nearest first: itself, its groups, the site."""
    return (str(key), *site.circuits_above(key.identity))


def rank(source: str) -> int:
    """Return the place of a source among all: who goes first has the least. One that nobody knows is a programme."""
    return SOURCES.index(source if source in SOURCES else PROGRAMME)


def _first(
    dispatches: Mapping[Slot, Dispatch], targets: Sequence[str], mode: V2gMode
) -> Dispatch | None:
    """Return which of the dispatches to targets (the nearest first) counts in a mode."""
    heard = [
        one
        for one in dispatches.values()
        if one.target in targets and is_heard(one, mode)
    ]
    return min(
        heard,
        key=lambda one: (rank(one.source), targets.index(one.target), one.source),
        default=None,
    )


def is_target(site: SiteConfig, keys: Mapping[str, EvseKey], target: str) -> bool:
    """Whether something can be addressed."""
    return target == ROOT or target in site.groups or target in keys


def is_heard(dispatch: Dispatch, mode: V2gMode) -> bool:
    """Whether a vehicle in a mode follows a dispatch: by its source."""
    match mode:
        case V2gMode.OFF:
            return False
        case V2gMode.PLAN if dispatch.source == PLAN:
            return True
        case V2gMode.PROGRAMME if dispatch.source not in {PLAN, ACTION}:
            return True
    return dispatch.source == ACTION
