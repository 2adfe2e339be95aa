"""What of one station waits to be told: in memory from the front on, and on the disk behind that."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from .aside import Aside
from .file import Message


@dataclass(slots=True)
class Queue:
    """One station's: what is in memory from the front on, and how many more wait behind that."""

    window: deque[Message] = field(default_factory=deque)
    # Not on the disk yet, and behind what is there.
    fresh: deque[Message] = field(default_factory=deque)
    behind: int = 0
    last_seq: int = 0
    # What is told beside the others, by transaction.
    asides: dict[str, Aside] = field(default_factory=dict)
    # So often in a row the disk could not be read.
    unread: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
