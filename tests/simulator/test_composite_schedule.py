"""The composite schedule against a slow reading of OCPP 1.6 §3.13, minute by minute."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
import math

from hypothesis import given, settings, strategies as st

from simulator.composite import Situation, composite_schedule
from simulator.limit import Limit
from simulator.ocpp16.profile_json import read_profile
from simulator.profiles import Installed, ProfileStore, RateUnit, Rules

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
TRANSACTION_START = NOW - timedelta(minutes=33)
WINDOW_MINUTES = 480
RATING_A = 32
VOLTAGE_V = 230
MINUTE = timedelta(minutes=1)


# What the text says, written down without a thought for speed. It works on the payloads themselves.


def moment(text):
    return datetime.fromisoformat(text)


def says(profile, at):
    """(amperes, phases) of one profile at a time, or None."""
    if "validFrom" in profile and at < moment(profile["validFrom"]):
        return None
    if "validTo" in profile and at >= moment(profile["validTo"]):
        return None
    schedule = profile["chargingSchedule"]
    kind = profile["chargingProfileKind"]
    if kind == "Relative" or "startSchedule" not in schedule:
        relative_to = (
            NOW
            if profile["chargingProfilePurpose"] == "ChargePointMaxProfile"
            else TRANSACTION_START
        )
        starts = [relative_to]
    elif kind == "Absolute":
        starts = [moment(schedule["startSchedule"])]
    else:
        days = 1 if profile["recurrencyKind"] == "Daily" else 7
        first = moment(schedule["startSchedule"])
        starts = [first + n * timedelta(days=days) for n in range(40)]
    begun = [start for start in starts if start <= at]
    if not begun:
        return None
    minutes = (at - max(begun)) / MINUTE
    if "duration" in schedule and minutes * 60 >= schedule["duration"]:
        return None
    current = None
    for period in schedule["chargingSchedulePeriod"]:
        if period["startPeriod"] <= minutes * 60:
            current = period
    if current is None:
        return None
    phases = current.get("numberPhases", 3)
    amperes = Fraction(str(current["limit"]))
    if schedule["chargingRateUnit"] == "W":
        amperes /= VOLTAGE_V * phases
    return amperes, phases


def installed(sequence):
    """What is left after installing one after the other."""
    there = []
    for connector, profile in sequence:

        def same(other, connector=connector, profile=profile):
            there_connector, there_profile = other
            return there_profile["chargingProfileId"] == profile[
                "chargingProfileId"
            ] or (
                there_connector == connector
                and there_profile["stackLevel"] == profile["stackLevel"]
                and there_profile["chargingProfilePurpose"]
                == profile["chargingProfilePurpose"]
            )

        there = [other for other in there if not same(other)] + [(connector, profile)]
    return there


def prevailing(there, purpose, connector, at):
    best = None
    for where, profile in there:
        if profile["chargingProfilePurpose"] != purpose or where not in (0, connector):
            continue
        value = says(profile, at)
        rank = (where != 0, profile["stackLevel"])
        if value is not None and (best is None or rank > best[0]):
            best = (rank, value)
    return best and best[1]


def expected(there, connector, at):
    """The composite for a connector, in tenths of amperes rounded down, and phases."""
    own = prevailing(there, "TxProfile", connector, at) or prevailing(
        there, "TxDefaultProfile", connector, at
    )
    station = prevailing(there, "ChargePointMaxProfile", 0, at)
    values = [(Fraction(RATING_A), 3), *(value for value in (own, station) if value)]
    return math.floor(min(a for a, _ in values) * 10) / 10, min(p for _, p in values)


def minutes_from_now(low, high):
    return st.integers(low, high).map(
        lambda m: (NOW + m * MINUTE).isoformat().replace("+00:00", "Z")
    )


@st.composite
def periods(draw):
    starts = sorted(
        draw(st.sets(st.integers(0, 300), min_size=0, max_size=3))
        | {draw(st.sampled_from([0, 0, 0, 20]))}
    )
    unit = draw(st.sampled_from(["A", "W"]))
    made = []
    for start in starts:
        tenths = draw(st.integers(0, 400 if unit == "A" else 250_000))
        made.append({"startPeriod": start * 60, "limit": tenths / 10})
        if draw(st.booleans()):
            made[-1]["numberPhases"] = draw(st.integers(1, 3))
    return unit, made


@st.composite
def profiles(draw):
    purpose = draw(
        st.sampled_from(["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"])
    )
    kind = draw(st.sampled_from(["Absolute", "Recurring", "Relative"]))
    unit, made = draw(periods())
    schedule = {"chargingRateUnit": unit, "chargingSchedulePeriod": made}
    if kind == "Recurring" or draw(st.booleans()):
        schedule["startSchedule"] = draw(minutes_from_now(-3000, 400))
    if draw(st.booleans()):
        schedule["duration"] = draw(st.integers(1, 500)) * 60
    profile = {
        "chargingProfileId": draw(st.integers(1, 8)),
        "stackLevel": draw(st.integers(0, 3)),
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": kind,
        "chargingSchedule": schedule,
    }
    if kind == "Recurring":
        profile["recurrencyKind"] = draw(st.sampled_from(["Daily", "Weekly"]))
    if draw(st.integers(0, 3)) == 0:
        profile["validFrom"] = draw(minutes_from_now(-300, 300))
    if draw(st.integers(0, 3)) == 0:
        profile["validTo"] = draw(minutes_from_now(-60, 500))
    connector = {"ChargePointMaxProfile": 0, "TxProfile": draw(st.integers(1, 2))}.get(
        purpose, draw(st.integers(0, 2))
    )
    return connector, profile


def store_of(sequence):
    store = ProfileStore(Rules(frozenset({1, 2})))
    for connector, profile in sequence:
        store.install(
            Installed(connector, read_profile(profile), NOW),
            in_transaction=True,
            transaction_id=1,
        )
    return store


SITUATION = Situation(VOLTAGE_V, {1: TRANSACTION_START, 2: TRANSACTION_START}, NOW)
RATINGS = {0: Limit(2 * RATING_A), 1: Limit(RATING_A), 2: Limit(RATING_A)}


def at_minute(schedule, minute):
    return [period for period in schedule.periods if period.start_s <= minute * 60][-1]


@settings(max_examples=120, deadline=None)
@given(st.lists(profiles(), max_size=7))
def test_composite_is_what_the_text_says(sequence):
    store, there = store_of(sequence), installed(sequence)
    assert len(store) == len(there)
    one = composite_schedule(
        store, SITUATION, RATINGS, 1, WINDOW_MINUTES * 60, RateUnit.AMPERES
    )
    for minute in range(WINDOW_MINUTES):
        period = at_minute(one, minute)
        assert (period.limit, period.phases) == expected(
            there, 1, NOW + minute * MINUTE
        ), minute


@settings(max_examples=60, deadline=None)
@given(st.lists(profiles(), max_size=7))
def test_station_takes_no_more_than_its_limit_and_its_connectors_may(sequence):
    store, there = store_of(sequence), installed(sequence)
    total = composite_schedule(
        store, SITUATION, RATINGS, 0, WINDOW_MINUTES * 60, RateUnit.AMPERES
    )
    for minute in range(0, WINDOW_MINUTES, 7):
        at = NOW + minute * MINUTE
        own = [
            prevailing(there, "TxProfile", c, at)
            or prevailing(there, "TxDefaultProfile", c, at)
            or (RATING_A, 3)
            for c in (1, 2)
        ]
        station = prevailing(there, "ChargePointMaxProfile", 0, at)
        limit = min(
            sum(min(a, RATING_A) for a, _ in own),
            station[0] if station else 2 * RATING_A,
        )
        assert at_minute(total, minute).limit == math.floor(Fraction(limit) * 10) / 10
