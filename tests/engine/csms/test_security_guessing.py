"""Guessing passwords: strangers are stopped, and never lock the station itself out."""

import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from custom_components.evenload.engine import safe
from custom_components.evenload.engine.csms.door import attempts, gate
from custom_components.evenload.engine.site import Site
from tests.certificates import LOCAL
from tests.engine.csms.conftest import Dial, OpenSite
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.notices import told

PASSWORD = "0123456789abcdefghij"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords cost next to nothing."""
    monkeypatch.setattr(safe, "COST_CHOSEN", 2**4)


async def boots(station: Dialler) -> None:
    assert (await station.boot())["status"] == "Accepted"


async def wrong_ones(site: Site, count: int, source: str = LOCAL) -> list[int]:
    """Dial with one wrong password after the other; returns the answers."""
    answers: list[int] = []
    for number in range(count):
        password = f"wrong password {number}"
        with pytest.raises(InvalidStatus) as caught:
            async with Dialler(site.port, "A", password=password, source=source):
                pass
        answers.append(caught.value.response.status_code)
    return answers


@pytest.fixture
async def guarded(open_site: OpenSite) -> Site:
    """A site with a station that must show its password."""
    site = await open_site("A")
    await site.security.keep_password("A", PASSWORD)
    return site


async def test_who_guesses_is_told_to_wait(guarded: Site, dial: Dial) -> None:
    answers = await wrong_ones(guarded, attempts.ADDRESS_FAILURES + 3)
    assert answers == [401] * attempts.ADDRESS_FAILURES + [429] * 3
    # Another address is told at once what is wrong, and the station itself gets in from its own.
    assert await wrong_ones(guarded, 1, "127.0.0.2") == [401]
    await boots(await dial(guarded, password=PASSWORD, source="127.0.0.3"))


async def test_guessing_costs_no_more_than_a_few_looks(
    guarded: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[bytes, str]] = []
    monkeypatch.setattr(gate, "matches", lambda *tried: bool(looked.append(tried)))
    await wrong_ones(guarded, 3 * attempts.ADDRESS_FAILURES)
    assert len(looked) == attempts.ADDRESS_FAILURES


async def test_a_stranger_never_locks_a_station_out(guarded: Site, dial: Dial) -> None:
    mine = await dial(guarded, password=PASSWORD)
    await boots(mine)
    await wrong_ones(guarded, 2 * attempts.ADDRESS_FAILURES)
    # It is not disturbed, its owner not alarmed, and it gets in from the very address of the stranger.
    assert await mine.result("Heartbeat", {})
    assert told(guarded) == {}
    await boots(await dial(guarded, password=PASSWORD))


async def test_a_crowd_that_comes_back_is_not_looked_at_again(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"S{number}" for number in range(12)]
    site = await open_site(*names)
    for name in names:
        await site.security.keep_password(name, PASSWORD)
    looked: list[bytes] = []
    matches = gate.matches

    def look(password: bytes, stored: str) -> bool:
        looked.append(password)
        return matches(password, stored)

    monkeypatch.setattr(gate, "matches", look)

    async def come(name: str) -> None:
        async with Dialler(site.port, name, password=PASSWORD) as station:
            await boots(station)

    await asyncio.gather(*map(come, names))
    assert len(looked) == 12
    await asyncio.gather(*map(come, names))
    assert len(looked) == 12
