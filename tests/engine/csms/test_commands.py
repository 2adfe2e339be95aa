"""Everything that a server may ask of a 1.6 station can be asked, and every way to answer has its meaning (§5)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.csms import exchange
from custom_components.evenload.engine.csms.commands import (
    Commands,
    CompositeSchedule,
    ConfigurationValue,
    SchedulePeriod,
)
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.model.errors import StationRefused, StationSilent
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.site import Site
from simulator import SimulatedStation, Vehicle
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.dialler import Dialler, Reply

LATER = "2036-01-01T00:00:00Z"
HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "0",
    "issuerKeyHash": "0",
    "serialNumber": "0",
}
FIRMWARE = {
    "location": "http://x/fw.bin",
    "retrieveDateTime": LATER,
    "signingCertificate": "x",
    "signature": "s",
}
PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.1}],
    },
}

# Every message that a server may send, and one field that its answer has.
MESSAGES: list[tuple[str, dict[str, Any], str | None]] = [
    ("CancelReservation", {"reservationId": 5}, "status"),
    ("CertificateSigned", {"certificateChain": "x"}, "status"),
    ("ChangeAvailability", {"connectorId": 1, "type": "Operative"}, "status"),
    ("ChangeConfiguration", {"key": "BlinkRepeat", "value": "1"}, "status"),
    ("ClearCache", {}, "status"),
    ("ClearChargingProfile", {"id": 4711}, "status"),
    ("DataTransfer", {"vendorId": "maker"}, "status"),
    ("DeleteCertificate", {"certificateHashData": HASH}, "status"),
    ("ExtendedTriggerMessage", {"requestedMessage": "Heartbeat"}, "status"),
    ("GetCompositeSchedule", {"connectorId": 1, "duration": 60}, "status"),
    ("GetConfiguration", {"key": ["BlinkRepeat", "Nobody"]}, "configurationKey"),
    ("GetDiagnostics", {"location": "ftp://x"}, "fileName"),
    (
        "GetInstalledCertificateIds",
        {"certificateType": "CentralSystemRootCertificate"},
        "status",
    ),
    ("GetLocalListVersion", {}, "listVersion"),
    (
        "GetLog",
        {"logType": "SecurityLog", "requestId": 1, "log": {"remoteLocation": "x"}},
        "status",
    ),
    (
        "InstallCertificate",
        {"certificateType": "CentralSystemRootCertificate", "certificate": "x"},
        "status",
    ),
    ("RemoteStartTransaction", {"idTag": "A", "connectorId": 9}, "status"),
    ("RemoteStopTransaction", {"transactionId": 1}, "status"),
    (
        "ReserveNow",
        {"connectorId": 1, "expiryDate": LATER, "idTag": "A", "reservationId": 1},
        "status",
    ),
    ("SendLocalList", {"listVersion": 3, "updateType": "Full"}, "status"),
    ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": PROFILE}, "status"),
    ("SignedUpdateFirmware", {"requestId": 1, "firmware": FIRMWARE}, "status"),
    ("TriggerMessage", {"requestedMessage": "Heartbeat"}, "status"),
    ("UnlockConnector", {"connectorId": 1}, "status"),
    ("UpdateFirmware", {"location": "http://x/fw.bin", "retrieveDate": LATER}, None),
    # Last: it restarts the station.
    ("Reset", {"type": "Soft"}, "status"),
]

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


def test_all_messages_of_a_server_are_in_the_table() -> None:
    assert {row[0] for row in MESSAGES} == schemas(
        OcppVersion.V16
    ).actions - FROM_STATIONS


async def test_every_message_of_a_server_can_be_sent(open_site: OpenSite) -> None:
    site = await open_site("A")
    async with SimulatedStation("A", f"ws://127.0.0.1:{site.port}") as station:
        await station.wait_accepted()
        for action, payload, field in MESSAGES:
            answer = await site.commands("A").call(action, payload)
            assert (
                schemas(OcppVersion.V16).violations(f"{action}Response", answer) == []
            )
            assert field is None or field in answer, (action, answer)


async def test_a_whole_visit_by_typed_commands(open_site: OpenSite) -> None:
    site = await open_site("A")
    async with SimulatedStation(
        "A", f"ws://127.0.0.1:{site.port}", tick_s=0.02
    ) as station:
        await station.wait_accepted()
        commands = site.commands("A")
        station.plug_in(1, Vehicle(start_delay_s=0))
        await commands.start(1, "CARD")
        async with asyncio.timeout(5):
            while station.evse(1).transaction_id is None:
                await asyncio.sleep(0.02)
        transaction = site.stations["A"].evses[1].transaction
        assert transaction is not None
        assert transaction.id == str(station.evse(1).transaction_id)
        # §5.2: what is charging goes out of service when it is done.
        assert await commands.set_availability(1, operative=False) is False
        assert await commands.set_configuration("SecurityProfile", "1") is True
        assert await commands.set_configuration("BlinkRepeat", "3") is False
        shown = await commands.get_configuration(["BlinkRepeat", "AuthorizationKey"])
        assert shown["BlinkRepeat"] == ConfigurationValue("3", readonly=False)
        assert "Heartbeat" not in shown
        schedule = await commands.composite_schedule(1, 60, RateUnit.AMPERES)
        assert schedule.unit is RateUnit.AMPERES
        assert schedule.periods[0].limit > 0
        await commands.trigger("StatusNotification", 1)
        await commands.trigger("LogStatusNotification")
        await commands.stop(transaction.id)
        async with asyncio.timeout(5):
            while site.stations["A"].evses[1].transaction is not None:
                await asyncio.sleep(0.02)
        with pytest.raises(StationRefused):
            await commands.stop(transaction.id)
        await commands.unlock(1)
        assert await commands.set_availability(1, operative=True) is True
        await commands.reset(hard=False)


type Verb = Callable[[Commands], Awaitable[Any]]

# Verb, the action that it sends, and its payload.
VERBS: list[tuple[Verb, str, dict[str, Any]]] = [
    (
        lambda c: c.set_availability(0, operative=False),
        "ChangeAvailability",
        {"connectorId": 0, "type": "Inoperative"},
    ),
    (lambda c: c.unlock(2), "UnlockConnector", {"connectorId": 2}),
    (lambda c: c.reset(hard=True), "Reset", {"type": "Hard"}),
    (lambda c: c.reset(hard=False), "Reset", {"type": "Soft"}),
    (
        lambda c: c.start(1, "T"),
        "RemoteStartTransaction",
        {"connectorId": 1, "idTag": "T"},
    ),
    (lambda c: c.start(None, "T"), "RemoteStartTransaction", {"idTag": "T"}),
    (lambda c: c.stop("5"), "RemoteStopTransaction", {"transactionId": 5}),
    (
        lambda c: c.trigger("MeterValues", 1),
        "TriggerMessage",
        {"requestedMessage": "MeterValues", "connectorId": 1},
    ),
    (
        lambda c: c.trigger("Heartbeat"),
        "TriggerMessage",
        {"requestedMessage": "Heartbeat"},
    ),
    # Security whitepaper §5.6: these two only exist in the extended message.
    (
        lambda c: c.trigger("LogStatusNotification"),
        "ExtendedTriggerMessage",
        {"requestedMessage": "LogStatusNotification"},
    ),
    (
        lambda c: c.trigger("SignChargePointCertificate"),
        "ExtendedTriggerMessage",
        {"requestedMessage": "SignChargePointCertificate"},
    ),
    (
        lambda c: c.set_configuration("K", "V"),
        "ChangeConfiguration",
        {"key": "K", "value": "V"},
    ),
    (lambda c: c.get_configuration(["K"]), "GetConfiguration", {"key": ["K"]}),
    (
        lambda c: c.composite_schedule(1, 60, RateUnit.WATTS),
        "GetCompositeSchedule",
        {"connectorId": 1, "duration": 60, "chargingRateUnit": "W"},
    ),
]
VERB_IDS = [f"{row[1]}-{number}" for number, row in enumerate(VERBS)]

# What a station may answer that is no yes. None is silence.
NOES: dict[str, tuple[Reply, type[Exception]]] = {
    "rejected": ({"status": "Rejected"}, StationRefused),
    "a word of its own": ({"status": "Perhaps"}, StationRefused),
    "empty": ({}, StationRefused),
    "nonsense": ({"state": "maybe", "because": [1, None]}, StationRefused),
    "status of a wrong type": ({"status": [1]}, StationRefused),
    "error": ({"error": "NotSupported"}, StationRefused),
    "error without a code": ({"error": ""}, StationRefused),
    "answer that is a text": ({"raw": '[3,"ID","Accepted"]'}, StationRefused),
    "answer without a payload": ({"raw": '[3,"ID"]'}, StationSilent),
    "answer to another call": (
        {"raw": '[3,"other",{"status":"Accepted"}]'},
        StationSilent,
    ),
    "garbage": ({"raw": "%&$"}, StationSilent),
    "silence": (None, StationSilent),
}


@pytest.mark.parametrize(("verb", "action", "payload"), VERBS, ids=VERB_IDS)
async def test_a_verb_is_one_message(
    station: tuple[Site, Dialler], verb: Verb, action: str, payload: dict[str, Any]
) -> None:
    site, dialler = station
    dialler.answers["UnlockConnector"] = {"status": "Unlocked"}
    dialler.answers["GetCompositeSchedule"] = {
        "status": "Accepted",
        "connectorId": 1,
        "scheduleStart": "2026-01-01T00:00:00Z",
        "chargingSchedule": {
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 6900.5, "numberPhases": 3},
                {"startPeriod": 30, "limit": 0},
            ],
        },
    }
    answer = await verb(site.commands("A"))
    assert dialler.calls == [(action, payload)]
    assert schemas(OcppVersion.V16).violations(action, payload) == []
    if isinstance(answer, CompositeSchedule):
        assert answer == CompositeSchedule(
            1,
            RateUnit.WATTS,
            datetime(2026, 1, 1, tzinfo=UTC),
            (SchedulePeriod(0, 6900.5, 3), SchedulePeriod(30, 0.0)),
        )


@pytest.mark.parametrize("how", NOES)
async def test_no_is_no_however_it_is_said(
    station: tuple[Site, Dialler], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    site, dialler = station
    reply, error = NOES[how]
    if error is StationSilent:
        monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.05)
    for verb, action, _ in VERBS:
        if how in {"empty", "answer that is a text"} and action == "GetConfiguration":
            # §6.24: both of its fields are optional.
            continue
        dialler.answers[action] = reply
        with pytest.raises(error) as caught:
            await verb(site.commands("A"))
        assert caught.value.identity == "A"
        assert caught.value.action == action
    # And the connection is none the worse for it.
    assert await dialler.result("Heartbeat", {})


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("UnlockConnector", {"status": "Accepted"}),
        ("UnlockConnector", {"status": "unlocked"}),
        ("Reset", {"status": "ACCEPTED", "more": 1}),
        ("ChangeAvailability", {"status": " Scheduled".strip()}),
        ("ChangeConfiguration", {"status": "rebootrequired"}),
    ],
)
async def test_yes_is_yes_however_it_is_said(
    station: tuple[Site, Dialler], action: str, answer: dict[str, Any]
) -> None:
    site, dialler = station
    dialler.answers[action] = answer
    for verb, sent, _ in VERBS:
        if sent == action:
            await verb(site.commands("A"))
