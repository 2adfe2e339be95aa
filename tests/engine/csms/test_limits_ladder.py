"""A limit is tried in the forms that mean the same, and the one that is taken is kept (1.6 §5.16, §7.8; 2.0.1 K01)."""

import asyncio
from collections.abc import Callable

import pytest

from custom_components.evenload.engine.csms.dialects.quirks import Quirks
from custom_components.evenload.engine.csms.limiting.terms import (
    abilities_of,
    relearning,
    takes_watts,
)
from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    PauseMethod,
    Place,
    ProfileKind,
    Purpose,
    Rung,
)
from custom_components.evenload.engine.model.configuration import Overrides
from custom_components.evenload.engine.model.errors import StationRefused, StationSilent
from custom_components.evenload.engine.model.limits import Current, RateUnit
from custom_components.evenload.engine.model.orders import Layer, LimitOrder, Outcome
from custom_components.evenload.engine.model.phases import CurrentType
from tests.engine.csms.limit_taker import ACCEPTED, REJECTED, Payload, Taker, form

STATION = LimitOrder(0, Current(16.0))
FALLBACK = LimitOrder(1, Current(8.0))
LEASE = LimitOrder(1, Current(10.0), Layer.LEASE, 900)
TRANSACTION = LimitOrder(1, Current(10.0), Layer.LEASE, 900, transaction_id="7")

AMPERES, WATTS = RateUnit.AMPERES, RateUnit.WATTS


def only(accepts: Callable[..., bool]) -> Callable[[str, Payload], Payload]:
    """Accept what has the right form, and reject the rest without a reason."""
    return lambda _, payload: ACCEPTED if accepts(*form(payload)) else REJECTED


def give(taker: Taker, *orders: LimitOrder) -> list[Outcome]:
    """Give a station orders, one after the other."""

    async def given() -> list[Outcome]:
        return [await taker.limits.set(order) for order in orders]

    return asyncio.run(given())


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (STATION, ("ChargePointMaxProfile", "Absolute", 0, "A")),
        (FALLBACK, ("TxDefaultProfile", "Relative", 0, "A")),
        (LEASE, ("TxDefaultProfile", "Absolute", 1, "A")),
        (TRANSACTION, ("TxProfile", "Absolute", 0, "A")),
    ],
)
def test_the_best_form_goes_first(
    order: LimitOrder, first: tuple[str, str, int, str]
) -> None:
    # Never the highest level that the station advertises: some refuse that very one.
    taker = Taker(known=Capabilities(highest_stack_level=8))
    assert give(taker, order, order) == [Outcome.APPLIED] * 2
    assert taker.forms() == [first, first]


REFUSING = {
    "relative": lambda purpose, kind, *_: kind != "Relative",
    "all but recurring": lambda purpose, kind, *_: (
        kind == "Recurring" or purpose != "TxDefaultProfile"
    ),
    "level 0": lambda purpose, kind, level, unit: level > 0,
    "levels 0 and 1": lambda purpose, kind, level, unit: level > 1,
    "amperes": lambda purpose, kind, level, unit: unit == "W",
    "amperes and relative": lambda purpose, kind, level, unit: (
        unit == "W" and kind != "Relative"
    ),
    # Three things at once: that is tried last.
    "much": lambda purpose, kind, level, unit: (
        unit == "W" and kind == "Absolute" and level > 0
    ),
}


@pytest.mark.parametrize("name", REFUSING)
@pytest.mark.parametrize("version", ["1.6", "2.1"])
def test_a_form_that_is_taken_is_found_and_kept(name: str, version: str) -> None:
    taker = Taker(only(REFUSING[name]), version=version)
    orders = [STATION, FALLBACK, TRANSACTION]
    if name == "much":
        give(taker, *orders, *orders)
    assert give(taker, *orders) == [Outcome.APPLIED] * 3
    taker.forms()
    taker.connect()
    assert give(taker, *orders) == [Outcome.APPLIED] * 3
    # Each in one call, also over another connection.
    assert len(taker.forms()) == 3


def test_a_lease_lies_above_the_fallback_wherever_that_lies() -> None:
    taker = Taker(only(lambda purpose, kind, level, unit: level > 1))
    assert give(taker, FALLBACK, LEASE) == [Outcome.APPLIED] * 2
    assert taker.known.rungs[Place.EVSE].stack_level == 2
    assert taker.known.rungs[Place.LEASE].stack_level == 3


def test_where_there_is_one_level_only_no_lease_is_tried() -> None:
    taker = Taker(known=Capabilities(highest_stack_level=0))
    outcomes = give(taker, FALLBACK, LEASE, TRANSACTION)
    assert outcomes == [Outcome.APPLIED, Outcome.REFUSED, Outcome.APPLIED]
    assert [level for *_, level, _ in taker.forms()] == [0, 0]


@pytest.mark.parametrize(
    ("order", "place", "purposes"),
    [
        (STATION, Place.STATION, {"ChargePointMaxProfile"}),
        (FALLBACK, Place.EVSE, {"TxDefaultProfile"}),
        (LEASE, Place.LEASE, {"TxDefaultProfile"}),
        (TRANSACTION, Place.TRANSACTION, {"TxProfile"}),
    ],
)
def test_what_is_refused_is_never_sent_with_another_meaning(
    order: LimitOrder, place: Place, purposes: set[str]
) -> None:
    taker = Taker(lambda *_: REJECTED)
    assert give(taker, order, order) == [Outcome.REFUSED] * 2
    sent = [payload for _, payload in taker.calls]
    assert {form(payload)[0] for payload in sent} == purposes
    assert {payload["connectorId"] for payload in sent} == {order.evse}
    for payload in sent:
        profile = payload["csChargingProfiles"]
        ends = "duration" in profile["chargingSchedule"] or "validTo" in profile
        assert ends is (order.layer is Layer.LEASE)
    # Twice may have been a bad moment, also when it reconnects in between; three times is no.
    assert taker.known.takes(place) is None
    taker.connect()
    give(taker, order)
    assert taker.known.takes(place) is False
    asked = len(taker.calls)
    assert give(taker, order) == [Outcome.REFUSED]
    assert len(taker.calls) == asked


def test_a_refusal_now_and_then_is_forgiven() -> None:
    bad_moments = [REJECTED] * 400
    taker = Taker(lambda *_: bad_moments.pop() if bad_moments else ACCEPTED)
    give(taker, FALLBACK, FALLBACK)
    bad_moments.clear()
    assert give(taker, FALLBACK) == [Outcome.APPLIED]
    assert taker.known.refusals == {}
    bad_moments.extend([REJECTED] * 40)
    give(taker, FALLBACK, FALLBACK)
    assert taker.known.evse_limit is True


@pytest.mark.parametrize(
    "never",
    [
        {"status": "NotSupported"},
        {"status": "Rejected", "statusInfo": {"reasonCode": "UnsupportedPurpose"}},
        StationRefused("A", "SetChargingProfile", "NotImplemented"),
        StationRefused("A", "SetChargingProfile", "NotSupported"),
    ],
)
def test_who_says_that_it_never_will_is_asked_once(never: Payload | Exception) -> None:
    taker = Taker(lambda *_: never)
    assert give(taker, FALLBACK) == [Outcome.REFUSED]
    assert len(taker.calls) == 1
    assert taker.known.evse_limit is False


@pytest.mark.parametrize(
    ("reason", "accepts", "tries"),
    [
        ("UnsupportedKind", lambda purpose, kind, *_: kind == "Absolute", 2),
        ("UnsupportedRateUnit", lambda purpose, kind, level, unit: unit == "W", 2),
        ("InvalidStackLevel", lambda purpose, kind, level, unit: level == 1, 2),
    ],
)
def test_a_reason_shortens_the_way(
    reason: str, accepts: Callable[..., bool], tries: int
) -> None:
    # 2.1 part 2, appendix 5: the standard's reason codes.
    refusal = {**REJECTED, "statusInfo": {"reasonCode": reason}}
    taker = Taker(
        lambda _, payload: ACCEPTED if accepts(*form(payload)) else refusal,
        version="2.1",
    )
    assert give(taker, FALLBACK) == [Outcome.APPLIED]
    assert len(taker.calls) == tries


@pytest.mark.parametrize("reason", ["TxNotFound", "RateLimitExceeded", "OutOfMemory"])
def test_what_passes_teaches_nothing(reason: str) -> None:
    refusal = {**REJECTED, "statusInfo": {"reasonCode": reason}}
    taker = Taker(lambda *_: refusal, version="2.1")
    known = taker.known
    assert give(taker, *[TRANSACTION] * 4) == [Outcome.REFUSED] * 4
    assert taker.known == known
    assert len(taker.calls) == 4


def test_silence_ends_the_asking() -> None:
    taker = Taker(lambda *_: StationSilent("A", "SetChargingProfile"))
    assert give(taker, FALLBACK) == [Outcome.UNKNOWN]
    assert len(taker.calls) == 1


def test_vague_answers_are_unknown_and_soon_enough() -> None:
    taker = Taker(lambda *_: StationRefused("A", "SetChargingProfile", "InternalError"))
    assert give(taker, FALLBACK) == [Outcome.UNKNOWN]
    assert len(taker.calls) == 2
    assert taker.known.refusals == {}


@pytest.mark.parametrize(
    ("known", "quirks", "overrides", "units"),
    [
        ((), None, None, {"A"}),
        ((WATTS,), None, None, {"W"}),
        ((AMPERES, WATTS), (WATTS,), None, {"W"}),
        ((AMPERES, WATTS), (WATTS,), AMPERES, {"A"}),
        ((AMPERES,), None, WATTS, {"W"}),
    ],
)
def test_the_owner_goes_before_the_dialect_before_the_station(
    known: tuple[RateUnit, ...],
    quirks: tuple[RateUnit, ...] | None,
    overrides: RateUnit | None,
    units: set[str],
) -> None:
    taker = Taker(
        known=Capabilities(units=known),
        quirks=Quirks(units=quirks),
        overrides=Overrides(unit=overrides),
    )
    give(taker, STATION, FALLBACK, LEASE)
    assert {unit for *_, unit in taker.forms()} == units


def test_what_a_dialect_knows_is_not_tried_out() -> None:
    taker = Taker(
        quirks=Quirks(
            station_limit=False, kinds=(ProfileKind.ABSOLUTE,), highest_stack_level=1
        )
    )
    outcomes = give(taker, STATION, FALLBACK, LEASE)
    assert outcomes == [Outcome.REFUSED, Outcome.APPLIED, Outcome.APPLIED]
    assert [rest for _, *rest in taker.forms()] == [
        ["Absolute", 0, "A"],
        ["Absolute", 1, "A"],
    ]


def test_direct_current_is_in_watts_and_teaches_its_neighbour_nothing() -> None:
    taker = Taker()
    direct = LimitOrder(2, Current(10.0), phases=3, current_type=CurrentType.DC)
    give(taker, direct, FALLBACK, direct)
    assert [unit for *_, unit in taker.forms()] == ["W", "A", "W"]
    assert not takes_watts(taker.known)


def test_another_firmware_is_asked_anew_and_the_same_is_not() -> None:
    rung = Rung(Purpose.TX_DEFAULT, ProfileKind.ABSOLUTE, 1, WATTS)
    learnt = Capabilities(
        evse_limit=True,
        leases=False,
        rungs={Place.EVSE: rung},
        refusals={Place.STATION: 2},
        pause=PauseMethod.STOP,
        limits_learnt_from="1.0",
    )
    assert relearning(learnt, "1.0") is learnt
    anew = relearning(learnt, "1.1")
    assert anew == Capabilities(limits_learnt_from="1.1")
    assert relearning(anew, "1.1") is anew


def test_who_takes_no_limit_at_all_is_asked_again_after_a_restart() -> None:
    # Its owner may have switched smart charging on.
    none = Capabilities(station_limit=False, evse_limit=False, limits_learnt_from="1")
    assert relearning(none, "1").is_controllable


def test_the_owner_may_know_better_of_leases_and_pauses() -> None:
    known = Capabilities(leases=False, pause=PauseMethod.ZERO_LIMIT)
    overrides = Overrides(leases=True, pause=PauseMethod.STOP)
    abilities = abilities_of(known, Quirks(), overrides)
    assert (abilities.leases, abilities.pause) == (True, PauseMethod.STOP)
