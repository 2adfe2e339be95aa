"""What a connection needs of the house. The site implements it; the connection knows nothing else of the house."""

from collections.abc import Mapping
from typing import Any, Protocol

from ..model.capabilities import Capabilities
from ..model.clocks import Clock
from ..model.configuration import Overrides
from ..model.drivers import Judgement
from ..model.events import Event, TransactionEnded
from ..model.security import Entrance, Protection
from ..model.sessions import SignedValue
from ..model.stations import Evse, OcppVersion, StationInfo
from ..model.transactions import TransactionStart
from ..model.v2x import V2gConfig
from .commands import Commands


class Above(Protocol):
    """Who is told what a station says, once it is answered, and may have a say in some answers."""

    def asks(self, action: str) -> bool:
        """Whether the answer to an action waits for them."""

    async def ask(
        self, action: str, payload: dict[str, Any], answer: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the answer to a call, as they want it or, where they say nothing in time, as it was."""

    def keeps(self, action: str, payload: dict[str, Any]) -> bool:
        """Whether the station is answered only when what it said is kept for them: it does not say it again then."""

    async def kept(self) -> None:
        """Return when all that was told is kept, or soon where it cannot be."""

    def told(
        self,
        version: OcppVersion,
        action: str,
        payload: dict[str, Any],
        answer: dict[str, Any],
    ) -> None:
        """Take what the station has said and was answered."""


class Link(Protocol):
    """An open connection to one station."""

    @property
    def identity(self) -> str:
        """The station at the other end."""

    @property
    def version(self) -> OcppVersion:
        """The version of OCPP that both agreed on."""

    @property
    def commands(self) -> Commands:
        """What can be asked of the station."""

    @property
    def address(self) -> str:
        """Where the station dialled from."""

    @property
    def entrance(self) -> Entrance:
        """How the station came in."""

    def relay_to(self, above: Above) -> None:
        """Have somebody told all that the station says from now on."""

    def proved(self, protection: Protection) -> None:
        """Take it that what the station showed of its own accord is its own: its owner says so."""

    def frames(self) -> list[dict[str, str]]:
        """Return the last frames, secrets removed."""

    def admitted(self) -> None:
        """Lift what holds a pending station back: the owner has adopted it."""

    def permitted(self) -> None:
        """Tell that the owner may have changed what the station's vehicles may feed back."""

    def hang_up(self, code: int, reason: str) -> None:
        """Close the connection, without waiting for it."""


class Host(Protocol):
    """The house, as seen from a connection."""

    def is_adopted(self, identity: str) -> bool:
        """Whether the owner has taken this station in."""

    def capabilities(self, identity: str) -> Capabilities:
        """Return what is known of the station so far."""

    def overrides(self, identity: str) -> Overrides:
        """Return what the owner knows better of the station."""

    def v2g(self, identity: str) -> Mapping[int, V2gConfig]:
        """Return what the station's EVSEs may feed back; nothing where one is not named."""

    def clock(self, identity: str) -> Clock:
        """Return what is known of the station's clock."""

    def info(self, identity: str) -> StationInfo:
        """Return what the station said of itself when it last booted."""

    def evse(self, identity: str, number: int) -> Evse | None:
        """Return one EVSE as it is known to be, or None where there is none."""

    def evse_of(self, identity: str, transaction_id: str) -> int | None:
        """Return the EVSE of a transaction, or None where that is not known."""

    def opened(self, link: Link) -> None:
        """Tell that a connection is open; an older one of the same station is still there."""

    def closed(self, link: Link, reason: str) -> None:
        """Tell that a connection is gone."""

    def ready(self, link: Link) -> None:
        """Tell that an adopted station listens: it has booted, or spoken, or been silent for long enough."""

    def introduced(self, link: Link, info: StationInfo | None) -> None:
        """Tell what a pending station is; None when it does not say."""

    def is_double(self, link: Link, info: StationInfo) -> bool:
        """Whether an adopted station that boots is another box than the one whose connection it has taken."""

    def may_ask(self, identity: str) -> bool:
        """Whether a pending station may be asked what it is: some connect anew whenever they are."""

    def hear(self, event: Event) -> None:
        """Tell what an adopted station said."""

    def judge(self, identity: str, token: str | None) -> Judgement:
        """Return whether the holder of a token may charge at this station; None: a button was pressed, nobody asks who."""

    def judge_transaction(
        self, identity: str, transaction_id: str, token: str | None
    ) -> Judgement:
        """Return whether a transaction may go on with this token; one that may not is ended."""

    async def begin_transaction(
        self,
        start: TransactionStart,
        *,
        reservation_id: int | None,
        signed: tuple[SignedValue, ...] = (),
    ) -> str:
        """Record a transaction, durably, and return its id: the same id when it is told twice.

        With an id of the station's own (2.x) that is the one; else one is given that 1.6 can carry in its 32 bits.
        `signed` are the meter values of its beginning.
        """

    async def end_transaction(self, end: TransactionEnded) -> None:
        """Record the end of a transaction, durably."""
