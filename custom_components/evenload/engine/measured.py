"""What a reading of now says of an EVSE: what its vehicle takes of what it may, and whether it obeys."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from .control.abilities import disbelieving, is_told_late
from .control.transitions import with_evse
from .model.events import MetersSampled
from .model.identity import EvseKey
from .model.stations import Station

if TYPE_CHECKING:
    from .fleet import Fleet


def take_reading(
    fleet: Fleet,
    event: MetersSampled,
    before: Station,
    share: Callable[[], None],
    now: datetime,
) -> None:
    """Compare what an EVSE measured with what it should obey; `share` has the limits worked out anew."""
    key = EvseKey(event.identity, event.evse)
    station = fleet.stations[key.identity]
    evse, known = station.evses.get(key.evse), before.evses.get(key.evse)
    if evse is None or (known is not None and evse.reading.at == known.reading.at):
        return
    if is_told_late(station, evse.reading.at, now):
        return
    evse = replace(evse, metered_at=now)
    fleet.stations[key.identity] = with_evse(station, evse)
    fleet.enforcer.observe(evse)
    fleet.v2x.observe(evse)
    if fleet.sharing.observe(evse):
        share()
    if fleet.phasing.is_watching(key):
        fleet.enforcer.wake(key.identity)
    if not fleet.enforcer.commitments.disobeys(evse):
        return
    in_vain = fleet.enforcer.contradicted(evse)
    if in_vain is not None:
        station = fleet.stations[key.identity]
        learnt = disbelieving(station, in_vain)
        fleet.stations[key.identity] = replace(station, capabilities=learnt)
        fleet.retarget()
