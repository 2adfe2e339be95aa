"""Security profiles 0 to 3 at the port: who gets in, who does not, and what the owner is told (A00; promise 9)."""

import asyncio
from dataclasses import replace
from pathlib import Path
import ssl
from typing import Any

import pytest
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.http11 import Response

from custom_components.evenload.engine import safe
from custom_components.evenload.engine.model.configuration import (
    ListenerConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.security import SecurityProfile
from custom_components.evenload.engine.site import Site
from tests.certificates import LOCAL, Files, Signed, authority, sign
from tests.engine.csms.conftest import Dial, OpenSite, site_config
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.notices import told

PASSWORD = "0123456789abcdefghij"
CA = authority()
MAKER = authority("Maker CA")


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords cost next to nothing."""
    monkeypatch.setattr(safe, "COST_CHOSEN", 2**4)


def configured(profile: int, *identities: str) -> Any:
    """A site whose stations must prove themselves with this."""
    config = site_config(*(identities or ("A",)))
    stations = {
        identity: replace(station, security=SecurityProfile(profile))
        for identity, station in config.stations.items()
    }
    return replace(config, stations=stations)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return sign("home", by=CA, address=LOCAL).write(tmp_path)


@pytest.fixture
def both(files: Files, tmp_path: Path) -> ListenerConfig:
    """One port with encryption beside one without; stations of one maker have certificates."""
    maker = MAKER.write(tmp_path / "maker")
    return ListenerConfig(
        0,
        LOCAL,
        files.certificate,
        files.private_key,
        tls_port=0,
        client_ca=maker.certificate,
    )


def trusting(folder: Path, own: Signed | None = None) -> ssl.SSLContext:
    """What a station has that trusts the site's authority, and may have a certificate of its own."""
    context = ssl.create_default_context(cadata=CA.pem.decode())
    if own is not None:
        mine = own.write(folder / "own")
        context.load_cert_chain(mine.certificate, mine.private_key)
    return context


async def refused(dial: Dial, site: Site, **options: Any) -> Response:
    with pytest.raises(InvalidStatus) as caught:
        await dial(site, **options)
    return caught.value.response


async def boots(station: Dialler) -> None:
    assert (await station.boot())["status"] == "Accepted"


async def test_profile_0_asks_for_nothing(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    await boots(await dial(site))
    assert site.stations["A"].protection == "plain"
    # A password that nobody asked for does no harm.
    await boots(await dial(site, password="what ever it may be"))
    assert site.stations["A"].protection == "plain"


async def test_profile_1_asks_for_the_password(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site(config=configured(1))
    await site.security.keep_password("A", PASSWORD)
    response = await refused(dial, site)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert told(site).keys() == {NoticeKind.PASSWORD_MISSING}
    response = await refused(dial, site, password="wrong password!!")
    assert response.status_code == 401
    # One thing is told of a station: the latest.
    assert told(site).keys() == {NoticeKind.PASSWORD_WRONG}
    assert (await refused(dial, site, password=PASSWORD, user="B")).status_code == 401
    await boots(await dial(site, password=PASSWORD))
    assert site.stations["A"].protection == "password"
    assert told(site) == {}


async def test_passwords_of_1_6_are_bytes(open_site: OpenSite, dial: Dial) -> None:
    # Whitepaper A00.FR.205: the station decodes the digits; some do not.
    site = await open_site("A")
    key = "00FF0001020304050607FFFEFDFCFBFAF9F8F7F6"
    await site.security.keep_password("A", key)
    for shown in (bytes.fromhex(key), key, key.lower()):
        await boots(await dial(site, password=shown))
    assert (await refused(dial, site, password=key[:-1] + "7")).status_code == 401


async def test_a_profile_without_a_password_lets_nobody_in_and_says_so(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site(config=configured(1))
    assert (await refused(dial, site, password=PASSWORD)).status_code == 401
    assert told(site).keys() == {NoticeKind.PASSWORD_UNKNOWN}


@pytest.mark.parametrize("profile", [0, 1, 2])
async def test_profile_2_over_tls_serves_every_lesser_one(
    open_site: OpenSite, dial: Dial, both: ListenerConfig, tmp_path: Path, profile: int
) -> None:
    site = await open_site(config=configured(profile), listener=both)
    await site.security.keep_password("A", PASSWORD)
    await boots(await dial(site, tls=trusting(tmp_path), password=PASSWORD))
    assert site.stations["A"].protection == "encrypted_password"
    response = await refused(dial, site, tls=trusting(tmp_path), password="x" * 16)
    assert response.status_code == 401


async def test_profile_2_is_not_served_without_encryption(
    open_site: OpenSite, dial: Dial, both: ListenerConfig
) -> None:
    site = await open_site(config=configured(2), listener=both)
    await site.security.keep_password("A", PASSWORD)
    assert (await refused(dial, site, password=PASSWORD)).status_code == 403
    assert told(site).keys() == {NoticeKind.ENCRYPTION_MISSING}


async def test_old_and_new_stations_live_together(
    open_site: OpenSite, dial: Dial, both: ListenerConfig, tmp_path: Path
) -> None:
    site = await open_site("A", "B", listener=both)
    assert site.port != site.security.tls_port
    old, new = await dial(site, "A"), await dial(site, "B", tls=trusting(tmp_path))
    await boots(old)
    await boots(new)
    assert site.stations["A"].protection == "plain"
    assert site.stations["B"].protection == "encrypted"


async def test_profile_3_takes_the_stations_own_certificate(
    open_site: OpenSite, dial: Dial, both: ListenerConfig, tmp_path: Path
) -> None:
    site = await open_site(config=configured(3), listener=both)
    await boots(await dial(site, tls=trusting(tmp_path, sign("A", by=MAKER))))
    assert site.stations["A"].protection == "certificate"
    assert told(site) == {}


async def test_a_station_does_not_become_another_by_telling_its_serial_number(
    open_site: OpenSite, dial: Dial, both: ListenerConfig, tmp_path: Path
) -> None:
    # A00.FR.511: the common name is the serial number. Whoever boots first could tell that of any certificate.
    site = await open_site("A", listener=both)
    liar = await dial(site)
    await liar.boot(chargePointSerialNumber="SERIAL-7")
    site.reconfigure(configured(3))
    async with asyncio.timeout(5):
        while site.stations["A"].connected:
            await asyncio.sleep(0.01)
    foreign = trusting(tmp_path, sign("SERIAL-7", by=MAKER))
    assert (await refused(dial, site, tls=foreign)).status_code == 401
    assert told(site).keys() == {NoticeKind.STATION_CERTIFICATE_FOREIGN}


async def test_profile_3_without_the_right_certificate(
    open_site: OpenSite, dial: Dial, both: ListenerConfig, tmp_path: Path
) -> None:
    site = await open_site(config=configured(3), listener=both)
    await site.security.keep_password("A", PASSWORD)
    bare = await refused(dial, site, tls=trusting(tmp_path), password=PASSWORD)
    assert bare.status_code == 401
    assert told(site).keys() == {NoticeKind.STATION_CERTIFICATE_MISSING}
    foreign = trusting(tmp_path, sign("B", by=MAKER))
    assert (await refused(dial, site, tls=foreign)).status_code == 401
    assert told(site).keys() == {NoticeKind.STATION_CERTIFICATE_FOREIGN}
    # Who signs for himself does not come through the handshake.
    with pytest.raises((OSError, InvalidMessage)):
        await dial(site, tls=trusting(tmp_path, sign("A")))
    assert not site.stations["A"].connected


async def test_a_certificate_of_another_name_is_known_by_its_key(
    open_site: OpenSite, dial: Dial, both: ListenerConfig, tmp_path: Path
) -> None:
    site = await open_site("A", listener=both)
    own = sign("box-17.maker.example", by=MAKER)
    await boots(await dial(site, tls=trusting(tmp_path, own)))
    assert site.stations["A"].protection == "encrypted"
    await site.security.pin_shown("A")
    site.reconfigure(configured(3))
    await boots(await dial(site, tls=trusting(tmp_path, own)))
    assert site.stations["A"].protection == "certificate"
    # The same name with another key is another box.
    other = sign("box-17.maker.example", by=MAKER)
    response = await refused(dial, site, tls=trusting(tmp_path, other))
    assert response.status_code == 401


async def test_more_is_required_of_a_station_that_is_connected(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A", "B")
    await site.security.keep_password("A", PASSWORD)
    other, mine = await dial(site, "B"), await dial(site, password=PASSWORD)
    await boots(mine)
    site.reconfigure(configured(2, "A", "B"))
    for station in (mine, other):
        await asyncio.wait_for(station.closed.wait(), 5)
        # It is asked to dial again, not sent away.
        assert station.close_code == 1012
    # Nobody minds who proves enough.
    site.reconfigure(configured(1, "A"))
    mine = await dial(site, password=PASSWORD)
    site.reconfigure(configured(1, "A", "B"))
    await boots(mine)


async def test_a_stranger_who_waits_under_a_name_is_not_adopted_with_it(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    stranger = await dial(site)
    assert site.pending
    site.reconfigure(configured(1))
    await asyncio.wait_for(stranger.closed.wait(), 5)
    assert not site.pending
    assert not site.stations["A"].connected


async def test_a_station_that_leaves_takes_its_password_along(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    await site.security.keep_password("A", PASSWORD)
    site.reconfigure(site_config("B"))
    site.reconfigure(site_config("A"))
    await boots(await dial(site))


async def test_what_was_told_goes_after_a_while(
    open_site: OpenSite, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.evenload.engine.alarms.SHOWN_S", 0.05)
    site = await open_site(config=configured(1))
    await refused(dial, site)
    assert told(site)
    await asyncio.sleep(0.1)
    assert told(site) == {}


def test_a_station_requires_nothing_by_itself() -> None:
    assert StationConfig("A", "A").security is SecurityProfile.NONE
