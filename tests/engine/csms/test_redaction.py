"""What is shown or logged opens no door and names nobody."""

import json
import logging
from typing import Any

import pytest

from custom_components.evenload.engine.csms.redaction import redacted
from custom_components.evenload.engine.model.errors import StationRefused
from custom_components.evenload.engine.model.identity import masked
from tests.engine.csms.conftest import Dial, OpenSite
from tests.engine.csms.dialler import configuration

# No part of these may be seen.
TOKEN, SERIAL, KEY, PEM = "CARD-7777", "SERIAL-8888", "hunter2-9999", "-----BEGIN 6666"
SECRETS = (TOKEN, SERIAL, KEY, PEM)

FRAMES: list[Any] = [
    [2, "1", "Authorize", {"idTag": TOKEN}],
    [2, "1", "Authorize", {"IDTAG": TOKEN}],
    [2, "1", "StartTransaction", {"connectorId": 1, "idTag": TOKEN, "meterStart": 0}],
    [3, "1", {"idTagInfo": {"status": "Accepted", "parentIdTag": TOKEN}}],
    [2, "1", "SendLocalList", {"localAuthorizationList": [{"idTag": TOKEN, "idTagInfo": {"parentIdTag": TOKEN}}]}],
    [2, "1", "ReserveNow", {"idTag": TOKEN, "parentIdTag": TOKEN}],
    [2, "1", "RemoteStartTransaction", {"idTag": TOKEN}],
    [2, "1", "BootNotification", {"chargePointSerialNumber": SERIAL, "chargeBoxSerialNumber": SERIAL}],
    [2, "1", "BootNotification", {"meterSerialNumber": SERIAL, "iccid": SERIAL, "imsi": SERIAL}],
    [2, "1", "BootNotification", {"serialNumber": SERIAL}],
    [2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": KEY}],
    [2, "1", "ChangeConfiguration", {"key": "wifi_password", "value": KEY}],
    [3, "1", {"configurationKey": [{"key": "AuthorizationKey", "readonly": False, "value": KEY}]}],
    [3, "1", {"configurationKey": [{"key": "APN", "value": KEY}, {"key": "WifiSSID", "value": KEY}]}],
    [2, "1", "InstallCertificate", {"certificate": PEM}],
    [2, "1", "CertificateSigned", {"certificateChain": PEM}],
    [2, "1", "SignCertificate", {"csr": PEM}],
    [2, "1", "SignedUpdateFirmware", {"firmware": {"location": f"http://u:{KEY}@x", "signingCertificate": PEM}}],
    [2, "1", "UpdateFirmware", {"location": f"ftp://u:{KEY}@x/fw"}],
    [2, "1", "GetDiagnostics", {"location": f"ftp://u:{KEY}@x/"}],
    [2, "1", "GetLog", {"log": {"remoteLocation": f"ftp://u:{KEY}@x/"}}],
    [2, "1", "DataTransfer", {"vendorId": "v", "data": json.dumps({"idTag": TOKEN, "deep": [{"password": KEY}]})}],
    [2, "1", "DataTransfer", {"password": KEY, "accessToken": KEY}],
    [4, "1", "GenericError", "", {"idTag": TOKEN}],
    f"no JSON with {TOKEN}",
    f'[2,"1","Authorize",{{"idTag":"{TOKEN}"',
    "[" * 1900 + f'{{"idTag":"{TOKEN}"}}' + "]" * 1900,
]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_is_shown_without_secrets(frame: Any) -> None:
    shown = redacted(frame if isinstance(frame, str) else json.dumps(frame))
    assert not any(secret in shown for secret in SECRETS)
    if not isinstance(frame, str):
        # Its form is what diagnostics are for.
        kept = json.loads(shown)
        assert [type(part) for part in kept] == [type(part) for part in frame]
        assert kept[:2] == frame[:2]


@pytest.mark.parametrize(
    "frame",
    [
        [2, "1", "MeterValues", {"meterValue": [{"sampledValue": [{"value": "5", "location": "Outlet"}]}]}],
        [2, "1", "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}],
        [2, "1", "GetConfiguration", {"key": ["AuthorizationKey"]}],
        [2, "1", "DataTransfer", {"vendorId": "v", "data": "plain text"}],
    ],
)  # fmt: skip
def test_what_is_no_secret_is_shown(frame: Any) -> None:
    assert json.loads(redacted(json.dumps(frame))) == frame


@pytest.mark.parametrize("identity", ["GARAGE-LEFT-0001", "A", "ABCD", ""])
def test_an_identity_is_masked(identity: str) -> None:
    assert identity not in masked(identity) or not identity
    assert len(masked(identity)) <= 5


async def test_neither_logs_nor_diagnostics_give_anything_away(
    open_site: OpenSite, dial: Dial, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.evenload")
    identity = "GARAGE-LEFT-0001"
    site = await open_site(identity)
    station = await dial(site, identity)
    station.answers["GetConfiguration"] = configuration(AuthorizationKey=(KEY, False))
    station.answers["Reset"] = {"status": "Rejected"}
    now = "2026-01-01T00:00:00Z"
    await station.boot(chargePointSerialNumber=SERIAL)
    await station.called("TriggerMessage", 2)
    await station.call("Authorize", {"idTag": TOKEN})
    started = await station.result(
        "StartTransaction",
        {"connectorId": 1, "idTag": TOKEN, "meterStart": 0, "timestamp": now},
    )
    await station.call(
        "StopTransaction",
        {
            "transactionId": started["transactionId"],
            "idTag": TOKEN,
            "meterStop": 5,
            "timestamp": now,
        },
    )
    # What is wrong is told without repeating it.
    await station.call("Authorize", {"idTag": [TOKEN]})
    await station.call("Authorize", {"idTag": {TOKEN: TOKEN}})
    await station.call("StartTransaction", {"connectorId": "one", "idTag": TOKEN})
    await station.call("DataTransfer", {"vendorId": "v", "data": {"password": KEY}})
    await station.ask(f'[2,"x","Authorize",{{"idTag":"{TOKEN}"')
    await station.send(f'[3,"nobody",{{"idTag":"{TOKEN}"}}]')
    await site.commands(identity).set_configuration("AuthorizationKey", KEY)
    await site.commands(identity).start(1, TOKEN)
    with pytest.raises(StationRefused):
        await site.commands(identity).reset(hard=True)
    shown = json.dumps(site.frames(identity))
    assert "Authorize" in shown
    assert not any(secret in shown for secret in SECRETS)
    await station.close()
    await dial(site, "STRANGER-0001")
    await site.close()
    ours = [one for one in caplog.records if one.name.startswith("custom_components")]
    logged = "\n".join(caplog.handler.format(one) for one in ours)
    assert logged
    assert not any(secret in logged for secret in (*SECRETS, identity, "STRANGER-0001"))
