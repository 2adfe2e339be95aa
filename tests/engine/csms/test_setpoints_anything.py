"""Whatever is ordered by whichever dialect: what leaves fits its schema, stays within both limits, and keeps its sign."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.csms.dialects.quirks import Quirks
from custom_components.evenload.engine.csms.discharging.setpoints import Setpoints
from custom_components.evenload.engine.csms.exchange import check
from custom_components.evenload.engine.csms.limiting.terms import Knowledge
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.v2.setpoints import Setpoints2
from custom_components.evenload.engine.csms.v16.setpoints import Setpoints16
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import Overrides
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.v2x import (
    IdleMethod,
    SetpointOrder,
    V2xDialect,
)
from custom_components.evenload.engine.model.v2x_ability import Method, OperationMode
from tests.engine.csms.dialler import Payload

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
WATTS = st.floats(-50_000, 50_000)
ODD = st.one_of(WATTS, st.just(float("nan")), st.just(float("inf")))

DIALECTS = st.builds(
    V2xDialect,
    method=st.sampled_from(Method),
    unit=st.sampled_from(RateUnit),
    idle=st.sampled_from(IdleMethod),
    charges_by_limits=st.booleans(),
    clear_before_set=st.booleans(),
    upkeep_w=st.floats(0, 500),
)
CURVES = st.lists(st.tuples(st.floats(47, 52), WATTS), max_size=4).map(tuple)
ORDERS = st.builds(
    SetpointOrder,
    evse=st.integers(1, 4),
    power_w=ODD,
    charge_limit_w=ODD,
    discharge_limit_w=ODD,
    lasts_s=st.floats(0, 900),
    mode=st.sampled_from(OperationMode),
    transaction_id=st.sampled_from(["17", None]),
    dialect=DIALECTS,
    phases=st.integers(0, 3),
    by_phase_w=st.one_of(st.none(), st.tuples(WATTS, WATTS, WATTS)),
    sleeps=st.booleans(),
    frequency_curve=CURVES,
)


class Checking:
    """Takes calls that fit their schema, and no others."""

    def __init__(self, version: OcppVersion) -> None:
        self.version = version
        self.calls: list[tuple[str, Payload]] = []

    async def call_latest(
        self, action: str, payload: Payload, is_wanted: Callable[[], bool]
    ) -> Payload:
        assert is_wanted()
        check(schemas(self.version), action, payload)
        # NaN and Infinity are no JSON.
        json.dumps(payload, allow_nan=False)
        self.calls.append((action, payload))
        return {"status": "Accepted"}


def setpoints(version: OcppVersion, caller: Checking) -> Setpoints:
    knowledge = Knowledge(
        lambda: Capabilities(dynamic_profiles=True),
        Quirks,
        Overrides,
        lambda _: None,
    )
    writer = (
        Setpoints16(knowledge)
        if version is OcppVersion.V16
        else Setpoints2(knowledge, version)
    )
    return Setpoints(caller, writer, lambda: NOW)


def periods(payload: Any) -> list[Payload]:
    """All periods, updates and extensions of a payload, wherever they stand."""
    match payload:
        case dict():
            mine = [payload] if {"limit", "setpoint"} & payload.keys() else []
            return mine + [one for value in payload.values() for one in periods(value)]
        case list():
            return [one for value in payload for one in periods(value)]
        case _:
            return []


@pytest.mark.parametrize("version", OcppVersion)
@given(orders=st.lists(ORDERS, min_size=1, max_size=3))
def test_what_leaves_is_right(
    version: OcppVersion, orders: list[SetpointOrder]
) -> None:
    caller = Checking(version)

    async def run() -> None:
        giving = setpoints(version, caller)
        for order in orders:
            caller.calls.clear()
            outcome = await giving.set(order)
            assert outcome is Outcome.REFUSED or caller.calls
            assert (giving.refusal(order.evse) is None) is (
                outcome is not Outcome.REFUSED
            )
            judge(order)
            await giving.end(order)
            judge(order)

    def judge(order: SetpointOrder) -> None:
        for period in [one for _, payload in caller.calls for one in periods(payload)]:
            said_w = period.get("setpoint")
            out_w, into_w = period.get("dischargeLimit"), period.get("limit")
            if order.dialect.method is not Method.NEGATIVE_LIMIT or order.power_w >= 0:
                assert into_w is None or into_w >= 0
            assert out_w is None or out_w <= 0
            if said_w is not None and "setpoint_L2" not in period:
                assert out_w is None or said_w >= out_w
                assert into_w is None or said_w <= into_w or "vendorId" in period

    asyncio.run(run())
