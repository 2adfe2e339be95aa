"""Sessions and energy registers as they follow what stations say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from .control.metering import merge, register_wh
from .control.transitions import with_evse, with_evses
from .model.configuration import SiteConfig
from .model.events import (
    Event,
    MetersSampled,
    StatusReported,
    TransactionEnded,
    TransactionStarted,
    TransactionUpdated,
)
from .model.identity import EvseKey
from .model.kinds import evse_kind
from .model.orders import WHOLE_STATION
from .model.stations import Station
from .model.transactions import Session
from .sessions.accounts import Kind
from .sessions.history import History, begun
from .sessions.ledger import Ledger
from .sessions.notes import Notes
from .soon import utc_now

IMPORTED = "Energy.Active.Import.Register"
EXPORTED = "Energy.Active.Export.Register"

_KINDS = {IMPORTED: Kind.IMPORTED, EXPORTED: Kind.EXPORTED}

_SHOWN = {IMPORTED: "energy_import_wh", EXPORTED: "energy_export_wh"}


class Books:
    """The ledger of sessions and the registers of every EVSE; both outlive what a station shows for a moment."""

    def __init__(self, ledger: Ledger) -> None:
        """Begin with a ledger and no register."""
        self.ledger = ledger
        self.notes = Notes()
        # The clock by which things are told late.
        self.now: Callable[[], datetime] = utc_now
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
        self._note_power(station, event)
        if event.signed:
            self._note_signed(key, event)
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
        self.notes.read(key, _KINDS[measurand], raw_wh, at)
        known = self._registers.get((key, measurand))
        history = begun(raw_wh, at) if known is None else known.after(raw_wh, at)
        if known is not None and known is not history:
            self._note_rise(key, measurand, known, history, at)
        self._registers[key, measurand] = history
        shown = {_SHOWN[measurand]: history.total_wh}
        reading = replace(evse.reading, **shown)  # type: ignore[arg-type]  # names are Reading's own
        return with_evse(station, replace(evse, reading=reading))

    def _note_power(self, station: Station, event: MetersSampled) -> None:
        """Note the power of an EVSE without a register, or with one that stands: its energy is added up."""
        evse = station.evses.get(event.evse)
        if evse is None or self._has_register(evse.key):
            return
        if evse.reading.power_w is not None and evse.reading.at == event.at:
            self.notes.read(evse.key, Kind.POWER, evse.reading.power_w, event.at)

    def note_end(
        self, site: SiteConfig, station: Station, end: TransactionEnded
    ) -> None:
        """Note the power that was told with the end of a transaction: it is part of it, and shown nowhere."""
        one = end.transaction_id and self.ledger.transaction(
            end.identity, end.transaction_id
        )
        evse = station.evses.get(one.key.evse) if one else None
        if evse is None or self._has_register(evse.key):
            return
        kind = evse_kind(site, station.capabilities, evse.key)
        before = replace(evse.reading, at=None, power_w=None)
        for at, samples in end.moments:
            power_w = merge(before, samples, at, kind).power_w
            if power_w is not None:
                self.notes.read(evse.key, Kind.POWER, power_w, at)

    def _has_register(self, key: EvseKey) -> bool:
        """Whether an EVSE has a register that counts. 1.6 has to tell one (§6.45, §6.49): who has none tells 0."""
        known = self._registers.get((key, IMPORTED))
        return known is not None and not known.stands

    def _note_signed(self, key: EvseKey, event: MetersSampled) -> None:
        """Note signed values for the transaction that they belong to."""
        transaction_id = event.transaction_id
        if transaction_id is None and (
            ran := self.ledger.transaction_at(key, event.at)
        ):
            transaction_id = ran.id
        if transaction_id is not None:
            self.notes.sign(event.identity, transaction_id, event.signed)

    def _note_rise(
        self,
        key: EvseKey,
        measurand: str,
        before: History,
        after: History,
        at: datetime,
    ) -> None:
        """Note what is shown now and flowed earlier: in the transaction that ran then, where one did."""
        since, now = min(before.register.at, at), self.now()
        if not self.notes.late.is_late(since, now):
            return
        ran = self.ledger.transaction_at(key, at)
        if ran is not None:
            since = max(since, ran.started_at)
        self.notes.late.rose(
            key,
            after.total_wh - before.total_wh,
            since,
            at,
            now,
            exported=measurand == EXPORTED,
        )
