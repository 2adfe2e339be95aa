"""Where the house leaves less than those above do, they are told, and when it no longer does (2.x K12, K13)."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.uplink import limit_news
from custom_components.evenload.engine.uplink.limit_news import (
    EMS,
    GRID,
    Binding,
    LimitNews,
)
from tests.engine.csms.dialler import Dialler
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import start
from tests.engine.uplink.test_above_other import profile, under
from tests.engine.virtual import run_virtually

ONE = EvseKey("A", 1)


@pytest.mark.parametrize("above", ["2.0.1", "2.1"])
async def test_the_owners_own_maximum_is_told_while_it_binds(
    come: Come, above: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit_news, "PERIOD_S", 0.05)
    site, station, csms = await under(come, "1.6", above, Domain.LIMITS)
    assert isinstance(station, Dialler)
    await start(station)
    await csms.ask(
        "upstairs", "SetChargingProfile", evse_id=1, charging_profile=profile(20)
    )
    await site.set_maximum(ONE, 10.0)
    [told] = await csms.heard.until("NotifyChargingLimit")
    assert told["evse_id"] == 1
    assert told["charging_limit"]["charging_limit_source"] == "EMS"
    [schedule] = told["charging_schedule"]
    assert schedule["charging_rate_unit"] == "A"
    assert schedule["charging_schedule_period"] == [{"start_period": 0, "limit": 10.0}]
    await site.set_maximum(ONE, 32.0)
    [cleared] = await csms.heard.until("ClearedChargingLimit")
    assert cleared == {"charging_limit_source": "EMS", "evse_id": 1}
    assert csms.errors == []


@pytest.mark.parametrize(
    ("above", "domains"), [("1.6", {Domain.LIMITS}), ("2.0.1", set())]
)
async def test_who_has_no_words_for_it_or_no_say_is_not_told(
    come: Come, above: str, domains: set[Domain]
) -> None:
    site, station, csms = await under(come, "1.6", above, *domains)
    assert isinstance(station, Dialler)
    await start(station)
    await site.set_maximum(ONE, 10.0)
    await csms.heard.until("StatusNotification")
    await asyncio.sleep(0.2)
    assert csms.heard.of("NotifyChargingLimit") == []
    assert csms.errors == []


class Above:
    """Who is told, and what binds."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.binding: dict[int, Binding] = {}
        self.news = LimitNews(
            lambda: self.binding,
            lambda *said: self.said.append(said),
            lambda: datetime(2026, 11, 22, tzinfo=UTC),
        )

    def bind(self, binding: Binding | None) -> None:
        """Let something bind EVSE 1, and have it looked at."""
        self.binding = {} if binding is None else {1: binding}
        self.news.look()

    def actions(self) -> list[str]:
        """What was said, and with which limit."""
        return [
            f"{action} {said['chargingSchedule'][0]['chargingSchedulePeriod'][0]['limit']}"
            if "chargingSchedule" in said
            else action
            for action, said in self.said
        ]


def test_what_changes_often_is_told_now_and_then_and_its_last_word_always() -> None:
    async def live() -> None:
        above = Above()
        for amperes in (10.0, 12.0, 9.0, 14.0):
            above.bind(Binding(EMS, amperes))
            await asyncio.sleep(1)
        assert above.actions() == ["NotifyChargingLimit 10.0"]
        await asyncio.sleep(limit_news.PERIOD_S)
        assert above.actions()[1:] == ["NotifyChargingLimit 14.0"]
        above.bind(None)
        above.bind(Binding(EMS, 14.2))
        await asyncio.sleep(limit_news.PERIOD_S + 1)
        # It came back before it was worth a word, and nearly as it was.
        assert len(above.said) == 2

    run_virtually(live())


def test_it_is_said_by_whose_word_and_taken_back_for_the_one_that_was_told() -> None:
    async def live() -> None:
        above = Above()
        above.bind(Binding(EMS, 10.0))
        await asyncio.sleep(limit_news.PERIOD_S + 1)
        above.bind(Binding(GRID, 6.0))
        assert [action for action, _ in above.said] == [
            "NotifyChargingLimit",
            "ClearedChargingLimit",
            "NotifyChargingLimit",
        ]
        assert above.said[1][1] == {"chargingLimitSource": "EMS", "evseId": 1}
        limit = above.said[2][1]["chargingLimit"]
        assert limit == {"chargingLimitSource": "SO", "isGridCritical": True}

    run_virtually(live())


def test_a_new_connection_is_told_anew() -> None:
    async def live() -> None:
        above = Above()
        above.bind(Binding(EMS, 10.0))
        above.news.begin_anew()
        above.bind(Binding(EMS, 10.0))
        assert len(above.said) == 2

    run_virtually(live())
