"""What is remembered of a station is what would be worked out anew, whatever happens to it and whenever it is asked for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings, strategies as st

from custom_components.evenload.engine.control.commitments import FOR_EVER, Commitments
from custom_components.evenload.engine.control.holdings import Holding
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import ALL_PHASES
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import Evse, EvseStatus, Station
from custom_components.evenload.engine.model.transactions import Transaction

BEGIN = datetime(2026, 11, 2, 18, tzinfo=UTC)
KEYS = tuple(EvseKey("S", evse) for evse in range(3))

# Seconds that a step takes: as long as a limit settles, as readings count, as a lease holds, or back.
WAITS_S = st.sampled_from([0, 1, 10, 30, 60, 300, 900, -1, -400])
CURRENTS_A = st.sampled_from([0.0, 6.0, 10.0, 16.0, 32.0])

type Step = tuple[str, int, float, int]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["lend", "keep", "settle", "meter", "charge", "leave", "look"]),
        st.integers(0, 2),
        CURRENTS_A,
        WAITS_S,
    ),
    min_size=1,
    max_size=12,
)


class Story:
    """One station with two EVSEs, and what is remembered of it."""

    def __init__(self) -> None:
        self.now = BEGIN
        evses = {key.evse: Evse(key) for key in KEYS[1:]}
        station = Station("S", connected=True, last_seen=BEGIN, evses=evses)
        self.stations = {"S": station}
        config = StationConfig("S", "Station")
        self.site = SiteConfig("Home", Current(63.0), stations={"S": config})
        self.commitments = self.built()

    def built(self) -> Commitments:
        return Commitments(self.site, lambda: self.stations, lambda: self.now)

    def anew(self) -> Commitments:
        """Return what knows the same and remembers nothing."""
        fresh = self.built()
        fresh.holdings.update(self.commitments.holdings)
        for evse in self.stations["S"].evses.values():
            if self.commitments.disobedience.is_seen(evse):
                fresh.disobedience.take_up(evse)
        return fresh

    def happen(self, step: Step) -> None:
        what, number, current_a, wait_s = step
        self.now += timedelta(seconds=wait_s)
        key = KEYS[number]
        held = self.commitments.holding(key)
        until = self.now + timedelta(seconds=300)
        match what:
            case "lend":
                lent = replace(held, lease_a=current_a, lease_until=until)
                self.commitments.holdings[key] = lent
            case "keep":
                self.commitments.holdings[key] = Holding(current_a, self.now)
            case "settle":
                until = self.now + timedelta(seconds=10)
                held = replace(held, settling_a=current_a, settling_until=until)
                self.commitments.holdings[key] = held
            case "look":
                pass
            case _ if number:
                self._change(what, self.stations["S"].evses[number], current_a)

    def _change(self, what: str, evse: Evse, current_a: float) -> None:
        match what:
            case "meter":
                seen = dict.fromkeys(ALL_PHASES, self.now)
                currents = dict.fromkeys(ALL_PHASES, current_a)
                reading = Reading(self.now, current_a=currents, live_at=seen)
                evse = replace(evse, reading=reading, metered_at=self.now)
            case "charge":
                running = Transaction(
                    "1", evse.key, self.now, None, None, None, self.now
                )
                evse = replace(evse, status=EvseStatus.CHARGING, transaction=running)
            case "leave":
                evse = replace(evse, status=EvseStatus.AVAILABLE, transaction=None)
        station = self.stations["S"]
        evses = {**station.evses, evse.key.evse: evse}
        self.stations["S"] = replace(station, evses=evses)
        if what == "meter":
            self.commitments.observe(evse)


def found(commitments: Commitments) -> Mapping[str, object]:
    """Return all that anybody asks of a station."""
    evses = KEYS[1:]
    return {
        "kinds": [commitments.kind(key) for key in evses],
        "uses": [commitments.use(key) for key in KEYS],
        "in force": [commitments.in_force_a(key) for key in evses],
        "own": [commitments.own_in_force_a(key) for key in KEYS],
        "evses": [commitments.evse_a(key) for key in evses],
        "settled": [commitments.evse_a(key, settling=False) for key in evses],
        "for ever": [commitments.evse_a(key, until=FOR_EVER) for key in evses],
        "station": commitments.station_a("S"),
        "station for ever": commitments.station_a("S", until=FOR_EVER),
        "reserved": commitments.reserved(),
    }


# A lease ends, a vehicle has settled, and a reading is too old, in the very moment in which they are asked for.
@example(steps=[("lend", 1, 16.0, 0), ("look", 0, 0.0, 300)])
@example(steps=[("settle", 1, 32.0, 0), ("look", 0, 0.0, 10)])
@example(
    steps=[
        ("keep", 1, 6.0, 0),
        ("charge", 1, 0.0, 30),
        ("meter", 1, 32.0, 0),
        ("look", 0, 0.0, 60),
        ("look", 0, 0.0, 1),
    ]
)
@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_what_is_remembered_is_what_is_so(steps: list[Step]) -> None:
    story = Story()
    for step in steps:
        story.happen(step)
        assert found(story.commitments) == found(story.anew())
        # Asked for twice, it is not worked out again.
        assert found(story.commitments) == found(story.anew())


def test_a_site_that_was_changed_is_another() -> None:
    story = Story()
    assert story.commitments.station_a("S") == 32.0
    config = replace(story.site.stations["S"], maximum=Current(16.0))
    story.site = story.commitments.site = replace(story.site, stations={"S": config})
    assert story.commitments.station_a("S") == 16.0
