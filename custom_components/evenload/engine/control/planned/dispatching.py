"""What a plan has vehicles feed back: dispatches of their own kind, which discharging divides and bounds as it does all others."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from ...model.identity import EvseKey
from ...model.planning import ChargeMode, Plan
from ...model.stations import Evse
from ...model.v2x import PLAN, V2gMode
from ..v2x.controller import DischargeControl
from .following import quarter_end

# Between two quarters nobody rests.
_LONGER = timedelta(seconds=30)


class Dispatching:
    """Has those discharged, and charged between, whose mode is to go by the plan in both directions."""

    def __init__(
        self,
        v2x: DischargeControl,
        evses: Callable[[], Iterable[Evse]],
        now: Callable[[], datetime],
    ) -> None:
        """Dispatch nothing yet."""
        self._v2x, self._evses, self._now = v2x, evses, now

    def look(self, plan: Plan | None) -> None:
        """Let dispatches be what the plan says of this moment; those of anybody else go before them."""
        now, changed = self._now(), False
        for evse in self._evses():
            key = evse.key
            power_w = None if plan is None else plan.power_w(key, now)
            if plan is None or power_w is None or not follows(evse):
                changed |= self._end(key)
            else:
                until = quarter_end(plan, now) + _LONGER
                changed |= self._put(key, round(power_w), until)
        if changed:
            self._v2x.look()

    def _put(self, key: EvseKey, power_w: float, until: datetime) -> bool:
        """Dispatch a vehicle; returns whether that is news."""
        target = str(key)
        known = self._v2x.orders.dispatches.get((target, PLAN))
        if known is not None and (known.power_w, known.until) == (power_w, until):
            return False
        self._v2x.dispatch(target, power_w, until, PLAN, None)
        return True

    def _end(self, key: EvseKey) -> bool:
        target = str(key)
        if (target, PLAN) not in self._v2x.orders.dispatches:
            return False
        self._v2x.end_dispatch(target, PLAN)
        return True


def follows(evse: Evse) -> bool:
    """Whether a vehicle goes by the plan in both directions."""
    settings = evse.settings
    return (
        settings.goal.mode is ChargeMode.PLAN_V2G
        and settings.v2g_mode is V2gMode.PLAN
        and evse.may_charge
        and evse.wants_energy
    )
