"""The nouns: what they refuse, and their arithmetic."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import math

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
)
from custom_components.evenload.engine.model.errors import (
    BadSetting,
    InvalidRequest,
    ListenerError,
    StationRefused,
    StationSilent,
)
from custom_components.evenload.engine.model.identity import (
    EvseKey,
    is_valid_identity,
    masked,
)
from custom_components.evenload.engine.model.limits import (
    Current,
    Power,
    at_least_minimum,
    floor_tenths,
)
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from custom_components.evenload.engine.model.readings import Reading, is_late
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from custom_components.evenload.engine.model.transactions import Session, Transaction

T0 = datetime(2026, 6, 1, tzinfo=UTC)
KEY = EvseKey("garage", 1)

AMPERES = st.floats(-1e4, 1e4)
CURRENTS = st.builds(PhaseCurrents, AMPERES, AMPERES, AMPERES)


@given(CURRENTS, CURRENTS)
def test_currents_add_phase_by_phase(one: PhaseCurrents, other: PhaseCurrents) -> None:
    assert tuple(one + other) == tuple(a + b for a, b in zip(one, other, strict=True))
    assert tuple((one + other) - other) == pytest.approx(tuple(one), abs=1e-6)
    assert one + other == other + one


@given(CURRENTS, st.sampled_from(Phase), AMPERES)
def test_one_phase_is_replaced(one: PhaseCurrents, phase: Phase, a: float) -> None:
    changed = one.on(phase, a)
    assert changed[phase] == a
    assert all(changed[other] == one[other] for other in Phase if other is not phase)


@given(CURRENTS, CURRENTS)
def test_what_fits_is_above_on_no_phase(
    one: PhaseCurrents, limit: PhaseCurrents
) -> None:
    assert one.fits(one)
    assert one.fits(limit) == all(one[p] <= limit[p] + 0.01 for p in Phase)
    assert one.highest_a == max(tuple(one))


def test_even_currents() -> None:
    assert tuple(PhaseCurrents.even(6)) == (6, 6, 6)
    assert tuple(PhaseCurrents.even(6, (Phase.L2,))) == (0, 6, 0)
    assert tuple(PhaseCurrents.even(6, ())) == (0, 0, 0)


@given(st.floats(-1e6, 1e6))
def test_rounding_down_to_tenths(value: float) -> None:
    floored = floor_tenths(value)
    assert floored <= value + 1e-6, "above"
    assert floored > value - 0.1 - 1e-6, "too low"
    assert Decimal(repr(floored)) % Decimal("0.1") == 0, "multipleOf 0.1"
    assert floor_tenths(floored) == floored


@given(st.integers(0, 10_000), st.integers(1, 50))
def test_shares_of_tenths_never_exceed_what_was_divided(
    tenths: int, members: int
) -> None:
    limit_a = tenths / 10
    share = floor_tenths(limit_a / members)
    assert Decimal(repr(share)) * members <= Decimal(repr(limit_a)) + Decimal("0.0001")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.9999999999999996, 3.0),
        (0.1 + 0.2, 0.3),
        (16 / 3, 5.3),
        (25 / 3, 8.3),
        (5.99, 5.9),
        (6.0, 6.0),
        (-0.05, -0.1),
        (0.0, 0.0),
    ],
)
def test_tenths(value: float, expected: float) -> None:
    assert floor_tenths(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(5.9, 0), (6, 6), (6 - 1e-12, 6 - 1e-12), (0, 0), (32, 32)]
)
def test_nothing_between_zero_and_the_minimum(value: float, expected: float) -> None:
    assert at_least_minimum(value) == expected
    assert at_least_minimum(value, 1.0) == (value if value >= 1 else 0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_limits_are_numbers(bad: float) -> None:
    with pytest.raises(ValueError, match="not a current"):
        Current(bad)
    with pytest.raises(ValueError, match="not a power"):
        Power(bad)


def test_limits_have_an_order() -> None:
    assert Current(6) < Current(6.1)
    assert Power(-5) < Power(0)


@pytest.mark.parametrize(
    ("identity", "valid"),
    [
        ("garage", True),
        ("CP 1", True),
        ("Größe-ä", True),
        ("a" * 48, True),
        ("0", True),
        ("a%2F", True),
        ("", False),
        ("a" * 49, False),
        ("a/b", False),
        (" a", False),
        ("a ", False),
        ("a\n", False),
        ("a\x00", False),
        ("a\u200b", False),
        (".", False),
        ("..", False),
        ("...", True),
    ],
)
def test_identities(identity: str, valid: bool) -> None:
    assert is_valid_identity(identity) is valid


def test_names() -> None:
    assert str(KEY) == "garage_1"
    assert sorted([EvseKey("b", 1), EvseKey("a", 2)]) == [
        EvseKey("a", 2),
        EvseKey("b", 1),
    ]
    assert (masked("secret-1234"), masked("1234")) == ("…1234", "…")


def a_transaction(
    number: str, start: float, end: float | None, wh: float
) -> Transaction:
    began = T0 + timedelta(minutes=start)
    ended = None if end is None else T0 + timedelta(minutes=end)
    return Transaction(number, KEY, began, "t", 100, 100 + wh, ended or began, ended)


def test_a_session_adds_up_and_lasts() -> None:
    session = Session(KEY, T0)
    assert (session.energy_wh, session.is_open, session.is_running) == (0, True, False)
    session = session.holding(a_transaction("2", 10, None, 200))
    session = session.holding(a_transaction("1", -5, 5, 300))
    assert [t.id for t in session.transactions] == ["1", "2"]
    assert session.started_at == T0 - timedelta(minutes=5)
    assert session.energy_wh == 500
    assert session.is_running
    assert session.duration_s(T0 + timedelta(minutes=20)) == 25 * 60
    assert session.duration_s(T0 - timedelta(days=1)) == 0
    session = session.holding(a_transaction("2", 10, 15, 250))
    assert [t.energy_wh for t in session.transactions] == [300, 250]
    ended = session.ending(T0)
    assert ended.ended_at == T0 + timedelta(minutes=15), "not before its transactions"
    assert ended.duration_s(T0 + timedelta(days=1)) == 20 * 60
    assert not ended.is_open and not ended.is_running


def test_a_negative_energy_is_none() -> None:
    assert a_transaction("1", 0, None, -50).energy_wh == 0


@pytest.mark.parametrize(
    ("behind", "late"),
    [(-1, False), (0, False), (1, True), (29 * 86400, True), (30 * 86400, False)],
)
def test_what_is_late(behind: float, late: bool) -> None:
    assert is_late(T0 - timedelta(seconds=behind), T0) is late


@pytest.mark.parametrize(
    ("seen_s_ago", "live"),
    [
        ({}, None),
        ({"l1": 0}, 1),
        ({"l1": 0, "l2": 60}, 2),
        # Let go a minute ago.
        ({"l1": 0, "l2": 61}, 1),
        ({"l2": 61}, None),
        ({"l1": 0, "l2": 0, "l3": 10}, 3),
    ],
)
def test_phases_in_use(seen_s_ago: dict[str, float], live: int | None) -> None:
    live_at = {
        Phase(name): T0 - timedelta(seconds=ago) for name, ago in seen_s_ago.items()
    }
    assert Reading(at=T0, live_at=live_at).phases_in_use() == live


@pytest.mark.parametrize(
    ("station_limit", "evse_limit", "keeps"),
    [
        (None, None, True),
        (False, None, True),
        (None, False, True),
        (False, True, True),
        (False, False, False),
    ],
)
def test_a_station_is_controllable_until_it_refused_everything(
    station_limit: bool | None, evse_limit: bool | None, keeps: bool
) -> None:
    known = Capabilities(station_limit=station_limit, evse_limit=evse_limit)
    assert (known.keeps_limits, known.is_controllable) == (keeps, keeps)
    # That a transaction can be limited has to be seen.
    with_transactions = replace(known, transaction_leases=True)
    assert with_transactions.keeps_limits is keeps
    assert with_transactions.is_controllable


@pytest.mark.parametrize(
    ("status", "wants"),
    [
        (None, False),
        (EvseStatus.AVAILABLE, False),
        (EvseStatus.PREPARING, True),
        (EvseStatus.CHARGING, True),
        (EvseStatus.SUSPENDED_EV, True),
        (EvseStatus.SUSPENDED_EVSE, True),
        (EvseStatus.FINISHING, False),
        (EvseStatus.FAULTED, False),
    ],
)
def test_who_wants_energy(status: EvseStatus | None, wants: bool) -> None:
    assert Evse(KEY, status).wants_energy is wants


def test_the_group_of_a_station() -> None:
    group = GroupConfig("g", "Garage", Current(32), ("a", "b"))
    site = SiteConfig("Home", Current(25), groups={"g": group})
    assert site.group_of("b") is group
    assert site.group_of("c") is None


def test_errors_say_what_happened() -> None:
    assert "did not answer Reset" in str(StationSilent("garage", "Reset"))
    assert "Rejected" in str(StationRefused("garage", "Reset", "Rejected"))
    assert str(InvalidRequest("Reset", "type")) == "Reset: type"
    assert str(ListenerError("address_in_use", None, 9000)) == "address_in_use: *:9000"
    assert BadSetting("low", minimum="6").placeholders == {"minimum": "6"}
