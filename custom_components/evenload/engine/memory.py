"""What survives a restart, and when it is written: at once where it counts, else half a minute later."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import logging
from typing import Any

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder
from mashumaro.exceptions import InvalidFieldValue, MissingField

from .control.v2x.orders import Kept
from .encoding import Encodings
from .live import LiveNode
from .migration import migrated
from .model.limits import Limit
from .model.transactions import Session
from .records import StationRecord, kept
from .sessions.ledger import Pages
from .vault import Part, Vault

_LOGGER = logging.getLogger(__name__)

# Meter readings are written this much later: losing them costs nothing that the next one does not bring.
SAVE_DELAY_S = 30.0

_ORDER = (Part.SESSIONS, Part.STATE)


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is written when anything is."""

    pages: Pages
    stations: tuple[StationRecord, ...] = ()
    # What was changed of circuits since their forms, by the id of their nodes.
    live: dict[str, LiveNode] = field(default_factory=dict)
    cap: Limit | None = None
    # What vehicles were asked to feed back.
    v2x: Kept = field(default_factory=Kept)


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions that have ended."""

    ended: tuple[Session, ...] = ()


_PAGES_ENCODER = BasicEncoder(Pages)
_LIVE_ENCODER = BasicEncoder(dict[str, LiveNode])
_CAP_ENCODER = BasicEncoder(Limit)
_V2X_ENCODER = BasicEncoder(Kept)
_STATE_DECODER = BasicDecoder(State)
_SESSIONS_DECODER = BasicDecoder(Sessions)


class Memory:
    """Writes snapshots into the vault and reads them back."""

    def __init__(
        self,
        vault: Vault,
        state: Callable[[], State],
        sessions: Callable[[], Sessions],
        on_trouble: Callable[[bool], None],
    ) -> None:
        """Use a vault; `state` and `sessions` take snapshots, `on_trouble` hears whether writing fails."""
        self._vault = vault
        self._state = state
        self._sessions = sessions
        # What is on the disk of them.
        self._filed = Sessions()
        self._records = Encodings(StationRecord, kept)
        self._ended = Encodings(Session)
        self._on_trouble = on_trouble
        self._locks = {part: asyncio.Lock() for part in Part}
        # How often each part was asked to be written, and up to which asking it is.
        self._asked = dict.fromkeys(Part, 0)
        self._done = dict.fromkeys(Part, 0)
        self._timer: asyncio.TimerHandle | None = None
        self._due: set[Part] = set()
        self._failing: set[Part] = set()
        self._is_closed = False
        self._task: asyncio.Task[bool] | None = None

    async def load(self) -> tuple[State | None, Sessions | None]:
        """Return what was kept, or None for what was not or cannot be read."""
        state = _decoded(_STATE_DECODER, await self._vault.load(Part.STATE))
        sessions = _decoded(_SESSIONS_DECODER, await self._vault.load(Part.SESSIONS))
        self._filed = sessions or Sessions()
        if state is None and sessions is not None:
            # What is over was not lost with what was going on.
            state = State(Pages(next_id=0))
        return state, sessions

    async def save(self, *parts: Part) -> bool:
        """Write now; returns whether it is on the disk. If not, the owner is being told."""
        wanted = set(parts or (Part.STATE,))
        written = [await self._write(part) for part in sorted(wanted, key=_ORDER.index)]
        return all(written) and Part.SESSIONS not in self._failing

    async def _write(self, part: Part) -> bool:
        """Write one part; who asks while it is being written shares the next writing with all others that do."""
        self._asked[part] += 1
        ticket = self._asked[part]
        async with self._locks[part]:
            if self._done[part] < ticket:
                await self._write_now(part)
            return self._done[part] >= ticket

    async def _file(self) -> None:
        """Let what has ended be on the disk before it leaves what is open: a crash in between must lose neither."""
        while self._sessions() != self._filed:
            async with self._locks[Part.SESSIONS]:
                # Another may have been writing just that.
                if self._sessions() != self._filed:
                    await self._write_now(Part.SESSIONS)
            if Part.SESSIONS in self._failing:
                # Limits are not to be lost with it.
                return

    async def _write_now(self, part: Part) -> None:
        # Who asks in the same turn shares this writing: a vault need not take long enough for them to meet.
        await asyncio.sleep(0)
        if part is Part.STATE:
            await self._file()
        self._due.discard(part)
        taken, sessions = self._asked[part], self._sessions()
        try:
            await self._vault.save(part, await self._encoded(part, sessions))
        except OSError as error:
            _LOGGER.error("Writing the %s failed: %s", part, error)
            self._failing.add(part)
            self.save_soon(part)
        else:
            self._done[part] = taken
            if part is Part.SESSIONS:
                self._filed = sessions
            self._failing.discard(part)
        self._on_trouble(bool(self._failing))

    def save_soon(self, *parts: Part) -> None:
        """Write within half a minute."""
        self._due.update(parts or (Part.STATE,))
        if self._timer is None and not self._is_closed:
            self._timer = asyncio.get_running_loop().call_later(
                SAVE_DELAY_S, self._save_due
            )

    async def close(self) -> None:
        """Write what is due, for the last time."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await self.save(Part.STATE, *(self._due - {Part.STATE}))

    async def _encoded(self, part: Part, sessions: Sessions) -> dict[str, Any]:
        """Take a snapshot now and encode it in a thread: of two hundred stations that may take a tenth of a second."""
        in_thread = asyncio.get_running_loop().run_in_executor
        if part is Part.STATE:
            return await in_thread(None, self._encoded_state, self._state())
        return await in_thread(None, self._encoded_sessions, sessions)

    def _encoded_state(self, state: State) -> dict[str, Any]:
        return {
            "pages": _PAGES_ENCODER.encode(state.pages),
            "stations": self._records.of(state.stations),
            "live": _LIVE_ENCODER.encode(state.live),
            "cap": None if state.cap is None else _CAP_ENCODER.encode(state.cap),
            "v2x": _V2X_ENCODER.encode(state.v2x),
        }

    def _encoded_sessions(self, sessions: Sessions) -> dict[str, Any]:
        return {"ended": self._ended.of(sessions.ended)}

    def _save_due(self) -> None:
        self._timer = None
        self._task = asyncio.create_task(
            self.save(*tuple(self._due)), name="evenload memory"
        )


def _decoded[T](decoder: BasicDecoder[T], data: dict[str, Any] | None) -> T | None:
    if data is None:
        return None
    try:
        return decoder.decode(migrated(data))
    except (MissingField, InvalidFieldValue, ValueError, TypeError, KeyError) as error:
        # Beginning anew is safe: stations then count at what they were installed for until they accept a limit.
        _LOGGER.error(
            "What was kept cannot be read and is begun anew: %s", _whereabouts(error)
        )
        return None


def _whereabouts(error: BaseException) -> str:
    """Return which field was wrong and what it should be; never its value, which may hold tokens."""
    path: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case InvalidFieldValue():
                path.append(f"{cause.field_name} ({cause.field_type_name})")
            case MissingField():
                path.append(f"{cause.field_name} (missing)")
            case _:
                path.append(type(cause).__name__)
        cause = cause.__context__
    return ", in it ".join(path)
