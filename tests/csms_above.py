"""A CSMS above the house, written with the `ocpp` package alone: it validates all that it hears, and remembers it."""

import asyncio
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from ocpp.exceptions import NotImplementedError as NotKnown
from ocpp.routing import on
from ocpp.v16 import ChargePoint as Point16, call as call16, call_result as result16
from ocpp.v21 import ChargePoint as Point21, call as call21, call_result as result21
from ocpp.v201 import ChargePoint as Point201, call as call201, call_result as result201
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

type Payload = dict[str, Any]

PATIENCE_S = 8.0


def now() -> str:
    """The time as OCPP writes it."""
    return datetime.now(UTC).isoformat()


class Heard:
    """What one CSMS has heard and what it says of it."""

    def __init__(self) -> None:
        """Begin with nothing; everybody may charge."""
        self.said: list[tuple[str, Payload]] = []
        # Who said each of these.
        self.speakers: list[str] = []
        self.blocked: set[str] = set()
        self.boot_status = "Accepted"
        self.next_transaction = 7000
        self.slow_s = 0.0
        self.update: Payload = {}
        self.news = asyncio.Condition()

    async def note(self, action: str, payload: Payload, speaker: str = "") -> None:
        """Remember a message."""
        async with self.news:
            self.said.append((action, payload))
            self.speakers.append(speaker)
            self.news.notify_all()

    def of(self, action: str) -> list[Payload]:
        """Return all messages of an action."""
        return [payload for name, payload in self.said if name == action]

    def of_station(self, identity: str) -> list[tuple[str, Payload]]:
        """Return what a station said, in order."""
        return [
            said
            for said, speaker in zip(self.said, self.speakers, strict=True)
            if speaker == identity
        ]

    async def until(self, action: str, times: int = 1) -> list[Payload]:
        """Wait for so many messages of an action."""
        async with asyncio.timeout(PATIENCE_S), self.news:
            while len(self.of(action)) < times:
                await self.news.wait()
        return self.of(action)


class Station16(Point16):  # type: ignore[misc]  # the package is not typed
    """A station as a CSMS of 1.6 sees it."""

    heard: Heard

    @on("BootNotification")
    async def boot(self, **said: Any) -> Any:
        await self.heard.note("BootNotification", said, self.id)
        return result16.BootNotification(now(), 300, self.heard.boot_status)

    @on("Heartbeat")
    async def beat(self) -> Any:
        await self.heard.note("Heartbeat", {}, self.id)
        return result16.Heartbeat(now())

    @on("StatusNotification")
    async def status(self, **said: Any) -> Any:
        await self.heard.note("StatusNotification", said, self.id)
        return result16.StatusNotification()

    @on("Authorize")
    async def authorize(self, **said: Any) -> Any:
        await asyncio.sleep(self.heard.slow_s)
        await self.heard.note("Authorize", said, self.id)
        return result16.Authorize({"status": self._status(said["id_tag"])})

    @on("StartTransaction")
    async def start_transaction(self, **said: Any) -> Any:
        await self.heard.note("StartTransaction", said, self.id)
        self.heard.next_transaction += 1
        info = {"status": self._status(said["id_tag"])}
        return result16.StartTransaction(self.heard.next_transaction, info)

    @on("MeterValues")
    async def metered(self, **said: Any) -> Any:
        await self.heard.note("MeterValues", said, self.id)
        return result16.MeterValues()

    @on("SecurityEventNotification")
    async def secure(self, **said: Any) -> Any:
        await self.heard.note("SecurityEventNotification", said, self.id)
        return result16.SecurityEventNotification()

    @on("StopTransaction")
    async def stop_transaction(self, **said: Any) -> Any:
        await self.heard.note("StopTransaction", said, self.id)
        return result16.StopTransaction()

    @on("FirmwareStatusNotification")
    async def firmware(self, **said: Any) -> Any:
        await self.heard.note("FirmwareStatusNotification", said, self.id)
        return result16.FirmwareStatusNotification()

    @on("SignedFirmwareStatusNotification")
    async def signed_firmware(self, **said: Any) -> Any:
        await self.heard.note("SignedFirmwareStatusNotification", said, self.id)
        return result16.SignedFirmwareStatusNotification()

    @on("DiagnosticsStatusNotification")
    async def diagnosed(self, **said: Any) -> Any:
        await self.heard.note("DiagnosticsStatusNotification", said, self.id)
        return result16.DiagnosticsStatusNotification()

    @on("LogStatusNotification")
    async def logged(self, **said: Any) -> Any:
        await self.heard.note("LogStatusNotification", said, self.id)
        return result16.LogStatusNotification()

    def _status(self, tag: str) -> str:
        return "Blocked" if tag in self.heard.blocked else "Accepted"


class Answers2:
    """What a CSMS of 2.x answers a station."""

    heard: Heard
    results: Any

    @on("BootNotification")
    async def boot(self, **said: Any) -> Any:
        await self.heard.note("BootNotification", said, self.id)
        return self.results.BootNotification(now(), 300, self.heard.boot_status)

    @on("Heartbeat")
    async def beat(self) -> Any:
        await self.heard.note("Heartbeat", {}, self.id)
        return self.results.Heartbeat(now())

    @on("StatusNotification")
    async def status(self, **said: Any) -> Any:
        await self.heard.note("StatusNotification", said, self.id)
        return self.results.StatusNotification()

    @on("Authorize")
    async def authorize(self, **said: Any) -> Any:
        await asyncio.sleep(self.heard.slow_s)
        await self.heard.note("Authorize", said, self.id)
        return self.results.Authorize(self._info(said["id_token"]))

    @on("TransactionEvent")
    async def event(self, **said: Any) -> Any:
        await self.heard.note("TransactionEvent", said, self.id)
        if "id_token" in said:
            return self.results.TransactionEvent(
                id_token_info=self._info(said["id_token"])
            )
        return self.results.TransactionEvent()

    @on("MeterValues")
    async def metered(self, **said: Any) -> Any:
        await self.heard.note("MeterValues", said, self.id)
        return self.results.MeterValues()

    @on("FirmwareStatusNotification")
    async def firmware(self, **said: Any) -> Any:
        await self.heard.note("FirmwareStatusNotification", said, self.id)
        return self.results.FirmwareStatusNotification()

    @on("LogStatusNotification")
    async def logged(self, **said: Any) -> Any:
        await self.heard.note("LogStatusNotification", said, self.id)
        return self.results.LogStatusNotification()

    @on("NotifyReport")
    async def report(self, **said: Any) -> Any:
        await self.heard.note("NotifyReport", said, self.id)
        return self.results.NotifyReport()

    @on("ReportChargingProfiles")
    async def profiles(self, **said: Any) -> Any:
        await self.heard.note("ReportChargingProfiles", said, self.id)
        return self.results.ReportChargingProfiles()

    def _info(self, token: Payload) -> Payload:
        is_blocked = token["id_token"] in self.heard.blocked
        return {"status": "Blocked" if is_blocked else "Accepted"}

    @on("NotifyChargingLimit")
    async def limited(self, **said: Any) -> Any:
        await self.heard.note("NotifyChargingLimit", said)
        return self.results.NotifyChargingLimit()

    @on("ClearedChargingLimit")
    async def unlimited(self, **said: Any) -> Any:
        await self.heard.note("ClearedChargingLimit", said)
        return self.results.ClearedChargingLimit()


class Station201(Answers2, Point201):  # type: ignore[misc]  # the package is not typed
    """A station as a CSMS of 2.0.1 sees it."""

    results = result201


class Station21(Answers2, Point21):  # type: ignore[misc]  # the package is not typed
    """A station as a CSMS of 2.1 sees it."""

    results = result21

    @on("PullDynamicScheduleUpdate")
    async def pulled(self, **said: Any) -> Any:
        await self.heard.note("PullDynamicScheduleUpdate", said)
        return result21.PullDynamicScheduleUpdate(
            "Accepted", schedule_update=self.heard.update
        )


VERSIONS = {
    "1.6": ("ocpp1.6", Station16, call16),
    "2.0.1": ("ocpp2.0.1", Station201, call201),
    "2.1": ("ocpp2.1", Station21, call21),
}


class Csms:
    """A CSMS of one version on a port of this machine, which may go and come back."""

    def __init__(self, version: str) -> None:
        """Listen nowhere yet."""
        self.heard = Heard()
        self.port = 0
        self.authorizations: list[str | None] = []
        self._subprotocol, self._station, self._calls = VERSIONS[version]
        self._server: Server | None = None
        self._points: dict[str, Any] = {}
        self.errors: list[BaseException] = []

    async def __aenter__(self) -> Self:
        """Listen."""
        await self.come()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Go."""
        await self.go()

    @property
    def url(self) -> str:
        """Where stations dial."""
        return f"ws://127.0.0.1:{self.port}/ocpp"

    async def come(self) -> None:
        """Listen, on the port that it had."""
        self._server = await serve(
            self._serve, "127.0.0.1", self.port, subprotocols=[self._subprotocol]
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def go(self) -> None:
        """Hang up on everybody, and listen no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
            self._points.clear()

    async def point(self, identity: str) -> Any:
        """Wait until a station is there."""
        async with asyncio.timeout(PATIENCE_S):
            while identity not in self._points:
                await asyncio.sleep(0.01)
        return self._points[identity]

    async def ask(self, identity: str, action: str, **payload: Any) -> Any:
        """Ask a station something."""
        point = await self.point(identity)
        return await point.call(getattr(self._calls, action)(**payload))

    async def _serve(self, socket: ServerConnection) -> None:
        request = socket.request
        assert request is not None
        self.authorizations.append(request.headers.get("Authorization"))
        point = self._station(request.path.rpartition("/")[2], socket)
        point.heard = self.heard
        self._points[point.id] = point
        try:
            await point.start()
        except ConnectionClosed:
            return
        except NotKnown as error:
            self.errors.append(error)
        finally:
            if self._points.get(point.id) is point:
                del self._points[point.id]
