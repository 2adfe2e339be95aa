"""Home Assistant's own HTTP and websocket interfaces, as its frontend uses them."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from itertools import count
from types import TracebackType
from typing import Any, Self

import aiohttp

type Json = dict[str, Any]

USER = "demo"
PASSWORD = "demo"


class RefusedError(Exception):
    """Home Assistant did not accept what was asked."""


class HomeAssistant:
    """A client of one running Home Assistant."""

    def __init__(self, url: str) -> None:
        """Remember where it is."""
        self.url = url
        self.token = ""
        self._http: aiohttp.ClientSession
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._ids = count(1)

    async def __aenter__(self) -> Self:
        """Prepare for requests."""
        self._http = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        if self._socket:
            await self._socket.close()
        await self._http.close()

    async def answers(self) -> None:
        """Wait until it can be asked."""
        while True:
            try:
                async with self._http.get(f"{self.url}/manifest.json"):
                    return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)

    async def runs(self) -> None:
        """Wait until everything in it has started."""
        while (await self.get("/api/config"))["state"] != "RUNNING":
            await asyncio.sleep(0.2)

    async def sign_in(self, token: str) -> None:
        """Use the token of last time, or get a new one as a person would: with the first visit's form, or the login."""
        self.token = token
        if token and await self._token_works():
            return
        self.token = ""
        code = await self._onboard() if await self._is_new() else await self._log_in()
        self.token = await self._token_for(code)
        if await self._is_new():
            await self.post("/api/onboarding/analytics", {})
            await self.post("/api/onboarding/integration", self._client())
        self.token = await self.call(
            "auth/long_lived_access_token",
            client_name=f"Evenload demo {code[:8]}",
            lifespan=3650,
        )

    async def get(self, path: str) -> Any:
        """Read a resource."""
        return await self._request("GET", path)

    async def post(self, path: str, data: object) -> Any:
        """Send JSON to a resource."""
        return await self._request("POST", path, json=data)

    async def call(self, command: str, **arguments: object) -> Any:
        """Run a websocket command and return its result."""
        socket = self._socket = self._socket or await self._open_socket()
        number = next(self._ids)
        await socket.send_json({"id": number, "type": command, **arguments})
        async for message in socket:
            answer = message.json()
            if answer.get("id") == number and answer["type"] == "result":
                if not answer["success"]:
                    raise RefusedError(f"{command}: {answer['error']['message']}")
                return answer["result"]
        raise RefusedError(f"{command}: the connection closed")

    async def fill_in(
        self, flow: str, handler: object, answers: Mapping[str, Json], **about: str
    ) -> Json:
        """Walk through a flow's forms, each answered by its step's name; `about` says what is changed, if it is there already."""
        path = f"/api/config/config_entries/{flow}"
        step = await self.post(path, {"handler": handler, **about})
        while step["type"] in {"form", "menu"}:
            answer = answers.get(step["step_id"])
            if step.get("errors") or answer is None:
                raise RefusedError(
                    f"{handler}, step {step['step_id']}: {step.get('errors')}"
                )
            step = await self.post(f"{path}/{step['flow_id']}", answer)
        changed = step.get("reason") == "reconfigure_successful"
        if step["type"] != "create_entry" and not changed:
            raise RefusedError(f"{handler}: {step.get('reason', step['type'])}")
        return dict(step)

    async def _token_works(self) -> bool:
        try:
            await self.get("/api/")
        except RefusedError:
            return False
        return True

    async def _is_new(self) -> bool:
        # The address exists only until the first visit is complete.
        async with self._http.get(f"{self.url}/api/onboarding") as response:
            return response.status == HTTPStatus.OK

    async def _onboard(self) -> str:
        answer = await self.post(
            "/api/onboarding/users",
            {
                "name": "Demo",
                "username": USER,
                "password": PASSWORD,
                "language": "en",
                "client_id": self._client()["client_id"],
            },
        )
        return str(answer["auth_code"])

    async def _log_in(self) -> str:
        client = self._client()["client_id"]
        flow = await self.post(
            "/auth/login_flow",
            {
                "client_id": client,
                "handler": ["homeassistant", None],
                "redirect_uri": client,
            },
        )
        answer = await self.post(
            f"/auth/login_flow/{flow['flow_id']}",
            {"client_id": client, "username": USER, "password": PASSWORD},
        )
        if answer["type"] != "create_entry":
            raise RefusedError("the demo's user has another password now")
        return str(answer["result"])

    async def _token_for(self, code: str) -> str:
        answer = await self._request(
            "POST",
            "/auth/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "client_id": self._client()["client_id"],
            },
        )
        return str(answer["access_token"])

    def _client(self) -> dict[str, str]:
        return {"client_id": f"{self.url}/", "redirect_uri": f"{self.url}/"}

    async def _open_socket(self) -> aiohttp.ClientWebSocketResponse:
        socket = await self._http.ws_connect(
            f"{self.url}/api/websocket", max_msg_size=0
        )
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": self.token})
        if (await socket.receive_json())["type"] != "auth_ok":
            raise RefusedError("the token is not accepted")
        return socket

    async def _request(self, method: str, path: str, **content: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self._http.request(
            method, f"{self.url}{path}", headers=headers, **content
        ) as response:
            if not response.ok:
                raise RefusedError(f"{path}: {response.status} {await response.text()}")
            return await response.json()
