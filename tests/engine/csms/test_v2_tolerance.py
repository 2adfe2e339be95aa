"""What 2.x stations get slightly wrong costs nothing; what changes the meaning is refused (reference pains 21, 22, 24)."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.evenload.engine.csms.frames import CallFault
from custom_components.evenload.engine.csms.framing import Fault
from custom_components.evenload.engine.csms.meters import moment
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.tolerance import mend
from custom_components.evenload.engine.csms.v2.directions import FROM_STATION
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import event
from tests.engine.csms.examples import example

V201, V21 = OcppVersion.V201, OcppVersion.V21
NOW = "2026-11-02T12:00:00Z"

BOOT = {"reason": "PowerUp", "chargingStation": {"vendorName": "M", "model": "B"}}
STATUS = {
    "timestamp": NOW,
    "connectorStatus": "Available",
    "evseId": 1,
    "connectorId": 1,
}
EVENT = event("Updated", NOW, 3, state="Charging", trigger="MeterValuePeriodic")
REGISTER = {"value": 5.0}
VOLTAGE = {"value": 230.0, "measurand": "Voltage"}


def meters(*sampled: Any) -> Payload:
    return {
        "evseId": 1,
        "meterValue": [{"timestamp": NOW, "sampledValue": list(sampled)}],
    }


def reported(**fields: Any) -> Payload:
    item = {
        "component": {"name": "C"},
        "variable": {"name": "V"},
        "variableAttribute": [{"value": "1"}],
    }
    good = item | {
        "variableCharacteristics": {"dataType": "string", "supportsMonitoring": False}
    }
    return {
        "requestId": 1,
        "generatedAt": NOW,
        "seqNo": 0,
        "reportData": [good, item | fields],
    }


NEEDS = {
    "evseId": 1,
    "chargingNeeds": {
        "requestedEnergyTransfer": "AC_three_phase",
        "acChargingParameters": {
            "energyAmount": 40000,
            "evMinCurrent": 6,
            "evMaxCurrent": 16,
            "evMaxVoltage": 400,
        },
    },
}


def without(payload: Payload, field: str) -> Payload:
    return {name: value for name, value in payload.items() if name != field}


MENDED: list[tuple[str, Payload, Payload]] = [
    # Case, and words of 1.6 from stations that were 1.6 a firmware ago (FoxESS).
    ("StatusNotification", STATUS | {"connectorStatus": "AVAILABLE"}, STATUS),
    (
        "StatusNotification",
        STATUS | {"connectorStatus": "Charging"},
        STATUS | {"connectorStatus": "Occupied"},
    ),
    # Nulls, extra fields, numbers as text and text as numbers.
    ("StatusNotification", STATUS | {"info": None, "vendorErrorCode": "7"}, STATUS),
    ("StatusNotification", STATUS | {"evseId": "1", "connectorId": 1.0}, STATUS),
    ("TransactionEvent", EVENT | {"offline": "false"}, EVENT | {"offline": False}),
    ("TransactionEvent", EVENT | {"offline": 0}, EVENT | {"offline": False}),
    ("TransactionEvent", EVENT | {"evse": None, "idToken": None}, EVENT),
    (
        "TransactionEvent",
        EVENT | {"transactionInfo": {"transactionId": 17}},
        EVENT | {"transactionInfo": {"transactionId": "17"}},
    ),
    # Custom data is allowed, and what is not custom data is left out.
    (
        "StatusNotification",
        STATUS | {"customData": {"vendorId": "v", "x": [1]}},
        STATUS | {"customData": {"vendorId": "v", "x": [1]}},
    ),
    ("StatusNotification", STATUS | {"customData": {"x": 1}}, STATUS),
    # Unknown words where nothing goes by them.
    (
        "BootNotification",
        BOOT | {"reason": "Unexpected"},
        BOOT | {"reason": "Unknown"},
    ),
    (
        "BootNotification",
        {"chargingStation": BOOT["chargingStation"]},
        BOOT | {"reason": "Unknown"},
    ),
    (
        "TransactionEvent",
        EVENT | {"triggerReason": "Whim"},
        EVENT | {"triggerReason": "Trigger"},
    ),
    (
        "TransactionEvent",
        EVENT | {"transactionInfo": EVENT["transactionInfo"] | {"chargingState": "Up"}},
        EVENT | {"transactionInfo": {"transactionId": "T1"}},
    ),
    (
        "Authorize",
        {"idToken": {"idToken": "X", "type": "VIN"}},
        {"idToken": {"idToken": "X", "type": "Central"}},
    ),
    # What is left out and is of no consequence.
    ("TransactionEvent", EVENT | {"seqNo": None}, EVENT | {"seqNo": 0}),
    ("TransactionEvent", without(EVENT, "seqNo"), EVENT | {"seqNo": 0}),
    (
        "TransactionEvent",
        EVENT | {"idToken": {"idToken": "X"}},
        EVENT | {"idToken": {"idToken": "X", "type": "Central"}},
    ),
    (
        "BootNotification",
        BOOT | {"chargingStation": {"vendorName": "M"}},
        BOOT | {"chargingStation": {"vendorName": "M", "model": ""}},
    ),
    # Names of 1.6, from stations that were 1.6 a firmware ago.
    (
        "BootNotification",
        {"chargePointVendor": "M", "chargePointModel": "B", "firmwareVersion": "1"},
        {
            "reason": "Unknown",
            "chargingStation": BOOT["chargingStation"] | {"firmwareVersion": "1"},
        },
    ),
    (
        "BootNotification",
        BOOT | {"chargingStation": {"chargePointVendor": "M", "chargePointModel": "B"}},
        BOOT,
    ),
    # One bad sample does not cost the others, nor a bad signature its sample.
    ("MeterValues", meters({"value": "five"}, VOLTAGE), meters(VOLTAGE)),
    ("MeterValues", meters({"value": "5"}, VOLTAGE), meters(REGISTER, VOLTAGE)),
    ("MeterValues", meters(REGISTER | {"measurand": "Mood"}, VOLTAGE), meters(VOLTAGE)),
    (
        "MeterValues",
        meters(REGISTER | {"signedMeterValue": {"signedMeterData": "x"}}),
        meters(REGISTER),
    ),
    (
        "MeterValues",
        meters(REGISTER | {"context": "whatever"}),
        meters(REGISTER | {"context": "Other"}),
    ),
    ("TransactionEvent", EVENT | {"meterValue": []}, EVENT),
    ("TransactionEvent", EVENT | {"meterValue": [{"timestamp": NOW}]}, EVENT),
    # Nor a bad variable its report.
    (
        "NotifyReport",
        reported(variableCharacteristics={"dataType": "string"}),
        reported(
            variableCharacteristics={"dataType": "string", "supportsMonitoring": False}
        ),
    ),
    (
        "NotifyReport",
        reported(component={}),
        {**reported(), "reportData": reported()["reportData"][:1]},
    ),
    # A vehicle that feeds back says so in words of 2.1, and with fractions.
    (
        "NotifyEVChargingNeeds",
        {"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "DC_BPT"}},
        {"evseId": 1, "chargingNeeds": {"requestedEnergyTransfer": "DC_BPT"}},
    ),
    (
        "NotifyEVChargingNeeds",
        json.loads(json.dumps(NEEDS).replace("40000", "40000.4")),
        NEEDS,
    ),
    (
        "NotifyChargingLimit",
        {"chargingLimit": {"chargingLimitSource": "ems"}, "isDynamic": True},
        {"chargingLimit": {"chargingLimitSource": "EMS"}},
    ),
    # Serials that are too long are serials.
    (
        "BootNotification",
        BOOT | {"chargingStation": BOOT["chargingStation"] | {"serialNumber": "S" * 40}},
        BOOT | {"chargingStation": BOOT["chargingStation"] | {"serialNumber": "S" * 40}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("action", "sent", "mended"), MENDED)
def test_what_is_slightly_wrong_is_mended(
    action: str, sent: Payload, mended: Payload
) -> None:
    before = deepcopy(sent)
    assert mend(schemas(V201), action, sent) == mended
    assert sent == before


@pytest.mark.parametrize("sent", [without(EVENT, "timestamp"), EVENT | {"timestamp": None}])  # fmt: skip
def test_what_does_not_say_when_is_of_now(sent: Payload) -> None:
    mended = mend(schemas(V201), "TransactionEvent", sent)
    assert abs(datetime.now(UTC) - moment(mended["timestamp"])) < timedelta(seconds=5)


REFUSED = [
    ("StatusNotification", STATUS | {"connectorStatus": "Fine"}, Fault.PROPERTY),
    ("StatusNotification", STATUS | {"evseId": "one"}, Fault.TYPE),
    ("StatusNotification", {}, Fault.PROTOCOL),
    ("TransactionEvent", EVENT | {"eventType": "Perhaps"}, Fault.PROPERTY),
    ("BootNotification", {"reason": "PowerUp"}, Fault.PROTOCOL),
    ("SecurityEventNotification", {"timestamp": NOW}, Fault.PROTOCOL),
    ("TransactionEvent", EVENT | {"timestamp": [5]}, Fault.TYPE),
    ("TransactionEvent", EVENT | {"transactionInfo": {}}, Fault.PROTOCOL),
    ("TransactionEvent", EVENT | {"evse": {}}, Fault.PROTOCOL),
    ("MeterValues", {"evseId": 1, "meterValue": []}, Fault.OCCURRENCE),
    ("MeterValues", meters({"value": "NaN"}), Fault.TYPE),
    ("Authorize", {"idToken": "CARD"}, Fault.TYPE),
]  # fmt: skip


@pytest.mark.parametrize(("action", "sent", "fault"), REFUSED)
def test_what_changes_the_meaning_is_refused(
    action: str, sent: Payload, fault: Fault
) -> None:
    with pytest.raises(CallFault) as caught:
        mend(schemas(V201), action, sent)
    assert caught.value.fault is fault


VALUES = st.sampled_from([None, True, -1, 0, 1.5, 2**40, "", "x", "X" * 3000, [], {}])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_mended_fits_or_is_refused(data: st.DataObject) -> None:
    # Nothing that a station sends makes anything but a payload or a fault of it.
    version = data.draw(st.sampled_from([V201, V21]))
    action = data.draw(st.sampled_from(sorted(FROM_STATION & schemas(V201).actions)))
    payload = example(version, action, full=data.draw(st.booleans()))
    for _ in range(data.draw(st.integers(1, 3))):
        owner: Any = payload
        while isinstance(owner, dict | list) and owner:
            keys = list(owner) if isinstance(owner, dict) else list(range(len(owner)))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(owner[key], dict | list) or data.draw(st.booleans()):
                owner[key] = deepcopy(data.draw(VALUES))
                break
            owner = owner[key]
    try:
        mended = mend(schemas(version), action, payload)
    except CallFault:
        return
    left = {one.rule for one in schemas(version).violations(action, mended)}
    assert left <= {"maxLength", "enum"}
