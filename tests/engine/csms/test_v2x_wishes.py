"""What can be asked of a 2.1 station about discharging, beside setpoints (Q02, Q08, R04)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.errors import (
    InvalidRequest,
    StationRefused,
)
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2

CONFIRMED = datetime(2026, 1, 1, tzinfo=UTC)
TRANSFERS = ["DC", "DC_BPT"]

type Wish = Callable[[Commands], Awaitable[None]]

WISHES: list[tuple[Wish, str, Payload]] = [
    (
        lambda c: c.allow_transfer(1, "T1", TRANSFERS),
        "NotifyAllowedEnergyTransfer",
        {"transactionId": "T1", "allowedEnergyTransfer": TRANSFERS},
    ),
    (
        lambda c: c.share_grid_signal(-40, CONFIRMED),
        "AFRRSignal",
        {"timestamp": "2026-01-01T00:00:00Z", "signal": -40},
    ),
    # R04, errata: a default has neither beginning nor end.
    (
        lambda c: c.cap_discharge(45.678),
        "SetDERControl",
        {
            "isDefault": True,
            "controlId": "evenload-discharge-cap",
            "controlType": "LimitMaxDischarge",
            "limitMaxDischarge": {"priority": 0, "pctMaxDischargePower": 45.6},
        },
    ),
    (
        lambda c: c.cap_discharge(None),
        "ClearDERControl",
        {"isDefault": True, "controlId": "evenload-discharge-cap"},
    ),
]


@pytest.mark.parametrize(("wish", "action", "payload"), WISHES)
async def test_a_wish_of_2_1_is_one_call_and_a_no_is_a_no(
    bidirectional: tuple[Commands, Dialler2], wish: Wish, action: str, payload: Payload
) -> None:
    commands, station = bidirectional
    station.calls.clear()
    await wish(commands)
    assert station.calls == [(action, payload)]
    station.answers[action] = {"status": "Rejected"}
    with pytest.raises(StationRefused):
        await wish(commands)


async def test_what_is_no_number_or_nobodys_does_not_leave(
    bidirectional: tuple[Commands, Dialler2],
) -> None:
    commands, station = bidirectional
    station.calls.clear()
    with pytest.raises(InvalidRequest):
        await commands.cap_discharge(float("nan"))
    with pytest.raises(InvalidRequest):
        await commands.allow_transfer(1, "T1", ["NO_SUCH_WORD"])
    # Without a transaction there is no vehicle to tell.
    await commands.allow_transfer(1, None, TRANSFERS)
    assert not station.calls
