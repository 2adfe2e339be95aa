"""Who may dial in: adopted stations always, unknown ones in a bounded number, rate and size."""

from collections import Counter

# Enough for a small business that unpacks all its stations at once.
PENDING_HELD = 10

# A new unknown identity a second is more than any installation needs; a scanner tries hundreds.
NEW_UNKNOWN = 20
NEW_UNKNOWN_PER_S = 60.0

# The old connection of a station that reconnects may live on for a moment.
CONNECTIONS_EACH = 3

# A pending station says what it is and then waits; these many frames are plenty, then one each two seconds.
PENDING_BURST = 40
PENDING_FRAMES_PER_S = 0.5

# The longest adopted stations send are meter reports and configuration lists of some tens of kilobytes.
ADOPTED_FRAME_BYTES = 512 * 1024
PENDING_FRAME_BYTES = 16 * 1024


class Waiting:
    """The pending stations that are held, and whether one more may join them."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._held: Counter[str] = Counter()
        # When each was last let in, the longest ago first.
        self._arrivals: dict[str, float] = {}

    def has_room(self, identity: str, now: float) -> bool:
        """Whether this station may join, or is held already (it reconnects)."""
        if self._held[identity] > 0:
            return self._held[identity] < CONNECTIONS_EACH
        self._forget_before(now - NEW_UNKNOWN_PER_S)
        # One that comes and goes is still one: it must not use up the room of the others.
        newcomers = len(self._arrivals.keys() - {identity})
        return len(+self._held) < PENDING_HELD and newcomers < NEW_UNKNOWN

    def admit(self, identity: str, now: float) -> bool:
        """Hold a connection of an unknown station; False when there is no room."""
        if not self.has_room(identity, now):
            return False
        if self._held[identity] == 0:
            self._arrivals.pop(identity, None)
            self._arrivals[identity] = now
        self._held[identity] += 1
        return True

    def release(self, identity: str) -> None:
        """Let a connection go."""
        self._held[identity] -= 1
        self._held += Counter()

    def _forget_before(self, moment: float) -> None:
        for identity, at in list(self._arrivals.items()):
            if at >= moment:
                return
            del self._arrivals[identity]


class Allowance:
    """How many frames a pending station may still send: a bucket that refills slowly."""

    def __init__(self, now: float) -> None:
        """Begin with a full bucket."""
        self._left = float(PENDING_BURST)
        self._at = now

    def take(self, now: float) -> bool:
        """Use one frame up; False when there is none left."""
        self._left = min(
            float(PENDING_BURST), self._left + (now - self._at) * PENDING_FRAMES_PER_S
        )
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
