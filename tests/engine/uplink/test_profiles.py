"""What the profiles of a CSMS above allow at a moment, as a table from the text of 1.6 §3.13 and 2.0.1 block K."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.uplink.profile import (
    NotAProfile,
    Profile,
    checked,
)
from custom_components.evenload.engine.uplink.profiles import Profiles

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
IDS = iter(range(1, 10_000))


def profile(
    *periods: tuple[int, float],
    purpose: str = "TxDefaultProfile",
    kind: str = "Absolute",
    level: int = 0,
    evse: int = 1,
    unit: str = "A",
    start: datetime | None = NOON,
    duration: int | None = None,
    **body: Any,
) -> Profile:
    schedule: dict[str, Any] = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [
            {"startPeriod": begins, "limit": limit} for begins, limit in periods
        ],
    }
    if start is not None:
        schedule["startSchedule"] = start.isoformat()
    if duration is not None:
        schedule["duration"] = duration
    return checked(
        Profile(
            evse,
            {
                "chargingProfileId": next(IDS),
                "stackLevel": level,
                "chargingProfilePurpose": purpose,
                "chargingProfileKind": kind,
                "chargingSchedule": schedule,
            }
            | body,
            is_oldest=True,
        )
    )


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


HOURS = profile((0, 16), (3600, 8), duration=7200)
NIGHTLY = profile(
    (0, 10), kind="Recurring", duration=3600, recurrencyKind="Daily", start=NOON
)


@pytest.mark.parametrize(
    ("profiles", "minutes", "limits", "changes"),
    [
        ([HOURS], -1, (), 0),
        ([HOURS], 0, (Current(16),), 60),
        ([HOURS], 61, (Current(8),), 120),
        ([HOURS], 120, (), None),
        # A day later it holds again, for an hour.
        ([NIGHTLY], 1440 + 30, (Current(10),), 1500),
        ([NIGHTLY], 1440 + 61, (), 2880),
        # Relative: from plugging in, ten minutes before noon.
        (
            [profile((0, 6), (1800, 12), kind="Relative", start=None)],
            0,
            (Current(6),),
            20,
        ),
        (
            [profile((0, 6), (1800, 12), kind="Relative", start=None)],
            21,
            (Current(12),),
            None,
        ),
        # The higher stack level holds while it says anything; then the lower one does.
        (
            [profile((0, 20)), profile((0, 7), level=3, duration=600)],
            5,
            (Current(7),),
            10,
        ),
        (
            [profile((0, 20)), profile((0, 7), level=3, duration=600)],
            11,
            (Current(20),),
            None,
        ),
        # Of the purposes each bounds; a transaction's profile stands in for the default one.
        (
            [
                profile((0, 20)),
                profile((0, 25), purpose="TxProfile", transactionId=7),
                profile(
                    (0, 11_000), purpose="ChargingStationExternalConstraints", unit="W"
                ),
            ],
            1,
            (Current(25), Power(11_000)),
            None,
        ),
        # A profile for another transaction is none for this.
        ([profile((0, 25), purpose="TxProfile", transactionId=8)], 1, (), None),
        # The station's default holds at each EVSE; the EVSE's own goes before it.
        ([profile((0, 9), evse=0)], 1, (Current(9),), None),
        ([profile((0, 9), evse=0), profile((0, 12))], 1, (Current(12),), None),
        # What bounds the whole station is no EVSE's alone.
        ([profile((0, 9), evse=0, purpose="ChargePointMaxProfile")], 1, (), None),
        ([profile((0, 9), validTo=at(5).isoformat())], 1, (Current(9),), 5),
        ([profile((0, 9), validFrom=at(5).isoformat())], 1, (), 5),
    ],
)
def test_what_holds(
    profiles: list[Profile],
    minutes: float,
    limits: tuple[Limit, ...],
    changes: float | None,
) -> None:
    known = Profiles()
    for one in profiles:
        known.put(one)
    found = known.limits(1, "7", at(minutes), at(-10))
    assert found == (limits, None if changes is None else at(changes))


def test_the_station_as_a_whole_is_bound_by_its_maximum() -> None:
    known = Profiles([profile((0, 9), evse=0, purpose="ChargePointMaxProfile")])
    assert known.limits(0, None, at(1), None) == ((Current(9),), None)


def test_without_a_transaction_no_transactions_profile_holds() -> None:
    known = Profiles([profile((0, 9), purpose="TxProfile")])
    assert known.limits(1, None, at(1), None) == ((), None)
    assert known.limits(1, "7", at(1), None) == ((Current(9),), None)


def test_one_with_the_same_place_purpose_and_level_is_replaced() -> None:
    """K01.FR.05, 1.6 §5.16.2."""
    known = Profiles()
    known.put(profile((0, 9)))
    known.put(profile((0, 12)))
    assert known.limits(1, None, at(1), None) == ((Current(12),), None)
    assert known.clear()
    assert known.limits(1, None, at(1), None) == ((), None)


def test_they_are_cleared_by_what_is_said_of_them() -> None:
    default, most = (
        profile((0, 9)),
        profile((0, 9), evse=0, purpose="ChargePointMaxProfile"),
    )
    for said, left in (
        ({"profile_id": most.id}, {default.id}),
        ({"evse": 1}, {most.id}),
        ({"purpose": "ChargePointMaxProfile"}, {default.id}),
        ({"stack_level": 5}, {default.id, most.id}),
        ({"evse": 1, "purpose": "ChargePointMaxProfile"}, {default.id, most.id}),
        ({}, set()),
    ):
        known = Profiles([default, most])
        assert known.clear(**said) is (len(left) < 2)
        assert {one.id for one in known} == left


def test_a_transactions_profile_goes_with_it() -> None:
    known = Profiles([profile((0, 9), purpose="TxProfile", transactionId=7)])
    assert not known.ended("8")
    assert known.ended("7")


@pytest.mark.parametrize(
    "wrong",
    [
        {"periods": ()},
        {"periods": ((60, 9.0),)},
        {"periods": ((0, 9.0), (0, 8.0))},
        {"periods": ((0, float("nan")),)},
        {"periods": ((0, 9.0),), "purpose": "PriorityCharging"},
        {"periods": ((0, 9.0),), "purpose": "TxProfile", "evse": 0},
        {"periods": ((0, 9.0),), "level": -1},
    ],
)
def test_what_cannot_be_held_to_is_refused(wrong: dict[str, Any]) -> None:
    periods = wrong.pop("periods")
    with pytest.raises(NotAProfile):
        profile(*periods, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"validFrom": "tomorrow"},
        {"validTo": "9999-99-99"},
        {"chargingProfileKind": "Whenever"},
        {"chargingSchedule": {"startSchedule": "soon"}},
        {"chargingSchedule": {"duration": 10**12}},
        {"chargingSchedule": {"duration": -1}},
        {
            "chargingSchedule": {
                "chargingSchedulePeriod": [
                    {"startPeriod": 0, "limit": 9},
                    {"startPeriod": 10**15, "limit": 9},
                ]
            }
        },
    ],
)
def test_times_that_nobody_can_reckon_with_never_reach_the_balancer(
    wrong: dict[str, Any],
) -> None:
    """Schemas check no times: an unreadable one would stop the sharing of a whole house."""
    body = dict(profile((0, 9)).body)
    schedule = body["chargingSchedule"] | wrong.get("chargingSchedule", {})
    with pytest.raises(NotAProfile):
        checked(
            Profile(1, body | wrong | {"chargingSchedule": schedule}, is_oldest=True)
        )
