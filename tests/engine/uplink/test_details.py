"""What does not fit those above, of a detail: it is cut or left out, and never the transaction that it is about."""

from typing import Any

import pytest

from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.uplink.trimming import Unsaid, trimmed
from tests.engine.csms.dialler2 import event
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import NOW, connected

EVSE = {"evse": {"id": 1, "connectorId": 1}}


def metered(*samples: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"timestamp": NOW, "sampledValue": list(samples)}]


async def test_a_transaction_of_1_6_with_strange_details(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6")
    await connected(site)
    long = "A" * 24
    begun = {"connectorId": 1, "idTag": long, "meterStart": 100, "timestamp": NOW}
    answer = await station.result("StartTransaction", begun)
    ours = answer["transactionId"]
    await station.result(
        "MeterValues",
        {
            "connectorId": 1,
            "transactionId": ours,
            "meterValue": metered(
                {"value": "3", "measurand": "Vendor.X"}, {"value": "150"}
            ),
        },
    )
    await station.result(
        "StopTransaction",
        {
            "transactionId": ours,
            "idTag": long,
            "meterStop": 300,
            "timestamp": NOW,
            "reason": "EVFull",
        },
    )
    [ended] = await csms.heard.until("StopTransaction")
    [started] = csms.heard.of("StartTransaction")
    [told] = csms.heard.of("MeterValues")
    # 1.6 §7.28: an idTag has 20 characters.
    assert started["id_tag"] == ended["id_tag"] == "A" * 20
    assert ended["reason"] == "Other"
    [sample] = told["meter_value"][0]["sampled_value"]
    assert sample["value"] == "150"


async def test_a_fault_with_a_long_text(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6")
    await connected(site)
    known = len(csms.heard.of("StatusNotification"))
    fault = {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted"}
    await station.result("StatusNotification", {**fault, "info": "x" * 80})
    told = (await csms.heard.until("StatusNotification", known + 1))[-1]
    assert (told["status"], told["info"]) == ("Faulted", "x" * 50)


async def test_a_transaction_of_2_1_under_2_0_1(come: Come) -> None:
    site, station, csms = await come("2.1", "2.0.1")
    await connected(site)
    signed = {"signedMeterData": "abc", "encodingMethod": "OCMF"}
    for number, (kind, fields) in enumerate(
        (
            (
                "Started",
                {
                    "trigger": "CablePluggedIn",
                    "idToken": {"idToken": "TAG", "type": "DirectPayment"},
                },
            ),
            (
                "Updated",
                {
                    "trigger": "LimitSet",
                    "meterValue": metered(
                        {"value": 150.0},
                        {"value": 50, "measurand": "Display.PresentSOC"},
                    ),
                },
            ),
            (
                "Ended",
                {
                    "trigger": "CostLimitReached",
                    "reason": "ReqEnergyTransferRejected",
                    "meterValue": metered({"value": 200.0, "signedMeterValue": signed}),
                },
            ),
        )
    ):
        said = event(kind, NOW, number, state="Charging", **EVSE, **fields)
        await station.result("TransactionEvent", said)
    started, updated, ended = await csms.heard.until("TransactionEvent", 3)
    assert started["id_token"] == {"id_token": "TAG", "type": "Central"}
    assert updated["trigger_reason"] == "Trigger"
    [sample] = updated["meter_value"][0]["sampled_value"]
    assert sample["value"] == 150.0
    assert ended["trigger_reason"] == "EnergyLimitReached"
    assert ended["transaction_info"]["stopped_reason"] == "Other"
    [sample] = ended["meter_value"][0]["sampled_value"]
    # 2.0.1 asks for the two that are empty.
    assert sample["signed_meter_value"] == {
        "signed_meter_data": "abc",
        "encoding_method": "OCMF",
        "signing_method": "",
        "public_key": "",
    }
    assert csms.errors == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"seqNo": 1.0, "offline": "yes"},
        {"evse": {"id": 1, "connectorId": "one"}},
        {"evse": {}},
        {"numberOfPhasesUsed": "three", "cableMaxCurrent": "32"},
        {"idToken": {"idToken": "A" * 255, "type": "NFC", "additionalInfo": []}},
        {"meterValue": []},
        {"meterValue": metered()},
        {"meterValue": metered({"value": None}, {"value": 1.0, "phase": "L9"})},
        {"meterValue": [{"timestamp": None, "sampledValue": [{"value": 1}]}]},
        {"transactionInfo": {"transactionId": "T" * 99, "chargingState": "Dancing"}},
    ],
)
@pytest.mark.parametrize("version", [OcppVersion.V201, OcppVersion.V21])
def test_no_detail_costs_an_event(version: OcppVersion, wrong: dict[str, Any]) -> None:
    known = schemas(version)
    said = trimmed(known, "TransactionEvent", event("Ended", NOW, 1) | wrong)
    assert said is not None
    assert known.violations("TransactionEvent", said) == []
    assert said["eventType"] == "Ended"


def test_a_signature_is_left_out_rather_than_cut() -> None:
    signed = {
        "signedMeterData": "x" * 40_000,
        **dict.fromkeys(("encodingMethod", "signingMethod", "publicKey"), ""),
    }
    said = trimmed(
        schemas(OcppVersion.V201),
        "TransactionEvent",
        event("Ended", NOW, 1)
        | {"meterValue": metered({"value": 1.0, "signedMeterValue": signed})},
    )
    assert said is not None
    assert said["meterValue"] == metered({"value": 1.0})


def test_what_is_left_out_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    unsaid = Unsaid(OcppVersion.V16)
    for _ in range(3):
        unsaid.note("NotifyEvent")
    assert [one.levelname for one in caplog.records] == ["WARNING"]
