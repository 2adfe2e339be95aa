"""What came of homes: seconds beyond what breakers bear, energy, writes, pauses."""

from collections import Counter
from dataclasses import dataclass, field

from benchmarks.neighbourhood.faults import Faults
from benchmarks.neighbourhood.homes import Home
from benchmarks.neighbourhood.living import Living
from benchmarks.neighbourhood.omniscient import usable_wh
from tests.engine.virtual import run_virtually

START_RATIO = 1.4


@dataclass
class Tally:
    """Sums over homes."""

    hours: float = 0.0
    homes: int = 0
    station_hours: float = 0.0
    charging_hours: float = 0.0
    over_s: float = 0.0
    highest: float = 0.0
    beyond_s: Counter[str] = field(default_factory=Counter)
    # Each: which home, when, on which line, what flowed.
    moments: list[tuple[int, float, int, float]] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    sessions: int = 0
    pauses: int = 0
    most_pauses: int = 0
    needed_wh: float = 0.0
    got_wh: float = 0.0
    # What there was to be had under the owner's settings, and up to the fuse.
    usable_wh: float = 0.0
    fuse_wh: float = 0.0
    writes: Counter[str] = field(default_factory=Counter)
    most_writes_a_day: float = 0.0

    def add(self, other: Tally) -> None:
        """Add what came of other homes."""
        self.hours += other.hours
        self.homes += other.homes
        self.station_hours += other.station_hours
        self.charging_hours += other.charging_hours
        self.over_s += other.over_s
        self.highest = max(self.highest, other.highest)
        self.beyond_s += other.beyond_s
        self.moments += other.moments
        self.faults += other.faults
        self.sessions += other.sessions
        self.pauses += other.pauses
        self.most_pauses = max(self.most_pauses, other.most_pauses)
        self.needed_wh += other.needed_wh
        self.got_wh += other.got_wh
        self.usable_wh += other.usable_wh
        self.fuse_wh += other.fuse_wh
        self.writes += other.writes
        self.most_writes_a_day = max(self.most_writes_a_day, other.most_writes_a_day)

    @property
    def all_beyond_s(self) -> float:
        """The seconds beyond what breakers bear, on all lines."""
        return sum(self.beyond_s.values())

    @property
    def beyond_alone_s(self) -> float:
        """The same, with everything in order or one thing out of it."""
        return sum(s for why, s in self.beyond_s.items() if " + " not in why)

    @property
    def share(self) -> float:
        """The energy that vehicles got, of what there was to be had, in percent."""
        return 100 * self.got_wh / self.usable_wh if self.usable_wh else 100.0

    @property
    def share_of_fuse(self) -> float:
        """The same, of what there was up to the fuse itself."""
        return 100 * self.got_wh / self.fuse_wh if self.fuse_wh else 100.0

    def writes_a_day(self, *, lasting: bool) -> float:
        """Return how often a day a station is written to: fallbacks, which last, or leases."""
        found = sum(
            count
            for kind, count in self.writes.items()
            if (kind == "fallback") is lasting
        )
        return 24 * found / self.station_hours if self.station_hours else 0.0


def lived(home: Home, hours: float, *, faults_often: float = 0.0) -> Tally:
    """Live in a home for so long, with faults so many times as often as usual, and return what came of it."""
    seconds = hours * 3600.0

    async def story() -> tuple[Living, Faults | None]:
        living = Living(home, seconds)
        faults = Faults(living, seconds, faults_often) if faults_often else None
        await living.live(seconds)
        return living, faults

    living, faults = run_virtually(story())
    breakers, boxes = living.grid.breakers, living.boxes.values()
    beyond: Counter[str] = Counter()
    for breaker in breakers:
        beyond.update(breaker.beyond_s)
    stays = [stay for box in boxes for stay in box.done]
    fuse_a = home.site.main_fuse.a
    assert home.site.meter is not None
    target_a = min(
        fuse_a - home.site.meter.margin.a,
        START_RATIO * fuse_a - home.site.meter.largest.a,
    )
    usable, up_to_fuse = (
        sum(usable_wh(home, living.flows, living.visits, seconds, most_a))
        for most_a in (target_a, fuse_a)
    )
    return Tally(
        hours=hours,
        homes=1,
        station_hours=hours * len(living.boxes),
        charging_hours=sum(box.charged_s for box in boxes) / 3600,
        over_s=sum(breaker.over_s for breaker in breakers),
        highest=max(breaker.highest for breaker in breakers),
        beyond_s=beyond,
        moments=[(home.seed, *moment) for moment in living.grid.beyond],
        faults=Counter(faults.counted if faults else {}),
        sessions=len(stays),
        pauses=sum(stay.pauses for stay in stays),
        most_pauses=max((stay.pauses for stay in stays), default=0),
        needed_wh=sum(visit.needs_wh for visit in living.visits),
        got_wh=sum(stay.visit.needs_wh - stay.missing_wh for stay in stays),
        usable_wh=usable,
        fuse_wh=up_to_fuse,
        writes=sum((box.writes for box in boxes), Counter[str]()),
        most_writes_a_day=max(box.writes.total() for box in boxes) * 24 / hours,
    )
