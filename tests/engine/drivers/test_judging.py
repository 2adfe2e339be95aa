"""What is answered to a token, as a table: policy, driver, card, time and place."""

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.drivers.judging import Judge, group_of
from custom_components.evenload.engine.drivers.listing import lines_for, version_of
from custom_components.evenload.engine.drivers.tokens import is_valid, plain
from custom_components.evenload.engine.model.drivers import (
    OWN_TOKEN,
    Admission,
    Driver,
    DriverToken,
    Hours,
    TokenPolicy,
    Verdict,
)

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, at noon in Berlin.
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)

FREE = Admission()
KNOWN = Admission(TokenPolicy.KNOWN)
ON_ANNAS = Admission(TokenPolicy.PLUG_AND_CHARGE, "anna")

CARD = DriverToken("04A2B3C4D5E6F7")
ANNA = Driver(id="anna", name="Anna", tokens=(CARD,))
ELSEWHERE = replace(ANNA, stations=frozenset({"B"}))
MORNINGS = replace(ANNA, hours=Hours(time(6), time(9), zone=BERLIN))
NIGHTS = replace(
    ANNA, hours=Hours(time(22), time(6), frozenset({0}), BERLIN), concurrent=True
)
BARRED = replace(ANNA, blocked=True)
LOST = replace(ANNA, tokens=(replace(CARD, blocked=True),))
EXPIRED = replace(ANNA, tokens=(replace(CARD, until=NOON),))
NOT_YET = replace(ANNA, tokens=(replace(CARD, until=NOON.replace(hour=12)),))


@pytest.mark.parametrize(
    ("driver", "admission", "token", "verdict"),
    [
        (ANNA, KNOWN, "04A2B3C4D5E6F7", Verdict.ACCEPTED),
        # IdToken is a CiString in 1.6 and an identifierString in 2.x: case means nothing.
        (ANNA, KNOWN, "04a2b3c4d5e6f7", Verdict.ACCEPTED),
        (ANNA, KNOWN, "04:a2:b3:c4:d5:e6:f7", Verdict.ACCEPTED),
        (ANNA, KNOWN, "04A2B3C4D5E6F8", Verdict.UNKNOWN),
        (ANNA, FREE, "04A2B3C4D5E6F8", Verdict.ACCEPTED),
        (ANNA, ON_ANNAS, "04A2B3C4D5E6F8", Verdict.ACCEPTED),
        (ANNA, KNOWN, None, Verdict.UNKNOWN),
        (ANNA, FREE, None, Verdict.ACCEPTED),
        (ANNA, KNOWN, OWN_TOKEN, Verdict.ACCEPTED),
        (ELSEWHERE, KNOWN, CARD.value, Verdict.NOT_HERE),
        (ELSEWHERE, FREE, CARD.value, Verdict.ACCEPTED),
        (MORNINGS, KNOWN, CARD.value, Verdict.NOT_NOW),
        (MORNINGS, FREE, CARD.value, Verdict.ACCEPTED),
        (BARRED, KNOWN, CARD.value, Verdict.BLOCKED),
        (BARRED, FREE, CARD.value, Verdict.BLOCKED),
        (LOST, ON_ANNAS, CARD.value, Verdict.BLOCKED),
        (EXPIRED, KNOWN, CARD.value, Verdict.EXPIRED),
        (EXPIRED, FREE, CARD.value, Verdict.ACCEPTED),
        (NOT_YET, KNOWN, CARD.value, Verdict.ACCEPTED),
    ],
)
def test_who_may_charge(
    driver: Driver, admission: Admission, token: str | None, verdict: Verdict
) -> None:
    judged = Judge([driver]).judge(token, "A", admission, NOON, ())
    assert judged.verdict is verdict


def test_a_token_that_charges_elsewhere_is_refused_where_only_drivers_may() -> None:
    busy = {plain(CARD.value)}
    judge = Judge([ANNA])
    assert judge.judge(CARD.value, "A", KNOWN, NOON, busy).verdict is Verdict.CONCURRENT
    assert judge.judge(CARD.value, "A", FREE, NOON, busy).accepted
    several = Judge([replace(ANNA, concurrent=True)])
    assert several.judge(CARD.value, "A", KNOWN, NOON, busy).accepted


def test_a_station_forgets_what_it_was_answered_when_that_changes() -> None:
    six = NOON.replace(hour=6, minute=30)
    judged = Judge([MORNINGS]).judge(CARD.value, "A", KNOWN, six, ())
    assert judged.until == NOON.replace(hour=8)
    short = replace(MORNINGS, tokens=(replace(CARD, until=six.replace(hour=7)),))
    judged = Judge([short]).judge(CARD.value, "A", KNOWN, six, ())
    assert judged.until == six.replace(hour=7, minute=30)


@pytest.mark.parametrize(
    ("at", "until"),
    [("00:15", "00:30"), ("00:45", None), ("01:15", "01:30"), ("01:45", None)],
)
def test_hours_that_the_clock_goes_through_twice_end_twice(
    at: str, until: str | None
) -> None:
    """Summer ends at 01:00 UTC; what a station is answered holds until a moment that is still to come."""
    hours = Hours(time(1), time(2, 30), zone=BERLIN)
    found = hours.until(datetime.fromisoformat(f"2026-10-25T{at}Z"))
    assert found == (until and datetime.fromisoformat(f"2026-10-25T{until}Z"))


@pytest.mark.parametrize(
    ("ends", "at", "until"),
    [
        # The clock leaps from 02:00 to 03:00.
        (time(2, 30), "00:59", "01:00"),
        (time(2, 30), "01:00", None),
        (time(3), "00:59", "01:00"),
        (time(3, 30), "01:00", "01:30"),
    ],
)
def test_hours_that_the_clock_leaps_over_end_when_it_does(
    ends: time, at: str, until: str | None
) -> None:
    hours = Hours(time(1), ends, zone=BERLIN)
    found = hours.until(datetime.fromisoformat(f"2026-03-29T{at}Z"))
    assert found == (until and datetime.fromisoformat(f"2026-03-29T{until}Z"))


@pytest.mark.parametrize(
    ("at", "within"),
    [
        (datetime(2026, 11, 23, 22, tzinfo=BERLIN), True),
        (datetime(2026, 11, 24, 5, 59, tzinfo=BERLIN), True),
        (datetime(2026, 11, 24, 6, tzinfo=BERLIN), False),
        (datetime(2026, 11, 24, 23, tzinfo=BERLIN), False),
        (datetime(2026, 11, 23, 5, tzinfo=BERLIN), False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(
    at: datetime, *, within: bool
) -> None:
    assert NIGHTS.hours is not None
    assert NIGHTS.hours.include(at.astimezone(UTC)) is within


def test_an_account_is_the_cards_and_else_the_stations() -> None:
    ben = Driver(id="ben", name="Ben", tokens=(DriverToken("BEN"),))
    judge = Judge([ANNA, ben])
    assert judge.driver_of("ben", ON_ANNAS) == "ben"
    assert judge.driver_of("stranger", ON_ANNAS) == "anna"
    assert judge.driver_of(None, ON_ANNAS) == "anna"
    assert judge.driver_of("stranger", KNOWN) is None
    gone = Admission(TokenPolicy.PLUG_AND_CHARGE, "carl")
    assert judge.driver_of(None, gone) is None


def test_a_group_fits_the_oldest_version_and_tells_nobody_anything() -> None:
    assert len(group_of("01JDXM2T5Z8K9Q0W3E4R5T6Y7U")) <= 20
    assert group_of("anna") != group_of("ben")
    assert "anna" not in group_of("anna").lower()


def test_a_stations_list_has_who_may_always_and_who_never_may() -> None:
    ben = replace(LOST, id="ben", tokens=(DriverToken("BEN", blocked=True),))
    far = replace(ELSEWHERE, id="far", tokens=(DriverToken("FAR"),))
    night = replace(NIGHTS, id="night", tokens=(DriverToken("NIGHT"),))
    long = replace(ANNA, id="long", tokens=(DriverToken("L" * 21),))
    lines = lines_for([ANNA, ben, far, night, long], "A")
    assert [(line.token, line.accepted) for line in lines] == [
        ("04A2B3C4D5E6F7", True),
        ("BEN", False),
    ]
    assert lines[0].group == group_of("anna")
    assert "FAR" in {line.token for line in lines_for([far], "B")}


def test_equal_lists_have_equal_versions_and_others_have_others() -> None:
    one, other = lines_for([ANNA], "A"), lines_for([LOST], "A")
    assert version_of(one) == version_of(lines_for([ANNA], "A"))
    assert len({version_of(one), version_of(other), version_of(())}) == 3
    assert version_of(()) == 0


@given(st.text())
def test_writing_a_token_plainly_again_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("token", "written"),
    [
        (" 04-a2-b3 ", "04A2B3"),
        ("DE-8AA-1A2B3C4D5", "DE-8AA-1A2B3C4D5"),
        ("VID:001122AABBCC", "001122AABBCC"),
        ("video", "VIDEO"),
    ],
)
def test_cards_vehicles_and_contracts_are_told_apart(token: str, written: str) -> None:
    assert plain(token) == written
    assert is_valid(plain(token))
