"""What may take long, and what does not wait for it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine


async def beside(
    work: Coroutine[object, object, None],
    wake: asyncio.Event,
    urgent: Callable[[], Awaitable[bool]],
) -> None:
    """Run work that a silent station may hold up; whenever somebody wakes, do what is urgent until nothing is.

    Raises what the work raises; who is cancelled cancels it.
    """
    task = asyncio.create_task(work, name="evenload errand")
    task.add_done_callback(lambda _: wake.set())
    try:
        while not task.done():
            await wake.wait()
            wake.clear()
            while not task.done() and await urgent():
                pass
    finally:
        task.cancel()
    await task
