"""What a handler of the central system's calls gives back."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from simulator.ocppj.frames import Payload


@dataclass(frozen=True, slots=True)
class Answer:
    """A payload, and what the station does once it has been sent."""

    payload: Payload
    then: Callable[[], Coroutine[Any, Any, None]] | None = None


def status(
    value: str, then: Callable[[], Coroutine[Any, Any, None]] | None = None
) -> Answer:
    """The commonest answer: a status."""
    return Answer({"status": value}, then)
