"""How a station is told, by what it says of itself, and for how long a setpoint holds in it (docs/v2g-extension.md)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.control.v2x.dialects import (
    dialect_of,
    holds_s,
    is_proven,
    lasts_s,
    refresh_s,
)
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.v2x import (
    IdleMethod,
    SetpointOrder,
    V2gConfig,
    V2xDialect,
)
from custom_components.evenload.engine.model.v2x_ability import (
    Method,
    OperationMode,
    V2xAbility,
)

AUTOMATIC = V2gConfig(
    maximum_w=5000.0, confirmed_at=datetime(2026, 1, 1, tzinfo=UTC), dialect=None
)
V16, V201, V21 = OcppVersion.V16, OcppVersion.V201, OcppVersion.V21
KEY, MESSAGE = Method.CONFIGURATION_KEY, Method.DATA_TRANSFER
BELOW, VARIABLE = Method.NEGATIVE_LIMIT, Method.VARIABLE
SETPOINTS = (OperationMode.CENTRAL_SETPOINT,)

# A version, what its station says, how it is told, and whether that has to be proven.
SAID: list[tuple[OcppVersion, V2xAbility, Method | None, bool]] = [
    (V16, V2xAbility(), None, True),
    (V16, V2xAbility(methods=(KEY,), writable=("V2XSetpoint",)), KEY, True),
    # A key that it does not have, or that cannot be written.
    (V16, V2xAbility(methods=(KEY,)), None, True),
    # A key alone is not enough: it does not say what it is for.
    (V16, V2xAbility(writable=("V2XSetpoint",)), None, True),
    (V16, V2xAbility(methods=(BELOW,)), BELOW, True),
    (
        V16,
        V2xAbility(methods=(BELOW, KEY, MESSAGE), writable=("V2XSetpoint",)),
        MESSAGE,
        True,
    ),
    # What was tried in vain gives way, and comes last where nothing else is left.
    (V16, V2xAbility(methods=(BELOW, MESSAGE), disproven=(MESSAGE,)), BELOW, True),
    (V16, V2xAbility(methods=(MESSAGE,), disproven=(MESSAGE,)), MESSAGE, True),
    (V201, V2xAbility(writable=("Setpoint",)), VARIABLE, True),
    (V201, V2xAbility(writable=("Setpoint",), modes=SETPOINTS), VARIABLE, True),
    # 2.0.1 has no setpoints of its own.
    (V201, V2xAbility(modes=SETPOINTS), None, True),
    (V201, V2xAbility(modes=SETPOINTS, extension=True), Method.EXTENSION, False),
    (V21, V2xAbility(modes=SETPOINTS), Method.NATIVE, False),
]


@pytest.mark.parametrize(("version", "said", "method", "needs_proof"), SAID)
def test_a_station_is_told_as_it_says(
    version: OcppVersion, said: V2xAbility, method: Method | None, needs_proof: bool
) -> None:
    dialect = dialect_of(AUTOMATIC, said, version)
    assert (dialect and dialect.method) == method
    if dialect is not None:
        assert is_proven(dialect, said) is not needs_proof
        proven = replace(said, proven=(dialect.method,), disproven=())
        assert is_proven(dialect, proven)


def test_its_least_and_its_rest_are_taken_over() -> None:
    said = V2xAbility(methods=(BELOW,), minimum_w=900.0)
    dialect = dialect_of(AUTOMATIC, said, V16)
    assert dialect == V2xDialect(method=BELOW, minimum_w=900.0)
    said = V2xAbility(modes=(*SETPOINTS, OperationMode.IDLE))
    dialect = dialect_of(AUTOMATIC, said, V21)
    assert dialect == V2xDialect(method=Method.NATIVE, idle=IdleMethod.IDLE_MODE)


# How it is told, what the station shows, and after how long it ends by itself.
LASTING: list[tuple[Method, dict[str, Any], float | None, float | None]] = [
    (BELOW, {}, None, 60.0),
    # The message of the text carries its seconds; a maker's own only where it has a word for them.
    (MESSAGE, {}, None, 60.0),
    (MESSAGE, {"fields": {"p": "{power}"}}, None, None),
    (MESSAGE, {"fields": {"p": "{power}"}, "expires_s": 90.0}, None, 90.0),
    (MESSAGE, {"fields": {"p": "{power}", "t": "{seconds}"}}, None, 60.0),
    # The key of the text has a time that is shown; 0 is never.
    (KEY, {}, 120.0, 120.0),
    (KEY, {}, 0.0, None),
    (KEY, {}, None, None),
    (VARIABLE, {}, 30.0, 30.0),
    # What the owner says goes before that, and what is shown says nothing of a maker's own key.
    (KEY, {"expires_s": 15.0}, 120.0, 15.0),
    (KEY, {"key": "Theirs"}, 120.0, None),
]


@pytest.mark.parametrize(("method", "said", "shown_s", "lasts"), LASTING)
def test_how_long_a_setpoint_lasts(
    method: Method, said: dict[str, Any], shown_s: float | None, lasts: float | None
) -> None:
    config = replace(AUTOMATIC, dialect=V2xDialect(method=method, **said))
    dialect = dialect_of(config, V2xAbility(expires_s=shown_s), V16)
    assert dialect is not None
    assert lasts_s(dialect) == lasts
    order = SetpointOrder(
        evse=1,
        power_w=-1.0,
        charge_limit_w=0.0,
        discharge_limit_w=-1.0,
        dialect=dialect,
    )
    # A key that holds for longer than an order is meant to does so all the same.
    assert holds_s(order) == lasts
    assert refresh_s(dialect) == min(20.0, (lasts or 60.0) / 3)
