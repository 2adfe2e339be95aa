"""Each round: what every vehicle is to do now, what the balancer is asked for it, what stations are told, what is shown."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ...csms.commands import Commands
from ...csms.host import Link
from ...model.identity import EvseKey
from ...model.orders import Outcome
from ...model.stations import Evse
from ...model.v2x import ACTION, DischargeState, Hindrance, SetpointOrder, V2gMode
from ...model.v2x_ability import HANDED
from .deciding import Deciding, Doing, Wish
from .direction import Directions, Way
from .dividing import STEADY
from .export import less
from .fleet_view import FleetView
from .handover import Handover
from .ordering import fitted, order_of, with_losses
from .refusals import Refusals
from .stance import RESTS, Stance
from .vehicle import Vehicle
from .wishing import Wishing, house_wish
from .writer import Wanted, Writer, ending

# With less than this nothing flows.
_FLOWS_W = 100.0

_NOTHING = Doing()


class Rounds:
    """Goes from what is known to what is told, again and again."""

    def __init__(
        self,
        view: FleetView,
        link: Callable[[str], Link | None],
        now: Callable[[], datetime],
        share: Callable[[], None],
        show: Callable[[EvseKey, DischargeState], None],
        look_soon: Callable[[], None],
    ) -> None:
        """Begin with nobody told; `look_soon` asks for another round."""
        self._view, self._now = view, now
        self._share, self._show, self._look_soon = share, show, look_soon
        self.directions, self.refusals = Directions(now), Refusals(now, view.even)
        self._doings: dict[EvseKey, Doing] = {}
        self._vehicles: dict[EvseKey, Vehicle] = {}
        self.stances: Mapping[EvseKey, Stance] = {}
        # Who is being probed, and what it is asked for.
        self.probes: dict[EvseKey, float] = {}
        self.handover = Handover(view)
        self.writer = Writer(view.feeding, link, now, self._fit, self._heard)

    @property
    def refused(self) -> frozenset[EvseKey]:
        """Those that do not do what they are told."""
        return frozenset(self.refusals.hindrances())

    @property
    def is_busy(self) -> bool:
        """Whether anything may have to be done though nothing is heard."""
        orders = self._view.orders
        return bool(
            self.stances
            or self.writer.look_again_s()
            or orders.dispatches
            or orders.givings
            or self.probes
        )

    def look(self) -> None:
        """Decide anew."""
        vehicles = [
            replace(one, hindrance=self.handover.marked(one))
            for one in self._view.vehicles(self.refused)
        ]
        self._vehicles = {one.key: one for one in vehicles}
        deciding = self._decide(vehicles)
        deciding.doings |= {key: Doing(w, RESTS) for key, w in self.probes.items()}
        self._doings = deciding.doings
        for key, doing in self._doings.items():
            self.directions.goes(key, self._way(self._vehicles[key], doing))
        stances = {
            key: self.handover.stance(key, doing.stance)
            for key, doing in self._doings.items()
            if doing.stance is not None
        }
        if stances != self.stances:
            self.stances = stances
            self._share()
        self.writer.want(
            self._orphans()
            | {
                one.key: wanted
                for one in vehicles
                if (wanted := self._wanted(one)) is not None
            }
        )
        for one in vehicles:
            self._show(one.key, self._state(one))

    def observe(self, evse: Evse) -> None:
        """Look what a vehicle makes of its setpoint."""
        key, power_w = evse.key, evse.reading.power_w
        self._view.phases_seen.observe(evse)
        last = self._view.feeding.last(key)
        if power_w is None or last is None or last.order is None:
            self._view.making.rests(key)
            return
        if last.order.mode in HANDED:
            # Nobody asked for just so much.
            return
        flow = self._view.flow(key)
        most_w = self._view.feeding.most_told_w(key, flow)
        self.refusals.measured_beside(key, last.order, flow, most_w)
        at, settled_at, told_w = flow.at, last.settled_at, -last.order.power_w
        if at is None or settled_at is None or at < settled_at or told_w <= 0:
            return
        self._view.making.measured(key, told_w, -power_w)
        self.refusals.measured(key, last.order, flow)

    def left(self, key: EvseKey) -> None:
        """Forget a vehicle that has gone."""
        self.directions.forget(key)
        self.refusals.forget(key)
        self.handover.forget(key)
        self._view.making.forget(key)
        self._view.phases_seen.forget(key)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        for key in [*self._view.feeding, *self._doings]:
            if key.identity == identity:
                self.left(key)
                self._view.feeding.forget(key)
                self._doings.pop(key, None)
        self.stances = {
            key: stance
            for key, stance in self.stances.items()
            if key.identity != identity
        }

    def doubt_all(self) -> None:
        """End, as soon as that is possible, whatever an earlier life has left in stations."""
        self._view.feeding.doubtful |= {
            one.key for one in self._view.vehicles() if one.dialect is not None
        }

    async def close(self) -> None:
        """Have every setpoint ended."""
        await self.writer.close(self._last)

    def _last(self, key: EvseKey, order: SetpointOrder) -> Wanted:
        """Return the end of a setpoint after which nobody says anything: what lasts holds from then on."""
        held = self._view.feeding.held(key) or order
        if (vehicle := self._vehicles.get(key)) is None:
            return Wanted(held, ends=True)
        lasting = replace(order, charge_limit_w=float(int(self._view.lasting_w(key))))
        return ending(held, lasting, vehicle.least_in_w)

    def _decide(self, vehicles: list[Vehicle]) -> Deciding:
        now, view = self._now(), self._view
        wishing = Wishing(view.site, view.orders, view.grid.frequency_hz, now)
        wishing.sort(vehicles)
        # Who may not feed back any more does so until it has followed.
        fixed = {
            one.key: one.may_feed_w for one in vehicles if one.hindrance is not None
        }
        bounds = less(view.bounds(vehicles), fixed)
        deciding = Deciding(self.directions, now, bounds, self._doings)
        self.handover.begin(self._doings, now)
        self.handover.others(deciding, wishing.others)
        for one, giving in wishing.givings:
            power_w = min(giving.power_w or one.most_out_w, one.most_out_w)
            deciding.decide(Wish(-max(power_w, 1.0), (one,)))
        for slot, members in wishing.dispatched.items():
            power_w, start = wishing.power_w(slot), wishing.start(slot)
            left, part = self.handover.hold(deciding, wishing, slot, members)
            reason = wishing.reason(slot)
            deciding.decide(Wish(power_w * part, tuple(left), reason, start=start))
        self._follow(deciding, wishing, sum(fixed.values()))
        for one, why in wishing.alone:
            deciding.leave([one], why)
        return deciding

    def _follow(self, deciding: Deciding, wishing: Wishing, fixed_w: float) -> None:
        followers = self.handover.balance(deciding, wishing.followers)
        load_w = self._view.load_w
        if not followers:
            return
        if load_w is None:
            deciding.leave(followers, Hindrance.METER_STALE)
            return
        others_w = self._view.others_w({one.key for one in followers})
        power_w, reason, why = house_wish(load_w, deciding.given_w + fixed_w, others_w)
        deciding.decide(Wish(power_w, tuple(followers), reason, why, True, STEADY))

    def _way(self, vehicle: Vehicle, doing: Doing) -> Way:
        """Return which way a vehicle goes: as it is told, or as it is seen to where only limits hold."""
        flows_w = vehicle.flow.power_w or 0.0
        if doing.handed and flows_w < -_FLOWS_W:
            return Way.OUT
        told_w = None if doing.handed else doing.setpoint_w
        if told_w is not None and told_w <= _FLOWS_W:
            return Way.OUT if told_w < 0 else Way.REST
        if vehicle.evse.is_charging and flows_w > _FLOWS_W:
            return Way.IN
        return Way.REST

    def _wanted(self, vehicle: Vehicle) -> Wanted | None:
        """Return what an EVSE is to be told, or None where it never was told anything."""
        doing = self._doings.get(vehicle.key, _NOTHING)
        order = self._order(vehicle, doing.setpoint_w or 0.0, doing)
        if order is None:
            return None
        if doing.setpoint_w is not None:
            return Wanted(order)
        held = self._view.feeding.held(vehicle.key) or order
        return ending(held, order, vehicle.least_in_w)

    def _orphans(self) -> dict[EvseKey, Wanted]:
        """Return the ends of setpoints of those that may feed back no more at all."""
        return {
            key: Wanted(order, ends=True)
            for key in self._view.feeding
            if key not in self._vehicles
            and (order := self._view.feeding.held(key)) is not None
        }

    def _order(
        self, vehicle: Vehicle, power_w: float, doing: Doing
    ) -> SetpointOrder | None:
        return order_of(
            vehicle,
            power_w,
            doing,
            probed=vehicle.key in self.probes,
            by_frequency=vehicle.key in self.handover.by_frequency,
        )

    def _fit(self, key: EvseKey, order: SetpointOrder) -> SetpointOrder:
        """Return an order that fits beside what all others may be feeding in this moment: who gives less goes first."""
        vehicles = [*self._vehicles.values()]
        if order.power_w >= 0 or key not in self._vehicles:
            return order
        others = {one.key: one.may_feed_w for one in self._now_feeding(key)}
        if any(others.values()):
            order = fitted(order, key, self._view.bounds(vehicles), others)
        circuits = less(self._view.circuit_bounds(vehicles), others)
        return with_losses(order, self._vehicles[key], circuits)

    def _now_feeding(self, besides: EvseKey) -> list[Vehicle]:
        feeding, now = self._view.feeding, self._now()
        return [
            replace(one, may_feed_w=feeding.may_feed_w(one.key, one.flow, now))
            for one in self._vehicles.values()
            if one.key != besides and feeding.last(one.key) is not None
        ]

    def _heard(
        self, key: EvseKey, wanted: Wanted, outcome: Outcome, commands: Commands
    ) -> None:
        """Keep how a station took what it was told."""
        order, said = wanted.order, commands.refusal(key.evse)
        refused = outcome is Outcome.REFUSED
        if wanted.ends:
            self.handover.ended(key, order.mode)
        elif not refused or not self.handover.refused(key, order.mode):
            self.refusals.heard(key, order, outcome, said)
        self._look_soon()

    def _state(self, vehicle: Vehicle) -> DischargeState:
        key, settings = vehicle.key, vehicle.evse.settings
        doing = self._doings.get(key, _NOTHING)
        held = self._view.feeding.held(key)
        orders = self._view.orders
        giving = orders.givings.get(key)
        dispatch = orders.dispatch_for(self._view.site, key, settings.v2g_mode)
        hindrance = doing.hindrance
        if hindrance is Hindrance.STATION_REFUSES:
            hindrance = self.refusals.hindrances().get(key, hindrance)
        if hindrance is Hindrance.EXPORT_CAP and orders.export_cap_w is not None:
            hindrance = Hindrance.GRID_OPERATOR
        order = giving or dispatch
        return DischargeState(
            mode=settings.v2g_mode,
            setpoint_w=None if held is None or held.mode in HANDED else held.power_w,
            hindrance=Hindrance.OFF if settings.v2g_mode is V2gMode.OFF else hindrance,
            soc_percent=vehicle.soc_percent,
            discharge_limit_w=vehicle.discharge_limit_w,
            minimum_soc_percent=vehicle.minimum_percent,
            until=order.until if order else None,
            source=ACTION if giving else dispatch.source if dispatch else None,
            left_wh=giving.left_wh if giving else None,
            operation_mode=self.handover.mode(key),
        )
