"""Logs and firmware that those above ask of a station of another version: by their numbers, and never weaker than asked."""

from typing import Any

import pytest

from custom_components.evenload.engine.model.uplink import Domain
from tests.csms_above import Csms
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import NOW, connected

LATER = "2099-01-01T00:00:00+00:00"
SIGNED = {"signingCertificate": "PEM", "signature": "sig"}


async def ready(come: Come, below: str, above: str) -> tuple[Any, Csms]:
    site, station, csms = await come(below, above, Domain.FIRMWARE)
    await connected(site)
    return station, csms


async def update(csms: Csms, **fields: str) -> str:
    firmware = {"location": "https://f", "retrieveDateTime": NOW, **fields}
    reply = await csms.ask(
        "upstairs", "UpdateFirmware", request_id=7, firmware=firmware
    )
    return str(reply.status)


async def test_l01_firmware_is_told_by_the_number_of_who_asked(come: Come) -> None:
    station, csms = await ready(come, "1.6", "2.0.1")
    station.answers["UpdateFirmware"] = {}
    assert await update(csms) == "Accepted"
    for status in ("Downloading", "Installed", "Idle"):
        await station.result("FirmwareStatusNotification", {"status": status})
    told = await csms.heard.until("FirmwareStatusNotification", 3)
    assert [(one["status"], one.get("request_id")) for one in told] == [
        ("Downloading", 7),
        ("Installed", 7),
        ("Idle", None),
    ]
    # The next one is the owner's own.
    await station.result("FirmwareStatusNotification", {"status": "Downloading"})
    told = await csms.heard.until("FirmwareStatusNotification", 4)
    assert "request_id" not in told[-1]


async def test_l01_nothing_is_installed_sooner_than_it_may(come: Come) -> None:
    station, csms = await ready(come, "1.6", "2.0.1")
    station.answers["UpdateFirmware"] = {}
    assert await update(csms, installDateTime=LATER) == "Accepted"
    [asked] = station.asked("UpdateFirmware")
    assert asked["retrieveDate"].startswith("2099-01-01T00:00:00")


async def test_l01_signed_firmware_stays_signed(come: Come) -> None:
    station, csms = await ready(come, "1.6", "2.0.1")
    assert await update(csms, **SIGNED) == "Accepted"
    [asked] = station.asked("SignedUpdateFirmware")
    assert asked["firmware"]["signature"] == "sig"
    assert station.asked("UpdateFirmware") == []
    said = {"status": "SignatureVerified", "requestId": asked["requestId"]}
    await station.result("SignedFirmwareStatusNotification", said)
    [told] = await csms.heard.until("FirmwareStatusNotification")
    assert told == {"status": "SignatureVerified", "request_id": 7}


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        ({"error": "NotImplemented"}, SIGNED),
        ({"error": "NotSupported"}, SIGNED),
        ({"status": "Accepted"}, {"signature": "sig"}),
    ],
)
async def test_l01_what_a_station_cannot_check_it_does_not_get(
    come: Come, answer: dict[str, str], fields: dict[str, str]
) -> None:
    station, csms = await ready(come, "1.6", "2.0.1")
    station.answers["SignedUpdateFirmware"] = answer
    assert await update(csms, **fields) == "Rejected"
    assert station.asked("UpdateFirmware") == []


async def test_n01_a_log_of_1_6_is_its_diagnostics(come: Come) -> None:
    station, csms = await ready(come, "1.6", "2.0.1")
    station.answers["GetDiagnostics"] = {"fileName": "log.zip"}
    log = {"remoteLocation": "ftp://l", "oldestTimestamp": NOW}
    reply = await csms.ask(
        "upstairs", "GetLog", log=log, log_type="DiagnosticsLog", request_id=9
    )
    assert (reply.status, reply.filename) == ("Accepted", "log.zip")
    [asked] = station.asked("GetDiagnostics")
    assert (asked["location"], "startTime" in asked) == ("ftp://l", True)
    for status in ("Uploading", "UploadFailed"):
        await station.result("DiagnosticsStatusNotification", {"status": status})
    told = await csms.heard.until("LogStatusNotification", 2)
    assert [(one["status"], one["request_id"]) for one in told] == [
        ("Uploading", 9),
        ("UploadFailure", 9),
    ]


async def test_n01_where_there_is_no_log(come: Come) -> None:
    station, csms = await ready(come, "1.6", "2.0.1")
    # 1.6 §6.26: no file name, no log.
    station.answers["GetDiagnostics"] = {}
    log = {"remoteLocation": "ftp://l"}
    reply = await csms.ask(
        "upstairs", "GetLog", log=log, log_type="DiagnosticsLog", request_id=9
    )
    assert reply.status == "Rejected"


async def test_n01_the_log_of_the_security_is_the_whitepapers(come: Come) -> None:
    station, csms = await ready(come, "1.6", "2.0.1")
    station.answers["GetLog"] = {"status": "Accepted", "filename": "s.log"}
    log = {"remoteLocation": "ftp://l"}
    reply = await csms.ask(
        "upstairs", "GetLog", log=log, log_type="SecurityLog", request_id=9
    )
    assert (reply.status, reply.filename) == ("Accepted", "s.log")
    [asked] = station.asked("GetLog")
    said = {"status": "Uploaded", "requestId": asked["requestId"]}
    await station.result("LogStatusNotification", said)
    [told] = await csms.heard.until("LogStatusNotification")
    assert told == {"status": "Uploaded", "request_id": 9}


@pytest.mark.parametrize("below", ["1.6", "2.0.1"])
async def test_whitepaper_5_1_signed_firmware_under_1_6(come: Come, below: str) -> None:
    station, csms = await ready(come, below, "1.6")
    firmware = {"location": "https://f", "retrieveDateTime": NOW, **SIGNED}
    reply = await csms.ask(
        "upstairs", "SignedUpdateFirmware", request_id=5, firmware=firmware
    )
    assert reply.status == "Accepted"
    older = below == "1.6"
    [asked] = station.asked("SignedUpdateFirmware" if older else "UpdateFirmware")
    assert asked["firmware"]["signature"] == "sig"
    said = {"status": "Installed", "requestId": asked["requestId"]}
    action = f"{'Signed' if older else ''}FirmwareStatusNotification"
    await station.result(action, said)
    [told] = await csms.heard.until("SignedFirmwareStatusNotification")
    assert told == {"status": "Installed", "request_id": 5}


async def test_whitepaper_4_5_a_log_under_1_6(come: Come) -> None:
    station, csms = await ready(come, "2.0.1", "1.6")
    station.answers["GetLog"] = {"status": "Accepted", "filename": "s.log"}
    log = {"remoteLocation": "ftp://l"}
    reply = await csms.ask(
        "upstairs", "GetLog", log=log, log_type="SecurityLog", request_id=9
    )
    assert reply.filename == "s.log"
    [asked] = station.asked("GetLog")
    said = {"status": "PermissionDenied", "requestId": asked["requestId"]}
    await station.result("LogStatusNotification", said)
    [told] = await csms.heard.until("LogStatusNotification")
    assert told == {"status": "PermissionDenied", "request_id": 9}


async def test_1_6_4_4_a_log_that_failed_has_failed(come: Come) -> None:
    station, csms = await ready(come, "2.0.1", "1.6")
    await station.result("LogStatusNotification", {"status": "PermissionDenied"})
    [told] = await csms.heard.until("DiagnosticsStatusNotification")
    assert told == {"status": "UploadFailed"}


async def test_1_6_4_5_firmware_that_is_not_installed_has_failed(come: Come) -> None:
    station, csms = await ready(come, "2.0.1", "1.6")
    for status in ("InvalidSignature", "InstallVerificationFailed", "InstallScheduled"):
        said = {"status": status, "requestId": 3}
        await station.result("FirmwareStatusNotification", said)
    await station.result("FirmwareStatusNotification", {"status": "Idle"})
    told = await csms.heard.until("FirmwareStatusNotification", 3)
    failed = {"status": "InstallationFailed"}
    assert told == [failed, failed, {"status": "Idle"}]


async def test_whitepaper_5_3_what_is_the_houses_is_not_triggered(come: Come) -> None:
    station, csms = await ready(come, "1.6", "1.6")
    for message, status in (
        ("SignChargePointCertificate", "Rejected"),
        ("LogStatusNotification", "Accepted"),
    ):
        reply = await csms.ask(
            "upstairs", "ExtendedTriggerMessage", requested_message=message
        )
        assert reply.status == status
    asked = [one["requestedMessage"] for one in station.asked("ExtendedTriggerMessage")]
    assert asked == ["LogStatusNotification"]


TRIES = {"retries": 3, "retry_interval": 60}


def tries(asked: dict[str, Any]) -> tuple[int | None, int | None]:
    return asked.get("retries"), asked.get("retryInterval")


@pytest.mark.parametrize("below", ["1.6", "2.0.1"])
async def test_1_6_5_9_and_5_19_it_is_tried_as_often_as_it_is_to(
    come: Come, below: str
) -> None:
    station, csms = await ready(come, below, "1.6")
    older = below == "1.6"
    for action in ("UpdateFirmware", "GetDiagnostics", "GetLog"):
        station.answers[action] = {} if older else {"status": "Accepted"}
    for more, count in (({}, 1), (TRIES, 2)):
        place = {"location": "ftp://x", **more}
        await csms.ask("upstairs", "UpdateFirmware", retrieve_date=NOW, **place)
        await csms.ask("upstairs", "GetDiagnostics", **place)
        for action in ("UpdateFirmware", "GetDiagnostics" if older else "GetLog"):
            asked = await station.called(action, count)
            assert tries(asked[-1]) == ((3, 60) if more else (None, None))


async def test_l01_and_n01_a_station_of_1_6_tries_as_often_as_it_is_to(
    come: Come,
) -> None:
    station, csms = await ready(come, "1.6", "2.0.1")
    station.answers |= {"UpdateFirmware": {}, "GetDiagnostics": {"fileName": "log.zip"}}
    firmware = {"location": "https://f", "retrieveDateTime": NOW}
    await csms.ask(
        "upstairs", "UpdateFirmware", request_id=7, firmware=firmware, **TRIES
    )
    log = {"remoteLocation": "ftp://l"}
    await csms.ask(
        "upstairs", "GetLog", log=log, log_type="DiagnosticsLog", request_id=9, **TRIES
    )
    for action in ("UpdateFirmware", "GetDiagnostics"):
        [asked] = station.asked(action)
        assert tries(asked) == (3, 60)
