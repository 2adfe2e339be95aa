"""What each event changes of a station, and what it leaves alone."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.control.transitions import after, with_evses
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import (
    AvailabilityChanged,
    Booted,
    CertificateRequested,
    Connected,
    DataReceived,
    DiagnosticsReported,
    Disconnected,
    Event,
    FirmwareReported,
    Heard,
    Learnt,
    MetersSampled,
    SecurityReported,
    StatusReported,
    TokenPresented,
    TransactionEnded,
    TransactionStarted,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.readings import Reading, Sample
from custom_components.evenload.engine.model.stations import (
    Evse,
    EvseSettings,
    EvseStatus,
    OcppVersion,
    Station,
    StationError,
    StationInfo,
)

T0 = datetime(2026, 6, 1, tzinfo=UTC)
SITE = SiteConfig(
    "Home", Current(25), stations={"garage": StationConfig("garage", "Garage")}
)
ME = {"identity": "garage", "at": T0}
DRAWING = Reading(
    T0 - timedelta(minutes=1), 3680.0, {Phase.L1: 16.0}, {Phase.L1: 230.0}
)
STATION = Station(
    "garage",
    connected=True,
    version=OcppVersion.V16,
    info=StationInfo("Acme", "One"),
    capabilities=Capabilities(evses=2),
    evses={
        n: Evse(
            EvseKey("garage", n),
            EvseStatus.CHARGING,
            T0 - timedelta(hours=1),
            reading=DRAWING,
            settings=EvseSettings(charging_allowed=False),
        )
        for n in (1, 2)
    },
    last_seen=T0 - timedelta(minutes=1),
)


def told(event: Event, station: Station = STATION) -> Station:
    return after(station, event, SITE)


def changed(old: object, new: object) -> set[str]:
    """The names of the fields that differ."""
    return {f.name for f in fields(old) if getattr(old, f.name) != getattr(new, f.name)}


def sampled(value: float, at: datetime = T0, evse: int = 1) -> MetersSampled:
    samples = (Sample("Current.Import", value, "A", "L1"),)
    return MetersSampled(identity="garage", at=at, evse=evse, samples=samples)


NEWS = StationInfo("Acme", "Two")


@pytest.mark.parametrize(
    ("event", "of_station", "of_evse"),
    [
        (Heard(**ME), set(), set()),
        (
            Connected(**ME, version=OcppVersion.V201, address="a"),
            {"version", "protection"},
            set(),
        ),
        (Disconnected(**ME, reason="gone"), {"connected"}, set()),
        (Booted(**ME, info=NEWS), {"info", "booted_at"}, set()),
        (
            Learnt(**ME, capabilities=Capabilities(features=("Core",))),
            {"capabilities"},
            set(),
        ),
        (
            StatusReported(**ME, evse=1, status=EvseStatus.SUSPENDED_EV),
            {"evses"},
            {"status", "status_at", "reading"},
        ),
        (
            StatusReported(**ME, evse=1, status=EvseStatus.CHARGING),
            {"evses"},
            {"status_at"},
        ),
        (
            StatusReported(
                **ME,
                evse=1,
                status=EvseStatus.FAULTED,
                error=StationError("GroundFailure", "E7", "wet"),
            ),
            {"evses"},
            {"status", "status_at", "reading", "error"},
        ),
        (
            StatusReported(**ME, evse=1, status=EvseStatus.UNAVAILABLE),
            {"evses"},
            {"status", "status_at", "reading", "operative"},
        ),
        (
            StatusReported(**ME, evse=0, status=EvseStatus.UNAVAILABLE),
            {"operative"},
            set(),
        ),
        (
            StatusReported(
                **ME,
                evse=0,
                status=EvseStatus.FAULTED,
                error=StationError("InternalError"),
            ),
            {"error"},
            set(),
        ),
        (AvailabilityChanged(**ME, evse=1, operative=False), {"evses"}, {"operative"}),
        (AvailabilityChanged(**ME, evse=0, operative=False), {"operative"}, set()),
        (sampled(6), {"evses"}, {"reading"}),
        (sampled(6, evse=0), set(), set()),
        (FirmwareReported(**ME, status="Installing"), {"firmware_status"}, set()),
        (DiagnosticsReported(**ME, status="Uploading"), {"diagnostics_status"}, set()),
        (SecurityReported(**ME, type="TamperDetection"), set(), set()),
        (TokenPresented(**ME, token="t", accepted=True), set(), set()),
        (DataReceived(**ME, vendor="v", message=None, data=None), set(), set()),
        (CertificateRequested(**ME, csr="c"), set(), set()),
        (
            TransactionStarted(
                **ME, evse=1, transaction_id="1", token="t", meter_start_wh=0
            ),
            set(),
            set(),
        ),
        (TransactionEnded(**ME, transaction_id="1", meter_stop_wh=0), set(), set()),
    ],
)
def test_what_an_event_changes(
    event: Event, of_station: set[str], of_evse: set[str]
) -> None:
    station = told(event)
    heard = set() if isinstance(event, Disconnected) else {"last_seen"}
    assert changed(STATION, station) == of_station | heard
    assert changed(STATION.evses[1], station.evses[1]) == of_evse
    assert station.evses[2] == STATION.evses[2], "the other EVSE has nothing to do with"


def test_an_old_socket_that_closes_is_no_farewell() -> None:
    assert told(Disconnected(**ME, reason="", replaced=True)) == STATION


@pytest.mark.parametrize("ago_s", [61, 3600])
def test_last_seen_does_not_go_back(ago_s: float) -> None:
    station = told(Heard(identity="garage", at=T0 - timedelta(seconds=ago_s)))
    assert station.last_seen == STATION.last_seen


@pytest.mark.parametrize("status", list(EvseStatus))
def test_only_a_charging_vehicle_draws(status: EvseStatus) -> None:
    reading = told(StatusReported(**ME, evse=1, status=status)).evses[1].reading
    draws = status is EvseStatus.CHARGING
    assert reading.current_a == {Phase.L1: 16.0 if draws else 0.0}
    assert reading.power_w == (3680.0 if draws else 0.0)
    assert reading.voltage_v == {Phase.L1: 230.0}, "the voltage stays"


def test_what_was_never_measured_stays_unknown() -> None:
    station = with_evses(Station("garage"), 1)
    station = told(StatusReported(**ME, evse=1, status=EvseStatus.PREPARING), station)
    assert station.evses[1].reading == Reading()


@pytest.mark.parametrize(
    ("told_s", "current_a"),
    [(-20, 0.0), (0, 0.0), (1, 9.0)],
)
def test_a_sample_from_before_the_stop_does_not_draw_after_it(
    told_s: float, current_a: float
) -> None:
    """Ocular tells its last meter values after the stop; a later sample is believed, whatever the status says."""
    station = told(StatusReported(**ME, evse=1, status=EvseStatus.FINISHING))
    reading = (
        told(sampled(9.0, T0 + timedelta(seconds=told_s)), station).evses[1].reading
    )
    assert reading.currents.l1 == current_a
    assert reading.power_w == current_a * 230


def test_evses_come_and_never_go() -> None:
    station = told(StatusReported(**ME, evse=4, status=EvseStatus.AVAILABLE))
    assert list(station.evses) == [1, 2, 3, 4]
    station = told(Learnt(**ME, capabilities=Capabilities(evses=1)), station)
    assert list(station.evses) == [1, 2, 3, 4]
    fresh = told(Learnt(**ME, capabilities=Capabilities()), Station("garage"))
    assert list(fresh.evses) == [1]


# The site cuts the future off at the present (desk.py); here the past is what may freeze.


@pytest.mark.parametrize(
    "clock",
    [
        [datetime(1970, 1, 1, tzinfo=UTC), T0],
        [T0, datetime(1970, 1, 1, tzinfo=UTC)],
        [T0, datetime(2000, 1, 1, tzinfo=UTC), T0 + timedelta(minutes=1)],
        [T0 + timedelta(days=365), T0],
    ],
)
def test_a_clock_that_jumps_does_not_freeze_the_reading(clock: list[datetime]) -> None:
    station = STATION
    for n, at in enumerate(clock):
        event = replace(sampled(7.0 + n), at=at)
        station = told(event, station)
        assert station.evses[1].reading.currents.l1 == 7.0 + n


def test_who_shows_more_evses_than_it_says_to_have_is_asked_for_all() -> None:
    shown = StatusReported(**ME, evse=3, status=EvseStatus.AVAILABLE)
    station = told(shown)
    assert station.capabilities.evses == 3
    again = Learnt(**ME, capabilities=Capabilities(evses=1))
    assert told(again, station).capabilities.evses == 3
    nothing_said = Learnt(**ME, capabilities=Capabilities())
    assert told(nothing_said, station).capabilities.evses is None
