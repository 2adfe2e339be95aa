"""One request at a time leaves the house, none that is wrong, and whoever waits hears in the end (OCPP-J §4.1.1)."""

import asyncio
from typing import Any

import pytest

from custom_components.evenload.engine.csms import exchange
from custom_components.evenload.engine.model.errors import (
    InvalidRequest,
    NotConnected,
    StationSilent,
)
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler

LATER = "2036-01-01T00:00:00Z"
PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.1}],
    },
}


def profile(**period: Any) -> dict[str, Any]:
    schedule = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0} | period],
    }
    return {
        "connectorId": 1,
        "csChargingProfiles": PROFILE | {"chargingSchedule": schedule},
    }


def nested(depth: int) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    for _ in range(depth):
        payload = {"a": payload}
    return payload


# OCPP-J §4.1.2 and the schemas: what would have to be refused does not leave the house.
INVALID: dict[str, tuple[str, dict[str, Any]]] = {
    "not a number": ("SetChargingProfile", profile(limit=float("nan"))),
    "infinite": ("SetChargingProfile", profile(limit=float("inf"))),
    "not a multiple of 0.1": ("SetChargingProfile", profile(limit=16.05)),
    "text for a number": ("SetChargingProfile", profile(limit="16")),
    "required field missing": ("SetChargingProfile", {"connectorId": 1}),
    "field too many": ("Reset", {"type": "Soft", "mood": 1}),
    "unknown word": ("Reset", {"type": "Gentle"}),
    "token too long": ("RemoteStartTransaction", {"idTag": "T" * 21}),
    "no JSON": ("DataTransfer", {"vendorId": {1, 2}}),
    "nested deep": ("DataTransfer", {"vendorId": "x", "data": nested(5000)}),
    "nested": ("DataTransfer", {"vendorId": "x", "data": nested(500)}),
    "unknown action": ("MakeCoffee", {}),
    "an answer": ("ResetResponse", {"status": "Accepted"}),
    "what only stations send": ("Heartbeat", {}),
    "a start from our side": (
        "StartTransaction",
        {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": LATER},
    ),
}


@pytest.mark.parametrize("why", INVALID)
async def test_an_invalid_request_stays_in_the_house(
    station: tuple[Site, Dialler], why: str
) -> None:
    site, dialler = station
    action, payload = INVALID[why]
    with pytest.raises(InvalidRequest) as caught:
        await site.commands("A").call(action, payload)
    assert caught.value.action == action
    assert await dialler.result("Heartbeat", {})
    assert dialler.calls == []


async def test_an_error_says_what_is_wrong_but_not_the_secret(
    station: tuple[Site, Dialler],
) -> None:
    site, _ = station
    with pytest.raises(InvalidRequest) as caught:
        await site.commands("A").set_configuration("AuthorizationKey", "hunter2" * 100)
    assert "value" in caught.value.detail
    assert "500" in caught.value.detail
    assert "hunter2" not in str(caught.value)


async def test_a_late_answer_finds_nobody(
    station: tuple[Site, Dialler], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, dialler = station
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.05)
    late: list[str] = []
    dialler.answers["Reset"] = None
    with pytest.raises(StationSilent):
        await site.commands("A").reset(hard=True)
    late.append(dialler.received[-1].split('"')[1])
    dialler.answers["UnlockConnector"] = {
        "raw": f'[3,"{late[0]}",{{"status":"Rejected"}}]'
    }
    with pytest.raises(StationSilent):
        await site.commands("A").unlock(1)


@pytest.mark.parametrize("how", ["close", "cut"])
async def test_who_waits_hears_that_the_station_is_gone(
    station: tuple[Site, Dialler], how: str
) -> None:
    site, dialler = station
    commands = site.commands("A")
    dialler.answers["Reset"] = None
    waiting = [
        asyncio.create_task(commands.reset(hard=True)),
        asyncio.create_task(commands.unlock(1)),
    ]
    await dialler.called("Reset")
    if how == "close":
        await dialler.close()
    else:
        dialler.cut()
    async with asyncio.timeout(2):
        ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(end) for end in ends] == [NotConnected, NotConnected]
    with pytest.raises(NotConnected):
        await commands.unlock(1)
    with pytest.raises(NotConnected):
        site.commands("A")


async def gives_up(site: Site, dialler: Dialler) -> str:
    """Let somebody ask for a reset and not wait for the answer; returns the id of the call."""
    dialler.answers["Reset"] = None
    impatient = asyncio.create_task(site.commands("A").reset(hard=True))
    await dialler.called("Reset")
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    return dialler.received[-1].split('"')[1]


async def test_who_stops_waiting_does_not_free_the_line(
    station: tuple[Site, Dialler],
) -> None:
    # §4.1.1: a station that still owes an answer is asked nothing else.
    site, dialler = station
    call_id = await gives_up(site, dialler)
    dialler.answers["UnlockConnector"] = {"status": "Unlocked"}
    unlocking = asyncio.create_task(site.commands("A").unlock(1))
    await asyncio.sleep(0.1)
    assert dialler.asked("UnlockConnector") == []
    await dialler.send(f'[3,"{call_id}",{{"status":"Accepted"}}]')
    await asyncio.wait_for(unlocking, 2)


async def test_an_answer_that_never_comes_does_not_hold_the_line(
    station: tuple[Site, Dialler], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, dialler = station
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.2)
    await gives_up(site, dialler)
    dialler.answers["UnlockConnector"] = {"status": "Unlocked"}
    await asyncio.wait_for(site.commands("A").unlock(1), 2)


async def test_who_gave_up_does_not_hold_up_the_end(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    await gives_up(site, dialler)
    unlocking = asyncio.create_task(site.commands("A").unlock(1))
    await asyncio.sleep(0.05)
    dialler.cut()
    with pytest.raises(NotConnected):
        await asyncio.wait_for(unlocking, 2)
