"""Discharging at one site: told of meters, stations and wishes, it decides what every vehicle does, and has stations told."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from ...csms.host import Link
from ...model.configuration import SiteConfig
from ...model.events import (
    Booted,
    Connected,
    Event,
    GridAlarmReported,
    MetersSampled,
    NeedsReported,
    OperationModeReported,
    StatusReported,
    VehicleNamed,
)
from ...model.identity import EvseKey
from ...model.notices import Notice
from ...model.stations import Evse, Station
from ...model.tree import ROOT
from ...model.v2x import ACTION, Battery, DischargeState, Dispatch, V2gMode
from ...model.v2x_ability import V2xAbility
from ..circuits import Circuits
from ..commitments import Commitments
from .battery import battery_of
from .charge import Charges
from .clock import clock_was_set
from .fleet_view import FleetView
from .frequency import Signal
from .metered import Metered
from .orders import Giving, Kept, Orders, is_target, targets_of
from .probing import Probing
from .rounds import Rounds
from .shown_house import house_on
from .signals import Signals
from .stance import Stance
from .warnings import Warnings

_PERIOD_S = 1.0


class DischargeControl:
    """Everything that concerns energy that comes out of vehicles. Where nothing is set up it costs nothing."""

    def __init__(
        self,
        site: Callable[[], SiteConfig],
        stations: Callable[[], Mapping[str, Station]],
        commitments: Commitments,
        circuits: Circuits,
        link: Callable[[str], Link | None],
        now: Callable[[], datetime],
        *,
        share: Callable[[], None],
        show: Callable[[EvseKey, DischargeState], None],
        learn: Callable[[EvseKey, V2xAbility], None],
        change_mode: Callable[[EvseKey, V2gMode], None],
        tell: Callable[[Notice], None],
        repeat: Callable[[str], None],
    ) -> None:
        """Begin with nothing asked.

        `share` has the balancer share again, `show` hears what becomes of an EVSE, `learn` what a probe has shown of it, and `change_mode` what its mode is after a dispatch.
        `tell` tells the owner, and `repeat` has a station told its limits again.
        """
        self.orders = Orders()
        self.charges = Charges()
        self._site, self._stations, self._now = site, stations, now
        self._view = FleetView(
            site, stations, commitments, circuits, self.orders, self.charges, now
        )
        self.house_on = partial(house_on, self._view)
        self._metered = Metered(self._view, self.orders, self.charges, now)
        self._rounds = Rounds(self._view, link, now, share, show, self._look_soon)
        self._signals = Signals(self._view.feeding, self.orders, link, now)
        self._probing = Probing(self._view, self._rounds, link, learn, now)
        self._warnings = Warnings(self._view, now, tell, repeat)
        others = (self.charges, self._metered, self._signals, self._warnings)
        self.clock_was_set = partial(clock_was_set, self._view, self._rounds, others)
        self._change_mode = change_mode
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    # What is heard

    def hear(self, event: Event) -> None:
        """Take in what a station said, after its state was replaced."""
        if not self._view.is_set_up:
            return
        match event:
            case NeedsReported():
                key = EvseKey(event.identity, event.evse)
                if self._metered.needs(key, event.needs):
                    self._rounds.refusals.agreed_anew(key)
            case MetersSampled() if event.evse:
                key = EvseKey(event.identity, event.evse)
                if any(sample.measurand == "SoC" for sample in event.samples):
                    self._metered.said_soc(key)
            case OperationModeReported():
                key = EvseKey(event.identity, event.evse)
                self._rounds.handover.report(key, event.mode)
            case VehicleNamed():
                key = EvseKey(event.identity, event.evse)
                self.orders.names[key] = event.vehicle
            case GridAlarmReported() if event.fault is not None or event.ended:
                self._view.grid.alarmed(
                    event.identity, event.control, ended=event.ended
                )
            case Connected():
                self.orders.reconnected(event.identity)
            case Booted():
                self._view.grid.booted(event.identity)
            case StatusReported() if event.evse and not event.status.is_plugged_in:
                self._left(EvseKey(event.identity, event.evse))
        if not isinstance(event, MetersSampled):
            self.look()

    def observe(self, evse: Evse) -> None:
        """Take a reading of an EVSE, after its state was replaced."""
        self._warnings.observe(evse)
        if not self._view.is_set_up:
            return
        self._metered.observe(evse)
        self._rounds.observe(evse)
        self.look()

    def read_meter(self, node_id: str) -> None:
        """Take a reading of the site's meter, after it was found to count."""
        if node_id == ROOT and self._view.is_set_up:
            self._view.read_house()
            self._warnings.look_at_meter()
            self.look()

    def meter_is_silent(self, node_id: str, *, silent: bool) -> None:
        """Take that a meter is known to say nothing now: nobody waits until what it said last is old."""
        if node_id == ROOT and self._view.house.is_silent != silent:
            self._view.house.is_silent = silent
            self.look()

    def set_soc(self, key: EvseKey, percent: float | None) -> None:
        """Take what a vehicle's own sensor says."""
        self._metered.set_soc(key, percent)
        self.look()

    def set_frequency(self, hz: float | None) -> None:
        """Take what a sensor says of the grid's frequency."""
        self._view.set_frequency(hz)
        self.look()

    def signal(self, value: int) -> None:
        """Take a grid operator's signal: a share of what is offered, in percent, below 0 to feed back."""
        self.orders.signal = Signal(value, self._now())
        self.look()

    # What is asked

    def give(
        self,
        key: EvseKey,
        *,
        until: datetime | None,
        energy_wh: float | None,
        power_w: float | None,
    ) -> None:
        """Have a vehicle give until a moment, or so much."""
        self.orders.give(key, Giving(until=until, energy_wh=energy_wh, power_w=power_w))

    def is_target(self, target: str) -> bool:
        """Whether something can be addressed."""
        return is_target(self._site(), self._view.keys, target)

    def dispatch(
        self,
        target: str,
        power_w: float,
        until: datetime,
        source: str,
        afterwards: V2gMode | None,
    ) -> Dispatch:
        """Take a dispatch."""
        return self.orders.dispatch(
            target, power_w, until, source, afterwards, self._now()
        )

    def end_dispatch(self, target: str, source: str = ACTION) -> None:
        """End a dispatch before its time: those of other sources go on."""
        slot = target, source
        if (dispatch := self.orders.dispatches.pop(slot, None)) is not None:
            self._over([dispatch])

    async def probe(self, key: EvseKey) -> bool:
        """Ask a vehicle for a little, and return whether it was measured to give it."""
        return await self._probing.probe(key)

    @property
    def export_cap_w(self) -> float:
        """The most that may flow into the grid because of vehicles."""
        return self._view.export_cap_w

    def battery_of(self, target: str) -> Battery:
        """Return the vehicles of a target as one battery. Raises `KeyError`."""
        if not self.is_target(target):
            raise KeyError(target)
        vehicles = self._view.vehicles(set(self._rounds.refused))
        return battery_of(
            one for one in vehicles if target in targets_of(self._site(), one.key)
        )

    @property
    def stances(self) -> Mapping[EvseKey, Stance]:
        """What discharging asks of the balancer."""
        return self._rounds.stances

    def is_told(self, key: EvseKey) -> bool:
        """Whether an EVSE may go by a setpoint: what its limits say is not all that it does."""
        return self._view.feeding.may_follow(key)

    def fed_a(self, key: EvseKey) -> float:
        """Return the most that an EVSE may be feeding back, in amperes per phase, 0 or more."""
        return self._view.fed_a(key)

    # Life cycle

    def configured(self) -> None:
        """Take that the owner has changed something: his meter may be another one."""
        self._view.house.forget_signs()
        self._warnings.look_at_meter()
        self.look()

    def look(self) -> None:
        """Decide anew, and look again in a second where anything is going on."""
        if self._is_closed or not self._view.is_set_up:
            return
        if ended := self.orders.ended(self._now()):
            self._over(ended)
        self._metered.look()
        self._rounds.look()
        self._signals.look()
        self._look_later()

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        self.orders.forget(identity)
        self._rounds.forget(identity)

    def kept(self) -> Kept:
        """Return what must survive a restart."""
        return replace(self.orders.kept(), charges=self.charges.kept())

    def restore(self, kept: Kept) -> None:
        """Take up what an earlier life knew; setpoints that it left are ended."""
        self.orders.restore(kept, self._view.keys)
        self.charges.restore(kept.charges, self._view.keys)
        self._rounds.doubt_all()
        self.look()

    async def close(self) -> None:
        """Have every setpoint ended, and do no more."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._rounds.close()

    def _left(self, key: EvseKey) -> None:
        """Forget a vehicle that has gone."""
        self._metered.left(key)
        self._rounds.left(key)
        self._warnings.left(key)

    def _over(self, ended: Sequence[Dispatch]) -> None:
        """Let those that followed dispatches do what was to follow them."""
        for key in self._view.keys.values():
            mode = self._view.evse(key).settings.v2g_mode
            one = self.orders.followed(self._site(), key, mode, ended)
            if one is not None and one.afterwards and one.source == ACTION:
                self._change_mode(key, one.afterwards)

    def _look_soon(self) -> None:
        try:
            asyncio.get_running_loop().call_soon(self.look)
        except RuntimeError:
            self.look()

    def _look_later(self) -> None:
        if self._timer is not None or not self._rounds.is_busy:
            return
        with suppress(RuntimeError):
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_PERIOD_S, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self.look()
