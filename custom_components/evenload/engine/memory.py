"""What survives a restart, and when it is written: at once where it counts, else half a minute later."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
import logging
from typing import Any

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from .control.planned.controller import Kept as KeptPlans
from .control.v2x.orders import Kept
from .encoding import Encodings
from .filing import Filing, Sessions, VaultFiling, decoded
from .live import LiveNode
from .model.limits import Limit
from .model.sessions import SignedIn
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
    # In which stations a list of drivers may lie that is ours.
    listed: tuple[str, ...] = ()
    # What was expected of prices and sun, and what is known of vehicles.
    plans: KeptPlans = field(default_factory=KeptPlans)
    # Sessions that have ended, while they cannot be put where they belong.
    unfiled: tuple[Session, ...] = ()
    # Signed meter values that cannot be put where they belong either.
    signed: tuple[SignedIn, ...] = ()


_PAGES_ENCODER = BasicEncoder(Pages)
_LIVE_ENCODER = BasicEncoder(dict[str, LiveNode])
_CAP_ENCODER = BasicEncoder(Limit)
_V2X_ENCODER = BasicEncoder(Kept)
_PLANS_ENCODER = BasicEncoder(KeptPlans)
_STATE_DECODER = BasicDecoder(State)
_UNFILED_ENCODER = BasicEncoder(tuple[Session, ...])
_SIGNED_ENCODER = BasicEncoder(tuple[SignedIn, ...])


class Memory:
    """Writes snapshots into the vault and reads them back."""

    def __init__(
        self,
        vault: Vault,
        state: Callable[[], State],
        sessions: Callable[[], Sessions],
        on_trouble: Callable[[bool], None],
        filing: Filing | None = None,
    ) -> None:
        """Use a vault; `state` and `sessions` take snapshots, `on_trouble` hears whether writing fails.

        `filing` keeps what has ended; None: the vault does.
        """
        self._vault = vault
        self._state = state
        self._filing = filing or VaultFiling(vault, sessions)
        self._records = Encodings(StationRecord, kept)
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
        state = decoded(_STATE_DECODER, await self._vault.load(Part.STATE))
        sessions = await self._filing.load()
        if state is None and sessions is not None:
            # What is over was not lost with what was going on.
            state = State(Pages(next_id=0))
        if state is not None and state.unfiled:
            sessions = _with(sessions, state.unfiled)
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
        while self._filing.is_behind:
            async with self._locks[Part.SESSIONS]:
                # Another may have been writing just that.
                if self._filing.is_behind:
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
        taken = self._asked[part]
        try:
            if part is Part.SESSIONS:
                await self._filing.write()
            else:
                await self._vault.save(part, await self._encoded())
        except OSError as error:
            _LOGGER.error("Writing the %s failed: %s", part, error)
            self._failing.add(part)
            self.save_soon(part)
        else:
            self._done[part] = taken
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

    async def _encoded(self) -> dict[str, Any]:
        """Take a snapshot now and encode it in a thread: of two hundred stations that may take a tenth of a second."""
        state = replace(self._state(), unfiled=self._filing.unfiled)
        in_thread = asyncio.get_running_loop().run_in_executor
        return await in_thread(None, self._encoded_state, state)

    def _encoded_state(self, state: State) -> dict[str, Any]:
        return {
            "pages": _PAGES_ENCODER.encode(state.pages),
            "stations": self._records.of(state.stations),
            "live": _LIVE_ENCODER.encode(state.live),
            "cap": None if state.cap is None else _CAP_ENCODER.encode(state.cap),
            "v2x": _V2X_ENCODER.encode(state.v2x),
            "unfiled": _UNFILED_ENCODER.encode(state.unfiled),
            "signed": _SIGNED_ENCODER.encode(state.signed),
            "plans": _PLANS_ENCODER.encode(state.plans),
            "listed": list(state.listed),
        }

    def _save_due(self) -> None:
        self._timer = None
        self._task = asyncio.create_task(
            self.save(*tuple(self._due)), name="evenload memory"
        )


def _with(sessions: Sessions | None, unfiled: tuple[Session, ...]) -> Sessions:
    """Return what was kept with what could not be put there in time."""
    sessions = sessions or Sessions()
    ended = sessions.ended
    known = {
        (one.key.identity, transaction.id)
        for one in ended
        for transaction in one.transactions
    }
    late = [
        one
        for one in unfiled
        if not any((one.key.identity, of.id) in known for of in one.transactions)
    ]
    return Sessions((*ended, *late), sessions.unfinished)
