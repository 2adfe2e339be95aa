"""A transaction that those above do not take holds up no other, and answers to requests wait for nothing (1.6 §3.7, §3.7.1; 2.0.1 E12, E13)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from custom_components.evenload.engine.model.errors import StationRefused
from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.uplink.names import Saying
from custom_components.evenload.engine.uplink.outbox import Outbox
from custom_components.evenload.engine.uplink.telling import Telling
from tests.engine.csms.dialler2 import Dialler2
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import connected
from tests.engine.uplink.test_teller import READING, START, STOP, Above, story
from tests.engine.virtual import run_virtually

FIRST = [f"{START} 1", f"{READING} 1", f"{STOP} 1"]
SECOND = [f"{START} 2", f"{READING} 2", f"{STOP} 2"]


def test_a_transaction_that_is_refused_for_hours_holds_up_no_other(
    tmp_path: Path,
) -> None:
    hours = 3 * 3600

    def answers(action: str, now: float) -> str | None:
        return "InternalError" if action == FIRST[0] and now < hours else None

    above = Above(tmp_path, answers)
    story(above.tell(*FIRST, *SECOND, "StatusNotification", hours=4))
    # All of the others, soon; and then the first, whole and in order.
    assert above.taken == [*SECOND, "StatusNotification", *FIRST]
    others = [now for action, now in above.heard if action not in FIRST]
    assert max(others) < 60
    firsts = [now for action, now in above.heard if action in FIRST]
    assert hours < min(firsts)
    assert max(firsts) < hours + 600


@pytest.mark.parametrize("how", ["silent", "hangs up"])
def test_a_transaction_that_is_never_answered_holds_up_no_other(
    tmp_path: Path, how: str
) -> None:
    above = Above(tmp_path, lambda action, _: how if action == FIRST[0] else None)
    story(above.tell(*FIRST, *SECOND, hours=12))
    assert above.taken == [*SECOND, *FIRST[1:]]
    assert max(now for action, now in above.heard if action in SECOND) < 1200
    assert above.tries.count(FIRST[0]) == 20


def test_two_that_are_refused_hold_up_neither_each_other(tmp_path: Path) -> None:
    def answers(action: str, now: float) -> str | None:
        is_first = action == FIRST[0] and now < 7200
        return (
            "InternalError" if is_first or (action == SECOND[0] and now < 600) else None
        )

    above = Above(tmp_path, answers)
    story(above.tell(*FIRST, *SECOND, f"{START} 3", hours=4))
    assert above.taken == [f"{START} 3", *SECOND, *FIRST]


def test_while_nothing_is_taken_all_keeps_its_order(tmp_path: Path) -> None:
    above = Above(tmp_path, lambda _, now: "InternalError" if now < 36_000 else None)
    story(above.tell(*FIRST, *SECOND, hours=12))
    assert above.taken == [*FIRST, *SECOND]


def test_one_that_waits_beside_the_others_survives_a_crash(tmp_path: Path) -> None:
    async def hear(saying: Saying) -> None:
        if saying[0] == START:
            raise StationRefused("A", START, "InternalError")

    async def takes_statuses() -> bool:
        return True

    async def live() -> list[str]:
        first = Outbox(tmp_path / "uplink.db", lambda _: None)
        await first.open()
        for said in FIRST:
            action, _, transaction = said.partition(" ")
            first.put("A", action, {"_transaction": transaction})
        telling = Telling("A", first, hear, takes_statuses, lambda _: None)
        line = asyncio.create_task(telling.live())
        await asyncio.sleep(600)
        assert len(first.asides("A")["1"]) == len(telling) == 3
        line.cancel()
        await asyncio.gather(line, return_exceptions=True)
        # Nothing closes the first one.
        second = Outbox(tmp_path / "uplink.db", lambda _: None)
        await second.open()
        found = []
        while second.count("A"):
            message = await second.next("A")
            found.append(f"{message.action} {message.payload['_transaction']}")
            second.delivered(message)
        for box in (first, second):
            await box.close()
        return found

    assert run_virtually(live()) == FIRST


async def test_a_report_that_was_asked_for_does_not_wait_for_what_is_old(
    come: Come,
) -> None:
    """N.B. both: what a station reports itself, and what the house does for it."""
    site, station, csms = await come("2.0.1", "2.0.1", *Domain)
    assert isinstance(station, Dialler2)
    await connected(site)
    outbox = site._uplinks._outbox  # to have much to tell
    assert outbox is not None
    station.answers["GetBaseReport"] = {"status": "Accepted"}
    limit = {
        "id": 5,
        "stack_level": 0,
        "charging_profile_purpose": "TxDefaultProfile",
        "charging_profile_kind": "Relative",
        "charging_schedule": [
            {
                "id": 1,
                "charging_rate_unit": "A",
                "charging_schedule_period": [{"start_period": 0, "limit": 10}],
            }
        ],
    }
    await csms.ask("upstairs", "SetChargingProfile", evse_id=1, charging_profile=limit)
    known = station.asked("GetBaseReport")
    values: list[dict[str, Any]] = [
        {"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [{"value": 1.0}]}
    ]
    for _ in range(1500):
        outbox.put("A", "MeterValues", {"evseId": 1, "meterValue": values})
    reply = await csms.ask(
        "upstairs", "GetBaseReport", request_id=7, report_base="SummaryInventory"
    )
    assert reply.status == "Accepted"
    asked = (await station.called("GetBaseReport", len(known) + 1))[-1]
    part = {
        "requestId": asked["requestId"],
        "generatedAt": "2026-01-01T00:00:00Z",
        "seqNo": 0,
    }
    await station.result("NotifyReport", part)
    reply = await csms.ask(
        "upstairs",
        "GetChargingProfiles",
        request_id=8,
        charging_profile={"charging_profile_id": [5]},
    )
    assert reply.status == "Accepted"
    [report] = await csms.heard.until("NotifyReport")
    [profiles] = await csms.heard.until("ReportChargingProfiles")
    assert (report["request_id"], profiles["request_id"]) == (7, 8)
    assert len(csms.heard.of("MeterValues")) < 1000
