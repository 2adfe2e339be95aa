"""One station's way to the CSMS above it: introduces it, tells what it says in order, and asks who may charge."""

import asyncio
from collections.abc import Callable, Collection, Mapping
import contextlib
import logging
from typing import Any

from ..csms.frames import CallFault
from ..csms.schemas import schemas
from ..csms.tolerance import mend
from ..model.errors import EvenloadError, NotConnected, StationRefused, StationSilent
from ..model.identity import masked
from ..model.stations import OcppVersion
from ..model.uplink import Domain, UplinkConfig, UplinkState, UplinkStatus
from .answering import answered
from .as_said import ANSWERS
from .beats import seconds_of
from .deeds import Deeds
from .dialler import Dialler
from .house import House
from .limit_news import LimitNews
from .names import BEGUN, Saying
from .outbox import Outbox
from .pulling import Pulling
from .telling import Telling
from .tongues import Speak, tongue_of
from .trimming import Unsaid, trimmed

_LOGGER = logging.getLogger(__name__)

# Who shows a card waits in front of the station: after this the house answers for itself.
PATIENCE_S = 4.0

# A station that redials is not away.
AWAY_S = 60.0


class Relay:
    """Runs for as long as the owner wants the station to be known above."""

    def __init__(
        self,
        config: UplinkConfig,
        house: House,
        outbox: Outbox,
        changed: Callable[[], None],
        speak: Speak | None = None,
    ) -> None:
        """Tell nobody yet; `changed` hears when the status did, `speak` makes other words than those of one real station."""
        self.config = config
        self._house = house
        self._station = house.station.identity
        self._outbox = outbox
        self._changed = changed
        self._schemas = schemas(config.version)
        self._unsaid = Unsaid(config.version)
        self._tongue = (speak or tongue_of)(house, config.version, self._tell)
        self._limits = LimitNews(house.binding, self._tell, house.now)
        self._dialler = Dialler(
            config, self._wanted, self._serve, self._answer, self._lost
        )
        self._telling = Telling(
            self._station, outbox, self._say, self._is_heard, self._hinder
        )
        self._life: asyncio.Task[None] | None = None
        self._state = UplinkState.CONNECTING
        self._detail = ""
        self._since = house.now()
        self._news = asyncio.Event()
        self._leaving: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to dial."""
        self._life = asyncio.create_task(
            self._dialler.live(), name=f"evenload uplink {masked(self._station)}"
        )

    async def stop(self) -> None:
        """Hang up; what is said meanwhile is told later."""
        self._state = UplinkState.CONNECTING
        self._stay()
        self._limits.begin_anew()
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
            self._life = None

    @property
    def status(self) -> UplinkStatus:
        """How it is now."""
        return UplinkStatus(self._state, len(self._telling), self._since, self._detail)

    def look(self) -> None:
        """Look whether the station came or went: one that stays away is away above, too."""
        self._news.set()
        self._look_at_limits()
        if self._is_there:
            self._stay()
        elif self._leaving is None and self._state is UplinkState.CONNECTED:
            loop = asyncio.get_running_loop()
            self._leaving = loop.call_later(AWAY_S, self._leave)

    def say(self, action: str, payload: dict[str, Any]) -> None:
        """Tell something that is of no use later: only while somebody hears it."""
        if self._state is UplinkState.CONNECTED:
            self._tell(action, payload)

    def say_statuses(self, evses: Collection[int]) -> None:
        """Tell what some EVSEs are doing."""
        for action, said in self._tongue.statuses(self._house.station):
            if said.get("evseId", said.get("connectorId")) in evses:
                self.say(action, dict(said))

    def introduce_again(self) -> None:
        """Say once more what the station is, and what it is doing, while somebody hears it."""
        if self._state is not UplinkState.CONNECTED:
            return
        for action, said in (
            self._tongue.boot(self._house.station),
            *self._tongue.statuses(self._house.station),
        ):
            self._tell(action, dict(said))
        self._tongue.introduced()

    def told(
        self, spoken: OcppVersion | None, action: str, payload: dict[str, Any]
    ) -> None:
        """Take what the station has said, to be told in its turn."""
        if action == "StartTransaction" and self._is_known(payload):
            return
        if action == "StopTransaction":
            self._house.names.drop(BEGUN, str(payload.get("transactionId")))
        sayings = self._tongue.sayings(spoken, action, payload)
        if action == "BootNotification":
            self.introduce_again()
        self._news.set()
        for said_action, said in sayings:
            if (
                said_action == "TransactionEvent"
                and self._state is not UplinkState.CONNECTED
            ):
                # E04.FR.03: it is told later than it happened.
                said = {**said, "offline": True}
            self._tell(said_action, dict(said))

    def _is_known(self, payload: Mapping[str, Any]) -> bool:
        """Whether it was told before that a transaction begins: the station has not heard the answer (1.6 §3.7.1), and those above number each."""
        ours, names = str(payload.get("_transaction")), self._house.names
        known = names.theirs(BEGUN, ours) is not None
        names.keep(BEGUN, ours, "")
        return known

    async def judge(self, token: str, shown: Mapping[str, Any]) -> str | None:
        """Ask whether somebody may charge; None where nobody answers in time, and the house has to know itself."""
        if self._state is not UplinkState.CONNECTED:
            return None
        action, payload = self._tongue.question(token, shown)
        with contextlib.suppress(NotConnected, StationSilent, StationRefused):
            reply = await self._ask((action, dict(payload)), PATIENCE_S)
            # What cannot be read says nothing.
            return self._tongue.verdict(reply) if reply else None
        return None

    async def _ask(
        self, saying: Saying, timeout_s: float | None = None
    ) -> dict[str, Any]:
        """Return the answer to something, mended where that is possible; nothing where it cannot be read."""
        action, payload = saying
        answer = await self._dialler.call(action, dict(payload), timeout_s)
        try:
            return mend(self._schemas, f"{action}Response", answer)
        except CallFault as fault:
            _LOGGER.debug("The answer to a %s cannot be read: %s", action, fault)
            return {}

    def _tell(self, action: str, payload: dict[str, Any]) -> None:
        if action in ANSWERS:
            self._telling.reply(action, payload)
        else:
            self._outbox.put(self._station, action, payload)

    @property
    def _is_there(self) -> bool:
        """Whether there is a station to speak for: it has said what it is, and is connected or has left something to say."""
        station = self._house.station
        return station.info.vendor is not None and (
            station.connected or len(self._telling) > 0
        )

    async def _wanted(self) -> None:
        while not self._is_there:
            self._news.clear()
            await self._news.wait()

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
            self._leaving = None

    def _leave(self) -> None:
        self._leaving = None
        if not self._is_there:
            self._dialler.hang_up()

    def _be(self, state: UplinkState, detail: str = "") -> None:
        if (state, detail) != (self._state, self._detail):
            if state is not self._state:
                self._since = self._house.now()
            self._state, self._detail = state, detail
            self._changed()

    def _look_at_limits(self) -> None:
        """Tell where the house leaves less than those above do, if they bound it at all; 1.6 has no words for it."""
        if (
            self.config.version is not OcppVersion.V16
            and self._state is UplinkState.CONNECTED
            and self._house.decides(Domain.LIMITS)
        ):
            self._limits.look()

    def _lost(self, reason: str, refused: bool) -> None:
        self._limits.begin_anew()
        self._be(UplinkState.REFUSED if refused else UplinkState.CONNECTING, reason)

    async def _serve(self) -> None:
        """Introduce the station, then tell what there is, while the connection lasts."""
        interval_s = await self._introduce()
        for action, payload in self._tongue.statuses(self._house.station):
            # Who cannot take that may take other things.
            with contextlib.suppress(StationRefused):
                await self._say((action, payload))
        self._be(UplinkState.CONNECTED)
        self._look_at_limits()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._beat(interval_s))
                tasks.create_task(self._telling.live())
                if self.config.version is OcppVersion.V21:
                    pulling = Pulling(Deeds(self._house), self._ask)
                    tasks.create_task(pulling.live())
        except* EvenloadError as lost:
            # Somebody who does not answer is dialled anew.
            _LOGGER.debug("%s is not heard above: %s", masked(self._station), lost)

    async def _introduce(self) -> float:
        """Say what the station is until it is let in; returns how often to say that it is there, in seconds."""
        while True:
            reply = await self._ask(self._tongue.boot(self._house.station))
            interval_s = seconds_of(reply.get("interval"))
            if reply.get("status") == "Accepted":
                self._tongue.introduced()
                return interval_s
            self._be(UplinkState.PENDING, str(reply.get("status", "")))
            await asyncio.sleep(interval_s)

    async def _beat(self, interval_s: float) -> None:
        while True:
            await asyncio.sleep(interval_s)
            await self._dialler.call("Heartbeat", {})

    async def _is_heard(self) -> bool:
        """Whether anything is taken above: what the station is doing may be said at any time."""
        statuses = self._tongue.statuses(self._house.station)
        try:
            for saying in statuses[:1]:
                await self._say(saying)
        except StationRefused:
            return False
        return bool(statuses)

    def _hinder(self, detail: str) -> None:
        """Show what is in the way of what waits, if anything is."""
        self._be(UplinkState.CONNECTED, detail)

    async def _say(self, saying: Saying) -> None:
        """Say one thing in the version of who hears it. Raises what `Dialler.call` raises."""
        named = self._tongue.named(saying)
        if named is None:
            _LOGGER.warning(
                "%s of %s is left out: its beginning is not known above",
                saying[0],
                masked(self._station),
            )
            return
        payload = trimmed(self._schemas, *named)
        if payload is None:
            self._unsaid.note(saying[0])
            return
        self._tongue.heard(saying, await self._ask((named[0], payload)))

    async def _answer(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer a call from above. Raises `CallFault`."""
        return await answered(
            self._tongue, self._schemas, action, payload, self._outbox.kept
        )
