"""What is kept of a transaction that was stopped in order to pause."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """Whose it was, when it was stopped, and the starts that were asked for since."""

    token: str
    at: datetime
    starts: int = 0
    asked_at: datetime | None = None
