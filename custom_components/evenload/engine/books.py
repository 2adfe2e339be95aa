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
)
from .model.identity import EvseKey
from .model.orders import WHOLE_STATION
from .model.stations import Station
from .model.transactions import Session
from .sessions.ledger import Ledger
from .sessions.registers import Register, first


class Books:
    """The ledger of sessions and the registers of every EVSE; both outlive what a station shows for a moment."""

    def __init__(self, ledger: Ledger) -> None:
        """Begin with a ledger and no register."""
        self.ledger = ledger
        self.registers: dict[EvseKey, Register] = {}

    def after(self, station: Station, event: Event) -> Station:
        """Return the station with its sessions and registers as they are after an event."""
        match event:
            case StatusReported() if event.evse != WHOLE_STATION:
                key = EvseKey(event.identity, event.evse)
                session = self.ledger.status(key, event.status, event.at)
                return self.showing(station, session)
            case MetersSampled() if event.evse != WHOLE_STATION:
                return self._metered(station, event)
            case TransactionStarted() if event.meter_start_wh is not None:
                key = EvseKey(event.identity, event.evse)
                return self._read(station, key, event.meter_start_wh, event.at)
            case TransactionEnded() if (
                event.meter_stop_wh is not None and event.transaction_id is not None
            ):
                # Some stations begin their register anew with the next transaction: it shows this nowhere else.
                ended = self.ledger.key_of(event.identity, event.transaction_id)
                if ended is not None:
                    return self._read(station, ended, event.meter_stop_wh, event.at)
        return station

    def showing(self, station: Station, session: Session | None) -> Station:
        """Return the station with a session that changed shown on its EVSE."""
        if session is None or session.key.evse == WHOLE_STATION:
            return station
        key = session.key
        station = with_evses(station, key.evse)
        evse = station.evses[key.evse]
        if evse.session is not None and evse.session.started_at > session.started_at:
            # What ended earlier was corrected; it is not what is shown.
            session = evse.session
        shown = self.ledger.open.get(key, session)
        running = self.ledger.transaction_of(key)
        return with_evse(station, replace(evse, session=shown, transaction=running))

    def forget(self, identity: str, now: datetime) -> None:
        """End the sessions of a station that is no longer part of the site, and its registers."""
        self.ledger.leave(identity, now)
        for key in [key for key in self.registers if key.identity == identity]:
            del self.registers[key]

    def _metered(self, station: Station, event: MetersSampled) -> Station:
        raw_wh = register_wh(event.samples)
        if raw_wh is None:
            return station
        key = EvseKey(event.identity, event.evse)
        station = self._read(station, key, raw_wh, event.at)
        session = self.ledger.meter(key, event.transaction_id, raw_wh, event.at)
        return self.showing(station, session)

    def _read(
        self, station: Station, key: EvseKey, raw_wh: float, at: datetime
    ) -> Station:
        evse = station.evses.get(key.evse)
        if evse is None:
            return station
        known = self.registers.get(key)
        register = first(raw_wh, at) if known is None else known.after(raw_wh, at)
        self.registers[key] = register
        reading = replace(evse.reading, energy_import_wh=register.total_wh)
        return with_evse(station, replace(evse, reading=reading))
