"""Whether a connection upward is refused, or only not there: who is refused has to do something, and the other only to wait."""

import asyncio
from http import HTTPStatus
from pathlib import Path
import ssl

import pytest
from websockets.asyncio.server import Request, Response, ServerConnection, serve
from websockets.typing import Subprotocol

from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.uplink import UplinkConfig
from custom_components.evenload.engine.uplink.dialler import Dialler
from tests.certificates import LOCAL, authority, sign


async def why_not(url: str, authority: str | None = None) -> tuple[str, bool]:
    """Dial until it is told why that does not work; returns that, and whether it was a refusal."""
    told = asyncio.get_running_loop().create_future()

    async def at_once() -> None:
        """There is somebody to speak for."""

    async def nothing(*_: object) -> dict[str, object]:
        return {}

    def lost(reason: str, refused: bool) -> None:
        if not told.done():
            told.set_result((reason, refused))

    config = UplinkConfig(
        url=url, identity="A", version=OcppVersion.V16, authority=authority
    )
    dialler = Dialler(config, at_once, at_once, nothing, lost)
    life = asyncio.create_task(dialler.live())
    try:
        async with asyncio.timeout(10):
            answer: tuple[str, bool] = await told
            return answer
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        (HTTPStatus.UNAUTHORIZED, True),
        (HTTPStatus.FORBIDDEN, True),
        (HTTPStatus.NOT_FOUND, True),
        # It says itself that it cannot at the moment.
        (HTTPStatus.TOO_MANY_REQUESTS, False),
        (HTTPStatus.BAD_GATEWAY, False),
        (HTTPStatus.SERVICE_UNAVAILABLE, False),
    ],
)
async def test_an_answer_that_is_no_connection(
    status: HTTPStatus, refused: bool
) -> None:
    def answer(connection: ServerConnection, _: Request) -> Response:
        return connection.respond(status, "no")

    async with serve(never, LOCAL, 0, process_request=answer) as server:
        port = server.sockets[0].getsockname()[1]
        reason, was_refused = await why_not(f"ws://{LOCAL}:{port}")
    assert str(int(status)) in reason
    assert was_refused is refused


async def never(_: ServerConnection) -> None:
    """Nobody gets so far."""


async def test_another_version_is_a_refusal() -> None:
    subprotocols = [Subprotocol("ocpp2.0.1")]
    async with serve(never, LOCAL, 0, subprotocols=subprotocols) as server:
        port = server.sockets[0].getsockname()[1]
        _, refused = await why_not(f"ws://{LOCAL}:{port}")
    assert refused


async def test_a_certificate_that_nobody_trusts_is_a_refusal(tmp_path: Path) -> None:
    ours, theirs = authority("Ours"), authority("Theirs")
    files = sign("csms", by=theirs, address=LOCAL).write(tmp_path / "csms")
    known = ours.write(tmp_path / "known").certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.private_key)
    async with serve(never, LOCAL, 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        reason, refused = await why_not(f"wss://{LOCAL}:{port}", known)
    assert "certificate" in reason
    assert refused


async def test_nobody_there_is_no_refusal() -> None:
    _, refused = await why_not(f"ws://{LOCAL}:9")
    assert not refused


async def test_one_that_hangs_up_is_no_refusal() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, LOCAL, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        _, refused = await why_not(f"ws://{LOCAL}:{port}")
    assert not refused
