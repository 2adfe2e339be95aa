"""The websocket itself: passwords, pings, and how many calls are under way."""

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
import json
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
import pytest

from simulator import Faults, NotConnected, SimulatedStation
from tests.simulator.central_system import CentralSystem


async def test_shows_its_password_and_takes_a_new_one(switch_on, central, clock):
    await switch_on(password="a-first-password")
    assert (
        central.headers["authorization"]
        == "Basic " + base64.b64encode(b"X:a-first-password").decode()
    )
    wanted = {"key": "AuthorizationKey", "value": "a-second-password"}
    assert await central.call("X", "ChangeConfiguration", wanted) == {
        "status": "Accepted"
    }
    await clock.advance(5)
    assert central.connections == 2
    assert (
        central.headers["authorization"]
        == "Basic " + base64.b64encode(b"X:a-second-password").decode()
    )


@pytest.mark.parametrize("deaf", [False, True])
async def test_answers_pings_unless_deaf(switch_on, central, deaf):
    await switch_on(faults=Faults(deaf_to_pings=deaf))
    pong = await central._sockets["X"].ping()
    if deaf:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pong, 0.2)
    else:
        await asyncio.wait_for(pong, 2)


async def test_one_call_is_outstanding_at_a_time(switch_on, central, clock):
    station = await switch_on()
    central.answers["DataTransfer"] = lambda _: None
    first = asyncio.ensure_future(station.call("DataTransfer", {"vendorId": "A"}))
    second = asyncio.ensure_future(station.call("DataTransfer", {"vendorId": "B"}))
    await clock.advance(5)
    assert [sent["vendorId"] for sent in central.sent("DataTransfer")] == ["A"]
    del central.answers["DataTransfer"]
    await clock.advance(30)
    with pytest.raises(TimeoutError):
        await first
    assert await second == {"status": "Accepted"}


async def test_nothing_is_sent_where_there_is_no_connection(switch_on, clock):
    station = await switch_on()
    station.go_offline()
    await clock.advance(1)
    with pytest.raises(NotConnected):
        await station.send_raw("[]")


async def test_keeps_the_frames_of_both_directions(switch_on):
    station = await switch_on()
    way, text = station.frames[0]
    assert way == "sent"
    assert json.loads(text)[2] == "BootNotification"
    assert station.frames[1][0] == "received"


async def test_takes_over_the_time_of_the_central_system(switch_on, central, clock):
    station = await switch_on(accepted=False, faults=Faults(clock_wrong_by_s=3600))
    assert (station.charge_point.now() - clock.now()).total_seconds() == pytest.approx(
        3600, abs=1
    )
    station.faults.clear()
    assert (station.charge_point.now() - clock.now()).total_seconds() == pytest.approx(
        0, abs=1
    )


async def test_heartbeats_as_often_as_it_was_told(switch_on, central, clock):
    central.answers["BootNotification"] = lambda _: {
        "status": "Accepted",
        "currentTime": central.time(),
        "interval": 30,
    }
    await switch_on()
    await clock.advance(100)
    assert central.actions()["Heartbeat"] == 3


async def test_runs_in_real_time_too():
    async with (
        CentralSystem() as central,
        SimulatedStation("X", central.url, tick_s=0.02) as station,
    ):
        await station.wait_accepted(5)
        await station.reboot()
        await station.wait_accepted(5)
        assert central.actions()["BootNotification"] == 2
    assert central.invalid == []


async def test_a_message_before_the_boot(switch_on, central, clock):
    central.answers["BootNotification"] = lambda _: {
        "status": "Pending",
        "currentTime": central.time(),
        "interval": 60,
    }
    await switch_on(accepted=False, faults=Faults(talks_before_boot=True))
    await clock.advance(1)
    assert "StatusNotification" in central.actions()


def test_faults_are_set_by_name():
    faults = Faults()
    faults.change({"reject": ["Reset"], "answer_delay_s": 2, "deaf_to_pings": True})
    assert faults == Faults(reject={"Reset"}, answer_delay_s=2.0, deaf_to_pings=True)
    faults.clear()
    assert faults == Faults()
    with pytest.raises(ValueError, match="no such fault: sloth"):
        faults.change({"sloth": True})


def tls(tmp_path):
    """Contexts of both sides for a certificate that both trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), 7, now, now + timedelta(days=1)
    )
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(loopback, critical=False).sign(
        key, hashes.SHA256()
    )
    pem = certificate.public_bytes(Encoding.PEM)
    (tmp_path / "both.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "both.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


async def test_dials_by_tls(tmp_path):
    server, client = tls(tmp_path)
    central = CentralSystem()
    await central.listen(0, server)
    url = central.url.replace("ws:", "wss:")
    async with SimulatedStation("X", url, ssl=client, tick_s=0.05) as station:
        await station.wait_accepted(5)
    await central.close()
    assert central.actions()["BootNotification"] == 1
