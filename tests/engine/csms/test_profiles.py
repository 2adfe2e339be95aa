"""Limits as charging profiles: valid, exact, and never above what was ordered (1.6 §3.13, §7.8, §7.13; 2.0.1 K01; 2.1 K28)."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.evenload.engine.csms.exchange import check
from custom_components.evenload.engine.csms.limiting.amounts import is_ours, profile_id
from custom_components.evenload.engine.csms.limiting.ladder import rungs_for
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.v2 import profiles as v2
from custom_components.evenload.engine.csms.v16 import profiles as v16
from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    ProfileKind,
    Rung,
)
from custom_components.evenload.engine.model.limits import (
    DC_EFFICIENCY,
    Current,
    RateUnit,
)
from custom_components.evenload.engine.model.orders import Layer, LimitOrder
from custom_components.evenload.engine.model.phases import CurrentType
from custom_components.evenload.engine.model.stations import OcppVersion

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)

LEASES = st.sampled_from([None, "7", "2147483647"])

ORDERS = st.builds(
    LimitOrder,
    evse=st.integers(0, 32),
    current=st.floats(0, 1000).map(Current),
    layer=st.sampled_from(Layer),
    lease_s=st.integers(1, 86_400),
    phases=st.integers(1, 3),
    voltage_v=st.floats(90, 260),
    current_type=st.sampled_from(CurrentType),
    use_phases=st.sampled_from([None, 1, 3]),
    transaction_id=LEASES,
)


@st.composite
def forms(draw: st.DrawFn, version: OcppVersion) -> tuple[LimitOrder, Rung]:
    """Draw an order and one of the forms that it may take in a version."""
    order = draw(ORDERS)
    abilities = Capabilities(dynamic_profiles=version is OcppVersion.V21)
    return order, draw(st.sampled_from(rungs_for(order, abilities)))


def written(
    version: OcppVersion, order: LimitOrder, rung: Rung, now: datetime = NOW
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the profile and its schedule, checked against the version's schema."""
    encoder = v16 if version is OcppVersion.V16 else v2
    payload = encoder.set_charging_profile(order, rung, now)
    check(schemas(version), "SetChargingProfile", payload)
    if version is OcppVersion.V16:
        assert payload["connectorId"] == order.evse
        profile = payload["csChargingProfiles"]
        return profile, profile["chargingSchedule"]
    assert payload["evseId"] == order.evse
    profile = payload["chargingProfile"]
    [schedule] = profile["chargingSchedule"]
    return profile, schedule


@settings(max_examples=1500, deadline=None)
@pytest.mark.parametrize("version", OcppVersion)
@given(data=st.data())
def test_any_order_is_a_valid_profile_and_never_more(
    version: OcppVersion, data: st.DataObject
) -> None:
    order, rung = data.draw(forms(version))
    _, schedule = written(version, order, rung)
    [period] = schedule["chargingSchedulePeriod"]
    limit = period["limit"]
    assert Decimal(repr(limit)) % Decimal("0.1") == 0
    ordered, step = order.current.a, 0.1
    if rung.unit is RateUnit.WATTS:
        ordered, step = ordered * order.voltage_v * order.phases, 1.0
        if order.current_type is CurrentType.DC:
            ordered *= DC_EFFICIENCY
    # What misses a tenth by binary rounding only counts as that tenth.
    assert ordered - step - 1e-6 < limit <= ordered + 1e-6
    assert period["startPeriod"] == 0
    # 2.0.1 §2.13, 1.6 §7.14: the number of phases is for stations that switch, and never for direct current.
    told = None if order.current_type is CurrentType.DC else order.use_phases
    assert period.get("numberPhases") == told


@settings(deadline=None)
@pytest.mark.parametrize("version", OcppVersion)
@given(st.data(), st.integers(-12, 14))
def test_a_lease_begins_before_now_and_ends_in_time(
    version: OcppVersion, data: st.DataObject, zone_h: int
) -> None:
    order, rung = data.draw(forms(version).filter(lambda form: form[0].evse > 0))
    now = datetime.now(timezone(timedelta(hours=zone_h))).replace(microsecond=0)
    profile, schedule = written(version, order, rung, now)
    if order.layer is Layer.FALLBACK:
        assert "duration" not in schedule
        assert "validTo" not in profile
        return
    begin = schedule.get("startSchedule", profile.get("dynUpdateTime"))
    if "duration" in schedule:
        assert datetime.fromisoformat(begin) <= now
        end = datetime.fromisoformat(begin) + timedelta(seconds=schedule["duration"])
    else:
        end = datetime.fromisoformat(profile["validTo"])
    # Not a second after the moment at which it is counted as over.
    assert end == now + timedelta(seconds=order.lease_s or 0)


@settings(deadline=None)
@pytest.mark.parametrize("version", OcppVersion)
@given(st.data())
def test_each_kind_has_what_belongs_to_it(
    version: OcppVersion, data: st.DataObject
) -> None:
    order, rung = data.draw(forms(version))
    profile, schedule = written(version, order, rung)
    # 2.0.1 K01.FR.40 and .41; 1.6 §7.13; 2.1 K28.FR.01 and .04.
    at_a_time = rung.kind in {ProfileKind.ABSOLUTE, ProfileKind.RECURRING}
    assert ("startSchedule" in schedule) is at_a_time
    assert ("recurrencyKind" in profile) is (rung.kind is ProfileKind.RECURRING)
    assert ("dynUpdateTime" in profile) is (rung.kind is ProfileKind.DYNAMIC)
    is_for_one = profile["chargingProfilePurpose"] == "TxProfile"
    assert ("transactionId" in profile) is is_for_one
    # 1.6 §7.8: not with a profile for one transaction.
    assert not (is_for_one and "validTo" in profile)
    if order.evse == 0:
        # 2.0.1 K01.FR.38.
        assert rung.kind is not ProfileKind.RELATIVE
        assert "Max" in profile["chargingProfilePurpose"]


def test_ours_replace_ours_and_nothing_else() -> None:
    # 1.6 §3.13.2: a profile replaces that of the same id, or of the same stack level and purpose.
    orders = [LimitOrder(0, Current(1.0))] + [
        LimitOrder(evse, Current(1.0), layer, 60, transaction_id=transaction)
        for evse in range(1, 33)
        for layer, transaction in (
            (Layer.FALLBACK, None),
            (Layer.LEASE, None),
            (Layer.LEASE, "1"),
        )
    ]
    ids = [profile_id(order) for order in orders]
    assert len(set(ids)) == len(ids)
    assert all(is_ours(number) for number in ids)
    assert not any(is_ours(number) for number in (0, 1, 100, 8000, 9000))
