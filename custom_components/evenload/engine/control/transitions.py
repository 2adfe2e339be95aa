"""How what a station says changes what is known of it: (station, event) -> station."""

from collections.abc import Callable
from dataclasses import replace

from ..model.configuration import SiteConfig
from ..model.events import (
    AvailabilityChanged,
    Booted,
    ClockMeasured,
    Connected,
    DiagnosticsReported,
    Disconnected,
    Event,
    FirmwareReported,
    Learnt,
    MetersSampled,
    StatusReported,
)
from ..model.identity import EvseKey
from ..model.kinds import EvseKind, evse_kind
from ..model.orders import WHOLE_STATION
from ..model.readings import Reading
from ..model.stations import Evse, EvseStatus, Station
from .metering import merge


def with_evses(station: Station, count: int) -> Station:
    """Return the station with at least this many EVSEs; none is ever taken away by what a station says."""
    missing = {
        evse: Evse(EvseKey(station.identity, evse))
        for evse in range(1, count + 1)
        if evse not in station.evses
    }
    return replace(station, evses={**station.evses, **missing}) if missing else station


def with_evse(station: Station, evse: Evse) -> Station:
    """Return the station with one EVSE replaced."""
    return replace(station, evses={**station.evses, evse.key.evse: evse})


def after(station: Station, event: Event, site: SiteConfig) -> Station:
    """Return the station after an event. Sessions are not its matter: the ledger keeps those."""
    match event:
        case Connected():
            station = replace(
                station,
                connected=True,
                version=event.version,
                protection=event.protection,
            )
        case Disconnected():
            return station if event.replaced else replace(station, connected=False)
        case Booted():
            station = replace(station, info=event.info, booted_at=event.at)
        case ClockMeasured():
            set_back_s = event.clock.set_back_s(station.set_back_s)
            station = replace(station, clock=event.clock, set_back_s=set_back_s)
        case Learnt():
            station = with_evses(
                replace(station, capabilities=event.capabilities),
                event.capabilities.evses or 1,
            )
        case StatusReported():
            station = _with_status(station, event)
        case AvailabilityChanged():
            station = _with_availability(station, event)
        case MetersSampled() if event.evse != WHOLE_STATION:
            station = _on_evse(
                station,
                event.evse,
                lambda evse: _with_samples(
                    evse, event, evse_kind(site, station.capabilities, evse.key)
                ),
            )
        case FirmwareReported():
            station = replace(station, firmware_status=event.status)
        case DiagnosticsReported():
            station = replace(station, diagnostics_status=event.status)
    station = _counted(station)
    return (
        replace(station, last_seen=event.at)
        if station.last_seen is None or event.at > station.last_seen
        else station
    )


def _counted(station: Station) -> Station:
    """Return the station with as many EVSEs in its capabilities as it has shown: some say less than they have."""
    known = station.capabilities
    if known.evses is None or known.evses >= len(station.evses):
        return station
    return replace(station, capabilities=replace(known, evses=len(station.evses)))


def _on_evse(station: Station, number: int, change: Callable[[Evse], Evse]) -> Station:
    station = with_evses(station, number)
    return with_evse(station, change(station.evses[number]))


def _with_status(station: Station, event: StatusReported) -> Station:
    if event.evse == WHOLE_STATION:
        return replace(
            station,
            error=event.error,
            operative=event.status is not EvseStatus.UNAVAILABLE,
        )

    def change(evse: Evse) -> Evse:
        changed = replace(
            evse,
            status=event.status,
            status_at=event.at,
            error=event.error,
            operative=event.status is not EvseStatus.UNAVAILABLE,
        )
        # Only a charging vehicle draws: what the meter said before is not so any more.
        return (
            changed
            if changed.is_charging
            else replace(changed, reading=_at_rest(changed.reading))
        )

    return _on_evse(station, event.evse, change)


def _with_samples(evse: Evse, event: MetersSampled, kind: EvseKind) -> Evse:
    reading = merge(evse.reading, event.samples, event.at, kind)
    if (
        evse.status is not None
        and not evse.is_charging
        and evse.status_at is not None
        and event.at <= evse.status_at
    ):
        # Measured before the vehicle stopped and told after it.
        reading = _at_rest(reading)
    return replace(evse, reading=reading)


def _at_rest(reading: Reading) -> Reading:
    power_w = None if reading.power_w is None else 0.0
    return replace(
        reading,
        power_w=power_w,
        current_a=dict.fromkeys(reading.current_a, 0.0),
        dc_current_a=None if reading.dc_current_a is None else 0.0,
        live_at={},
    )


def _with_availability(station: Station, event: AvailabilityChanged) -> Station:
    if event.evse == WHOLE_STATION:
        return replace(station, operative=event.operative)
    return _on_evse(
        station, event.evse, lambda evse: replace(evse, operative=event.operative)
    )
