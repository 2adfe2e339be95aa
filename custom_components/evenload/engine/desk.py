"""The house as connections see it: answers them from the fleet and writes down what must not be lost."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from .bookkeeper import Bookkeeper
from .control.direct import DirectCurrents
from .csms.host import Link
from .doubles import Doubles
from .fleet import Fleet
from .memory import Memory
from .model.capabilities import Capabilities
from .model.clocks import Clock
from .model.configuration import Overrides
from .model.drivers import Judgement
from .model.events import (
    Connected,
    Disconnected,
    Event,
    Learnt,
    MetersSampled,
    TransactionEnded,
    TransactionStarted,
)
from .model.identity import EvseKey
from .model.orders import WHOLE_STATION
from .model.readings import believed
from .model.sessions import SignedValue
from .model.stations import Evse, StationInfo
from .model.transactions import Session, TransactionStart
from .model.v2x import V2gConfig
from .observers import Observers
from .reception import Reception
from .uplinks import Uplinks
from .upstairs import Upstairs
from .vault import Part

# How `websockets` says that the other side answered when we closed a connection.
_ANSWERED = "then received"


class Desk:
    """Implements `csms.host.Host`."""

    def __init__(
        self,
        fleet: Fleet,
        reception: Reception,
        memory: Memory,
        events: Observers[Event],
        now: Callable[[], datetime],
        on_double: Callable[[str, str], None],
        bookkeeper: Bookkeeper | None,
        uplinks: Uplinks,
    ) -> None:
        """Join the parts of the house that connections touch; `on_double` hears the address of a second box of one name."""
        self.doubles = Doubles()
        self._direct = DirectCurrents()
        self._on_double = on_double
        self._fleet = fleet
        self._reception = reception
        self._memory = memory
        self._bookkeeper = bookkeeper
        self._uplinks = uplinks
        self._events = events
        self._now = now

    def is_adopted(self, identity: str) -> bool:
        """Whether the owner has taken this station in."""
        return identity in self._fleet.stations

    def capabilities(self, identity: str) -> Capabilities:
        """Return what is known of the station so far."""
        station = self._fleet.stations.get(identity)
        return Capabilities() if station is None else station.capabilities

    def overrides(self, identity: str) -> Overrides:
        """Return what the owner knows better of the station."""
        config = self._fleet.config.stations.get(identity)
        return Overrides() if config is None else config.overrides

    def v2g(self, identity: str) -> Mapping[int, V2gConfig]:
        """Return what the station's EVSEs may feed back; nothing where one is not named."""
        config = self._fleet.config.stations.get(identity)
        return {} if config is None else config.v2g

    def clock(self, identity: str) -> Clock:
        """Return what is known of the station's clock."""
        station = self._fleet.stations.get(identity)
        return Clock() if station is None else station.clock

    def info(self, identity: str) -> StationInfo:
        """Return what the station said of itself when it last booted."""
        station = self._fleet.stations.get(identity)
        return StationInfo() if station is None else station.info

    def evse(self, identity: str, number: int) -> Evse | None:
        """Return one EVSE as it is known to be, or None where there is none."""
        station = self._fleet.stations.get(identity)
        return None if station is None else station.evses.get(number)

    def evse_of(self, identity: str, transaction_id: str) -> int | None:
        """Return the EVSE of a transaction, or None where that is not known."""
        key = self._fleet.books.ledger.key_of(identity, transaction_id)
        return None if key is None or key.evse == WHOLE_STATION else key.evse

    def opened(self, link: Link) -> None:
        """Take a connection; the station's older one goes."""
        first = self._reception.links.get(link.identity)
        if first is not None and self.is_adopted(link.identity):
            self.doubles.dialled(link, first, self._now())
        if self.doubles.is_shut_out(link, first, self._now()):
            self._on_double(link.identity, link.address)
            link.hang_up(1008, "Another station has this identity")
            return
        if first is not None:
            self.doubles.replaced(first, self._now())
        self._reception.welcome(link)
        link.relay_to(Upstairs(link.identity, self._uplinks))
        self._fleet.enforcer.detach(link.identity)
        self.hear(
            Connected(
                identity=link.identity,
                at=self._now(),
                version=link.version,
                address=link.address,
                protection=link.entrance.protection,
            )
        )

    def closed(self, link: Link, reason: str) -> None:
        """Note that a connection is gone, unless a newer one has taken its place."""
        if self._reception.farewell(link):
            self._fleet.enforcer.detach(link.identity)
            self.hear(
                Disconnected(identity=link.identity, at=self._now(), reason=reason)
            )
            self._memory.save_soon()
        elif _ANSWERED in reason:
            # It had to go and was alive.
            newer = self._reception.links.get(link.identity)
            self.doubles.parted(link, newer, self._now())

    def ready(self, link: Link) -> None:
        """Begin to write limits to a station that listens."""
        if self._reception.holds(link):
            self._fleet.enforcer.attach(link)

    def introduced(self, link: Link, info: StationInfo | None) -> None:
        """Announce a pending station."""
        self._reception.introduce(link, info)

    def is_double(self, link: Link, info: StationInfo) -> bool:
        """Whether an adopted station that boots is another box than the one whose connection it has taken."""
        known = self.info(link.identity)
        if not self.doubles.is_another(link, known, info, self._now()):
            return False
        self._on_double(link.identity, link.address)
        return True

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        self.doubles.forget(identity)
        self._direct.forget(identity)

    def may_ask(self, identity: str) -> bool:
        """Whether a pending station may be asked what it is: some connect anew whenever they are."""
        return self._reception.may_ask(identity)

    def hear(self, event: Event) -> None:
        """Take in what an adopted station said, at a time that can be, and of the EVSE that it means."""
        evse = getattr(event, "evse", None)
        transaction_id = getattr(event, "transaction_id", None)
        at = self._when(event.identity, event.at, evse, transaction_id)
        self._take_in(event if at == event.at else replace(event, at=at))

    def _when(
        self, identity: str, at: datetime, evse: int | None, transaction_id: str | None
    ) -> datetime:
        """Return when something happened that is told now; what is told of a session as if before it, by a clock that was set back."""
        station, since = self._fleet.stations.get(identity), None
        if station is not None and station.set_back_s:
            since = self._fleet.books.ledger.since(
                EvseKey(identity, evse or WHOLE_STATION), transaction_id
            )
        if station is None or since is None or at >= since:
            return believed(at, self._now())
        return believed(at, self._now(), timedelta(seconds=station.set_back_s))

    def _take_in(self, event: Event) -> None:
        if not self.is_adopted(event.identity):
            return
        if isinstance(event, MetersSampled) and event.evse == WHOLE_STATION:
            # After the first message of a transaction, 2.x leaves out its EVSE (E01.FR.16).
            known = event.transaction_id and self.evse_of(
                event.identity, event.transaction_id
            )
            event = replace(event, evse=known or WHOLE_STATION)
        if isinstance(event, MetersSampled):
            self._learn(event)
        self._fleet.hear(event)
        if self._bookkeeper is not None:
            station = self._fleet.stations[event.identity]
            self._fleet.books.notes.look(station.evses.values(), event.at)
            self._bookkeeper.look()
        self._events.tell(None, event)
        self._memory.save_soon()

    def _learn(self, event: MetersSampled) -> None:
        """Let a reading teach what an EVSE gives, where nobody has said that."""
        station = self._fleet.stations[event.identity]
        learnt = self._direct.learnt(self._fleet.config, station, event)
        if learnt is not None:
            news = Learnt(identity=event.identity, at=event.at, capabilities=learnt)
            self._fleet.hear(news)

    def judge(self, identity: str, token: str | None) -> Judgement:
        """Return whether the holder of a token may charge at a station."""
        return self._fleet.doorkeeper.judge(identity, token)

    def judge_transaction(
        self, identity: str, transaction_id: str, token: str | None
    ) -> Judgement:
        """Return whether a transaction may go on with this token."""
        return self._fleet.doorkeeper.judge_transaction(identity, transaction_id, token)

    async def begin_transaction(
        self,
        start: TransactionStart,
        *,
        reservation_id: int | None,
        signed: tuple[SignedValue, ...] = (),
    ) -> str:
        """Record a transaction, durably, and return its id: the same id when it is told twice."""
        books = self._fleet.books
        transaction, session = books.ledger.begin(
            start,
            self._now(),
            self._when(start.key.identity, start.at, start.key.evse, None),
        )
        books.notes.sign(start.key.identity, transaction.id, signed)
        if start.token is not None:
            self._fleet.doorkeeper.claim(start.key.identity, transaction.id)
        if session is None:
            return transaction.id
        self._note(session)
        # The station acts on the id as soon as it has it: by then the disk must know it too.
        await self._memory.save(Part.STATE)
        if start.key.evse == WHOLE_STATION:
            # It is told when it is known where.
            return transaction.id
        self._take_in(
            TransactionStarted(
                identity=start.key.identity,
                at=transaction.started_at,
                evse=start.key.evse,
                transaction_id=transaction.id,
                token=start.token,
                meter_start_wh=start.meter_start_wh,
                reservation_id=reservation_id,
            )
        )
        return transaction.id

    async def end_transaction(self, end: TransactionEnded) -> None:
        """Record the end of a transaction, durably."""
        ledger = self._fleet.books.ledger
        meant = ledger.naming(replace(end, at=believed(end.at, self._now())))
        of = meant.identity, meant.at, meant.evse, meant.transaction_id
        end = replace(meant, at=self._when(*of))
        session = ledger.end(end)
        if session is None:
            return
        self._note(session)
        self._note_end(end)
        if end.signed and end.transaction_id is not None:
            notes = self._fleet.books.notes
            notes.sign(end.identity, end.transaction_id, end.signed)
        await self._memory.save(Part.STATE)
        self._take_in(end)

    def _note_end(self, end: TransactionEnded) -> None:
        """Have what was measured until the end of a transaction put on record with it."""
        station = self._fleet.stations.get(end.identity)
        moments = tuple(
            (self._when(end.identity, at, end.evse, end.transaction_id), samples)
            for at, samples in end.moments
        )
        if station is not None and moments:
            at_end = replace(end, moments=moments)
            self._fleet.books.note_end(self._fleet.config, station, at_end)

    def _note(self, session: Session) -> None:
        """Show a session that changed, and have it put on record with the state."""
        self._fleet.note_session(session)
        if self._bookkeeper is not None:
            self._bookkeeper.note(session)
