"""What a profile store takes, and two schedules to read by eye."""

import pytest

from simulator.composite import composite_schedule
from simulator.ocpp16.profile_json import read_profile
from simulator.profiles import Installed, ProfileRefused, ProfileStore, RateUnit, Rules
from tests.simulator.test_composite_schedule import NOW, RATINGS, SITUATION, store_of


def simple(purpose="TxDefaultProfile", **changes):
    schedule = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}],
    }
    schedule |= changes.pop("schedule", {})
    return {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
    } | changes


@pytest.mark.parametrize(
    ("connector", "profile"),
    [
        (3, simple()),
        (1, simple("ChargePointMaxProfile")),
        (0, simple("TxProfile")),
        (1, simple(stackLevel=9)),
        (1, simple(stackLevel=-1)),
        (1, simple(schedule={"chargingSchedulePeriod": []})),
        (
            1,
            simple(
                schedule={
                    "chargingSchedulePeriod": [
                        {"startPeriod": n, "limit": 6} for n in range(25)
                    ]
                }
            ),
        ),
        (
            1,
            simple(
                schedule={"chargingSchedulePeriod": [{"startPeriod": 0, "limit": -6}]}
            ),
        ),
        (1, simple(chargingProfileKind="Recurring")),
        (1, simple("TxProfile", transactionId=2)),
    ],
)
def test_refuses(connector, profile):
    with pytest.raises(ProfileRefused):
        store_of([(connector, profile)])


def test_refuses_what_its_configuration_does_not_allow():
    store = ProfileStore(
        Rules(frozenset({1}), units=frozenset({RateUnit.AMPERES}), maximum_profiles=1)
    )
    store.install(
        Installed(1, read_profile(simple()), NOW),
        in_transaction=False,
        transaction_id=None,
    )
    watts = simple(chargingProfileId=2, schedule={"chargingRateUnit": "W"})
    for profile in (
        watts,
        simple(chargingProfileId=3, stackLevel=1),
        simple("TxProfile", chargingProfileId=1),
    ):
        with pytest.raises(ProfileRefused):
            store.install(
                Installed(1, read_profile(profile), NOW),
                in_transaction=False,
                transaction_id=None,
            )


def test_a_connectors_own_default_takes_the_place_of_the_stations_at_any_level():
    def limits(*sequence):
        store = store_of(sequence)
        return [
            composite_schedule(store, SITUATION, RATINGS, n, 60, RateUnit.AMPERES)
            .periods[0]
            .limit
            for n in (1, 2)
        ]

    station = (
        0,
        simple(schedule={"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 20}]}),
    )
    own = (1, simple(chargingProfileId=2))
    higher = (0, station[1] | {"chargingProfileId": 3, "stackLevel": 1})
    assert limits(station, own) == limits(own, station) == [10, 20]
    assert limits(own, higher) == limits(higher, own) == [10, 20]
    expired = (1, own[1] | {"stackLevel": 2, "validTo": NOW.isoformat()})
    assert limits(station, expired) == [20, 20]


def test_a_lease_over_a_fallback_ends_to_the_second():
    fallback = (0, simple(schedule={"startSchedule": "2026-01-01T00:00:00Z"}))
    lease = simple(
        chargingProfileId=2,
        stackLevel=1,
        schedule={"startSchedule": NOW.isoformat(), "duration": 90},
    )
    lease["chargingSchedule"]["chargingSchedulePeriod"] = [
        {"startPeriod": 0, "limit": 24.7}
    ]
    schedule = composite_schedule(
        store_of([fallback, (1, lease)]), SITUATION, RATINGS, 1, 600, RateUnit.AMPERES
    )
    assert [(period.start_s, period.limit) for period in schedule.periods] == [
        (0, 24.7),
        (90, 10),
    ]
