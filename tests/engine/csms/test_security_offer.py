"""A password for a station that has none: offered, shown, and from then on required (A01 and A05 of the whitepaper)."""

import asyncio
import logging
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from custom_components.evenload.engine import safe, security
from custom_components.evenload.engine.model.errors import (
    BadSetting,
    NotConnected,
    StationRefused,
    StationSilent,
)
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.vault import Part
from tests.engine.csms.conftest import Dial, DictVault, OpenSite, site_config
from tests.engine.csms.dialler import Dialler, Payload, configuration
from tests.engine.csms.notices import told


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords cost next to nothing, and a station dial again soon."""
    monkeypatch.setattr(safe, "COST_CHOSEN", 2**4)
    monkeypatch.setattr(security, "REDIAL_S", 0.1)


def written(station: Dialler) -> dict[str, str]:
    """What the house has written into the station."""
    return {
        payload["key"]: payload["value"]
        for payload in station.asked("ChangeConfiguration")
    }


async def offered(site: Site, station: Dialler) -> bytes:
    """Have the station given a password; returns what it will show."""
    await site.security.offer_password("A")
    return bytes.fromhex(written(station)["AuthorizationKey"])


async def is_refused(dial: Dial, site: Site, **options: Any) -> bool:
    try:
        await dial(site, **options)
    except InvalidStatus as error:
        return error.response.status_code == 401
    return False


async def test_a_station_is_raised_to_profile_1(
    station: tuple[Site, Dialler], dial: Dial, vault: DictVault
) -> None:
    site, first = station
    first.answers["GetConfiguration"] = configuration(SecurityProfile=("0", False))
    password = await offered(site, first)
    assert len(password) == 20
    # The profile only after the password: without one the station could not use it (A05.FR.02).
    assert list(written(first)) == ["AuthorizationKey", "SecurityProfile"]
    assert written(first)["SecurityProfile"] == "1"
    # Until it shows the password it may come without: nobody is locked out.
    again = await dial(site)
    assert (await again.boot())["status"] == "Accepted"
    assert told(site).keys() == {NoticeKind.PASSWORD_UNUSED}
    # Once it was shown it is required, and that survives a crash.
    await dial(site, password=password)
    assert site.stations["A"].protection == "password"
    assert told(site) == {}
    assert await is_refused(dial, site)
    assert await is_refused(dial, site, password="something else!!")
    kept = vault.parts[Part.SECURITY]
    assert password.decode() not in str(kept)
    assert (
        "offered" not in kept["stations"]["A"] or not kept["stations"]["A"]["offered"]
    )


async def test_the_password_is_on_the_disk_before_it_is_sent(
    station: tuple[Site, Dialler], open_site: OpenSite, dial: Dial, vault: DictVault
) -> None:
    site, first = station
    crashed: list[DictVault] = []

    def take(payload: Payload) -> Payload:
        crashed.append(vault.copy())
        return {"status": "Accepted"}

    first.answers["ChangeConfiguration"] = take
    password = await offered(site, first)
    # As if the machine had died while the station read it.
    revived = await open_site("A", vault=crashed[0])
    await dial(revived, password=password)
    assert revived.stations["A"].protection == "password"
    assert await is_refused(dial, revived)


async def test_what_cannot_be_written_is_not_sent(
    station: tuple[Site, Dialler], monkeypatch: pytest.MonkeyPatch, vault: DictVault
) -> None:
    site, first = station

    async def full(part: Part, data: dict[str, Any]) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(vault, "save", full)
    with pytest.raises(OSError):
        await site.security.offer_password("A")
    assert written(first) == {}
    assert site.security.keys("A").offered == ()


@pytest.mark.parametrize("status", ["Rejected", "NotSupported"])
async def test_a_refusal_changes_nothing(
    station: tuple[Site, Dialler], dial: Dial, status: str
) -> None:
    # A01.FR.12: the old credentials stay good.
    site, first = station
    first.answers["ChangeConfiguration"] = {"status": status}
    with pytest.raises(StationRefused):
        await site.security.offer_password("A")
    assert site.security.keys("A").offered == ()
    assert (await (await dial(site)).boot())["status"] == "Accepted"
    assert told(site) == {}


async def test_a_station_that_wants_the_text_gets_the_text(
    station: tuple[Site, Dialler], dial: Dial
) -> None:
    site, first = station

    def picky(payload: Payload) -> Payload:
        return {"status": "Rejected" if len(payload["value"]) > 20 else "Accepted"}

    first.answers["ChangeConfiguration"] = picky
    await site.security.offer_password("A")
    await dial(site, password=written(first)["AuthorizationKey"])
    assert site.stations["A"].protection == "password"


async def test_silence_locks_nobody_out(
    station: tuple[Site, Dialler], dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It may have taken the password, or not: both must get in.
    monkeypatch.setattr(
        "custom_components.evenload.engine.csms.exchange.CALL_TIMEOUT_S", 0.1
    )
    site, first = station
    first.answers["ChangeConfiguration"] = None
    with pytest.raises(StationSilent):
        await site.security.offer_password("A")
    shown = bytes.fromhex(written(first)["AuthorizationKey"])
    assert (await (await dial(site)).boot())["status"] == "Accepted"
    await dial(site, password=shown)
    assert site.stations["A"].protection == "password"


async def test_a_station_that_goes_on_is_asked_to_dial_again(
    station: tuple[Site, Dialler],
) -> None:
    site, first = station
    await offered(site, first)
    await asyncio.wait_for(first.closed.wait(), 5)
    assert first.close_code == 1012


async def test_a_password_is_changed_for_another(
    station: tuple[Site, Dialler], dial: Dial
) -> None:
    site, first = station
    old = await offered(site, first)
    second = await dial(site, password=old)
    await second.boot()
    new = await offered(site, second)
    assert new != old
    # The old one is good until the station shows the new one; none is not.
    await dial(site, password=old)
    assert await is_refused(dial, site)
    await dial(site, password=new)
    assert await is_refused(dial, site, password=old)


async def test_what_was_taken_in_silence_stays_good(
    station: tuple[Site, Dialler], dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "custom_components.evenload.engine.csms.exchange.CALL_TIMEOUT_S", 0.1
    )
    site, first = station
    known = await offered(site, first)
    second = await dial(site, password=known)
    await second.boot()
    second.answers["ChangeConfiguration"] = None
    with pytest.raises(StationSilent):
        await site.security.offer_password("A")
    silent = bytes.fromhex(written(second)["AuthorizationKey"])
    second.answers["ChangeConfiguration"] = {"status": "Rejected"}
    with pytest.raises(StationRefused):
        await site.security.offer_password("A")
    # It has the first one, or the one that it did not answer; in no case none, or the one that it refused.
    for password in (known, silent):
        await dial(site, password=password)
        assert site.stations["A"].protection == "password"
    assert await is_refused(dial, site)
    assert await is_refused(dial, site, password=known)


async def test_nobody_is_given_a_password_who_is_not_there(open_site: OpenSite) -> None:
    site = await open_site("A")
    with pytest.raises(NotConnected):
        await site.security.offer_password("A")


async def test_a_password_set_by_hand(
    station: tuple[Site, Dialler], dial: Dial
) -> None:
    site, first = station
    for unsuitable in ("fifteen letters", "x" * 65, "with\na new line in it"):
        with pytest.raises(BadSetting) as caught:
            await site.security.keep_password("A", unsuitable)
        assert caught.value.key == "password_unsuitable"
    await site.security.keep_password("A", "sixteen letters!")
    # What it came in with is not good any more.
    await asyncio.wait_for(first.closed.wait(), 5)
    assert await is_refused(dial, site)
    await dial(site, password="sixteen letters!")
    await site.security.forget_password("A")
    await dial(site)
    assert site.stations["A"].protection == "plain"


async def test_the_password_that_a_waiting_station_shows_is_taken_over(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    waiting = await dial(site, password="shown by itself!")
    assert site.security.shows_password("A")
    assert not site.security.shows_password("B")
    await site.security.keep_shown_password("A")
    site.reconfigure(site_config("A"))
    # What it showed is what its owner took over: it need not dial again, which some do only after minutes.
    assert site.stations["A"].protection == "password"
    assert not waiting.closed.is_set()
    assert await is_refused(dial, site)
    await dial(site, password="shown by itself!")
    assert site.stations["A"].protection == "password"


async def test_no_password_is_shown_anywhere(
    station: tuple[Site, Dialler], dial: Dial, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    site, first = station
    password = await offered(site, first)
    await dial(site, password=password)
    await is_refused(dial, site, password="wrong but secret")
    shown = f"{caplog.text} {site.frames('A')} {site.stations} {site.pending}"
    for secret in (password.decode(), password.hex().upper(), "wrong but secret"):
        assert secret not in shown
