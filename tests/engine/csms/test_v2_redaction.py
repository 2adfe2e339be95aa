"""What is secret in a frame of OCPP 2 is not shown."""

import json
from typing import Any

import pytest

from custom_components.evenload.engine.csms.redaction import REMOVED, redacted

SECRETS = ("CARD-7777", "SERIAL-8888", "hunter2-9999", "-----BEGIN 6666")
CARD, SERIAL, KEY, PEM = SECRETS


@pytest.mark.parametrize(
    "frame",
    [
        [2, "1", "Authorize", {"idToken": {"idToken": CARD, "type": "Central"}, "certificate": PEM}],
        [2, "1", "TransactionEvent", {"idToken": {"idToken": CARD, "additionalInfo": [{"additionalIdToken": CARD}]}}],
        [3, "1", {"idTokenInfo": {"status": "Accepted", "groupIdToken": {"idToken": CARD}}}],
        [2, "1", "BootNotification", {"chargingStation": {"serialNumber": SERIAL, "modem": {"iccid": SERIAL}}}],
        [2, "1", "SetVariables", {"setVariableData": [{"attributeValue": KEY, "component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}]}],
        [3, "1", {"getVariableResult": [{"attributeValue": SERIAL, "component": {"name": "ChargingStation"}, "variable": {"name": "SerialNumber"}}]}],
        [2, "1", "NotifyReport", {"reportData": [{"variable": {"name": "VehicleId"}, "variableAttribute": [{"value": SERIAL}]}]}],
        [2, "1", "NotifyEvent", {"eventData": [{"variable": {"name": "VehicleId"}, "actualValue": SERIAL}]}],
        [2, "1", "SetNetworkProfile", {"connectionData": {"vpn": {"key": KEY, "user": KEY}, "apn": {"apnPassword": KEY}}}],
        [2, "1", "NotifyCustomerInformation", {"data": f"{CARD} charged", "requestId": 1}],
        [2, "1", "Get15118EVCertificate", {"exiRequest": PEM}],
        [2, "1", "PublishFirmwareStatusNotification", {"location": [f"ftp://u:{KEY}@x"]}],
    ],
)  # fmt: skip
def test_a_frame_is_shown_without_secrets(frame: Any) -> None:
    shown = redacted(json.dumps(frame))
    assert REMOVED in shown
    assert not any(secret in shown for secret in SECRETS)


def test_what_is_no_secret_is_shown() -> None:
    frame = [3, "1", {"idTokenInfo": {"status": "Accepted"}}]
    assert json.loads(redacted(json.dumps(frame))) == frame
    item = {"attributeValue": "60", "variable": {"name": "HeartbeatInterval"}}
    frame = [3, "1", {"getVariableResult": [item]}]
    assert json.loads(redacted(json.dumps(frame))) == frame
