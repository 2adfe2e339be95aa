"""What waits to be told to those above: in the order in which it was said, on the disk within a moment, and bounded in memory."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import logging
from math import inf
from pathlib import Path
import sqlite3
from typing import Any

from .aside import Aside
from .file import Message, OutboxFile
from .name_book import NameBook
from .queue import Queue
from .weights import is_expendable, transaction_of

_LOGGER = logging.getLogger(__name__)

# So many of a station's messages are held in memory while they wait; the others wait on the disk.
WINDOW = 500

# So often it is looked, in seconds, which messages were there the last time already: those are written, so each within a tenth of a second. What is
# delivered sooner is not: where somebody listens above, hardly anything is ever written.
FLUSH_S = 0.05

# So long a station waits for the disk, in seconds, before it is answered all the same.
KEEP_PATIENCE_S = 2.0

# So long after an error the disk is read again, and so often: what is in memory does not wait for a dead one for ever.
AGAIN_S, MOST_UNREAD = 5.0, 720

# With a disk that takes nothing, so many are held in memory in all; then those go that say least.
MOST_UNWRITTEN = 20_000

# Of one transaction that is refused so many wait beside the others.
MOST_ASIDE = 5000


class Outbox(NameBook):
    """All stations' messages, and the names that both sides have for one thing."""

    def __init__(self, path: Path, on_trouble: Callable[[bool], None]) -> None:
        """Use a file; `on_trouble` hears whether it cannot be written."""
        super().__init__()
        self._file = OutboxFile(path)
        self._on_trouble = on_trouble
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="evenload uplink")
        self._queues: dict[str, Queue] = {}
        self._seq = 0
        # What is not on the disk yet, and what is on its way there; all else is there.
        self._unwritten: dict[int, Message] = {}
        self._writing: dict[int, Message] = {}
        self._delivered: list[int] = []
        # The last number when it was last looked.
        self._seen = 0
        self._flushing: asyncio.Task[None] | None = None
        self._flush_lock = asyncio.Lock()
        self._is_failing = False

    async def open(self) -> None:
        """Take up what an earlier life could not tell. Raises `OSError`."""
        found = await self._on_writer(self._file.open)
        self._seq = found.last_seq
        for station, count in found.counts.items():
            self._queue(station).behind = count
        self._take_up(found.names)

    async def close(self) -> None:
        """Write what is unwritten, and let go of the file."""
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        await self.flush()
        await self._on_writer(self._file.close)
        # The thread has nothing more to do, and is gone when this returns.
        await asyncio.get_running_loop().run_in_executor(None, self._writer.shutdown)

    def put(self, station: str, action: str, payload: dict[str, Any]) -> None:
        """Add a message at the end of a station's."""
        self._seq += 1
        queue = self._queue(station)
        message = Message(self._seq, station, action, payload)
        self._unwritten[message.seq] = message
        if queue.behind or len(queue.window) >= WINDOW:
            queue.fresh.append(message)
            queue.behind += 1
        else:
            queue.window.append(message)
        queue.news.set()
        self._flush_soon()

    async def next(self, station: str) -> Message:
        """Wait for the first message of a station that is not delivered."""
        queue = self._queue(station)
        while not queue.window:
            if queue.behind:
                await self._refill(station, queue)
                continue
            queue.news.clear()
            await queue.news.wait()
        return queue.window[0]

    def delivered(self, message: Message) -> None:
        """Take the first message of a station away."""
        if self._take(message):
            self._gone(message)

    def set_aside(self, message: Message) -> str:
        """Let the first message of a station be told beside the others from now on; returns by which transaction."""
        key = _aside_of(message)
        if self._take(message):
            asides = self._queue(message.station).asides
            if key not in asides:
                asides[key] = Aside(MOST_ASIDE, self._gone)
            asides[key].put(message)
        return key

    def is_aside(self, message: Message) -> bool:
        """Whether others of its transaction are told beside the others, and it comes after them."""
        aside = self._queue(message.station).asides.get(_aside_of(message))
        return aside is not None and len(aside) > 0

    def asides(self, station: str) -> dict[str, Aside]:
        """Return what of a station is told beside the others, by transaction."""
        asides = self._queue(station).asides
        for key in [key for key, aside in asides.items() if not aside]:
            del asides[key]
        return asides

    def count(self, station: str) -> int:
        """Return how many messages of a station wait."""
        queue = self._queues.get(station)
        if queue is None:
            return 0
        aside = sum(len(one) for one in queue.asides.values())
        return len(queue.window) + queue.behind + aside

    async def forget(self, station: str) -> None:
        """Forget a station whose owner wants nobody told any more."""
        self._queues.pop(station, None)
        self._forget(station)
        for waiting in (self._unwritten, self._writing):
            for one in [one for one in waiting.values() if one.station == station]:
                del waiting[one.seq]
        await self._guarded(lambda: self._file.forget(station))

    async def kept(self) -> None:
        """Return when all that was added is on the disk, or soon where that does not take it: a station waits for this."""
        if self._unwritten or self._writing or self._named:
            writing = asyncio.ensure_future(self.flush())
            await asyncio.wait({writing}, timeout=KEEP_PATIENCE_S)

    async def flush(self, upto: float = inf) -> None:
        """Write what is new, up to a number, and take out what was delivered: what was added before is on the disk then, if that takes it."""
        async with self._flush_lock:
            if self._named:
                # Names go with the messages that they came with: who is killed in between would take for told what was not.
                upto = inf
            self._writing = {
                seq: one for seq, one in self._unwritten.items() if seq <= upto
            }
            for seq in self._writing:
                del self._unwritten[seq]
            new, gone, named = [*self._writing.values()], self._delivered, self._named
            if not (new or gone or named):
                return
            self._delivered, self._named = [], {}
            written_well = False
            try:
                written_well = await self._guarded(
                    lambda: self._file.write(new, gone, named)
                )
            finally:
                unwritten, self._writing = self._writing, {}
                if not written_well:
                    self._unwritten = unwritten | self._unwritten
                    self._delivered = gone + self._delivered
                    self._named = named | self._named
            self._fails(not written_well)
            if not written_well:
                self._shrink()
                return
            for station in {message.station for message in new}:
                queue = self._queue(station)
                # What is behind the window is on the disk now, and read from there when its turn comes.
                queue.fresh = deque(
                    one for one in queue.fresh if one.seq in self._unwritten
                )

    def _take(self, message: Message) -> bool:
        """Take the first message out of its station's turn, if it is that."""
        queue = self._queue(message.station)
        if not queue.window or queue.window[0].seq != message.seq:
            return False
        queue.window.popleft()
        queue.last_seq = message.seq
        return True

    def _gone(self, message: Message) -> None:
        """See to it that a message is not on the disk: what was delivered sooner is never written."""
        if self._unwritten.pop(message.seq, None) is None:
            self._writing.pop(message.seq, None)
            self._delivered.append(message.seq)
            self._flush_soon()

    def _shrink(self) -> None:
        """Let go of what says least, where nothing can be written and memory fills."""
        unwritten = sum(len(queue.fresh) for queue in self._queues.values())
        for queue in self._queues.values():
            if unwritten <= MOST_UNWRITTEN:
                return
            kept = deque(
                one for one in queue.fresh if not is_expendable(one.action, one.payload)
            )
            unwritten -= len(queue.fresh) - len(kept)
            queue.behind -= len(queue.fresh) - len(kept)
            for one in queue.fresh:
                if is_expendable(one.action, one.payload):
                    self._unwritten.pop(one.seq, None)
            queue.fresh = kept

    async def _refill(self, station: str, queue: Queue) -> None:
        """Bring the next of those that wait on the disk; what cannot be written is taken from memory."""
        await self.flush()
        after = queue.last_seq
        found: list[Message] = []
        if not await self._guarded(
            lambda: found.extend(self._file.read(station, after, WINDOW))
        ):
            queue.unread += 1
            if queue.behind > len(queue.fresh) and queue.unread <= MOST_UNREAD:
                # Some are on the disk, and come before those that are not.
                await asyncio.sleep(AGAIN_S)
                return
            found.clear()
        queue.unread = 0
        if not found:
            found = list(queue.fresh)
            queue.fresh.clear()
            # What was counted and is not there has been lost with the disk.
            queue.behind = len(found)
        queue.window.extend(found)
        queue.behind -= len(found)

    def _queue(self, station: str) -> Queue:
        return self._queues.setdefault(station, Queue())

    def _flush_soon(self) -> None:
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(
                self._flush_later(), name="evenload uplink"
            )

    async def _flush_later(self) -> None:
        while self._unwritten or self._delivered or self._named:
            await asyncio.sleep(FLUSH_S)
            upto, self._seen = self._seen, self._seq
            await self.flush(upto)
            if self._is_failing:
                # What comes next tries again.
                return

    async def _guarded(self, do: Callable[[], None]) -> bool:
        """Do something with the file; returns whether that went well."""
        try:
            await self._on_writer(do)
        except OSError as error:
            if not self._is_failing:
                _LOGGER.error("The file of what is to be told above fails: %s", error)
            return False
        return True

    def _fails(self, fails: bool) -> None:
        """Tell the owner when writing begins to fail, and when it goes well again."""
        if fails is not self._is_failing:
            self._is_failing = fails
            self._on_trouble(fails)

    async def _on_writer[T](self, do: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, _translated, do)


def _aside_of(message: Message) -> str:
    """Return the transaction of a message, or a name for it alone."""
    return transaction_of(message.payload) or f"#{message.seq}"


def _translated[T](do: Callable[[], T]) -> T:
    """Do something; what SQLite says of the disk is said as the system does."""
    try:
        return do()
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
