"""Dynamic profiles are renewed by what changes of them, and end when nobody renews them (OCPP 2.1 K28)."""

from datetime import timedelta

from custom_components.evenload.engine.csms.exchange import check
from custom_components.evenload.engine.csms.limiting.amounts import profile_id
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.v2.limits import Encoder2
from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    Place,
    ProfileKind,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import Layer, LimitOrder, Outcome
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.csms.limit_taker import ACCEPTED, REJECTED, Payload, Taker
from tests.engine.csms.test_limits_ladder import give

DYNAMIC = Capabilities(dynamic_profiles=True, highest_stack_level=4)


def lease(limit_a: float, lease_s: int = 900) -> LimitOrder:
    return LimitOrder(1, Current(limit_a), Layer.LEASE, lease_s)


def station() -> Taker:
    return Taker(known=DYNAMIC, version="2.1")


def actions(taker: Taker) -> list[str]:
    """Return what was called, each checked against the schema, and begin anew."""
    for action, payload in taker.calls:
        check(schemas(OcppVersion.V21), action, payload)
    found = [action for action, _ in taker.calls]
    taker.calls.clear()
    return found


def pulled(taker: Taker, order: LimitOrder) -> Payload | None:
    assert isinstance(taker.encoder, Encoder2)
    return taker.encoder.pulled(profile_id(order), taker.now)


def test_a_lease_is_renewed_by_its_limit_alone() -> None:
    taker = station()
    give(taker, lease(10.0), lease(8.0), lease(8.0))
    updates = [payload for action, payload in taker.calls if action[0] == "U"]
    assert [update["scheduleUpdate"] for update in updates] == [{"limit": 8.0}] * 2
    assert actions(taker) == ["SetChargingProfile", *["UpdateDynamicSchedule"] * 2]
    assert taker.known.rungs[Place.LEASE].kind is ProfileKind.DYNAMIC


def test_a_fallback_is_never_dynamic() -> None:
    # A limit that lasts must not end with who renews it.
    taker = station()
    give(taker, LimitOrder(1, Current(8.0)), LimitOrder(0, Current(8.0)))
    assert {form[1] for form in taker.forms()} == {"Relative", "Absolute"}


def test_what_has_ended_or_changed_its_length_is_set_anew() -> None:
    taker = station()
    give(taker, lease(10.0))
    taker.now += timedelta(seconds=901)
    give(taker, lease(10.0), lease(10.0, 60))
    assert actions(taker) == ["SetChargingProfile"] * 3


def test_another_connection_sets_it_anew() -> None:
    # The station may have restarted and forgotten it.
    taker = station()
    give(taker, lease(10.0))
    taker.connect()
    give(taker, lease(10.0))
    assert actions(taker) == ["SetChargingProfile"] * 2


def test_an_update_that_is_refused_is_set_as_a_whole() -> None:
    taker = station()
    give(taker, lease(10.0))
    taker.answers = lambda action, _: REJECTED if action[0] == "U" else ACCEPTED
    assert give(taker, lease(9.0)) == [Outcome.APPLIED]
    assert actions(taker) == [
        "SetChargingProfile",
        "UpdateDynamicSchedule",
        "SetChargingProfile",
    ]
    assert taker.known.refusals == {}


def test_who_asks_for_the_present_limit_is_told_it_until_it_ends() -> None:
    taker = station()
    assert pulled(taker, lease(10.0)) is None
    give(taker, LimitOrder(1, Current(10.0)), lease(10.0), lease(9.0))
    assert pulled(taker, lease(10.0)) == {"limit": 9.0}
    taker.now += timedelta(seconds=900)
    assert pulled(taker, lease(10.0)) is None


def test_what_would_last_longer_by_asking_is_not_told_where_it_is_more() -> None:
    # K28.FR.13: every update begins its duration anew, and we would count it as over before it is.
    taker = station()
    give(taker, LimitOrder(1, Current(8.0)), lease(10.0))
    assert pulled(taker, lease(10.0)) is None
    give(taker, lease(7.0))
    assert pulled(taker, lease(10.0)) == {"limit": 7.0}


def test_who_says_that_it_takes_dynamic_profiles_and_does_not_is_given_others() -> None:
    taker = station()
    refusal = {**REJECTED, "statusInfo": {"reasonCode": "UnsupportedKind"}}
    taker.answers = lambda _, payload: (
        refusal
        if payload["chargingProfile"]["chargingProfileKind"] == "Dynamic"
        else ACCEPTED
    )
    assert give(taker, lease(10.0), lease(9.0)) == [Outcome.APPLIED] * 2
    assert [kind for _, kind, *_ in taker.forms()] == ["Dynamic", *["Absolute"] * 2]
    assert pulled(taker, lease(10.0)) is None
