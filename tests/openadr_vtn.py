"""A small server of OpenADR 3 (a VTN), written from the OpenAPI description of 3.0.1 and the definition of 3.1.

It keeps programmes, events, reports and VENs in memory, gives tokens, and can be put into moods. It runs in a thread of
its own, since its clients block.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
import json
import threading
from typing import Any

from aiohttp import BasicAuth, web

BL_TOKEN = "bl-token"
# What each kind of object must have, and who writes it.
REQUIRED = {
    "programs": ("programName",),
    "events": ("programID",),
    "reports": ("eventID", "clientName", "resources"),
    "vens": ("venName",),
}
KINDS = {"programs": "PROGRAM", "events": "EVENT", "reports": "REPORT", "vens": "VEN"}
WRITERS = {
    "programs": {"bl"},
    "events": {"bl"},
    "reports": {"ven"},
    "vens": {"bl", "ven"},
}
# Which query parameter compares which field.
FILTERS = {
    "programID": "programID",
    "eventID": "eventID",
    "clientName": "clientName",
    "venName": "venName",
}
MOST = 50

type Handler = Callable[[web.Request], Any]


class Vtn:
    """The server, and what tests do to it."""

    def __init__(self, edition: str) -> None:
        """Know nobody yet; `edition` is 3.0.1 or 3.1."""
        self.edition = edition
        self.clients = {"ven": "secret"}
        self.objects: dict[str, dict[str, dict[str, Any]]] = {
            kind: {} for kind in KINDS
        }
        self.calls: list[tuple[str, str]] = []
        self.port = 0
        self.needs_token = True
        self.takes_secret_in = {"body", "header"}
        self.token_lasts_s: float | None = 3600
        self.status: int | None = None
        self.answers: str | None = None
        self.clock: datetime | None = None
        self.refused_kinds: set[str] = set()
        self.junk: list[Any] = []
        self._tokens = {BL_TOKEN: "bl"}
        self._ids = count(1)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/openadr3/{self.edition}"

    def forget_tokens(self) -> None:
        """Believe in no token that was given."""
        self._tokens = {BL_TOKEN: "bl"}

    def stored(self, kind: str) -> list[dict[str, Any]]:
        """Return what there is of a kind."""
        return list(self.objects[kind].values())

    # Requests

    def app(self) -> web.Application:
        """Return the routes."""
        app = web.Application(middlewares=[self._moods])
        base = f"/openadr3/{self.edition}"
        app.router.add_get(f"{base}/auth/server", self._auth_server)
        app.router.add_post(f"{base}/auth/token", self._token)
        for kind in KINDS:
            app.router.add_get(f"{base}/{kind}", self._list(kind))
            app.router.add_post(f"{base}/{kind}", self._create(kind))
            app.router.add_get(f"{base}/{kind}/{{id}}", self._one(kind))
            app.router.add_put(f"{base}/{kind}/{{id}}", self._update(kind))
            app.router.add_delete(f"{base}/{kind}/{{id}}", self._delete(kind))
        return app

    @web.middleware
    async def _moods(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        self.calls.append((request.method, request.path.rpartition(self.edition)[2]))
        if self.status is not None:
            return problem(self.status, "out of order")
        if self.answers is not None:
            return web.Response(text=self.answers, content_type="application/json")
        response: web.StreamResponse = await handler(request)
        if self.clock is not None:
            response.headers["Date"] = format_datetime(self.clock, usegmt=True)
        return response

    async def _auth_server(self, request: web.Request) -> web.Response:
        """3.1: where tokens are given."""
        if self.edition == "3.0.1":
            return problem(404, "unknown in 3.0.1")
        return web.json_response({"tokenURL": f"{self.url}/auth/token"})

    async def _token(self, request: web.Request) -> web.Response:
        """RFC 6749, 4.4: client credentials."""
        form = await request.post()
        if form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        name, secret, place = form.get("client_id"), form.get("client_secret"), "body"
        if header := request.headers.get("Authorization"):
            auth = BasicAuth.decode(header)
            name, secret, place = auth.login, auth.password, "header"
        if place not in self.takes_secret_in or self.clients.get(str(name)) != secret:
            return web.json_response({"error": "invalid_client"}, status=401)
        token = f"token-{next(self._ids)}"
        self._tokens[token] = "ven"
        answer = {"access_token": token, "token_type": "Bearer"}
        if self.token_lasts_s is not None:
            answer["expires_in"] = self.token_lasts_s
        return web.json_response(answer)

    def _role(self, request: web.Request) -> str | None:
        """Return who asks; None: nobody who may."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return self._tokens.get(token) or (None if self.needs_token else "ven")

    def _list(self, kind: str) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if self._role(request) is None:
                return problem(401, "no token")
            query = request.query
            skip, limit = int(query.get("skip", 0)), int(query.get("limit", MOST))
            if not 0 <= limit <= MOST:
                return problem(400, "limit")
            found = self.stored(kind)
            for name, field in FILTERS.items():
                if name in query:
                    found = [one for one in found if one.get(field) == query[name]]
            if kind == "events":
                found += self.junk
            return web.json_response(found[skip : skip + limit])

        return handle

    def _create(self, kind: str) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if (refusal := self._may_write(kind, request)) is not None:
                return refusal
            data = await request.json()
            if (wrong := self._wrong(kind, data)) is not None:
                return problem(400, wrong)
            if kind == "reports" and self._is_known(data):
                return problem(409, "identical report")
            return self._stored(kind, str(next(self._ids)), data, request, 201)

        return handle

    def _one(self, kind: str) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            found = self.objects[kind].get(request.match_info["id"])
            return (
                problem(404, "not found") if found is None else web.json_response(found)
            )

        return handle

    def _update(self, kind: str) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if (refusal := self._may_write(kind, request)) is not None:
                return refusal
            if request.match_info["id"] not in self.objects[kind]:
                return problem(404, "not found")
            data = await request.json()
            return self._stored(kind, request.match_info["id"], data, request, 200)

        return handle

    def _delete(self, kind: str) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            if (refusal := self._may_write(kind, request)) is not None:
                return refusal
            found = self.objects[kind].pop(request.match_info["id"], None)
            return (
                problem(404, "not found") if found is None else web.json_response(found)
            )

        return handle

    def _may_write(self, kind: str, request: web.Request) -> web.Response | None:
        role = self._role(request)
        if role is None:
            return problem(401, "no token")
        if role not in WRITERS[kind] or kind in self.refused_kinds:
            return problem(403, "not yours to write")
        return None

    def _wrong(self, kind: str, data: Any) -> str | None:
        """Return what is wrong with an object."""
        if not isinstance(data, dict):
            return "no object"
        required = REQUIRED[kind]
        if self.edition == "3.0.1":
            required += {"reports": ("programID",), "events": ("intervals",)}.get(
                kind, ()
            )
        if missing := [name for name in required if data.get(name) is None]:
            return f"without {missing}"
        if kind == "events" and data["programID"] not in self.objects["programs"]:
            return "unknown programme"
        if kind == "reports" and data["eventID"] not in self.objects["events"]:
            return "unknown event"
        return None

    def _is_known(self, data: dict[str, Any]) -> bool:
        same = ("eventID", "clientName", "reportName")
        return any(
            all(one.get(name) == data.get(name) for name in same)
            for one in self.stored("reports")
        )

    def _stored(
        self,
        kind: str,
        own_id: str,
        data: dict[str, Any],
        request: web.Request,
        status: int,
    ) -> web.Response:
        now = datetime.now(UTC).isoformat()
        known = self.objects[kind].get(own_id, {})
        given = {
            "id": own_id,
            "createdDateTime": known.get("createdDateTime", now),
            "modificationDateTime": now,
            "objectType": KINDS[kind],
        }
        if self.edition != "3.0.1" and kind in {"reports", "vens"}:
            given["clientID"] = data.get("clientID") or "ven"
        self.objects[kind][own_id] = data | given
        return web.json_response(self.objects[kind][own_id], status=status)


def problem(status: int, title: str) -> web.Response:
    """Return an error as the description has it."""
    return web.Response(
        text=json.dumps({"status": status, "title": title}),
        status=status,
        content_type="application/problem+json",
    )


@asynccontextmanager
async def _served(vtn: Vtn) -> AsyncIterator[None]:
    runner = web.AppRunner(vtn.app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", vtn.port)
    await site.start()
    vtn.port = runner.addresses[0][1]
    try:
        yield
    finally:
        await runner.cleanup()


@contextmanager
def running(vtn: Vtn) -> Iterator[Vtn]:
    """Run a server; it keeps its port, so that it can go and come back."""
    loop, up, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with _served(vtn):
            up.set()
            await stop.wait()

    thread = threading.Thread(
        target=loop.run_until_complete, args=(serve(),), daemon=True
    )
    thread.start()
    if not up.wait(10):
        raise TimeoutError("the server did not come up")
    try:
        yield vtn
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
