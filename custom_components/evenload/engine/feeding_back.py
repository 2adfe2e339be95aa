"""Joins discharging to the fleet: what it may look at, and what becomes of what it finds out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from .control.transitions import with_evse
from .control.v2x.controller import DischargeControl
from .model.events import Learnt
from .model.identity import EvseKey
from .model.v2x import DischargeState, V2gMode
from .model.v2x_ability import V2xAbility

if TYPE_CHECKING:
    from .fleet import Fleet


def control_of(
    fleet: Fleet, share: Callable[[], None], now: Callable[[], datetime]
) -> DischargeControl:
    """Return what looks after discharging in a fleet; `share` has its limits worked out anew."""

    def show(key: EvseKey, state: DischargeState) -> None:
        station = fleet.stations.get(key.identity)
        evse = None if station is None else station.evses.get(key.evse)
        if station is None or evse is None or evse.discharge == state:
            return
        shown = with_evse(station, replace(evse, discharge=state))
        fleet.stations[key.identity] = shown
        fleet.news.tell_evse(key)

    def learn(key: EvseKey, ability: V2xAbility) -> None:
        station = fleet.stations.get(key.identity)
        if station is None:
            return
        known = station.capabilities
        known = replace(known, v2x={**known.v2x, key.evse: ability})
        fleet.hear(Learnt(identity=key.identity, at=now(), capabilities=known))

    def change_mode(key: EvseKey, mode: V2gMode) -> None:
        settings = fleet.evse(key).settings
        fleet.set_settings(key, replace(settings, v2g_mode=mode))

    control = DischargeControl(
        lambda: fleet.site,
        lambda: fleet.seen,
        fleet.enforcer.commitments,
        fleet.sharing.circuits,
        fleet.enforcer.link,
        now,
        share=share,
        show=show,
        learn=learn,
        change_mode=change_mode,
        tell=lambda notice: fleet.news.concerns.tell(None, notice),
        repeat=fleet.enforcer.repeat,
    )
    commitments = fleet.enforcer.commitments
    commitments.fed_a, commitments.is_told = control.fed_a, control.is_told
    return control
