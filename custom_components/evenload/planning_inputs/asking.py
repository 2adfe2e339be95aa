"""Asks other integrations, which may answer late, or with any error: both are answered with a clear trouble."""

import asyncio
from collections.abc import Awaitable

from .trouble import InputState, InputTroubleError

# Who answers later than this has not answered.
PATIENCE_S = 60


async def async_ask[T](answer: Awaitable[T], source: str) -> T:
    """Return an answer. Raises `InputTroubleError` where there is none."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            # Others' code raises what it likes: here that is a value, not a reason to fall.
            (found,) = await asyncio.gather(answer, return_exceptions=True)
    except TimeoutError as err:
        raise _failed(source, err) from err
    if isinstance(found, BaseException):
        raise _failed(source, found) from found
    return found


def _failed(source: str, err: BaseException) -> InputTroubleError:
    return InputTroubleError(
        InputState.FAILED, source=source, detail=str(err) or type(err).__name__
    )
