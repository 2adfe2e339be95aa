"""Every call of a central system gets its answer, and every frame fits the schemas (the fixture checks that)."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from simulator import CallError
from simulator.ocpp16 import calls, memory
from simulator.ocppj.frames import Call
from tests.simulator.central_system import SCHEMAS, violations
from tests.simulator.test_thin_line import profile


def certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "root")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(
        name, name, key.public_key(), 1234567, start, start + timedelta(days=9)
    )
    return (
        built.sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        .decode()
    )


PEM = certificate()
HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "0",
    "issuerKeyHash": "0",
    "serialNumber": "0",
}
FIRMWARE = {
    "location": "http://x/fw-2.1.bin",
    "retrieveDateTime": "2026-01-01T00:00:00Z",
    "signature": "s",
}

PROPER_ERRORS = {
    "ProtocolError",
    "PropertyConstraintViolation",
    "TypeConstraintViolation",
}

# action, payload, answer; one row at least for each action that a central system may call.
ROWS = [
    ("CancelReservation", {"reservationId": 5}, {"status": "Rejected"}),
    ("CertificateSigned", {"certificateChain": PEM}, {"status": "Accepted"}),
    ("CertificateSigned", {"certificateChain": "nonsense"}, {"status": "Rejected"}),
    ("ChangeAvailability", {"connectorId": 1, "type": "Inoperative"}, {"status": "Accepted"}),
    ("ChangeAvailability", {"connectorId": 7, "type": "Inoperative"}, {"status": "Rejected"}),
    ("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "10"}, {"status": "Accepted"}),
    ("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "soon"}, {"status": "Rejected"}),
    ("ChangeConfiguration", {"key": "metervaluesampleinterval", "value": "7"}, {"status": "Accepted"}),
    ("ChangeConfiguration", {"key": "NumberOfConnectors", "value": "3"}, {"status": "Rejected"}),
    ("ChangeConfiguration", {"key": "MeterValuesSampledData", "value": "Voltage,Magic"}, {"status": "Rejected"}),
    ("ChangeConfiguration", {"key": "Nobody", "value": "1"}, {"status": "NotSupported"}),
    ("ChangeConfiguration", {"key": "SecurityProfile", "value": "1"}, {"status": "RebootRequired"}),
    ("ClearCache", {}, {"status": "Accepted"}),
    ("ClearChargingProfile", {"id": 1}, {"status": "Unknown"}),
    ("DataTransfer", {"vendorId": "Acme"}, {"status": "UnknownVendorId"}),
    ("DeleteCertificate", {"certificateHashData": HASH}, {"status": "NotFound"}),
    ("ExtendedTriggerMessage", {"requestedMessage": "SignChargePointCertificate"}, {"status": "Accepted"}),
    ("ExtendedTriggerMessage", {"requestedMessage": "LogStatusNotification"}, {"status": "Accepted"}),
    ("GetCompositeSchedule", {"connectorId": 5, "duration": 60}, {"status": "Rejected"}),
    ("GetDiagnostics", {"location": "ftp://x"}, {"fileName": "diagnostics.log"}),
    ("GetInstalledCertificateIds", {"certificateType": "CentralSystemRootCertificate"}, {"status": "NotFound"}),
    ("GetLocalListVersion", {}, {"listVersion": 0}),
    ("GetLog", {"logType": "SecurityLog", "requestId": 1, "log": {"remoteLocation": "x"}}, {"status": "Accepted", "filename": "SecurityLog.log"}),
    ("InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": PEM}, {"status": "Accepted"}),
    ("InstallCertificate", {"certificateType": "CentralSystemRootCertificate", "certificate": "x"}, {"status": "Failed"}),
    ("RemoteStartTransaction", {"idTag": "A", "connectorId": 1}, {"status": "Accepted"}),
    ("RemoteStartTransaction", {"idTag": "A", "connectorId": 9}, {"status": "Rejected"}),
    ("RemoteStartTransaction", {"idTag": "A", "chargingProfile": profile(8)}, {"status": "Rejected"}),
    ("RemoteStopTransaction", {"transactionId": 1}, {"status": "Rejected"}),
    ("ReserveNow", {"connectorId": 1, "expiryDate": "2026-02-01T00:00:00Z", "idTag": "A", "reservationId": 1}, {"status": "Accepted"}),
    ("ReserveNow", {"connectorId": 9, "expiryDate": "2026-02-01T00:00:00Z", "idTag": "A", "reservationId": 1}, {"status": "Rejected"}),
    ("Reset", {"type": "Soft"}, {"status": "Accepted"}),
    ("SendLocalList", {"listVersion": 3, "updateType": "Full", "localAuthorizationList": [{"idTag": "A", "idTagInfo": {"status": "Accepted"}}]}, {"status": "Accepted"}),
    ("SendLocalList", {"listVersion": 0, "updateType": "Differential"}, {"status": "VersionMismatch"}),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8)}, {"status": "Accepted"}),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8, purpose="TxProfile")}, {"status": "Rejected"}),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8, purpose="ChargePointMaxProfile")}, {"status": "Rejected"}),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(8, stack=9)}, {"status": "Rejected"}),
    ("SignedUpdateFirmware", {"requestId": 1, "firmware": FIRMWARE | {"signingCertificate": PEM}}, {"status": "Accepted"}),
    ("SignedUpdateFirmware", {"requestId": 1, "firmware": FIRMWARE | {"signingCertificate": "x"}}, {"status": "InvalidCertificate"}),
    ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1}, {"status": "Accepted"}),
    ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 4}, {"status": "Rejected"}),
    ("UnlockConnector", {"connectorId": 1}, {"status": "Unlocked"}),
    ("UnlockConnector", {"connectorId": 4}, {"status": "NotSupported"}),
    ("UpdateFirmware", {"location": "http://x/fw-2.3.1.bin", "retrieveDate": "2026-01-01T00:00:00Z"}, {}),
]  # fmt: skip

FROM_STATIONS = {
    "Authorize",
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "SecurityEventNotification",
    "SignCertificate",
    "SignedFirmwareStatusNotification",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
}


@pytest.mark.parametrize(("action", "payload", "answer"), ROWS)
async def test_answers(switch_on, central, clock, action, payload, answer):
    await switch_on()
    assert await central.call("X", action, payload) == answer
    await clock.advance(8)


def test_every_action_of_a_central_system_has_a_row():
    actions = {
        path.stem
        for path in (SCHEMAS / "v16/schemas").glob("*.json")
        if not path.stem.endswith("Response")
    }
    assert actions - FROM_STATIONS == {action for action, _, _ in ROWS} | {
        "GetConfiguration"
    }


async def test_configuration_is_readable_by_key_and_as_a_whole(switch_on, central):
    await switch_on(evses=2)
    everything = await central.call("X", "GetConfiguration", {})
    values = {
        entry["key"]: entry.get("value") for entry in everything["configurationKey"]
    }
    assert values["NumberOfConnectors"] == "2"
    assert "AuthorizationKey" not in values
    assert await central.call(
        "X", "GetConfiguration", {"key": ["ChargeProfileMaxStackLevel", "Nobody"]}
    ) == {
        "configurationKey": [
            {"key": "ChargeProfileMaxStackLevel", "readonly": True, "value": "8"}
        ],
        "unknownKey": ["Nobody"],
    }


async def test_composite_schedule_goes_over_the_wire(switch_on, central):
    await switch_on(maximum_a=16)
    lease = profile(8.3, stack=1, profile_id=2, duration=4 * 86400 + 43200 + 90)
    await central.call(
        "X", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": profile(6)}
    )
    await central.call(
        "X", "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": lease}
    )
    answer = await central.call(
        "X", "GetCompositeSchedule", {"connectorId": 1, "duration": 300}
    )
    assert answer["status"] == "Accepted"
    first, second = answer["chargingSchedule"]["chargingSchedulePeriod"]
    assert first == {"startPeriod": 0, "limit": 8.3, "numberPhases": 3}
    # The clock moved a little since the boot; the lease ends 90 s after noon.
    assert second["limit"] == 6
    assert 80 <= second["startPeriod"] <= 90


async def test_clears_by_filters_together(switch_on, central):
    await switch_on(evses=2)
    for number, (connector, stack) in enumerate(
        [(1, 0), (1, 1), (2, 0), (0, 0)], start=1
    ):
        wanted = profile(8, stack=stack, profile_id=number)
        await central.call(
            "X",
            "SetChargingProfile",
            {"connectorId": connector, "csChargingProfiles": wanted},
        )
    clear = {
        "connectorId": 1,
        "chargingProfilePurpose": "TxDefaultProfile",
        "stackLevel": 1,
    }
    assert await central.call("X", "ClearChargingProfile", clear) == {
        "status": "Accepted"
    }
    assert await central.call("X", "ClearChargingProfile", clear) == {
        "status": "Unknown"
    }
    assert await central.call("X", "ClearChargingProfile", {"id": 1}) == {
        "status": "Accepted"
    }
    assert await central.call("X", "ClearChargingProfile", {}) == {"status": "Accepted"}
    assert await central.call("X", "ClearChargingProfile", {}) == {"status": "Unknown"}


async def test_unknown_actions_and_wrong_payloads_get_errors(switch_on, central):
    station = await switch_on()
    for text in (
        '[2,"u1","MakeCoffee",{}]',
        '[2,"u2","Reset",{"type":"Lukewarm"}]',
        '[2,"u3","Reset",{}]',
        '[2,"u4","RemoteStopTransaction",{"transactionId":"one"}]',
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
        '"ProtocolError"',
        '"TypeConstraintViolation"',
    ]


async def test_certificates_are_listed_and_deleted_by_their_hash(switch_on, central):
    await switch_on()
    kind = {"certificateType": "ManufacturerRootCertificate"}
    await central.call("X", "InstallCertificate", kind | {"certificate": PEM})
    listed = await central.call("X", "GetInstalledCertificateIds", kind)
    (found,) = listed["certificateHashData"]
    assert found["serialNumber"] == "12d687"
    assert await central.call(
        "X", "DeleteCertificate", {"certificateHashData": found}
    ) == {"status": "Accepted"}


async def test_firmware_update_reboots_into_the_new_version(switch_on, central, clock):
    await switch_on()
    await central.call(
        "X",
        "UpdateFirmware",
        {"location": "http://x/fw-2.3.1.bin", "retrieveDate": central.time()},
    )
    await clock.advance(10)
    told = [payload["status"] for payload in central.sent("FirmwareStatusNotification")]
    assert told == ["Downloading", "Downloaded", "Installing", "Installed"]
    assert [boot["firmwareVersion"] for boot in central.sent("BootNotification")] == [
        "1.0.0",
        "2.3.1",
    ]


JUNK = [
    None,
    True,
    -1,
    10**30,
    1e308,
    float("inf"),
    "9999-12-31T23:59:59Z",
    "x",
    [],
    [None],
    {},
    {"status": []},
]


def spoilt(payload):
    """The payload with each of its values, on any level, replaced by junk or left out."""
    for key, value in payload.items():
        yield {name: other for name, other in payload.items() if name != key}
        yield from (payload | {key: junk} for junk in JUNK)
        if isinstance(value, dict):
            yield from (payload | {key: inner} for inner in spoilt(value))
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield from (payload | {key: [inner]} for inner in spoilt(value[0]))


@pytest.mark.parametrize(
    ("action", "payload"), [(action, payload) for action, payload, _ in ROWS]
)
async def test_no_payload_upsets_it(switch_on, clock, action, payload):
    station = await switch_on(accepted=False)
    for wrong in spoilt(payload):
        assert outcome(station, action, wrong) in (PROPER_ERRORS | {"answered"})
        composite = {"connectorId": 1, "duration": 60}
        assert outcome(station, "GetCompositeSchedule", composite) == "answered"
    station.charge_point.advance(1)
    assert memory.snapshot(station.charge_point)


def outcome(station, action, payload):
    """The code of the error, or that there is an answer that fits its schema."""
    try:
        answer = calls.answer(station.charge_point, Call("1", action, payload))
    except CallError as error:
        return error.code
    assert not violations(f"{action}Response", answer.payload)
    return "answered"
