"""An event loop whose time is made: sleeping costs nothing, and an hour passes in milliseconds."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
import selectors
from typing import Any, override

BEGINNING = datetime(2026, 11, 2, 12, tzinfo=UTC)


class _Selector(selectors.DefaultSelector):
    """Instead of waiting, lets the loop's clock run."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed_s = 0.0

    @override
    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("Everybody waits for something that will never happen")
        self.elapsed_s += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time."""

    def __init__(self) -> None:
        """Begin at 0 s."""
        self._virtual = _Selector()
        super().__init__(self._virtual)

    @override
    def time(self) -> float:
        return self._virtual.elapsed_s

    @override
    def run_in_executor[**Args, T](
        self,
        executor: object,
        func: Callable[Args, T],
        *args: Args.args,
        **kwargs: Args.kwargs,
    ) -> asyncio.Future[T]:
        """Do it and wait for it: what a thread takes is time that is not there."""
        done: asyncio.Future[T] = self.create_future()
        with ThreadPoolExecutor(1) as threads:
            work = threads.submit(func, *args, **kwargs)
            if (error := work.exception()) is not None:
                done.set_exception(error)
            else:
                done.set_result(work.result())
        return done

    def now(self) -> datetime:
        """Return the time of day that belongs to the loop's time."""
        return BEGINNING + timedelta(seconds=self.time())


def run_virtually[T](story: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story)


def virtual_now() -> datetime:
    """Return the running loop's time of day."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop.now()
