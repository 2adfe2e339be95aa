"""The last frames of a connection, for diagnostics: kept small, because most of them are meter values."""

from collections import deque
from datetime import UTC, datetime
import zlib

from .redaction import redacted

FRAMES_KEPT = 200
_TEXT_KEPT = 4000

# Shorter texts hardly become shorter. Meter values shrink to a third, in 13 µs.
_WORTH_SHRINKING = 200


class Recollection:
    """Remembers so many frames, and forgets the oldest."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: deque[tuple[datetime, str, bytes, bool]] = deque(maxlen=FRAMES_KEPT)

    def keep(self, direction: str, text: str) -> None:
        """Remember a frame that came in or went out."""
        plain = text[:_TEXT_KEPT].encode(errors="replace")
        shrinks = len(plain) > _WORTH_SHRINKING
        self._kept.append(
            (
                datetime.now(UTC),
                direction,
                zlib.compress(plain, 1) if shrinks else plain,
                shrinks,
            )
        )

    def frames(self) -> list[dict[str, str]]:
        """Return the last frames, secrets removed."""
        return [
            {
                "at": at.isoformat(),
                "direction": direction,
                "frame": redacted(_text(kept, shrunk=shrunk)),
            }
            for at, direction, kept, shrunk in self._kept
        ]


def _text(kept: bytes, *, shrunk: bool) -> str:
    return (zlib.decompress(kept) if shrunk else kept).decode()
