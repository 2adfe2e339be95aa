"""Logs, firmware, reservations, lists, certificates and profiles of a 1.6 station (OCPP 1.6 §5; security whitepaper §5)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.access import ListedToken, Reservation
from custom_components.evenload.engine.model.certificates import (
    CertificateId,
    CertificateUse,
    InstalledCertificate,
)
from custom_components.evenload.engine.model.errors import (
    InvalidRequest,
    StationRefused,
)
from custom_components.evenload.engine.model.upkeep import Firmware, LogKind
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler, Payload

SOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
SOON_TEXT = "2026-11-30T12:00:00Z"
HASH = CertificateId("SHA256", "aa", "bb", "0C")
HASH_DATA = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "aa",
    "issuerKeyHash": "bb",
    "serialNumber": "0C",
}
ANY = object()

type Wish = Callable[[Commands], Awaitable[Any]]

WISHES: list[tuple[Wish, str, Payload]] = [
    (lambda c: c.clear_profile(8301), "ClearChargingProfile", {"id": 8301}),
    (
        lambda c: c.get_log("ftp://x/", LogKind.SECURITY, latest=SOON),
        "GetLog",
        {
            "log": {"remoteLocation": "ftp://x/", "latestTimestamp": SOON_TEXT},
            "logType": "SecurityLog",
            "requestId": ANY,
        },
    ),
    (
        lambda c: c.update_firmware(
            Firmware("http://x/fw", SOON, SOON, signing_certificate="P", signature="s")
        ),
        "SignedUpdateFirmware",
        {
            "requestId": ANY,
            "firmware": {
                "location": "http://x/fw",
                "retrieveDateTime": SOON_TEXT,
                "installDateTime": SOON_TEXT,
                "signingCertificate": "P",
                "signature": "s",
            },
        },
    ),
    (
        # §6.15: 1.6 carries text only.
        lambda c: c.data_transfer("maker", "m", {"deep": [1]}),
        "DataTransfer",
        {"vendorId": "maker", "messageId": "m", "data": '{"deep": [1]}'},
    ),
    (
        lambda c: c.reserve(Reservation(5, "CARD", SOON, evse=1, group="HOME")),
        "ReserveNow",
        {
            "connectorId": 1,
            "expiryDate": SOON_TEXT,
            "idTag": "CARD",
            "parentIdTag": "HOME",
            "reservationId": 5,
        },
    ),
    (
        # §5.13: connector 0 is any.
        lambda c: c.reserve(Reservation(6, "CARD", SOON)),
        "ReserveNow",
        {
            "connectorId": 0,
            "expiryDate": SOON_TEXT,
            "idTag": "CARD",
            "reservationId": 6,
        },
    ),
    (lambda c: c.cancel_reservation(5), "CancelReservation", {"reservationId": 5}),
    (
        lambda c: c.send_local_list(
            3,
            [
                ListedToken("CARD", until=SOON, group="HOME"),
                ListedToken("APP", accepted=False),
                ListedToken("OLD", accepted=None),
            ],
            full=True,
        ),
        "SendLocalList",
        {
            "listVersion": 3,
            "updateType": "Full",
            "localAuthorizationList": [
                {
                    "idTag": "CARD",
                    "idTagInfo": {
                        "status": "Accepted",
                        "expiryDate": SOON_TEXT,
                        "parentIdTag": "HOME",
                    },
                },
                {"idTag": "APP", "idTagInfo": {"status": "Blocked"}},
                {"idTag": "OLD"},
            ],
        },
    ),
    (lambda c: c.clear_cache(), "ClearCache", {}),
    (
        lambda c: c.install_certificate(CertificateUse.CSMS_ROOT, "PEM"),
        "InstallCertificate",
        {"certificateType": "CentralSystemRootCertificate", "certificate": "PEM"},
    ),
    (
        lambda c: c.delete_certificate(HASH),
        "DeleteCertificate",
        {"certificateHashData": HASH_DATA},
    ),
    (
        lambda c: c.give_certificate("PEM"),
        "CertificateSigned",
        {"certificateChain": "PEM"},
    ),
]


@pytest.mark.parametrize(("wish", "action", "payload"), WISHES)
async def test_a_wish_is_one_call_and_a_no_is_a_no(
    station: tuple[Site, Dialler], wish: Wish, action: str, payload: Payload
) -> None:
    site, dialler = station
    await wish(site.commands("A"))
    [sent] = dialler.asked(action)
    assert {
        name: ANY if payload.get(name) is ANY else sent[name] for name in sent
    } == payload
    for no in ({"status": "Rejected"}, {}, {"error": "NotSupported"}):
        dialler.answers[action] = no
        with pytest.raises(StationRefused):
            await wish(site.commands("A"))


async def test_what_is_read_is_understood(station: tuple[Site, Dialler]) -> None:
    site, dialler = station
    commands = site.commands("A")
    dialler.answers["GetDiagnostics"] = {"fileName": "log.zip"}
    assert await commands.get_log("ftp://x/", oldest=SOON) == "log.zip"
    assert dialler.asked("GetDiagnostics") == [
        {"location": "ftp://x/", "startTime": SOON_TEXT}
    ]
    dialler.answers["GetDiagnostics"] = {}
    assert await commands.get_log("ftp://x/") is None
    dialler.answers["UpdateFirmware"] = {}
    await commands.update_firmware(Firmware("ftp://x/fw", SOON))
    assert dialler.asked("UpdateFirmware") == [
        {"location": "ftp://x/fw", "retrieveDate": SOON_TEXT}
    ]
    dialler.answers["GetLocalListVersion"] = {"listVersion": 7}
    assert await commands.local_list_version() == 7
    # §5.10: who has no list says -1.
    dialler.answers["GetLocalListVersion"] = {"listVersion": -1}
    with pytest.raises(StationRefused):
        await commands.local_list_version()
    dialler.answers["GetInstalledCertificateIds"] = lambda payload: (
        {"status": "Accepted", "certificateHashData": [HASH_DATA]}
        if payload["certificateType"] == "CentralSystemRootCertificate"
        else {"status": "NotFound"}
    )
    assert await commands.installed_certificates() == (
        InstalledCertificate(HASH, CertificateUse.CSMS_ROOT),
    )
    dialler.answers["ClearChargingProfile"] = {"status": "Unknown"}
    assert not await commands.clear_profile(1)


@pytest.mark.parametrize(
    "wish",
    [
        lambda c: c.profiles(),
        lambda c: c.customer_information("CARD"),
        lambda c: c.install_certificate(CertificateUse.V2G_ROOT, "PEM"),
        lambda c: c.installed_certificates(CertificateUse.MO_ROOT),
        lambda c: c.give_certificate("PEM", CertificateUse.V2G),
    ],
)
async def test_what_1_6_does_not_know_is_not_sent(
    station: tuple[Site, Dialler], wish: Wish
) -> None:
    site, dialler = station
    with pytest.raises(InvalidRequest):
        await wish(site.commands("A"))
    assert dialler.calls == []
