"""A profile for a transaction is taken where that goes on, and nobody but a third party says what a third party limits (1.6 §5.16; 2.0.1 K01)."""

import asyncio
import json
from typing import Any

import pytest

from custom_components.evenload.engine.model.uplink import Domain, Role
from tests.csms_above import Csms, Station16
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import Dialler2, event
from tests.engine.uplink.conftest import Come, Gather
from tests.engine.uplink.test_above_16 import NOW, connected, profile, start, stop
from tests.engine.uplink.test_controller import connected as known

EVSE: dict[str, Any] = {"evse": {"id": 1, "connectorId": 1}}
CARD: dict[str, Any] = {"idToken": {"idToken": "CARD", "type": "ISO14443"}}


async def set_16(csms: Csms, connector: int = 1, **body: Any) -> str:
    said = profile(8, charging_profile_purpose="TxProfile", **body)
    reply = await csms.ask(
        "upstairs",
        "SetChargingProfile",
        connector_id=connector,
        cs_charging_profiles=said,
    )
    return str(reply.status)


async def set_2(
    csms: Csms, evse: int = 1, purpose: str = "TxProfile", **body: Any
) -> str:
    said = {
        "id": 5,
        "stack_level": 0,
        "charging_profile_purpose": purpose,
        "charging_profile_kind": "Absolute" if evse == 0 else "Relative",
        "charging_schedule": [
            {
                "id": 1,
                "charging_rate_unit": "A",
                "charging_schedule_period": [{"start_period": 0, "limit": 8}],
            }
        ],
    } | body
    reply = await csms.ask(
        "upstairs", "SetChargingProfile", evse_id=evse, charging_profile=said
    )
    return str(reply.status)


async def test_of_1_6(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.LIMITS)
    assert isinstance(station, Dialler)
    await connected(site)
    # §5.16: "there is no transaction active on the connector".
    assert await set_16(csms) == "Rejected"
    assert await set_16(csms, transaction_id=7001) == "Rejected"
    ours = await start(station)
    await csms.heard.until("StartTransaction")
    await asyncio.sleep(0.05)
    assert await set_16(csms, transaction_id=7002) == "Rejected"
    assert await set_16(csms, transaction_id=ours) == "Rejected"
    assert await set_16(csms, transaction_id=7001) == "Accepted"
    assert await set_16(csms) == "Accepted"
    await stop(station, ours, 200)
    assert await set_16(csms, transaction_id=7001) == "Rejected"


async def test_of_2(come: Come) -> None:
    site, station, csms = await come("2.0.1", "2.0.1", Domain.LIMITS)
    assert isinstance(station, Dialler2)
    await connected(site)
    assert await set_2(csms, transaction_id="T") == "Rejected"
    await station.status("Occupied")
    said = event("Started", NOW, 0, transaction="T", state="Charging", **EVSE, **CARD)
    await station.result("TransactionEvent", said)
    # K01.FR.03: it names the transaction. K01.FR.33: and one that there is.
    assert await set_2(csms) == "Rejected"
    assert await set_2(csms, transaction_id="U") == "Rejected"
    assert await set_2(csms, transaction_id="T") == "Accepted"


async def test_one_that_comes_with_the_number_of_the_transaction_is_taken(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those above may say both at once."""
    answers: list[Any] = []
    body = {
        "chargingProfileId": 5,
        "transactionId": 7001,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8}],
        },
    }
    said = {"connectorId": 1, "csChargingProfiles": body}
    asked = json.dumps([2, "p", "SetChargingProfile", said])
    send = Station16._send  # the package's own

    async def and_a_limit(self: Any, text: str) -> None:
        await send(self, text)
        if text.startswith("[3") and '"transactionId"' in text:
            await self._connection.send(asked)

    monkeypatch.setattr(Station16, "_send", and_a_limit)
    received = Station16.route_message

    async def note(self: Any, text: str) -> Any:
        if json.loads(text)[1] == "p":
            answers.append(json.loads(text)[2])
        return await received(self, text)

    monkeypatch.setattr(Station16, "route_message", note)
    site, station, _ = await come("1.6", "1.6", Domain.LIMITS)
    assert isinstance(station, Dialler)
    await connected(site)
    await start(station)
    async with asyncio.timeout(5):
        while not answers:
            await asyncio.sleep(0.02)
    assert answers == [{"status": "Accepted"}]


@pytest.mark.parametrize("above", ["2.0.1", "2.1"])
async def test_what_third_parties_limit_is_not_for_those_above_to_say(
    gather: Gather, above: str
) -> None:
    """K01.FR.22, of a controller and its stations alike."""
    site, _, csms = await gather(Role.CONTROLLER, above, Domain.LIMITS)
    await known(site)
    assert await set_2(csms, 0, "ChargingStationExternalConstraints") == "Rejected"
    assert await set_2(csms, 0, "ChargingStationMaxProfile") == "Accepted"
