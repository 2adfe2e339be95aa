"""Encryption: what is spoken, what is told when it fails, and certificates that change (A00.FR.301-426)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
import socket
import ssl
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
import pytest
from websockets.exceptions import InvalidMessage

from custom_components.evenload.engine.csms.door import doorstep
from custom_components.evenload.engine.model.configuration import ListenerConfig
from custom_components.evenload.engine.model.errors import ListenerError
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.security import TlsFailure
from custom_components.evenload.engine.site import Site
from tests.certificates import LOCAL, Files, authority, elliptic, sign
from tests.engine.csms.conftest import Dial, OpenSite
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.notices import told

CA = authority()

# A00.FR.318, in OpenSSL's words, with the kind of certificate that each needs.
OCPP_SUITES = [
    ("ECDHE-ECDSA-AES128-GCM-SHA256", "elliptic"),
    ("ECDHE-ECDSA-AES256-GCM-SHA384", "elliptic"),
    ("AES128-GCM-SHA256", "rsa"),
    ("AES256-GCM-SHA384", "rsa"),
]
OTHER_SUITES = [
    ("ECDHE-RSA-AES128-GCM-SHA256", "rsa"),
    ("ECDHE-RSA-AES256-GCM-SHA384", "rsa"),
]
KEYS: dict[str, Callable[[], Any]] = {
    "elliptic": elliptic,
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}


def listening(folder: Path, kind: str = "elliptic", **options: Any) -> ListenerConfig:
    files = write(folder, key=KEYS[kind](), **options)
    return ListenerConfig(0, LOCAL, files.certificate, files.private_key)


def write(folder: Path, **options: Any) -> Files:
    return sign("home", by=CA, address=LOCAL, **options).write(folder)


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=CA.pem.decode())


async def eventually(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(("suite", "kind"), OCPP_SUITES + OTHER_SUITES)
async def test_the_suites_of_ocpp_are_spoken(
    open_site: OpenSite, dial: Dial, tmp_path: Path, suite: str, kind: str
) -> None:
    site = await open_site("A", listener=listening(tmp_path, kind))
    tls = trusting()
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers(suite)
    station = await dial(site, tls=tls)
    assert (await station.boot())["status"] == "Accepted"
    used = station._socket.transport.get_extra_info("ssl_object")
    assert used.cipher()[0] == suite
    assert used.version() == "TLSv1.2"
    assert used.compression() is None


async def test_newer_versions_are_spoken_too(
    open_site: OpenSite, dial: Dial, tmp_path: Path
) -> None:
    site = await open_site("A", listener=listening(tmp_path))
    station = await dial(site, tls=trusting())
    used = station._socket.transport.get_extra_info("ssl_object")
    assert used.version() == "TLSv1.3"
    assert not used.session_reused


async def fails(site: Site, tls: ssl.SSLContext | None) -> None:
    port = site.security.tls_port or site.port
    if tls is None:
        with pytest.raises(InvalidMessage):
            async with Dialler(port, "A"):
                pass
        return
    with pytest.raises(OSError):
        await asyncio.to_thread(shake_hands, port, tls)


def shake_hands(port: int, tls: ssl.SSLContext) -> None:
    """Do what OpenSSL does in a station: say why, before hanging up. Streams of asyncio hang up at once."""
    with (
        socket.create_connection((LOCAL, port), timeout=5) as plain,
        tls.wrap_socket(plain, server_hostname=LOCAL) as encrypted,
    ):
        # With TLS 1.3 a station learns only now that its certificate was not taken.
        if not encrypted.recv(1):
            raise ConnectionError


def nothing_in_common() -> ssl.SSLContext:
    tls = trusting()
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers("ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305")
    return tls


def distrusting() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority("Other CA").pem.decode())


FAILURES = [
    (lambda: None, TlsFailure.NOT_ENCRYPTED),
    (nothing_in_common, TlsFailure.NOTHING_IN_COMMON),
    (distrusting, TlsFailure.DISTRUSTED),
]


@pytest.mark.parametrize(("station", "failure"), FAILURES)
async def test_a_failure_is_explained(
    open_site: OpenSite,
    dial: Dial,
    tmp_path: Path,
    station: Callable[[], ssl.SSLContext | None],
    failure: TlsFailure,
) -> None:
    site = await open_site("A", listener=listening(tmp_path))
    await fails(site, station())
    await eventually(lambda: site.security.tls_failures)
    assert site.security.tls_failures == {failure: 1}
    [notice] = told(site).values()
    assert (notice.kind.value, notice.subject) == (failure.value, "")
    assert notice.placeholders == {"address": LOCAL}
    # It concerns nobody else.
    assert (await (await dial(site, tls=trusting())).boot())["status"] == "Accepted"


async def test_encryption_at_the_port_without_is_explained(open_site: OpenSite) -> None:
    site = await open_site("A")
    await fails(site, trusting())
    await eventually(lambda: site.security.tls_failures)
    assert told(site).keys() == {NoticeKind.TLS_ON_PLAIN_PORT}


async def test_a_station_that_hangs_up_in_silence(
    open_site: OpenSite, tmp_path: Path
) -> None:
    # Autel's does so until its owner uploads the authority.
    site = await open_site("A", listener=listening(tmp_path))
    with pytest.raises(OSError):
        async with Dialler(site.port, "A", tls=distrusting()):
            pass
    await eventually(lambda: site.security.tls_failures)
    assert told(site).keys() == {NoticeKind.TLS_BROKEN_OFF}


async def test_only_the_latest_failure_is_told(
    open_site: OpenSite, tmp_path: Path
) -> None:
    site = await open_site("A", listener=listening(tmp_path))
    await fails(site, None)
    await fails(site, distrusting())
    await eventually(lambda: site.security.tls_failures.total() == 2)
    assert told(site).keys() == {NoticeKind.TLS_DISTRUSTED}


async def test_who_says_nothing_is_counted_and_not_told(
    open_site: OpenSite, dial: Dial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorstep, "HANDSHAKE_PATIENCE_S", 0.1)
    monkeypatch.setattr(doorstep, "HANDSHAKES_AT_ONCE", 3)
    site = await open_site("A", listener=listening(tmp_path))
    silent = [await asyncio.open_connection(LOCAL, site.port) for _ in range(5)]
    await eventually(lambda: site.security.tls_failures[TlsFailure.UNEXPLAINED] == 3)
    assert told(site) == {}
    for _, writer in silent:
        writer.close()
    assert (await (await dial(site, tls=trusting())).boot())["status"] == "Accepted"


async def test_who_waits_at_the_door_does_not_delay_the_closing(
    open_site: OpenSite, tmp_path: Path
) -> None:
    site = await open_site("A", listener=listening(tmp_path))
    _, writer = await asyncio.open_connection(LOCAL, site.port)
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        await site.close()
    writer.close()


async def test_a_second_port_that_is_taken_leaves_none_open(
    open_site: OpenSite, tmp_path: Path
) -> None:
    taken = await open_site()
    files = write(tmp_path)
    config = ListenerConfig(
        0, LOCAL, files.certificate, files.private_key, tls_port=taken.port
    )
    with pytest.raises(ListenerError) as caught:
        await open_site("A", listener=config)
    assert (caught.value.key, caught.value.port) == ("address_in_use", taken.port)


def test_what_the_ports_mean() -> None:
    plain = ListenerConfig(9000)
    assert (plain.plain_port, plain.encrypted_port) == (9000, None)
    encrypted = ListenerConfig(9000, certificate="c", private_key="k")
    assert (encrypted.plain_port, encrypted.encrypted_port) == (None, 9000)
    both = ListenerConfig(9000, certificate="c", private_key="k", tls_port=9001)
    assert (both.plain_port, both.encrypted_port) == (9000, 9001)
    # A port for encryption without a certificate is none.
    assert ListenerConfig(9000, tls_port=9001).encrypted_port is None
