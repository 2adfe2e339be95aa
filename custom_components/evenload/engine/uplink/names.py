"""What both sides call one thing: transactions, and the numbers of requests that the CSMS above has given."""

from typing import Protocol

# Kinds of names.
TRANSACTION = "transaction"
# A transaction whose beginning was told, of a station of 1.6 or to those above that speak it: who hears no answer says it again.
BEGUN = "begun"
# Of a transaction of ours (as the station calls it), the number of the next event to tell (2.x).
SEQUENCE = "sequence"
# Of a station's token that those above asked to start with: their number of that, and how long it counts.
REMOTE_START = "remote_start"
# Of a transaction that they started, the token as they wrote it (2.x).
TOKEN = "token"
# Their number of what a station of 1.6 does without one: "firmware", "log".
UPKEEP = "upkeep"
# Of a transaction whose start was not told for want of a token: when and with what it began.
BEGINNING = "beginning"
# Of an EVSE, the transaction that runs there.
RUNNING = "running"
# What the register of a transaction showed last, in Wh.
REGISTER = "register"
# What a connector was last said to be.
STATUS = "status"
# Their charging profiles, as they wrote them.
PROFILE = "profile"
# Of an EVSE of several stations that are one above, its number there: the same for good.
MEMBER = "member"
# Of a transaction of such a member, as it is known above: the station, and what that calls it.
ORIGIN = "origin"
# Their numbers of requests whose answers come as messages of the station's own, by ours.
REQUEST = "request"

# Numbers that the house gives to stations in place of theirs: far from those that it gives to its own requests.
FIRST_NUMBER = 1_500_000_000


class Names(Protocol):
    """The names of one station."""

    def theirs(self, kind: str, ours: str) -> str | None:
        """Return their name of something, or None."""

    def ours(self, kind: str, theirs: str) -> str | None:
        """Return our name of something, or None."""

    def keep(self, kind: str, ours: str, theirs: str) -> None:
        """Keep a name, over a restart too."""

    def drop(self, kind: str, ours: str) -> None:
        """Forget a name that nobody needs any more."""


type Saying = tuple[str, dict[str, object]]
