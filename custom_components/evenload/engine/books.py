"""Sessions and energy registers as they follow what stations say."""

from dataclasses import replace
from datetime import datetime

from .control.metering import register_wh
from .control.transitions import with_evse, with_evses
from .model.events import (
    Event,
    MetersSampled,
    StatusReported,
    TransactionEnded,
    TransactionStarted,
    TransactionUpdated,
)
from .model.identity import EvseKey
from .model.orders import WHOLE_STATION
from .model.stations import Station
from .model.transactions import Session
from .sessions.history import History, begun
from .sessions.ledger import Ledger

IMPORTED = "Energy.Active.Import.Register"
EXPORTED = "Energy.Active.Export.Register"

_SHOWN = {IMPORTED: "energy_import_wh", EXPORTED: "energy_export_wh"}


class Books:
    """The ledger of sessions and the registers of every EVSE; both outlive what a station shows for a moment."""

    def __init__(self, ledger: Ledger) -> None:
        """Begin with a ledger and no register."""
        self.ledger = ledger
        self._registers: dict[tuple[EvseKey, str], History] = {}

    def after(self, station: Station, event: Event) -> Station:
        """Return the station with its sessions and registers as they are after an event."""
        match event:
            case StatusReported() if event.evse != WHOLE_STATION:
                key = EvseKey(event.identity, event.evse)
                session = self.ledger.status(key, event.status, event.at)
                return self.showing(station, session)
            case MetersSampled():
                return self._metered(station, event)
            case TransactionUpdated():
                station = self.showing(station, self.ledger.update(event))
                return self._read_ends(station, event.transaction_id)
            case TransactionStarted():
                return self._read_ends(station, event.transaction_id)
            case TransactionEnded() if event.transaction_id is not None:
                return self._read_ends(station, event.transaction_id)
        return station

    def showing(self, station: Station, session: Session | None) -> Station:
        """Return the station with the EVSE of a session that changed as the ledger has it now."""
        if session is None or session.key.evse == WHOLE_STATION:
            return station
        key = session.key
        station = with_evses(station, key.evse)
        evse = replace(
            station.evses[key.evse],
            session=self.ledger.shown(key),
            transaction=self.ledger.transaction_of(key),
        )
        return with_evse(station, evse)

    def forget(self, identity: str, now: datetime) -> None:
        """End the sessions of a station that is no longer part of the site, and its registers."""
        self.ledger.leave(identity, now)
        for which in [
            which for which in self._registers if which[0].identity == identity
        ]:
            del self._registers[which]

    def register(self, key: EvseKey, measurand: str) -> History | None:
        """Return a register of an EVSE; the same object for as long as it does not change."""
        return self._registers.get((key, measurand))

    def take_up(self, key: EvseKey, measurand: str, history: History | None) -> None:
        """Go on with a register as it was kept."""
        if history is not None:
            self._registers[key, measurand] = history

    def _metered(self, station: Station, event: MetersSampled) -> Station:
        key = EvseKey(event.identity, event.evse)
        exported_wh = register_wh(event.samples, EXPORTED)
        if exported_wh is not None and event.evse != WHOLE_STATION:
            station = self._read(station, key, EXPORTED, exported_wh, event.at)
        elif exported_wh is not None and event.transaction_id is not None:
            self.ledger.export(key, event.transaction_id, exported_wh, event.at)
        raw_wh = register_wh(event.samples, IMPORTED)
        if raw_wh is None:
            return station
        if event.evse == WHOLE_STATION and event.transaction_id is None:
            return station
        station = self._read(station, key, IMPORTED, raw_wh, event.at)
        session = self.ledger.meter(key, event.transaction_id, raw_wh, event.at)
        return self.showing(station, session)

    def _read_ends(self, station: Station, transaction_id: str) -> Station:
        """Read the register as a transaction tells it: some begin anew with the next, and show it nowhere else.

        Told again, a reading changes nothing, so all are read whatever of the transaction was told now.
        """
        one = self.ledger.transaction(station.identity, transaction_id)
        if one is None:
            return station
        for at, raw_wh in (
            (one.started_at, one.meter_start_wh),
            *one.unplaced,
            (one.ended_at, one.meter_stop_wh),
        ):
            if raw_wh is not None and at is not None:
                station = self._read(station, one.key, IMPORTED, raw_wh, at)
        for at, exported_wh in one.unplaced_export:
            station = self._read(station, one.key, EXPORTED, exported_wh, at)
        return station

    def _read(
        self,
        station: Station,
        key: EvseKey,
        measurand: str,
        raw_wh: float,
        at: datetime,
    ) -> Station:
        evse = station.evses.get(key.evse)
        if evse is None:
            return station
        known = self._registers.get((key, measurand))
        history = begun(raw_wh, at) if known is None else known.after(raw_wh, at)
        self._registers[key, measurand] = history
        shown = {_SHOWN[measurand]: history.total_wh}
        reading = replace(evse.reading, **shown)  # type: ignore[arg-type]  # names are Reading's own
        return with_evse(station, replace(evse, reading=reading))
