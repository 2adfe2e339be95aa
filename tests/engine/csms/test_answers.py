"""Every message that a 1.6 station may send gets the answer that the specification asks for (§4, whitepaper §5)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.model.events import (
    CertificateRequested,
    DataReceived,
    DiagnosticsReported,
    Event,
    FirmwareReported,
    Heard,
    MetersSampled,
    SecurityReported,
    StatusReported,
    TokenPresented,
    TransactionEnded,
    TransactionStarted,
)
from custom_components.evenload.engine.model.stations import (
    EvseStatus,
    OcppVersion,
    StationError,
)
from tests.engine.csms.conftest import Dial, OpenSite

AT = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
NOW = "2026-01-01T12:30:00Z"
METER_VALUE = {"timestamp": NOW, "sampledValue": [{"value": "5"}]}

type Check = Callable[[dict[str, Any]], object]


def is_now(answer: dict[str, Any]) -> bool:
    """§4.6: the answer to a heartbeat sets the station's clock."""
    told = datetime.fromisoformat(answer["currentTime"])
    return abs(datetime.now(UTC) - told) < timedelta(seconds=2)


def is_empty(answer: dict[str, Any]) -> bool:
    return answer == {}


def has(**fields: Any) -> Check:
    return lambda answer: answer.items() >= fields.items()


ACCEPTED = {"status": "Accepted"}

# Action, payload, what the answer must be, and the event that the house is told.
MESSAGES: list[
    tuple[str, dict[str, Any], Check, type[Event] | None, dict[str, Any]]
] = [
    # Core
    ("Heartbeat", {}, is_now, Heard, {}),
    (
        "Authorize",
        {"idTag": "CARD"},
        has(idTagInfo=ACCEPTED),
        TokenPresented,
        {"token": "CARD", "accepted": True},
    ),
    (
        "Authorize",
        {"idTag": ""},
        has(idTagInfo={"status": "Invalid"}),
        TokenPresented,
        {"accepted": False},
    ),
    (
        "StatusNotification",
        {
            "connectorId": 1,
            "errorCode": "NoError",
            "status": "Preparing",
            "timestamp": NOW,
        },
        is_empty,
        StatusReported,
        {"evse": 1, "status": EvseStatus.PREPARING, "at": AT},
    ),
    (
        "StatusNotification",
        {
            "connectorId": 0,
            "errorCode": "GroundFailure",
            "status": "Faulted",
            "info": "wet",
            "vendorId": "M",
            "vendorErrorCode": "E7",
        },
        is_empty,
        StatusReported,
        {"evse": 0, "error": StationError("GroundFailure", "E7", "wet")},
    ),
    (
        "MeterValues",
        {"connectorId": 1, "meterValue": [METER_VALUE]},
        is_empty,
        MetersSampled,
        {"evse": 1, "at": AT, "transaction_id": None},
    ),
    (
        "MeterValues",
        {"connectorId": 0, "meterValue": [METER_VALUE]},
        is_empty,
        MetersSampled,
        {"evse": 0},
    ),
    (
        "StartTransaction",
        {
            "connectorId": 1,
            "idTag": "CARD",
            "meterStart": 1000,
            "timestamp": NOW,
            "reservationId": 9,
        },
        has(idTagInfo=ACCEPTED),
        TransactionStarted,
        {
            "evse": 1,
            "at": AT,
            "token": "CARD",
            "meter_start_wh": 1000.0,
            "reservation_id": 9,
        },
    ),
    (
        "StopTransaction",
        {
            "transactionId": 7,
            "meterStop": 1500,
            "timestamp": NOW,
            "idTag": "CARD",
            "reason": "Remote",
        },
        has(idTagInfo=ACCEPTED),
        TransactionEnded,
        {"transaction_id": "7", "meter_stop_wh": 1500.0, "reason": "Remote", "at": AT},
    ),
    # §6.49: without a token there is nothing to say of it; without a reason it is Local.
    (
        "StopTransaction",
        {
            "transactionId": 8,
            "meterStop": 1500,
            "timestamp": NOW,
            "transactionData": [METER_VALUE],
        },
        is_empty,
        TransactionEnded,
        {"transaction_id": "8", "reason": "Local"},
    ),
    (
        "DataTransfer",
        {"vendorId": "maker", "messageId": "m", "data": "d"},
        has(status="UnknownVendorId"),
        DataReceived,
        {"vendor": "maker", "message": "m", "data": "d"},
    ),
    # Firmware management
    (
        "DiagnosticsStatusNotification",
        {"status": "Uploading"},
        is_empty,
        DiagnosticsReported,
        {"status": "Uploading"},
    ),
    (
        "FirmwareStatusNotification",
        {"status": "Installed"},
        is_empty,
        FirmwareReported,
        {"status": "Installed"},
    ),
    # Security extension
    (
        "LogStatusNotification",
        {"status": "Uploaded", "requestId": 1},
        is_empty,
        DiagnosticsReported,
        {},
    ),
    (
        "SignedFirmwareStatusNotification",
        {"status": "InvalidSignature", "requestId": 1},
        is_empty,
        FirmwareReported,
        {"status": "InvalidSignature"},
    ),
    (
        "SecurityEventNotification",
        {"type": "SettingSystemTime", "timestamp": NOW, "techInfo": "t"},
        is_empty,
        SecurityReported,
        {"type": "SettingSystemTime", "info": "t", "at": AT},
    ),
    (
        "SignCertificate",
        {"csr": "-----BEGIN"},
        has(status="Rejected"),
        CertificateRequested,
        {"csr": "-----BEGIN"},
    ),
]


@pytest.mark.parametrize(
    ("action", "payload", "check", "event", "fields"),
    MESSAGES,
    ids=[f"{row[0]}-{number}" for number, row in enumerate(MESSAGES)],
)
async def test_every_message_of_a_station_is_answered(
    open_site: OpenSite,
    dial: Dial,
    action: str,
    payload: dict[str, Any],
    check: Check,
    event: type[Event],
    fields: dict[str, Any],
) -> None:
    site = await open_site("A")
    told: list[Event] = []
    station = await dial(site)
    site.on_event(told.append)
    answer = await station.result(action, payload)
    assert schemas(OcppVersion.V16).violations(f"{action}Response", answer) == []
    assert check(answer), answer
    [heard] = [one for one in told if type(one) is event]
    assert {name: getattr(heard, name) for name in fields} == fields
    assert heard.identity == "A"


def test_all_messages_of_a_station_are_in_the_table() -> None:
    from_stations = {row[0] for row in MESSAGES} | {"BootNotification"}
    assert from_stations == {
        "Authorize",
        "BootNotification",
        "DataTransfer",
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


async def test_a_boot_is_accepted_and_remembered(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    answer = await station.boot(
        chargePointSerialNumber="S1",
        chargeBoxSerialNumber="S2",
        firmwareVersion="1.2",
        iccid="i",
        imsi="m",
        meterType="t",
        meterSerialNumber="n",
    )
    assert schemas(OcppVersion.V16).violations("BootNotificationResponse", answer) == []
    # §4.2: the interval is that of heartbeats, and the time sets the clock.
    assert answer["status"] == "Accepted"
    assert answer["interval"] == 60
    assert is_now(answer)
    info = site.stations["A"].info
    assert (info.vendor, info.model, info.serial, info.firmware) == (
        "Maker",
        "Box",
        "S1",
        "1.2",
    )
    assert (info.iccid, info.imsi, info.meter_type, info.meter_serial) == (
        "i",
        "m",
        "t",
        "n",
    )
    assert site.stations["A"].booted_at is not None


@pytest.mark.parametrize("status", [one.value for one in EvseStatus])
async def test_every_status_is_known(
    open_site: OpenSite, dial: Dial, status: str
) -> None:
    words = {
        "suspended_ev": "SuspendedEV",
        "suspended_evse": "SuspendedEVSE",
    }
    site = await open_site("A")
    station = await dial(site)
    said = words.get(status, status.capitalize())
    await station.result(
        "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": said}
    )
    assert site.stations["A"].evses[1].status == status


async def test_nothing_happens_in_the_future(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    station = await dial(site)
    await station.result(
        "StatusNotification",
        {
            "connectorId": 1,
            "errorCode": "NoError",
            "status": "Charging",
            "timestamp": "2099-01-01T00:00:00Z",
        },
    )
    status_at = site.stations["A"].evses[1].status_at
    assert status_at is not None
    assert status_at <= datetime.now(UTC)


@pytest.mark.parametrize(
    "timestamp", ["yesterday", "", "2026-02-30T00:00:00Z", 5, True, [NOW], {"at": NOW}]
)
async def test_a_status_is_worth_more_than_its_timestamp(
    open_site: OpenSite, dial: Dial, timestamp: Any
) -> None:
    site = await open_site("A")
    station = await dial(site)
    payload = {"connectorId": 1, "errorCode": "NoError", "status": "Charging"}
    before = datetime.now(UTC)
    await station.result("StatusNotification", payload | {"timestamp": timestamp})
    evse = site.stations["A"].evses[1]
    assert evse.status is EvseStatus.CHARGING
    assert evse.status_at is not None
    assert before <= evse.status_at <= datetime.now(UTC)


async def test_calls_are_answered_while_the_house_waits_for_an_answer(
    open_site: OpenSite, dial: Dial
) -> None:
    # §4.1.1: each side has one call outstanding, independently of the other.
    site = await open_site("A")
    station = await dial(site)
    station.answers["Reset"] = None
    await station.boot()
    await station.called("TriggerMessage", 2)
    reset = asyncio.create_task(site.commands("A").reset(hard=True))
    second = asyncio.create_task(site.commands("A").unlock(1))
    await station.called("Reset")
    assert is_now(await station.result("Heartbeat", {}))
    # Nothing else leaves while a call is outstanding.
    assert station.asked("UnlockConnector") == []
    for task in (reset, second):
        task.cancel()
    await asyncio.gather(reset, second, return_exceptions=True)
