"""What a fleet keeps for another life, and takes up of an earlier one."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .books import EXPORTED, IMPORTED, Books
from .control.commitments import Commitments
from .memory import State
from .model.identity import EvseKey
from .model.stations import Station
from .records import Records, StationRecord, restored

if TYPE_CHECKING:
    from .fleet import Fleet


def state_of(fleet: Fleet, records: Records) -> State:
    """Return what must survive a restart."""
    return State(
        fleet.books.ledger.pages(),
        records.of(fleet.stations.values()),
        dict(fleet.live),
        fleet.sharing.circuits.cap,
        fleet.v2x.kept(),
        tuple(sorted(fleet.doorkeeper.lists.sent)),
        fleet.plans.control.kept(),
        signed=fleet.books.notes.signed,
    )


def revive(fleet: Fleet, state: State) -> None:
    """Take up what an earlier life knew, of the stations that are still set up."""
    _revive(fleet.stations, state.stations, fleet.enforcer.commitments, fleet.books)
    fleet.live = dict(state.live)
    fleet.sharing.circuits.cap = state.cap
    fleet.sharing.begin_anew()
    fleet.v2x.restore(state.v2x)
    fleet.plans.control.restore(state.plans)
    fleet.doorkeeper.lists.sent.update(state.listed)
    fleet.books.notes.take_up(state.signed)


def _revive(
    stations: dict[str, Station],
    records: Iterable[StationRecord],
    commitments: Commitments,
    books: Books,
) -> None:
    """Take up what was known of the stations that are still set up: their limits, registers, and who disobeyed."""
    for record in records:
        if record.identity not in stations:
            continue
        stations[record.identity] = restored(stations[record.identity], record)
        commitments.holdings.update(record.holdings())
        for kept in record.evses:
            key = EvseKey(record.identity, kept.number)
            books.take_up(key, IMPORTED, kept.register)
            books.take_up(key, EXPORTED, kept.export)
            if kept.disobeys:
                evse = stations[record.identity].evses[kept.number]
                commitments.disobedience.take_up(evse)
    ledger = books.ledger
    every = (*ledger.ended, *ledger.open.values())
    # Of each EVSE the last one is shown.
    for session in {session.key: session for session in every}.values():
        station = stations.get(session.key.identity)
        if station is not None:
            stations[station.identity] = books.showing(station, session)
