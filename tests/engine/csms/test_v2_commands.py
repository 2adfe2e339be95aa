"""What can be asked of a 2.x station, one call for each wish (2.0.1 and 2.1 part 2)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.access import (
    ListedToken,
    Reservation,
    TokenKind,
)
from custom_components.evenload.engine.model.certificates import (
    CertificateId,
    CertificateUse,
    InstalledCertificate,
)
from custom_components.evenload.engine.model.errors import StationRefused
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.upkeep import Firmware, LogKind
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2

SOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
SOON_TEXT = "2026-11-30T12:00:00Z"
HASH = CertificateId("SHA256", "aa", "bb", "0C")
HASH_DATA = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "aa",
    "issuerKeyHash": "bb",
    "serialNumber": "0C",
}
CARD = {"idToken": "CARD", "type": "ISO14443"}
ANY = object()


@pytest.fixture
async def pair(open_site: OpenSite, dial2: Dial2) -> tuple[Commands, Dialler2]:
    """What can be asked of a station that is set up."""
    site = await open_site("A")
    station = await dial2(site, version="2.1")
    await station.boot()
    await station.settled()
    station.calls.clear()
    return site.commands("A"), station


type Wish = Callable[[Commands], Awaitable[Any]]

WISHES: list[tuple[Wish, str, Payload]] = [
    (lambda c: c.reset(hard=True), "Reset", {"type": "Immediate"}),
    (lambda c: c.reset(hard=False), "Reset", {"type": "OnIdle"}),
    (
        lambda c: c.set_availability(0, operative=False),
        "ChangeAvailability",
        {"operationalStatus": "Inoperative"},
    ),
    (
        lambda c: c.set_availability(1, operative=True),
        "ChangeAvailability",
        {"operationalStatus": "Operative", "evse": {"id": 1}},
    ),
    (
        lambda c: c.start(1, "CARD"),
        "RequestStartTransaction",
        {
            "idToken": {"idToken": "CARD", "type": "Central"},
            "remoteStartId": ANY,
            "evseId": 1,
        },
    ),
    (
        lambda c: c.start(None, "CARD"),
        "RequestStartTransaction",
        {"idToken": {"idToken": "CARD", "type": "Central"}, "remoteStartId": ANY},
    ),
    (lambda c: c.stop("T1"), "RequestStopTransaction", {"transactionId": "T1"}),
    (
        lambda c: c.trigger("Heartbeat"),
        "TriggerMessage",
        {"requestedMessage": "Heartbeat"},
    ),
    (
        lambda c: c.trigger("StatusNotification", 1),
        "TriggerMessage",
        {
            "requestedMessage": "StatusNotification",
            "evse": {"id": 1, "connectorId": 1},
        },
    ),
    (
        lambda c: c.trigger("custom:Temperatures"),
        "TriggerMessage",
        {"requestedMessage": "CustomTrigger", "customTrigger": "Temperatures"},
    ),
    (
        lambda c: c.clear_profile(8301),
        "ClearChargingProfile",
        {"chargingProfileId": 8301},
    ),
    (
        lambda c: c.get_log("ftp://x/", LogKind.SECURITY, oldest=SOON),
        "GetLog",
        {
            "log": {"remoteLocation": "ftp://x/", "oldestTimestamp": SOON_TEXT},
            "logType": "SecurityLog",
            "requestId": ANY,
        },
    ),
    (
        lambda c: c.update_firmware(Firmware("http://x/fw", SOON, signature="s")),
        "UpdateFirmware",
        {
            "requestId": ANY,
            "firmware": {
                "location": "http://x/fw",
                "retrieveDateTime": SOON_TEXT,
                "signature": "s",
            },
        },
    ),
    (
        lambda c: c.data_transfer("maker", "m", {"deep": [1]}),
        "DataTransfer",
        {"vendorId": "maker", "messageId": "m", "data": {"deep": [1]}},
    ),
    (
        lambda c: c.reserve(Reservation(5, "CARD", SOON, evse=1, group="HOME")),
        "ReserveNow",
        {
            "id": 5,
            "expiryDateTime": SOON_TEXT,
            "idToken": CARD,
            "evseId": 1,
            "groupIdToken": {"idToken": "HOME", "type": "Central"},
        },
    ),
    (lambda c: c.cancel_reservation(5), "CancelReservation", {"reservationId": 5}),
    (
        lambda c: c.send_local_list(
            3,
            [
                ListedToken("CARD", until=SOON),
                ListedToken("APP", accepted=False, kind=TokenKind.CENTRAL),
                ListedToken("OLD", accepted=None),
            ],
            full=False,
        ),
        "SendLocalList",
        {
            "versionNumber": 3,
            "updateType": "Differential",
            "localAuthorizationList": [
                {
                    "idToken": CARD,
                    "idTokenInfo": {
                        "status": "Accepted",
                        "cacheExpiryDateTime": SOON_TEXT,
                    },
                },
                {
                    "idToken": {"idToken": "APP", "type": "Central"},
                    "idTokenInfo": {"status": "Blocked"},
                },
                {"idToken": {"idToken": "OLD", "type": "ISO14443"}},
            ],
        },
    ),
    (
        lambda c: c.send_local_list(4, [], full=True),
        "SendLocalList",
        {"versionNumber": 4, "updateType": "Full"},
    ),
    (lambda c: c.clear_cache(), "ClearCache", {}),
    (
        lambda c: c.install_certificate(CertificateUse.CSMS_ROOT, "PEM"),
        "InstallCertificate",
        {"certificateType": "CSMSRootCertificate", "certificate": "PEM"},
    ),
    (
        lambda c: c.delete_certificate(HASH),
        "DeleteCertificate",
        {"certificateHashData": HASH_DATA},
    ),
    (
        lambda c: c.give_certificate("PEM"),
        "CertificateSigned",
        {
            "certificateChain": "PEM",
            "certificateType": "ChargingStationCertificate",
        },
    ),
]


@pytest.mark.parametrize(("wish", "action", "payload"), WISHES)
async def test_a_wish_is_one_call_and_a_no_is_a_no(
    pair: tuple[Commands, Dialler2], wish: Wish, action: str, payload: Payload
) -> None:
    commands, station = pair
    await wish(commands)
    [sent] = station.asked(action)
    assert {
        name: ANY if payload.get(name) is ANY else sent[name] for name in sent
    } == payload
    # In whatever case it is said.
    station.answers[action] = {"status": "accepted"}
    await wish(commands)
    for no in (
        {"status": "Rejected"},
        {"status": "NoSuchWord"},
        {},
        {"error": "NotSupported"},
    ):
        station.answers[action] = no
        with pytest.raises(StationRefused):
            await wish(commands)


async def test_starts_have_numbers_of_their_own(
    pair: tuple[Commands, Dialler2],
) -> None:
    # F01.FR.25: by remoteStartId a transaction is known to be this start's.
    commands, station = pair
    for _ in range(3):
        await commands.start(1, "CARD")
    asked = station.asked("RequestStartTransaction")
    assert len({one["remoteStartId"] for one in asked}) == 3


async def test_what_waits_is_told(pair: tuple[Commands, Dialler2]) -> None:
    commands, station = pair
    station.answers["ChangeAvailability"] = {"status": "Scheduled"}
    assert not await commands.set_availability(1, operative=False)
    station.answers["Reset"] = {"status": "Scheduled"}
    await commands.reset(hard=False)
    station.answers["ClearChargingProfile"] = {"status": "Unknown"}
    assert not await commands.clear_profile(1)


async def test_a_cable_is_released_wherever_it_hangs(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site("A")
    station = await dial2(site)
    station.model["Connector@1.2/ConnectorType"] = ("sType2", "ReadOnly", "")
    await station.boot()
    await station.settled()
    station.answers["UnlockConnector"] = lambda payload: {
        "status": "Unlocked" if payload["connectorId"] == 2 else "UnlockFailed"
    }
    await site.commands("A").unlock(1)
    asked = station.asked("UnlockConnector")
    assert [one["connectorId"] for one in asked] == [1, 2]
    station.answers["UnlockConnector"] = {"status": "OngoingAuthorizedTransaction"}
    with pytest.raises(StationRefused):
        await site.commands("A").unlock(1)


async def test_what_is_read_is_understood(pair: tuple[Commands, Dialler2]) -> None:
    commands, station = pair
    station.answers["GetLocalListVersion"] = {"versionNumber": 7}
    assert await commands.local_list_version() == 7
    station.answers["GetLog"] = {"status": "Accepted", "filename": "log.zip"}
    assert await commands.get_log("ftp://x/") == "log.zip"
    station.answers["DataTransfer"] = {"status": "Accepted", "data": [1, 2]}
    assert await commands.data_transfer("maker") == [1, 2]
    station.answers["GetInstalledCertificateIds"] = {
        "status": "Accepted",
        "certificateHashDataChain": [
            {
                "certificateType": "CSMSRootCertificate",
                "certificateHashData": HASH_DATA,
            }
        ],
    }
    assert await commands.installed_certificates() == (
        InstalledCertificate(HASH, CertificateUse.CSMS_ROOT),
    )
    station.answers["GetCompositeSchedule"] = {
        "status": "Accepted",
        "schedule": {
            "evseId": 1,
            "duration": 60,
            "scheduleStart": SOON_TEXT,
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 11000, "numberPhases": 3},
                {"startPeriod": 30},
            ],
        },
    }
    schedule = await commands.composite_schedule(1, 60, RateUnit.WATTS)
    assert (schedule.unit, schedule.start) == (RateUnit.WATTS, SOON)
    assert [(one.limit, one.phases) for one in schedule.periods] == [(11000.0, 3)]
