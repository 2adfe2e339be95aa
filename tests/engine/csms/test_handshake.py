"""Dialling in: identities, versions, TLS and the port itself (OCPP-J 1.6 §3)."""

import asyncio
from datetime import UTC, datetime, timedelta
import ipaddress
from pathlib import Path
import socket
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
import pytest
from websockets.exceptions import InvalidStatus

from custom_components.evenload.engine.csms.door.listener import identity_of
from custom_components.evenload.engine.model.configuration import ListenerConfig
from custom_components.evenload.engine.model.errors import ListenerError
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from tests.engine.csms.conftest import Dial, OpenSite

LOCAL = "127.0.0.1"


@pytest.mark.parametrize(
    ("path", "identity"),
    [
        ("/A", "A"),
        ("/A/", "A"),
        ("//A", "A"),
        ("/ocpp/1.6/A", "A"),
        ("/A?token=1", "A"),
        ("/G%20A", "G A"),
        ("/K%C3%BCche", "Küche"),
        ("/100%25", "100%"),
        ("/A+B", "A+B"),
        ("/A%2FB", "A/B"),
        ("/%FF", "\N{REPLACEMENT CHARACTER}"),
        ("/", None),
        ("", None),
        ("///", None),
        ("/?A", None),
    ],
)
def test_the_identity_is_the_last_part_of_the_path(
    path: str, identity: str | None
) -> None:
    assert identity_of(path) == identity


@pytest.mark.parametrize(
    "identity",
    [
        "A",
        "Garage links",
        "Küche",
        "100%",
        "a+b&c=d?e#f",
        "R2D2:1@x",
        "x" * 48,
        "充电桩",
        "'\"<>\\",
        "...",
        "CP|1",
    ],
)
async def test_odd_identities_work(
    open_site: OpenSite, dial: Dial, identity: str
) -> None:
    # OCPP-J §3.1.1: what cannot stand in a URL is percent-encoded.
    site = await open_site(identity)
    station = await dial(site, identity)
    assert (await station.boot())["status"] == "Accepted"
    assert site.stations[identity].connected


@pytest.mark.parametrize("prefix", ["/", "/ocpp/", "/ocpp/central/16/"])
async def test_what_stands_before_the_identity_is_the_stations_matter(
    open_site: OpenSite, dial: Dial, prefix: str
) -> None:
    site = await open_site("A")
    station = await dial(site, path=f"{prefix}A")
    assert (await station.boot())["status"] == "Accepted"


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/", 404, False),
        ("//", 404, False),
        ("/" + "x" * 49, 400, True),
        ("/%20A", 400, True),
        ("/A%20", 400, True),
        ("/A%2FB", 400, True),
        ("/..", 400, True),
        ("/%2e", 400, True),
        ("/A%00", 400, True),
        ("/A%0a", 400, True),
        ("/%E2%80%AE", 400, True),
        # No UTF-8: all of those stations would have one name.
        ("/%FF", 400, True),
        ("/K%FCche", 400, True),
    ],
)
async def test_identities_that_cannot_be_used_are_refused(
    open_site: OpenSite, dial: Dial, path: str, status: int, told: bool
) -> None:
    site = await open_site("A")
    notices: list[Notice] = []
    site.on_notice(notices.append)
    with pytest.raises(InvalidStatus) as caught:
        await dial(site, path=path)
    assert caught.value.response.status_code == status
    assert caught.value.response.body
    refused = [one for one in notices if one.kind is NoticeKind.IDENTITY_REFUSED]
    assert bool(refused) is told
    assert site.pending == {}


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, None),
        (("ocpp1.6",), "ocpp1.6"),
        (("ocpp1.5", "ocpp1.6", "mqtt"), "ocpp1.6"),
    ],
)
async def test_a_version_is_agreed_on(
    open_site: OpenSite, dial: Dial, offered: tuple[str, ...] | None, chosen: str | None
) -> None:
    # Grizzl-E offers none and speaks 1.6.
    site = await open_site("A")
    station = await dial(site, subprotocols=offered)
    assert station.subprotocol == chosen
    assert (await station.boot())["status"] == "Accepted"
    assert site.stations["A"].version == "1.6"


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("ocpp1.6", "ocpp2.0.1"), "2.0.1"),
        (("ocpp2.0.1", "ocpp1.6"), "2.0.1"),
        (("ocpp1.6", "ocpp2.0.1", "ocpp2.1"), "2.1"),
    ],
)
async def test_the_newest_common_version_is_chosen(
    open_site: OpenSite, dial: Dial, offered: tuple[str, ...], chosen: str
) -> None:
    # Whatever the order in which the station names them.
    site = await open_site("A")
    station = await dial(site, subprotocols=offered)
    assert station.subprotocol == f"ocpp{chosen}"
    identity = {"vendorName": "Maker", "model": "Box"}
    payload = {"reason": "PowerUp", "chargingStation": identity}
    answer = await station.result("BootNotification", payload)
    assert answer["status"] == "Accepted"
    assert site.stations["A"].version == chosen


@pytest.mark.parametrize("offered", [("ocpp1.5",), ("ocpp1.2", "soap"), ("OCPP1.6",)])
@pytest.mark.parametrize("identity", ["A", "unknown"])
async def test_without_a_common_version_the_connection_is_closed(
    open_site: OpenSite, dial: Dial, offered: tuple[str, ...], identity: str
) -> None:
    # OCPP-J §3.1.2: the handshake is completed without a subprotocol, then the connection is closed.
    site = await open_site("A")
    station = await dial(site, identity, subprotocols=offered)
    assert station.subprotocol is None
    await asyncio.wait_for(station.closed.wait(), 5)
    assert station.close_code == 1002
    assert not site.stations["A"].connected
    assert site.pending == {}


async def test_what_is_no_websocket_is_told_so(open_site: OpenSite) -> None:
    site = await open_site("A")
    reader, writer = await asyncio.open_connection(LOCAL, site.port)
    writer.write(b"GET /A HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"426" in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


def make_certificate(folder: Path, password: bytes | None = None) -> tuple[str, str]:
    """Write a certificate for 127.0.0.1 and its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "home")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder(
            name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1)
        )
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOCAL))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    encryption = (
        serialization.NoEncryption()
        if password is None
        else serialization.BestAvailableEncryption(password)
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(built.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption)
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_a_listener_with_tls(
    open_site: OpenSite, dial: Dial, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    listener = ListenerConfig(0, LOCAL, certificate, key)
    site = await open_site("A", listener=listener)
    tls = ssl.create_default_context(cafile=certificate)
    station = await dial(site, tls=tls)
    assert (await station.boot())["status"] == "Accepted"
    # Security whitepaper A00.FR.313: nothing older than TLS 1.2; and nothing without TLS.
    old = ssl.create_default_context(cafile=certificate)
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(OSError):
        await dial(site, tls=old)
    with pytest.raises(Exception):  # noqa: B017
        await dial(site)
    assert await station.result("Heartbeat", {})


async def test_certificates_that_cannot_be_used(
    open_site: OpenSite, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    (tmp_path / "text.pem").write_text("no certificate")
    (tmp_path / "other").mkdir()
    _, other_key = make_certificate(tmp_path / "other")
    (tmp_path / "locked").mkdir()
    locked = make_certificate(tmp_path / "locked", b"secret")
    unusable = [
        (str(tmp_path / "absent.pem"), key),
        (certificate, str(tmp_path / "absent.pem")),
        (str(tmp_path / "text.pem"), key),
        (certificate, str(tmp_path / "text.pem")),
        (certificate, other_key),
        (certificate, None),
        (str(tmp_path), key),
        # OpenSSL would ask for the password on the terminal.
        locked,
    ]
    for chain, private in unusable:
        with pytest.raises(ListenerError) as caught:
            await open_site("A", listener=ListenerConfig(0, LOCAL, chain, private))
        assert caught.value.key == "invalid_certificate"


async def test_a_port_that_is_taken(open_site: OpenSite) -> None:
    site = await open_site("A")
    with pytest.raises(ListenerError) as caught:
        await open_site("B", listener=ListenerConfig(site.port, LOCAL))
    assert caught.value.key == "address_in_use"
    assert caught.value.port == site.port


async def test_an_address_that_is_not_ours(open_site: OpenSite) -> None:
    with pytest.raises(ListenerError) as caught:
        await open_site("A", listener=ListenerConfig(0, "192.0.2.1"))
    assert caught.value.key == "cannot_bind"


async def test_a_closed_site_leaves_the_port(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    station = await dial(site)
    port = site.port
    await site.close()
    await asyncio.wait_for(station.closed.wait(), 5)
    assert station.close_code == 1001
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((LOCAL, port))
