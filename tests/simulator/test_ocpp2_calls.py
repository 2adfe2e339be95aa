"""Every call that a central system of OCPP 2.0.1 or 2.1 can make, and what this station answers."""

import pytest

from simulator.ocpp2 import calls
from simulator.ocppj.frames import Call, CallError
from tests.simulator.central_system import SCHEMAS, StationError, violations
from tests.simulator.test_calls import PEM, spoilt
from tests.simulator.test_ocpp2_thin_line import profile

TOKEN = {"idToken": "A1B2C3D4", "type": "ISO14443"}
HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "a",
    "issuerKeyHash": "b",
    "serialNumber": "c",
}
LATER = "2026-01-05T13:00:00Z"
UNKNOWN = {"component": {"name": "Oven"}, "variable": {"name": "Heat"}}
POWER = {
    "component": {"name": "EVSE", "evse": {"id": 1}},
    "variable": {"name": "Power"},
}
NETWORK = {
    "ocppVersion": "OCPP20",
    "ocppTransport": "JSON",
    "ocppCsmsUrl": "wss://a",
    "messageTimeout": 30,
    "securityProfile": 2,
    "ocppInterface": "Wired0",
}


def ok(reason=None, status="Accepted", info=None):
    said = {"reasonCode": reason} | ({"additionalInfo": info} if info else {})
    return {"status": status} | ({"statusInfo": said} if reason else {})


# Action, payload, and the answer or the code of the error.
# fmt: off
ROWS = [
    ("CancelReservation", {"reservationId": 1}, ok(status="Rejected")),
    ("CertificateSigned", {"certificateChain": PEM}, ok()),
    ("CertificateSigned", {"certificateChain": "none"}, ok("InvalidCertificate", "Rejected")),
    ("ChangeAvailability", {"operationalStatus": "Inoperative"}, ok()),
    ("ChangeAvailability", {"operationalStatus": "Operative", "evse": {"id": 1}}, ok()),
    ("ChangeAvailability", {"operationalStatus": "Operative", "evse": {"id": 9}}, ok("UnknownEVSE", "Rejected")),
    ("ClearCache", {}, ok()),
    ("ClearChargingProfile", {"chargingProfileId": 5}, ok(status="Unknown")),
    ("ClearChargingProfile", {}, ok("MissingParam", "Unknown")),
    ("ClearDisplayMessage", {"id": 1}, "NotSupported"),
    ("ClearVariableMonitoring", {"id": [1]}, {"clearMonitoringResult": [{"id": 1, "status": "NotFound"}]}),
    ("CostUpdated", {"totalCost": 1.5, "transactionId": "1"}, {}),
    ("CustomerInformation", {"requestId": 1, "report": True, "clear": True, "idToken": TOKEN}, ok()),
    ("CustomerInformation", {"requestId": 1, "report": False, "clear": False}, ok("InvalidValue", "Rejected")),
    ("DataTransfer", {"vendorId": "Nobody"}, ok(status="UnknownVendorId")),
    ("DeleteCertificate", {"certificateHashData": HASH}, ok(status="NotFound")),
    ("GetBaseReport", {"requestId": 1, "reportBase": "SummaryInventory"}, ok()),
    ("GetChargingProfiles", {"requestId": 1, "chargingProfile": {}}, ok(status="NoProfiles")),
    ("GetCompositeSchedule", {"evseId": 9, "duration": 60}, ok("UnknownEVSE", "Rejected")),
    ("GetDisplayMessages", {"requestId": 1}, "NotSupported"),
    ("GetInstalledCertificateIds", {}, ok(status="NotFound")),
    ("GetLocalListVersion", {}, {"versionNumber": 0}),
    ("GetLog", {"requestId": 1, "logType": "SecurityLog", "log": {"remoteLocation": "https://a"}},
     {"status": "Accepted", "filename": "SecurityLog.log"}),
    ("GetMonitoringReport", {"requestId": 1}, ok(status="EmptyResultSet")),
    ("GetReport", {"requestId": 1, "componentCriteria": ["Problem", "Active"]}, ok(status="EmptyResultSet")),
    ("GetTransactionStatus", {"transactionId": "1"}, {"ongoingIndicator": False, "messagesInQueue": False}),
    ("GetTransactionStatus", {}, {"messagesInQueue": False}),
    ("GetVariables", {"getVariableData": [UNKNOWN]},
     {"getVariableResult": [UNKNOWN | {"attributeStatus": "UnknownComponent", "attributeStatusInfo": {"reasonCode": "NotFound"}}]}),
    ("InstallCertificate", {"certificateType": "CSMSRootCertificate", "certificate": PEM}, ok()),
    ("PublishFirmware", {"location": "a", "checksum": "b", "requestId": 1}, "NotSupported"),
    ("RequestStartTransaction", {"idToken": TOKEN, "remoteStartId": 1, "evseId": 1}, ok()),
    ("RequestStartTransaction", {"idToken": TOKEN, "remoteStartId": 1, "evseId": 1,
                                 "chargingProfile": profile(9, tx="1", purpose="TxProfile")},
     ok("InvalidProfile", "Rejected", "a TxProfile of no transaction")),
    ("RequestStopTransaction", {"transactionId": "1"}, ok("TxNotFound", "Rejected")),
    ("ReserveNow", {"id": 1, "expiryDateTime": LATER, "idToken": TOKEN, "evseId": 1}, ok()),
    ("Reset", {"type": "OnIdle"}, ok()),
    ("Reset", {"type": "Immediate", "evseId": 1}, ok()),
    ("SendLocalList", {"versionNumber": 1, "updateType": "Full", "localAuthorizationList":
                       [{"idToken": TOKEN, "idTokenInfo": {"status": "Accepted"}}]}, ok()),
    ("SetChargingProfile", {"evseId": 1, "chargingProfile": profile(9)}, ok()),
    ("SetDisplayMessage", {"message": {"id": 1, "priority": "NormalCycle", "message": {"format": "UTF8", "content": "a"}}},
     "NotSupported"),
    ("SetMonitoringBase", {"monitoringBase": "All"}, ok()),
    ("SetMonitoringLevel", {"severity": 5}, ok()),
    ("SetMonitoringLevel", {"severity": 12}, ok("ValueOutOfRange", "Rejected")),
    ("SetNetworkProfile", {"configurationSlot": 2, "connectionData": NETWORK}, ok()),
    ("SetNetworkProfile", {"configurationSlot": 7, "connectionData": NETWORK}, ok("InvalidConfSlot", "Rejected")),
    ("SetVariableMonitoring", {"setMonitoringData": [POWER | {"type": "UpperThreshold", "value": 5000, "severity": 5}]},
     {"setMonitoringResult": [POWER | {"type": "UpperThreshold", "severity": 5, "id": 1, "status": "Accepted"}]}),
    ("SetVariables", {"setVariableData": [UNKNOWN | {"attributeValue": "1"}]},
     {"setVariableResult": [UNKNOWN | {"attributeStatus": "UnknownComponent", "attributeStatusInfo": {"reasonCode": "NotFound"}}]}),
    ("TriggerMessage", {"requestedMessage": "Heartbeat"}, ok()),
    ("TriggerMessage", {"requestedMessage": "BootNotification"}, ok("NotEnabled", "Rejected")),
    ("TriggerMessage", {"requestedMessage": "SignV2GCertificate"}, ok(status="NotImplemented")),
    ("UnlockConnector", {"evseId": 1, "connectorId": 1}, ok(status="Unlocked")),
    ("UnlockConnector", {"evseId": 1, "connectorId": 2}, ok(status="UnknownConnector")),
    ("UnpublishFirmware", {"checksum": "a"}, "NotSupported"),
    ("UpdateFirmware", {"requestId": 1, "firmware": {"location": "https://a", "retrieveDateTime": LATER}}, ok()),
    ("UpdateFirmware", {"requestId": 1, "firmware": {"location": "https://a", "retrieveDateTime": LATER,
                                                     "signingCertificate": "no"}}, ok(status="InvalidCertificate")),
]
UNSUPPORTED = ("UnsupportedRequest", "Rejected")
ROWS_OF_2_1 = [
    ("AFRRSignal", {"timestamp": LATER, "signal": 1}, ok(*UNSUPPORTED)),
    ("AdjustPeriodicEventStream", {"id": 1, "params": {}}, ok("NotFound", "Rejected")),
    ("ChangeTransactionTariff", {"transactionId": "1", "tariff": {"tariffId": "a", "currency": "EUR"}}, ok(*UNSUPPORTED)),
    ("ClearDERControl", {"isDefault": False}, ok("UnsupportedRequest", "NotSupported")),
    ("ClearTariffs", {"tariffIds": ["a"]}, {"clearTariffsResult": [{"tariffId": "a", "status": "NoTariff"}]}),
    ("GetDERControl", {"requestId": 1}, ok("UnsupportedRequest", "NotSupported")),
    ("GetPeriodicEventStream", {}, {}),
    ("GetTariffs", {"evseId": 0}, ok("UnsupportedRequest", "NoTariff")),
    ("NotifyAllowedEnergyTransfer", {"transactionId": "1", "allowedEnergyTransfer": ["DC"]}, ok(*UNSUPPORTED)),
    ("NotifyWebPaymentStarted", {"evseId": 1, "timeout": 60}, "NotSupported"),
    ("RequestBatterySwap", {"idToken": TOKEN, "requestId": 1}, ok(*UNSUPPORTED)),
    ("SetDERControl", {"isDefault": False, "controlId": "a", "controlType": "LimitMaxDischarge"},
     ok("UnsupportedRequest", "NotSupported")),
    ("SetDefaultTariff", {"evseId": 0, "tariff": {"tariffId": "a", "currency": "EUR"}}, ok(*UNSUPPORTED)),
    ("UpdateDynamicSchedule", {"chargingProfileId": 7, "scheduleUpdate": {"limit": 9}}, ok("InvalidProfile", "Rejected")),
    ("UsePriorityCharging", {"transactionId": "1", "activate": True}, ok("TxNotFound", "Rejected")),
]
# fmt: on
FROM_STATIONS = {
    "Authorize",
    "BatterySwap",
    "BootNotification",
    "ClearedChargingLimit",
    "ClosePeriodicEventStream",
    "FirmwareStatusNotification",
    "Get15118EVCertificate",
    "GetCertificateChainStatus",
    "GetCertificateStatus",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "OpenPeriodicEventStream",
    "PublishFirmwareStatusNotification",
    "PullDynamicScheduleUpdate",
    "ReportChargingProfiles",
    "ReportDERControl",
    "ReservationStatusUpdate",
    "SecurityEventNotification",
    "SignCertificate",
    "StatusNotification",
    "TransactionEvent",
    "VatNumberValidation",
}
PROPER_ERRORS = {
    "OccurrenceConstraintViolation",
    "PropertyConstraintViolation",
    "TypeConstraintViolation",
    "NotSupported",
}
EVERY = [("2.0.1", *row) for row in ROWS] + [
    ("2.1", *row) for row in ROWS + ROWS_OF_2_1
]


@pytest.mark.parametrize(("version", "action", "payload", "answer"), EVERY)
async def test_answers(switch_on, central, clock, version, action, payload, answer):
    await switch_on(versions=[version])
    if isinstance(answer, str):
        with pytest.raises(StationError, match=answer):
            await central.call("X", action, payload)
    else:
        assert await central.call("X", action, payload) == answer
    await clock.advance(8)


@pytest.mark.parametrize(
    ("folder", "rows"), [("v201", ROWS), ("v21", ROWS + ROWS_OF_2_1)]
)
def test_every_action_of_a_central_system_has_a_row(folder, rows):
    actions = {
        path.stem.removesuffix("Request")
        for path in (SCHEMAS / folder / "schemas").glob("*Request.json")
    }
    asked = {
        action
        for action in actions - FROM_STATIONS
        if not action.startswith("Notify")
        or action in {"NotifyAllowedEnergyTransfer", "NotifyWebPaymentStarted"}
    }
    assert asked == {action for action, _, _ in rows}


async def test_unknown_actions_and_wrong_payloads_get_errors(switch_on, central):
    station = await switch_on(versions=["2.0.1"])
    for text in (
        '[2,"u1","MakeCoffee",{}]',
        '[2,"u2","Reset",{"type":"Lukewarm"}]',
        '[2,"u3","Reset",{}]',
        '[2,"u4","RequestStopTransaction",{"transactionId":1}]',
        '[2,"u5","UpdateDynamicSchedule",{}]',
        "not even JSON",
    ):
        await central.send("X", text)
    await station.clock.settle()
    sent = [
        text for way, text in station.frames if way == "sent" and text.startswith("[4")
    ]
    assert [text.split(",")[2] for text in sent] == [
        '"NotImplemented"',
        '"PropertyConstraintViolation"',
        '"OccurrenceConstraintViolation"',
        '"TypeConstraintViolation"',
        '"NotImplemented"',
    ]


@pytest.mark.parametrize(
    ("version", "action", "payload"), [(v, a, p) for v, a, p, _ in EVERY]
)
async def test_no_payload_upsets_it(switch_on, version, action, payload):
    station = await switch_on(versions=[version], accepted=False)
    brain = station.brain
    brain.registration.status = "Accepted"
    for wrong in spoilt(payload):
        assert outcome(brain, action, wrong) in (PROPER_ERRORS | {"answered"}), wrong
        composite = {"evseId": 1, "duration": 60}
        assert outcome(brain, "GetCompositeSchedule", composite) == "answered"
    brain.advance(1)
    assert brain.snapshot()


def outcome(brain, action, payload):
    """The code of the error, or that there is an answer that fits its schema."""
    try:
        answer = calls.answer(brain, Call("1", action, payload))
    except CallError as error:
        return error.code
    wrong = violations(f"{action}Response", answer.payload, f"ocpp{brain.version}")
    assert not wrong, (wrong, answer.payload)
    return "answered"
