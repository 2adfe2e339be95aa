"""Waits for what comes about by itself, and says what there was instead where it does not."""

import asyncio
from collections.abc import Callable


async def until(
    seconds: float,
    what: str,
    condition: Callable[[], object],
    instead: Callable[[], object],
) -> None:
    """Wait until something is so. Raises `AssertionError`."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"never {what}: {instead()}") from None
