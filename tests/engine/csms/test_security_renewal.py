"""Certificates that change or end: taken up without dropping anybody, told of in time."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
import ssl
from typing import Any

import pytest
from websockets.exceptions import InvalidMessage

from custom_components.evenload.engine.csms.door import renewal
from custom_components.evenload.engine.model.configuration import ListenerConfig
from custom_components.evenload.engine.model.errors import ListenerError
from custom_components.evenload.engine.model.notices import NoticeKind
from tests.certificates import LOCAL, Files, authority, sign
from tests.engine.csms.conftest import Dial, OpenSite
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.notices import told

CA = authority()


def listening(folder: Path, **options: Any) -> ListenerConfig:
    files = write(folder, **options)
    return ListenerConfig(0, LOCAL, files.certificate, files.private_key)


def write(folder: Path, **options: Any) -> Files:
    return sign("home", by=CA, address=LOCAL, **options).write(folder)


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=CA.pem.decode())


async def eventually(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


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
    with pytest.raises((OSError, InvalidMessage)):
        await dial(site, tls=tls)
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
