"""What a fleet takes up of an earlier life."""

from collections.abc import Iterable

from .books import EXPORTED, IMPORTED, Books
from .control.commitments import Commitments
from .model.identity import EvseKey
from .model.stations import Station
from .records import StationRecord, restored


def revive(
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
