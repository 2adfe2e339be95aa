"""A station that takes long to say what it is gets its limits meanwhile: a vehicle may be charging."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from custom_components.evenload.engine.csms import exchange, onboarding
from custom_components.evenload.engine.model.limits import RateUnit
from tests.engine.csms.conftest import Dial, Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onboarding, "LEARNING_PATIENCE_S", 0.1)
    monkeypatch.setattr(onboarding, "GLANCE_PATIENCE_S", 0.1)


def first_unit(calls: list[tuple[str, Payload]]) -> str:
    profile: Payload = next(payload for action, payload in calls if action == "SetChargingProfile")  # fmt: skip
    schedules: list[Payload] = profile["chargingProfile"]["chargingSchedule"]
    return str(schedules[0]["chargingRateUnit"])


def slow_inventory(station: Dialler2) -> Callable[[], None]:
    """Let the inventory come only when what is returned is called."""
    promised = station.answers["GetBaseReport"]
    assert callable(promised)
    asked: list[Payload] = []

    def promise(payload: Payload) -> Payload:
        asked.append(payload)
        return {"status": "Accepted"}

    station.answers["GetBaseReport"] = promise
    return lambda: promised(asked[0])


async def eventually(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


async def test_limits_do_not_wait_for_an_inventory(
    open_site: OpenSite, dial2: Dial2
) -> None:
    # B07: its parts come as messages of their own, and nothing says how soon.
    site = await open_site("A")
    station = await dial2(site)
    release = slow_inventory(station)
    station.model["SmartChargingCtrlr/RateUnit"] = ("W", "ReadOnly", "")
    station.model["SmartChargingCtrlr/Enabled"] = ("false", "ReadWrite", "")
    station.model["EVSE@2/SupplyPhases"] = ("3", "ReadOnly", "")
    await station.boot()
    await station.called("SetChargingProfile")
    assert first_unit(station.calls) == "W"
    assert station.written == [("SmartChargingCtrlr/Enabled", "true")]
    known = site.stations["A"].capabilities
    assert (known.units, known.learnt_from) == ((RateUnit.WATTS,), None)
    await eventually(lambda: site.stations["A"].capabilities.evse_limit)
    release()
    await station.settled()
    known = site.stations["A"].capabilities
    # What limits have taught meanwhile stays; and the EVSE that the inventory tells of is limited, too.
    assert (known.evses, known.evse_limit) == (2, True)
    assert known.learnt_from == "(OCPP 2.0.1)"
    await eventually(
        lambda: {one["evseId"] for one in station.asked("SetChargingProfile")} >= {1, 2}
    )


@pytest.mark.parametrize("answer", [None, {"error": "NotSupported"}, {}])
async def test_a_station_that_says_nothing_of_itself_is_limited(
    open_site: OpenSite, dial2: Dial2, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.4)
    site = await open_site("A")
    station = await dial2(site)
    slow_inventory(station)
    station.answers["GetVariables"] = answer
    await station.boot()
    await station.called("SetChargingProfile")


async def test_a_slow_configuration_does_not_hold_up_limits(
    open_site: OpenSite, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 1.6 §4.1.1: one call at a time, so that limits wait for one answer, and no longer.
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.3)
    site = await open_site("A")
    station = await dial(site)
    station.answers["GetConfiguration"] = None
    await station.boot()
    await station.called("SetChargingProfile")
    assert len(station.asked("GetConfiguration")) == 1


async def test_who_hangs_up_while_it_is_asked_leaves_nothing_behind(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site("A")
    station = await dial2(site)
    slow_inventory(station)
    await station.boot()
    await station.called("SetChargingProfile")
    station.cut()
    await eventually(lambda: not site.stations["A"].connected)
    names = [task.get_coro() for task in asyncio.all_tasks()]
    assert not any("_learn_once" in repr(name) for name in names)
