"""Each round: what every vehicle is to do now, what the balancer is asked for it, what stations are told, what is shown."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ...csms.commands import Commands
from ...csms.host import Link
from ...model.identity import EvseKey
from ...model.orders import Outcome
from ...model.stations import Evse
from ...model.v2x import DischargeState, Hindrance, IdleMethod, SetpointOrder, V2gMode
from ...model.v2x_ability import OperationMode
from .deciding import Deciding, Doing, Wish
from .direction import Directions, Way
from .dividing import STEADY
from .export import less
from .fleet_view import FleetView
from .refusals import Refusals
from .stance import RESTS, Stance
from .vehicle import Vehicle, reached_w
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
        self._directions = Directions(now)
        self._refusals = Refusals(now)
        self._doings: dict[EvseKey, Doing] = {}
        self._vehicles: dict[EvseKey, Vehicle] = {}
        self.stances: Mapping[EvseKey, Stance] = {}
        # Who is being probed, and what it is asked for.
        self.probes: dict[EvseKey, float] = {}
        self._writer = Writer(view.feeding, link, now, self._fit, self._heard)

    @property
    def refused(self) -> frozenset[EvseKey]:
        """Those that do not do what they are told."""
        return frozenset(self._refusals.hindrances())

    @property
    def is_busy(self) -> bool:
        """Whether anything may have to be done though nothing is heard."""
        orders = self._view.orders
        return bool(
            self.stances
            or self._writer.look_again_s()
            or orders.dispatches
            or orders.givings
            or self.probes
        )

    def look(self) -> None:
        """Decide anew."""
        vehicles = self._view.vehicles(self.refused)
        self._vehicles = {one.key: one for one in vehicles}
        deciding = self._decide(vehicles)
        for key, power_w in self.probes.items():
            deciding.doings[key] = Doing(power_w, RESTS)
        self._doings = deciding.doings
        for key, doing in self._doings.items():
            self._directions.goes(key, self._way(self._vehicles[key], doing))
        stances = {
            key: doing.stance
            for key, doing in self._doings.items()
            if doing.stance is not None
        }
        if stances != self.stances:
            self.stances = stances
            self._share()
        self._writer.want(
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
        last = self._view.feeding.last(key)
        if power_w is None or last is None or last.order is None:
            self._view.reach_w.pop(key, None)
            return
        at, settled_at = evse.metered_at, last.settled_at
        asked_w = -last.order.power_w
        if at is None or settled_at is None or at < settled_at or asked_w <= 0:
            return
        reach_w = reached_w(asked_w, -power_w)
        if reach_w is None:
            self._view.reach_w.pop(key, None)
        else:
            self._view.reach_w[key] = reach_w
        self._refusals.measured(key, asked_w, -power_w)

    def left(self, key: EvseKey) -> None:
        """Forget a vehicle that has gone."""
        self._directions.forget(key)
        self._refusals.forget(key)
        self._view.reach_w.pop(key, None)

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
        await self._writer.close()

    def _decide(self, vehicles: list[Vehicle]) -> Deciding:
        now, view = self._now(), self._view
        wishing = Wishing(view.site, view.orders, view.grid.frequency_hz, now)
        wishing.sort(vehicles)
        # Who may not feed back any more does so until it has followed.
        fixed = {
            one.key: one.may_feed_w for one in vehicles if one.hindrance is not None
        }
        bounds = less(view.bounds(vehicles), fixed)
        deciding = Deciding(self._directions, now, bounds, self._doings)
        for one, giving in wishing.givings:
            power_w = min(giving.power_w or one.most_out_w, one.most_out_w)
            deciding.decide(Wish(-max(power_w, 1.0), (one,)))
        for target, members in wishing.dispatched.items():
            power_w, start = wishing.power_w(target), wishing.start(target)
            deciding.decide(Wish(power_w, tuple(members), start=start))
        self._follow(deciding, wishing, sum(fixed.values()))
        for one, why in wishing.alone:
            deciding.leave([one], why)
        return deciding

    def _follow(self, deciding: Deciding, wishing: Wishing, fixed_w: float) -> None:
        followers, load_w = wishing.followers, self._view.load_w
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
        if doing.setpoint_w is not None and doing.setpoint_w <= _FLOWS_W:
            return Way.OUT if doing.setpoint_w < 0 else Way.REST
        flows_w = vehicle.flow.power_w or 0.0
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
        dialect = vehicle.dialect
        if dialect is None:
            return None
        rests = (
            doing.stance == RESTS
            and vehicle.key not in self.probes
            and dialect.idle is IdleMethod.IDLE_MODE
        )
        running = vehicle.evse.transaction
        charge_w = max(0.0, vehicle.flow.allowed_w)
        power_w = float(round(min(power_w, charge_w)))
        return SetpointOrder(
            evse=vehicle.key.evse,
            power_w=power_w,
            charge_limit_w=float(int(charge_w)),
            discharge_limit_w=min(0.0, power_w),
            mode=OperationMode.IDLE if rests else OperationMode.CENTRAL_SETPOINT,
            transaction_id=running.id if running and running.is_open else None,
            dialect=dialect,
            voltage_v=vehicle.kind.voltage_v,
            phases=vehicle.phases,
        )

    def _fit(self, key: EvseKey, order: SetpointOrder) -> SetpointOrder:
        """Return an order that fits beside what all others may be feeding in this moment: who gives less goes first."""
        if order.power_w >= 0:
            return order
        others = {
            one.key: one.may_feed_w
            for one in self._now_feeding(key)
            if one.may_feed_w > 0
        }
        if not others:
            return order
        power_w = -order.power_w
        for bound in less(self._view.bounds([*self._vehicles.values()]), others):
            if (count := bound.counts.get(key, 0.0)) > 0:
                power_w = min(power_w, bound.limit / count)
        floor_w = order.dialect.minimum_w
        power_w = float(int(power_w)) if power_w >= floor_w else 0.0
        return replace(order, power_w=-power_w, discharge_limit_w=-power_w)

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
        if not wanted.ends:
            refusal = commands.refusal(key.evse)
            self._refusals.heard(key, outcome, refusal)
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
            hindrance = self._refusals.hindrances().get(key, hindrance)
        if hindrance is Hindrance.EXPORT_CAP and orders.export_cap_w is not None:
            hindrance = Hindrance.GRID_OPERATOR
        until = giving.until if giving else dispatch.until if dispatch else None
        return DischargeState(
            mode=settings.v2g_mode,
            setpoint_w=None if held is None else held.power_w,
            hindrance=Hindrance.OFF if settings.v2g_mode is V2gMode.OFF else hindrance,
            soc_percent=vehicle.soc_percent,
            discharge_limit_w=vehicle.discharge_limit_w,
            minimum_soc_percent=vehicle.minimum_percent,
            until=until,
            left_wh=giving.left_wh if giving else None,
        )
