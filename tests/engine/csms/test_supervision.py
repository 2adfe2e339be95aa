"""A station that is gone is noticed although its socket is not (OCPP-J 1.6 §5; reference pain 7)."""

import asyncio
import socket

import pytest
from websockets.client import ClientProtocol
from websockets.uri import parse_uri

from custom_components.evenload.engine.csms import onboarding, supervision, wire
from custom_components.evenload.engine.csms.door import ports
from custom_components.evenload.engine.csms.supervision import watch
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial, OpenSite

HEARTBEAT_S = 60.0


class Peer:
    """A connection in a time of its own: what the station does at each ping is a list."""

    def __init__(self, *, pongs_until: int = 0, speaks_until: int = 0) -> None:
        """Begin at zero; the station answers so many pings, and speaks at so many of them."""
        self.identity = "A"
        self.last_heard = 0.0
        self.answers_pings = False
        self.now = 0.0
        self.hung_up: tuple[int, float] | None = None
        self._pongs_until, self._speaks_until = pongs_until, speaks_until
        self.pings = 0

    async def ping(self) -> None:
        self.pings += 1
        if self.pings <= self._pongs_until:
            self.answers_pings = True
            self.last_heard = self.now
        # It speaks as often as it was told to: every third ping interval.
        if self.pings <= self._speaks_until and self.pings % 3 == 0:
            self.last_heard = self.now

    def hang_up(self, code: int, reason: str) -> None:
        self.hung_up = (code, self.now)


async def watched(peer: Peer, monkeypatch: pytest.MonkeyPatch, until_s: float) -> None:
    """Watch a peer in its own time, until it is dropped or the time is over."""

    class Over(Exception):
        pass

    async def sleep(seconds: float) -> None:
        peer.now += seconds
        if peer.now > until_s:
            raise Over

    class Loop:
        @staticmethod
        def time() -> float:
            return peer.now

    monkeypatch.setattr(supervision.asyncio, "sleep", sleep)
    monkeypatch.setattr(supervision.asyncio, "get_running_loop", Loop)
    try:
        await watch(peer, lambda: HEARTBEAT_S)
    except Over:
        pass
    finally:
        monkeypatch.undo()


@pytest.mark.parametrize(
    ("peer", "dropped_between"),
    [
        # It answered pings and stopped: three are missed.
        (Peer(pongs_until=10), (240.0, 300.0)),
        # It never did, nor spoke: it is judged by its heartbeat.
        (Peer(), (150.0, 180.0)),
        (Peer(speaks_until=9), (300.0, 360.0)),
        # Old EN+ firmware answers no ping, and lives.
        (Peer(speaks_until=10_000), None),
        (Peer(pongs_until=10_000), None),
    ],
)
async def test_silence_is_judged_by_what_the_station_does(
    monkeypatch: pytest.MonkeyPatch,
    peer: Peer,
    dropped_between: tuple[float, float] | None,
) -> None:
    await watched(peer, monkeypatch, 3600.0)
    if dropped_between is None:
        assert peer.hung_up is None
        assert peer.pings > 100
    else:
        assert peer.hung_up is not None
        code, at = peer.hung_up
        assert code == 1001
        assert dropped_between[0] < at <= dropped_between[1]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "PING_INTERVAL_S", 0.05)
    monkeypatch.setattr(onboarding, "HEARTBEAT_INTERVAL_S", 0.1)


@pytest.mark.usefixtures("quick")
async def test_a_dead_peer_is_dropped(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    station = await dial(site, pongs=False)
    # A dead host answers nothing at all.
    station.answers.clear()
    await asyncio.wait_for(station.closed.wait(), 5)
    assert station.close_code == 1001
    async with asyncio.timeout(5):
        while site.stations["A"].connected:
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("quick")
async def test_who_answers_pings_or_speaks_lives(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A", "B")
    silent, deaf = await dial(site, "A"), await dial(site, "B", pongs=False)
    for _ in range(12):
        await asyncio.sleep(0.05)
        await deaf.result("Heartbeat", {})
    assert not silent.closed.is_set()
    assert not deaf.closed.is_set()
    assert site.stations["A"].connected
    assert site.stations["B"].connected


@pytest.mark.usefixtures("quick")
async def test_a_pending_station_is_watched_too(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site()
    station = await dial(site, pongs=False)
    await asyncio.wait_for(station.closed.wait(), 5)
    assert station.close_code == 1001


class Talker:
    """A station that talks and talks, and never reads what it is answered."""

    def __init__(self, site: Site) -> None:
        """Prepare to dial, with as little room on the line as the system grants."""
        [listening] = site._listener._ports._plain.sockets
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
        self._port = site.port
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self._socket.setblocking(False)

    async def talk(self) -> None:
        """Dial, and call until nobody listens any more."""
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self._socket, ("127.0.0.1", self._port))
        protocol = ClientProtocol(parse_uri(f"ws://127.0.0.1:{self._port}/A"))
        protocol.send_request(protocol.connect())
        await loop.sock_sendall(self._socket, b"".join(protocol.data_to_send()))
        protocol.receive_data(await loop.sock_recv(self._socket, 4096))
        while True:
            protocol.send_text(b'[2,"x","Heartbeat",{}]')
            await loop.sock_sendall(self._socket, b"".join(protocol.data_to_send()))

    async def until_full(self) -> asyncio.Task[None]:
        """Talk until the line is full."""
        talking = asyncio.create_task(self.talk())
        await asyncio.wait([talking], timeout=0.7)
        assert not talking.done()
        return talking

    def hang_up(self) -> None:
        self._socket.close()


async def test_a_station_that_does_not_read_is_dropped(
    open_site: OpenSite, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SEND_PATIENCE_S", 0.3)
    site = await open_site("A", "B")
    other = await dial(site, "B")
    talker = Talker(site)
    talking = asyncio.create_task(talker.talk())
    async with asyncio.timeout(10):
        with pytest.raises(OSError):
            await talking
        while site.stations["A"].connected:
            await asyncio.sleep(0.01)
    talker.hang_up()
    assert await other.result("Heartbeat", {})


async def test_a_station_that_does_not_read_does_not_hold_up_the_house(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "CLOSE_PATIENCE_S", 0.2)
    site = await open_site("A")
    talker = Talker(site)
    talking = await talker.until_full()
    async with asyncio.timeout(3):
        await site.close()
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    talker.hang_up()
