"""What stations in the field send slightly wrong is understood; what means something else is refused."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.csms.frames import CallFault
from custom_components.evenload.engine.csms.framing import Fault
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.tolerance import mend
from custom_components.evenload.engine.model.stations import OcppVersion

SCHEMAS = schemas(OcppVersion.V16)
NOW = "2026-01-01T00:00:00Z"

START = {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": NOW}
STOP = {"transactionId": 1, "meterStop": 5, "timestamp": NOW}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
BOOT = {"chargePointVendor": "M", "chargePointModel": "B"}
SAMPLE = {"value": "1"}


def mended(action: str, payload: dict[str, Any]) -> dict[str, Any]:
    return mend(SCHEMAS, action, payload)


# Action, what is sent, and what of it is understood.
ROWS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("Heartbeat", {"mood": 1, "more": {"a": []}}, {}),
    ("BootNotification", BOOT | {"vendorName": "x"}, BOOT),
    ("BootNotification", BOOT | {"firmwareVersion": 12}, BOOT | {"firmwareVersion": "12"}),
    ("BootNotification", BOOT | {"firmwareVersion": 1.5}, BOOT | {"firmwareVersion": "1.5"}),
    ("BootNotification", BOOT | {"iccid": None, "imsi": None}, BOOT),
    # EVlink sends serials of more than 25 characters (§4.2).
    (
        "BootNotification",
        BOOT | {"chargePointSerialNumber": "S" * 60},
        BOOT | {"chargePointSerialNumber": "S" * 60},
    ),
    ("BootNotification", {"chargePointVendor": "", "chargePointModel": ""}, {"chargePointVendor": "", "chargePointModel": ""}),
    ("Authorize", {"idTag": 12345}, {"idTag": "12345"}),
    ("Authorize", {"idTag": "T" * 30}, {"idTag": "T" * 30}),
    ("StartTransaction", START | {"meterStart": "17"}, START | {"meterStart": 17}),
    ("StartTransaction", START | {"meterStart": " 17 "}, START | {"meterStart": 17}),
    ("StartTransaction", START | {"meterStart": "-3"}, START | {"meterStart": -3}),
    ("StartTransaction", START | {"meterStart": 17.0}, START | {"meterStart": 17}),
    ("StartTransaction", START | {"meterStart": "17.0"}, START | {"meterStart": 17}),
    # A fraction of a watt-hour is not worth a session.
    ("StartTransaction", START | {"meterStart": 17.6}, START | {"meterStart": 18}),
    ("StopTransaction", STOP | {"meterStop": "1234.4"}, STOP | {"meterStop": 1234}),
    ("StartTransaction", START | {"connectorId": "1"}, START),
    ("StartTransaction", START | {"connectorId": 1.0}, START),
    ("StartTransaction", START | {"reservationId": None}, START),
    ("StopTransaction", STOP | {"transactionId": str(2**62)}, STOP | {"transactionId": 2**62}),
    ("StopTransaction", STOP | {"reason": "local"}, STOP | {"reason": "Local"}),
    ("StopTransaction", STOP | {"reason": "Boredom"}, STOP | {"reason": "Other"}),
    ("StopTransaction", STOP | {"reason": None, "idTag": None}, STOP),
    ("StopTransaction", STOP | {"transactionData": None}, STOP),
    ("StatusNotification", STATUS | {"status": "AVAILABLE"}, STATUS),
    ("StatusNotification", STATUS | {"status": "suspendedevse "}, STATUS | {"status": "SuspendedEVSE"}),
    ("StatusNotification", STATUS | {"errorCode": "noerror"}, STATUS),
    # Legrand sends "Error", Grizzl-E "FormationViolation".
    ("StatusNotification", STATUS | {"errorCode": "Error"}, STATUS | {"errorCode": "OtherError"}),
    ("StatusNotification", STATUS | {"errorCode": 5}, STATUS | {"errorCode": "OtherError"}),
    ("StatusNotification", STATUS | {"vendorErrorCode": 5}, STATUS | {"vendorErrorCode": "5"}),
    ("StatusNotification", STATUS | {"timestamp": None}, STATUS),
]  # fmt: skip


@pytest.mark.parametrize(("action", "sent", "understood"), ROWS)
def test_a_detail_does_not_cost_the_message(
    action: str, sent: dict[str, Any], understood: dict[str, Any]
) -> None:
    before = repr(sent)
    assert mended(action, sent) == understood
    assert repr(sent) == before


# OCPP-J 1.6 §4.2.3 says which code is whose.
REFUSED: list[tuple[str, dict[str, Any], Fault]] = [
    ("Authorize", {}, Fault.PROTOCOL),
    ("Authorize", {"idTag": None}, Fault.PROTOCOL),
    ("Authorize", {"idTag": True}, Fault.TYPE),
    ("Authorize", {"idTag": ["T"]}, Fault.TYPE),
    ("Authorize", {"idTag": "T" * 5000}, Fault.TYPE),
    ("StartTransaction", START | {"connectorId": True}, Fault.TYPE),
    ("StartTransaction", START | {"connectorId": 1.5}, Fault.TYPE),
    ("StartTransaction", START | {"connectorId": "one"}, Fault.TYPE),
    ("StartTransaction", START | {"connectorId": ""}, Fault.TYPE),
    ("StartTransaction", START | {"meterStart": "1e999"}, Fault.TYPE),
    ("StartTransaction", START | {"meterStart": float("inf")}, Fault.TYPE),
    ("StartTransaction", START | {"meterStart": "NaN"}, Fault.TYPE),
    ("StatusNotification", STATUS | {"status": "Fine"}, Fault.PROPERTY),
    ("StatusNotification", STATUS | {"status": 5}, Fault.PROPERTY),
    ("MeterValues", {"connectorId": 1, "meterValue": []}, Fault.OCCURRENCE),
    ("MeterValues", {"connectorId": 1, "meterValue": [{}]}, Fault.PROTOCOL),
    ("MeterValues", {"connectorId": 1}, Fault.PROTOCOL),
]


@pytest.mark.parametrize(("action", "sent", "fault"), REFUSED)
def test_what_means_something_else_is_refused(
    action: str, sent: dict[str, Any], fault: Fault
) -> None:
    with pytest.raises(CallFault) as caught:
        mended(action, sent)
    assert caught.value.fault is fault


def meters(*values: Any) -> dict[str, Any]:
    return {"connectorId": 1, "meterValue": list(values)}


def value(*samples: Any, timestamp: Any = NOW) -> dict[str, Any]:
    return {"timestamp": timestamp, "sampledValue": list(samples)}


# A sample as it is sent, and as it is understood; None: it is left out.
SAMPLES: list[tuple[Any, dict[str, Any] | None]] = [
    ({"value": 12}, {"value": "12"}),
    ({"value": 12.5}, {"value": "12.5"}),
    ({"value": -0.0}, {"value": "-0.0"}),
    ({"value": "1", "unit": "WH"}, {"value": "1", "unit": "Wh"}),
    ({"value": "1", "unit": "kwh"}, {"value": "1", "unit": "kWh"}),
    ({"value": "1", "unit": None}, {"value": "1"}),
    (
        {"value": "1", "measurand": "current.import"},
        {"value": "1", "measurand": "Current.Import"},
    ),
    ({"value": "1", "phase": "l1"}, {"value": "1", "phase": "L1"}),
    ({"value": "1", "phase": "l1-n"}, {"value": "1", "phase": "L1-N"}),
    # Alfen sends contexts of its own.
    ({"value": "1", "context": "Alfen"}, {"value": "1", "context": "Other"}),
    # Charge Amps: 1.6 has no word for hertz.
    (
        {"value": "50", "measurand": "Frequency", "unit": "Hz"},
        {"value": "50", "measurand": "Frequency"},
    ),
    (
        {"value": "50", "measurand": "SoC", "unit": "%"},
        {"value": "50", "measurand": "SoC", "unit": "Percent"},
    ),
    (
        {"value": "20", "measurand": "Temperature", "unit": "C"},
        {"value": "20", "measurand": "Temperature", "unit": "Celsius"},
    ),
    ({"value": "1", "extra": True}, {"value": "1"}),
    ({"value": None}, None),
    ({"value": True}, None),
    ({"value": ["1"]}, None),
    ({}, None),
    ({"value": "1", "measurand": "Mood"}, None),
    ({"value": "1", "unit": "furlong"}, None),
    ({"value": "1", "phase": "L4"}, None),
    ({"value": "1", "location": "Moon"}, None),
    ({"value": "1", "format": "Cooked"}, None),
    ("12", None),
    (12, None),
    (None, None),
]


@pytest.mark.parametrize(("sent", "understood"), SAMPLES)
def test_one_sample_does_not_cost_the_others(
    sent: Any, understood: dict[str, Any] | None
) -> None:
    others = [{"value": "7"}, {"value": "8"}]
    got = mended("MeterValues", meters(value(others[0], sent, others[1])))
    expected = [others[0], *([understood] if understood else []), others[1]]
    assert got["meterValue"][0]["sampledValue"] == expected


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([value(SAMPLE), value()], [0]),
        ([value(), value(SAMPLE)], [1]),
        ([value({"unit": "Wh"}), value(SAMPLE), value({"value": True})], [1]),
        ([value(SAMPLE), {"sampledValue": [SAMPLE]}], [0]),
        ([value(SAMPLE), {"timestamp": NOW}], [0]),
        ([value(SAMPLE), "nothing", 5, None], [0]),
        ([value(SAMPLE, timestamp=5.0) | {"timestamp": ["now"]}, value(SAMPLE)], [1]),
    ],
)
def test_one_meter_value_does_not_cost_the_others(
    sent: list[Any], kept: list[int]
) -> None:
    got = mended("MeterValues", meters(*sent))
    assert got["meterValue"] == [sent[index] for index in kept]


@pytest.mark.parametrize(
    "data",
    [
        "none",
        5,
        {},
        [5],
        [{}],
        [{"timestamp": NOW}],
        [value({"measurand": "Mood", "value": "1"})],
        [value(SAMPLE), value({"value": None})],
    ],
)
def test_no_meter_value_costs_the_end_of_a_session(data: Any) -> None:
    got = mended("StopTransaction", STOP | {"transactionData": data})
    assert got.items() >= STOP.items()
    assert SCHEMAS.violations("StopTransaction", got) == []


def test_many_bad_samples_go_and_the_good_ones_stay() -> None:
    good = [{"value": str(number)} for number in range(50)]
    bad = {"value": "1", "measurand": "Mood"}
    mixed = [sample for one in good for sample in (bad, one, bad)]
    got = mended(
        "MeterValues", meters(value(*mixed), value(*[bad] * 12), value(*mixed))
    )
    assert [one["sampledValue"] for one in got["meterValue"]] == [good, good]


def test_no_fault_repeats_what_was_sent() -> None:
    for payload in (
        {"idTag": ["SECRET"]},
        {"idTag": {"SECRET": 1}},
        {"idTag": "SECRET" * 999},
    ):
        with pytest.raises(CallFault) as caught:
            mended("Authorize", payload)
        assert "SECRET" not in caught.value.description
        assert "idTag" in caught.value.description


PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANY = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "connectorId",
        "idTag",
        "meterStart",
        "meterStop",
        "timestamp",
        "transactionId",
        "reason",
        "status",
        "errorCode",
        "meterValue",
        "transactionData",
        "sampledValue",
        "value",
        "unit",
    ]
)
METER_VALUES = st.lists(
    ANY
    | st.fixed_dictionaries(
        {"timestamp": ANY, "sampledValue": st.lists(st.dictionaries(FIELDS, ANY) | ANY)}
    )
)


@given(
    st.sampled_from(
        ["StartTransaction", "StopTransaction", "StatusNotification", "MeterValues"]
    ),
    st.sampled_from([START, STOP, STATUS, meters(value(SAMPLE))]),
    st.dictionaries(FIELDS, ANY | METER_VALUES),
)
def test_whatever_is_sent_ends_up_right_or_refused(
    action: str, base: dict[str, Any], changes: dict[str, Any]
) -> None:
    try:
        got = mended(action, base | changes)
    except CallFault:
        return
    assert {found.rule for found in SCHEMAS.violations(action, got)} <= {"maxLength"}
