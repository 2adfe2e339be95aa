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


async def wrong_ones(
    site: Site, count: int, source: str = LOCAL, name: str = "A"
) -> list[int]:
    """Dial with one wrong password after the other; returns the answers."""
    answers: list[int] = []
    for number in range(count):
        password = f"wrong password {number}"
        with pytest.raises(InvalidStatus) as caught:
            async with Dialler(site.port, name, password=password, source=source):
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


async def test_behind_one_address_a_stranger_locks_nobody_out_after_a_restart(
    open_site: OpenSite, dial: Dial
) -> None:
    before = await open_site("A", "B")
    await before.security.keep_password("A", PASSWORD)
    await before.security.keep_password("B", PASSWORD[::-1])
    await boots(await dial(before, password=PASSWORD))
    await before.close()
    site = await open_site("A", "B")
    assert 429 in await wrong_ones(site, 3 * attempts.ADDRESS_FAILURES)
    # One has been here before; the other has never been anywhere.
    await boots(await dial(site, password=PASSWORD))
    await boots(await dial(site, "B", password=PASSWORD[::-1]))


async def test_names_of_neighbours_are_worth_a_few_looks_each(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await open_site("A", "B")
    for name in "AB":
        await site.security.keep_password(name, PASSWORD)
    looked: list[tuple[bytes, str]] = []
    monkeypatch.setattr(gate, "matches", lambda *tried: bool(looked.append(tried)))
    for name in "AB":
        await wrong_ones(site, 2 * attempts.ADDRESS_FAILURES, name=name)
    assert len(looked) == attempts.ADDRESS_FAILURES + attempts.NEIGHBOUR_FAILURES


async def test_where_a_station_was_is_kept_for_a_few_networks(guarded: Site) -> None:
    for number in range(safe.NETWORKS + 2):
        source = f"127.0.0.{number + 1}"
        async with Dialler(guarded.port, "A", password=PASSWORD, source=source):
            pass
    known = guarded.security.keys("A").networks
    assert known == tuple(f"127.0.0.{number}" for number in (3, 4, 5, 6))
    await guarded.security.forget_password("A")
    assert guarded.security.keys("A").networks == ()


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
