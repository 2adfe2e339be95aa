"""How a 1.6 station's answers to setpoints are read, and what never leaves the house (docs/v2g-extension.md, 1.6 §6.44, §6.9)."""

import json
from typing import Any

import pytest

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.errors import InvalidRequest
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.v2x import Hindrance
from custom_components.evenload.engine.model.v2x_ability import Method
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler, Payload
from tests.engine.csms.setpoints import sent, setpoint

BELOW, KEY, MESSAGE = (
    Method.NEGATIVE_LIMIT,
    Method.CONFIGURATION_KEY,
    Method.DATA_TRANSFER,
)


@pytest.fixture
def pair(station: tuple[Site, Dialler]) -> tuple[Commands, Dialler]:
    """What can be asked of a station that is set up."""
    site, dialler = station
    return site.commands("A"), dialler


def told(**fields: Any) -> Payload:
    return {"status": "Accepted", "data": json.dumps(fields)}


# What the station answers to which method, what that comes to, and why.
ANSWERS: list[tuple[Method, Payload, Outcome, Hindrance | None]] = [
    (BELOW, {"status": "accepted"}, Outcome.APPLIED, None),
    (BELOW, {"status": "Rejected"}, Outcome.REFUSED, Hindrance.STATION_REFUSES),
    (BELOW, {"status": "NotSupported"}, Outcome.REFUSED, Hindrance.STATION_CANNOT),
    (
        BELOW,
        {"error": "FormationViolation"},
        Outcome.REFUSED,
        Hindrance.STATION_REFUSES,
    ),
    (BELOW, {"error": "NotImplemented"}, Outcome.REFUSED, Hindrance.STATION_CANNOT),
    (BELOW, {"error": "InternalError"}, Outcome.UNKNOWN, None),
    (BELOW, {}, Outcome.UNKNOWN, None),
    (KEY, {"status": "Rejected"}, Outcome.REFUSED, Hindrance.STATION_REFUSES),
    (KEY, {"status": "NotSupported"}, Outcome.REFUSED, Hindrance.STATION_CANNOT),
    # Not now, and nobody knows when.
    (KEY, {"status": "RebootRequired"}, Outcome.REFUSED, Hindrance.STATION_CANNOT),
    (MESSAGE, {"status": "UnknownVendorId"}, Outcome.REFUSED, Hindrance.STATION_CANNOT),
    (MESSAGE, {"status": "Accepted"}, Outcome.UNKNOWN, None),
    (MESSAGE, {"status": "Accepted", "data": "yes"}, Outcome.UNKNOWN, None),
    (MESSAGE, told(status="Accepted"), Outcome.APPLIED, None),
    (
        MESSAGE,
        told(status="Rejected", reasonCode="TxNotFound"),
        Outcome.REFUSED,
        Hindrance.NOT_PLUGGED_IN,
    ),
]


@pytest.mark.parametrize(("method", "answer", "outcome", "why"), ANSWERS)
async def test_a_no_has_a_reason(
    pair: tuple[Commands, Dialler],
    method: Method,
    answer: Payload,
    outcome: Outcome,
    why: Hindrance | None,
) -> None:
    commands, station = pair
    for action in ("SetChargingProfile", "ChangeConfiguration", "DataTransfer"):
        station.answers[action] = answer
    assert (await sent(commands, station, setpoint(method)))[0] is outcome
    refusal = commands.refusal(1)
    assert (None if refusal is None else refusal.hindrance) is why


# What cannot be said in this version, or of nothing: no call leaves.
NOTHING_LEAVES: list[tuple[Method, Payload, Hindrance]] = [
    (Method.NATIVE, {}, Hindrance.STATION_CANNOT),
    (Method.EXTENSION, {}, Hindrance.STATION_CANNOT),
    (Method.VARIABLE, {}, Hindrance.STATION_CANNOT),
    (BELOW, {"transaction_id": None}, Hindrance.NOT_PLUGGED_IN),
    # A transaction that began in another version.
    (BELOW, {"transaction_id": "T-1"}, Hindrance.STATION_CANNOT),
    *[
        (method, {name: value}, Hindrance.STATION_CANNOT)
        for method in (BELOW, KEY, MESSAGE)
        for name in ("power_w", "charge_limit_w", "discharge_limit_w", "lasts_s")
        for value in (float("nan"), float("inf"))
    ],
]


@pytest.mark.parametrize(("method", "more", "why"), NOTHING_LEAVES)
async def test_what_cannot_be_said_does_not_leave(
    pair: tuple[Commands, Dialler], method: Method, more: Payload, why: Hindrance
) -> None:
    commands, station = pair
    assert await sent(commands, station, setpoint(method, **more)) == (
        Outcome.REFUSED,
        [],
    )
    refusal = commands.refusal(1)
    assert refusal is not None
    assert refusal.hindrance is why


async def test_what_1_6_has_no_words_for(pair: tuple[Commands, Dialler]) -> None:
    commands, _ = pair
    with pytest.raises(InvalidRequest):
        await commands.allow_transfer(1, "17", ["DC_BPT"])
    with pytest.raises(InvalidRequest):
        await commands.cap_discharge(50.0)
