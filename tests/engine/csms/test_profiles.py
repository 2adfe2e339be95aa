"""Limits as charging profiles: valid, exact, and never above what was ordered (§3.13, §7.8, §7.13, §7.14)."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.evenload.engine.csms.exchange import check
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.v16.meters import moment
from custom_components.evenload.engine.csms.v16.profiles import (
    Kind,
    kinds_for,
    profile_id,
    set_charging_profile,
)
from custom_components.evenload.engine.model.limits import Current, RateUnit
from custom_components.evenload.engine.model.orders import Layer, LimitOrder
from custom_components.evenload.engine.model.stations import OcppVersion

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)

ORDERS = st.builds(
    LimitOrder,
    evse=st.integers(0, 32),
    current=st.floats(0, 1000).map(Current),
    layer=st.sampled_from(Layer),
    lease_s=st.integers(1, 86_400),
    phases=st.integers(1, 3),
    voltage_v=st.floats(90, 260),
)


@settings(max_examples=3000, deadline=None)
@given(ORDERS, st.sampled_from(Kind), st.sampled_from(RateUnit))
def test_any_order_is_a_valid_profile_and_never_more(
    order: LimitOrder, kind: Kind, unit: RateUnit
) -> None:
    payload = set_charging_profile(order, kind, unit, NOW)
    check(schemas(OcppVersion.V16), "SetChargingProfile", payload)
    [period] = payload["csChargingProfiles"]["chargingSchedule"][
        "chargingSchedulePeriod"
    ]
    limit = period["limit"]
    assert Decimal(repr(limit)) % Decimal("0.1") == 0
    ordered = order.current.a
    if unit is RateUnit.WATTS:
        ordered *= order.voltage_v * order.phases
        assert period["numberPhases"] == order.phases
    # What misses a tenth by binary rounding only counts as that tenth.
    assert limit <= ordered + 1e-6
    assert limit > ordered - (1.0 if unit is RateUnit.WATTS else 0.1) - 1e-6
    assert period["startPeriod"] == 0


@pytest.mark.parametrize("tenths", range(0, 1000, 7))
def test_tenths_are_exact(tenths: int) -> None:
    order = LimitOrder(1, Current(tenths / 10))
    payload = set_charging_profile(order, Kind.RELATIVE, RateUnit.AMPERES, NOW)
    check(schemas(OcppVersion.V16), "SetChargingProfile", payload)
    [period] = payload["csChargingProfiles"]["chargingSchedule"][
        "chargingSchedulePeriod"
    ]
    assert period["limit"] == tenths / 10


@given(st.integers(1, 86_400), st.integers(-12, 14))
def test_a_lease_begins_before_now_and_ends_in_time(lease_s: int, zone_h: int) -> None:
    now = datetime.now(timezone(timedelta(hours=zone_h)))
    order = LimitOrder(1, Current(10.0), Layer.LEASE, lease_s)
    payload = set_charging_profile(order, Kind.ABSOLUTE, RateUnit.AMPERES, now)
    profile = payload["csChargingProfiles"]
    schedule = profile["chargingSchedule"]
    begin = moment(schedule["startSchedule"])
    assert begin < now
    end = begin + timedelta(seconds=schedule["duration"])
    # Never after the moment at which it is counted as over.
    assert end <= now + timedelta(seconds=lease_s)
    assert end > now + timedelta(seconds=lease_s - 2)
    assert profile["stackLevel"] == 1


@pytest.mark.parametrize(
    ("order", "purpose", "kinds"),
    [
        (LimitOrder(0, Current(16.0)), "ChargePointMaxProfile", [Kind.ABSOLUTE]),
        (
            LimitOrder(1, Current(16.0)),
            "TxDefaultProfile",
            [Kind.RELATIVE, Kind.ABSOLUTE],
        ),
        (
            LimitOrder(2, Current(16.0), Layer.LEASE, 900),
            "TxDefaultProfile",
            [Kind.ABSOLUTE],
        ),
    ],
)
def test_each_layer_has_its_purpose(
    order: LimitOrder, purpose: str, kinds: list[Kind]
) -> None:
    assert list(kinds_for(order)) == kinds
    for kind in kinds:
        payload = set_charging_profile(order, kind, RateUnit.AMPERES, NOW)
        profile = payload["csChargingProfiles"]
        assert payload["connectorId"] == order.evse
        assert profile["chargingProfilePurpose"] == purpose
        assert profile["chargingProfileKind"] == kind
        schedule = profile["chargingSchedule"]
        # A fallback holds for ever; an absolute schedule has a beginning (§7.13).
        assert ("duration" in schedule) is (order.layer is Layer.LEASE)
        assert ("startSchedule" in schedule) is (kind is Kind.ABSOLUTE)
        assert "validFrom" not in profile
        assert "validTo" not in profile


def test_ours_replace_ours_and_nothing_else() -> None:
    # §3.13.2: a profile replaces that of the same id, or of the same stack level and purpose.
    orders = [LimitOrder(0, Current(1.0))] + [
        LimitOrder(evse, Current(1.0), layer, 60)
        for evse in range(1, 33)
        for layer in Layer
    ]
    ids = [profile_id(order) for order in orders]
    assert len(set(ids)) == len(ids)
    assert min(ids) > 8000


@pytest.mark.parametrize("relative", [None, True])
def test_a_kind_that_is_refused_is_not_tried(relative: bool | None) -> None:
    order = LimitOrder(1, Current(16.0))
    assert kinds_for(order, False) == (Kind.ABSOLUTE,)
    assert kinds_for(order, relative) == (Kind.RELATIVE, Kind.ABSOLUTE)
