"""The last frames of a connection, for diagnostics: kept small, because most of them are meter values."""

from collections import deque
from datetime import UTC, datetime
import struct
from time import time
import zlib

from .redaction import redacted

FRAMES_KEPT = 200
_TEXT_KEPT = 4000

# Shorter texts hardly become shorter.
_WORTH_SHRINKING = 100

# Words as they follow each other in the frames that come most. With them meter values shrink to a seventh, in 10 µs;
# the window and the effort are as small as these texts.
_WORDS = b"".join(
    (
        b'"idTokenInfo":{"status":"Accepted"}}]"currentTime":"2026-01-01T00:00:00Z"}]',
        b'"errorCode":"NoError","status":"Available","connectorStatus":"Occupied"',
        b'"format":"Raw","unit":"Celsius""unit":"Percent""measurand":"Temperature"',
        b'"measurand":"SoC""measurand":"Frequency""context":"Sample.Clock"',
        b'"unitOfMeasure":{"unit":"kWh","multiplier":0}},{"value":',
        b'"measurand":"Power.Offered","unit":"W"},"measurand":"Current.Offered",',
        b'"measurand":"Energy.Active.Export.Register",',
        b'"phase":"L1-N","unit":"V"},"phase":"L2-N","unit":"V"},',
        b'"phase":"L3-N","unit":"V"},"measurand":"Voltage",',
        b'"phase":"L1","unit":"A"},"phase":"L2","unit":"A"},',
        b'"phase":"L3","unit":"A"},"measurand":"Current.Import",',
        b'"measurand":"Power.Active.Import","unit":"W"},{"value":"0.0",',
        b'"context":"Sample.Periodic","measurand":"Energy.Active.Import.Register",',
        b'"location":"Outlet","unit":"Wh"},',
        b'[2,"TransactionEvent",{"eventType":"Updated",',
        b'"timestamp":"2026-01-01T00:00:00.000Z","triggerReason":"MeterValuePeriodic",',
        b'"seqNo":1,"transactionInfo":{"transactionId":"","chargingState":"Charging"},',
        b'"MeterValues",{"connectorId":1,"transactionId":1,',
        b'"meterValue":[{"timestamp":"2026-01-01T00:00:00.000Z",',
        b'"sampledValue":[{"value":"',
    )
)
_WINDOW = -12
_EFFORT = 5

# When (seconds since 1970), whether it came in, whether it was shrunk. One value for each frame, not four: a site may
# remember tens of thousands.
_HEAD = struct.Struct("<d??")


class Recollection:
    """Remembers so many frames, and forgets the oldest.

    The last one is only shrunk when the next one comes: a limit must not wait for that.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: deque[bytes] = deque(maxlen=FRAMES_KEPT - 1)
        self._last: tuple[float, str, str] | None = None

    def keep(self, direction: str, text: str) -> None:
        """Remember a frame that came in or went out."""
        if self._last is not None:
            self._kept.append(_kept(*self._last))
        self._last = time(), direction, text[:_TEXT_KEPT]

    def frames(self) -> list[dict[str, str]]:
        """Return the last frames, secrets removed."""
        last = [] if self._last is None else [_kept(*self._last)]
        return [_told(kept) for kept in (*self._kept, *last)]


def _kept(at: float, direction: str, text: str) -> bytes:
    plain = text.encode(errors="replace")
    shrinks = len(plain) > _WORTH_SHRINKING
    head = _HEAD.pack(at, direction == "in", shrinks)
    return head + (_shrunk(plain) if shrinks else plain)


def _told(kept: bytes) -> dict[str, str]:
    at, is_in, is_shrunk = _HEAD.unpack_from(kept)
    text = kept[_HEAD.size :]
    plain = zlib.decompressobj(_WINDOW, _WORDS).decompress(text) if is_shrunk else text
    return {
        "at": datetime.fromtimestamp(at, UTC).isoformat(),
        "direction": "in" if is_in else "out",
        "frame": redacted(plain.decode()),
    }


def _shrunk(plain: bytes) -> bytes:
    shrinking = zlib.compressobj(
        1, zlib.DEFLATED, _WINDOW, _EFFORT, zlib.Z_DEFAULT_STRATEGY, _WORDS
    )
    return shrinking.compress(plain) + shrinking.flush()
