"""Encryption: what is spoken, what is told when it fails, and certificates that change (A00.FR.301-426)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
import socket
import ssl
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
import pytest
from websockets.exceptions import InvalidMessage

from custom_components.evenload.engine.csms import doorstep, renewal
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


def shown_to(station: Dialler) -> bytes | None:
    """The certificate that a station was shown."""
    tls = station._socket.transport.get_extra_info("ssl_object")
    certificate: bytes | None = tls.getpeercert(binary_form=True)
    return certificate


async def test_a_new_certificate_is_used_and_nobody_is_dropped(
    open_site: OpenSite, dial: Dial, tmp_path: Path
) -> None:
    site = await open_site("A", "B", listener=listening(tmp_path))
    before = await dial(site, "A", tls=trusting())
    write(tmp_path)
    await site.security.reload_certificate()
    after = await dial(site, "B", tls=trusting())
    assert shown_to(before) != shown_to(after)
    assert await before.result("Heartbeat", {})


async def test_files_that_change_are_noticed(
    open_site: OpenSite, dial: Dial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "CHECK_INTERVAL_S", 0.02)
    site = await open_site("A", listener=listening(tmp_path))
    ends = site.security.certificate.not_after  # type: ignore[union-attr]  # it has one
    write(tmp_path, lasts=timedelta(days=500))
    await eventually(lambda: site.security.certificate.not_after != ends)  # type: ignore[union-attr]  # it has one
    assert (await (await dial(site, tls=trusting())).boot())["status"] == "Accepted"


async def test_a_broken_certificate_leaves_the_old_one_in_use(
    open_site: OpenSite, dial: Dial, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "CHECK_INTERVAL_S", 0.02)
    site = await open_site("A", listener=listening(tmp_path))
    write(tmp_path / "other")
    # Its key is still the old one's.
    (tmp_path / "other/chain.pem").rename(tmp_path / "chain.pem")
    await eventually(lambda: NoticeKind.CERTIFICATE_UNUSABLE in told(site))
    with pytest.raises(ListenerError) as caught:
        await site.security.reload_certificate()
    assert caught.value.key == "invalid_certificate"
    assert (await (await dial(site, tls=trusting())).boot())["status"] == "Accepted"
    # The key comes after it: all is well.
    (tmp_path / "other/key.pem").rename(tmp_path / "key.pem")
    await eventually(lambda: NoticeKind.CERTIFICATE_UNUSABLE not in told(site))


async def test_an_authority_may_change_as_well(
    open_site: OpenSite, dial: Dial, tmp_path: Path
) -> None:
    old, new = authority("Old maker"), authority("New maker")
    files = write(tmp_path)
    trusted = old.write(tmp_path / "ca").certificate
    config = ListenerConfig(
        0, LOCAL, files.certificate, files.private_key, client_ca=trusted
    )
    site = await open_site("A", listener=config)
    tls = trusting()
    own = sign("A", by=new).write(tmp_path / "own")
    tls.load_cert_chain(own.certificate, own.private_key)
    await fails(site, tls)
    new.write(tmp_path / "ca")
    await site.security.reload_certificate()
    assert (await (await dial(site, tls=tls)).boot())["status"] == "Accepted"
    assert site.stations["A"].protection == "certificate"


@pytest.mark.parametrize(("days", "is_told"), [(29, True), (31, False), (-1, True)])
async def test_the_end_is_announced_a_month_ahead(
    open_site: OpenSite, tmp_path: Path, days: int, is_told: bool
) -> None:
    lasts = timedelta(days=days + 3)
    config = listening(tmp_path, begins=-timedelta(days=3), lasts=lasts)
    site = await open_site("A", listener=config)
    await asyncio.sleep(0)
    ends = datetime.now(UTC) + timedelta(days=days)
    notice = told(site).get(NoticeKind.CERTIFICATE_ENDS)
    assert (notice is not None) is is_told
    if notice is not None:
        assert notice.placeholders == {"date": f"{ends:%Y-%m-%d}"}


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
