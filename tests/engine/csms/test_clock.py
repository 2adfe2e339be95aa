"""A station's clock is measured, and limits that end are written in its time (1.6 §4.6, §7.8; 2.0.1 B01, K01)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.csms import clock
from custom_components.evenload.engine.csms.clock import StationClock
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.clocks import SAME_S, Clock
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.orders import Layer, LimitOrder, Outcome
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import Dialler2
from tests.engine.csms.limit_taker import NOW, Taker
from tests.engine.csms.notices import told

LEASE = LimitOrder(1, Current(10), Layer.LEASE, lease_s=600)


class Watched:
    """A clock that is watched, and what time it is for us."""

    def __init__(self, known: Clock = Clock()) -> None:  # it is frozen
        self.now = NOW
        self.heard: list[Clock] = []
        self.clock = StationClock(known, self.heard.append, lambda: self.now)

    def show(self, ahead_s: float, every_s: float = 10, times: int = 1) -> float | None:
        """Show times so far ahead, one after the other."""
        for _ in range(times):
            self.now += timedelta(seconds=every_s)
            self.clock.shown(self.now + timedelta(seconds=ahead_s))
        return self.clock.known.ahead_s


@pytest.mark.parametrize("ahead_s", [-7000.0, -100.0, -0.5, 100.0, 7000.0])
def test_messages_as_they_happen_show_the_clock(ahead_s: float) -> None:
    watched = Watched()
    # Some of them a little late.
    for late_s in (0, 3, 1, 2, 0, 4, 0, 1):
        watched.show(ahead_s - late_s)
    assert watched.clock.known.ahead_s == pytest.approx(ahead_s, abs=5)
    assert len(watched.heard) == 1


def test_a_queue_told_late_is_no_clock_that_lags() -> None:
    # §4.10: what happened offline is told when the network is back, faster than it happened.
    watched = Watched()
    for minute in range(120):
        watched.show(60.0 * minute - 7200, every_s=0.5)
    assert watched.clock.known == Clock()
    watched.show(0)
    assert watched.clock.known.ahead_s == 0
    assert watched.show(-7200, every_s=0.5, times=20) == 0


@given(
    st.lists(st.floats(1, 1e6), max_size=60), st.sampled_from([-3000.0, 0.0, 3000.0])
)
def test_late_messages_among_others_change_nothing(
    late: list[float], ahead_s: float
) -> None:
    watched = Watched()
    watched.show(ahead_s, times=20)
    for late_s in late:
        if abs(ahead_s - late_s) <= SAME_S:
            # It looks as if the clock had been set.
            continue
        watched.show(ahead_s, every_s=5)
        watched.show(ahead_s - late_s, every_s=5)
        assert watched.clock.known.ahead_s == pytest.approx(ahead_s, abs=SAME_S)


def test_a_clock_that_is_set_is_believed_at_once() -> None:
    watched = Watched()
    assert watched.show(5000, times=4) == 5000
    assert watched.show(0) == 0
    # Nobody tells of what has not happened yet.
    assert watched.show(5000) == 5000
    watched.clock.booted()
    assert watched.clock.known == Clock()
    # Nor is it forgotten with the connection, until the station boots.
    again = Watched(Clock(5000))
    assert again.clock.known.ahead_s == 5000


def test_who_takes_the_time_is_not_told_of() -> None:
    watched = Watched()
    watched.clock.booted()
    watched.show(5000, times=3)
    assert not watched.clock.known.is_astray
    # A minute after it was told the time it has had time to take it.
    watched.show(5000, times=5)
    assert watched.clock.known.is_astray
    watched.show(-2)
    assert not watched.clock.known.is_astray


def schedule(taker: Taker) -> dict[str, Any]:
    _, payload = taker.calls[-1]
    profile = payload.get("csChargingProfiles") or payload["chargingProfile"]
    found = profile["chargingSchedule"]
    return found if isinstance(found, dict) else found[0]


def begin(taker: Taker) -> datetime:
    return datetime.fromisoformat(schedule(taker)["startSchedule"])


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
@pytest.mark.parametrize(
    ("ahead_s", "read", "shift_s"),
    [
        (None, None, 0),
        (8.0, None, 0),
        (1000.0, None, 1000),
        (-1000.0, None, -1000),
        # An hour: it may only write local time as if it were UTC.
        (3598.0, None, 0),
        (-18000.0, None, 0),
        (3598.0, True, 3598),
        (1000.0, False, 0),
    ],
)
async def test_a_lease_is_written_in_the_stations_own_time(
    version: str, ahead_s: float | None, read: bool | None, shift_s: float
) -> None:
    known = Capabilities(reads_own_clock=read)
    taker = Taker(version=version, clock=Clock(ahead_s), known=known)
    assert await taker.limits.set(LEASE) is Outcome.APPLIED
    shift = timedelta(seconds=shift_s)
    assert begin(taker) == NOW + shift - timedelta(seconds=300)
    assert schedule(taker)["duration"] == 900


async def test_where_it_is_still_1970_nothing_begins_before_that() -> None:
    # OCPP's times are those of RFC 3339; many stations count seconds from 1970.
    behind = datetime(1970, 1, 1, 0, 1, tzinfo=UTC) - NOW
    taker = Taker(clock=Clock(behind.total_seconds()))
    await taker.limits.set(LEASE)
    assert begin(taker) == datetime(1970, 1, 1, tzinfo=UTC)
    assert schedule(taker)["duration"] == 660
    await taker.limits.set(LimitOrder(0, Current(10)))
    assert begin(taker) == datetime(1970, 1, 1, tzinfo=UTC)


async def shows(station: Dialler, ahead_s: float, *, offline: bool = False) -> None:
    at = (datetime.now(UTC) + timedelta(seconds=ahead_s)).isoformat()
    if isinstance(station, Dialler2):
        fields: dict[str, Any] = {
            "eventType": "Updated",
            "timestamp": at,
            "triggerReason": "MeterValuePeriodic",
            "seqNo": 1,
            "transactionInfo": {"transactionId": "T"},
            "evse": {"id": 1},
            "offline": offline,
        }
        await station.result("TransactionEvent", fields)
        return
    value = {"timestamp": at, "sampledValue": [{"value": "1"}]}
    await station.result("MeterValues", {"connectorId": 1, "meterValue": [value]})


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AHEAD_APART", "BEHIND_APART", "TAKEN_AFTER"):
        monkeypatch.setattr(clock, name, timedelta(0))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_the_owner_is_told_of_a_clock_that_stays_wrong(
    open_site: OpenSite, version: str
) -> None:
    site: Site = await open_site("A")
    kind = Dialler if version == "1.6" else Dialler2
    async with kind(site.port, "A") as station:
        await station.boot()
        await shows(station, 1000)
        assert NoticeKind.CLOCK_WRONG not in told(site)
        await shows(station, 1000)
        notice = told(site)[NoticeKind.CLOCK_WRONG]
        assert (notice.subject, notice.placeholders["minutes"]) == ("A", "17")
        assert site.stations["A"].clock.ahead_s == pytest.approx(1000, abs=5)
        await shows(station, 0)
        assert NoticeKind.CLOCK_WRONG not in told(site)


@pytest.mark.usefixtures("quick")
async def test_what_is_marked_as_offline_shows_no_clock(open_site: OpenSite) -> None:
    # 2.0.1 E04.FR.03: `offline` is true where the event happened while the station was offline.
    site = await open_site("A")
    async with Dialler2(site.port, "A") as station:
        await station.boot()
        for _ in range(3):
            await shows(station, -5000, offline=True)
        assert site.stations["A"].clock == Clock()
