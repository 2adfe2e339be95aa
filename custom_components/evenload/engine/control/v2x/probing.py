"""Whether a vehicle really feeds back when it is told to: a little is asked for, and only what comes out is believed."""

import asyncio
from collections.abc import Callable
import contextlib
from dataclasses import replace
from datetime import datetime

from ...csms.host import Link
from ...model.errors import BadSetting, EvenloadError, NotConnected
from ...model.identity import EvseKey
from ...model.v2x import Hindrance
from ...model.v2x_ability import V2xAbility
from .dialects import ability_of, having
from .fleet_view import FleetView
from .rounds import Rounds
from .vehicle import Vehicle

# A station may take so long to turn its vehicle round and to say so, and is asked to say it so often.
PROBE_S = 90.0
_ASKS_EVERY_S = 10.0
_STEP_S = 1.0

# So much more than its least is asked for, and so much of it has to come out.
_ASKS_W = 500.0
_COMES_OUT = 0.5

# What ended it, where that is more than something that stands in the way.
_CUT_SHORT = {
    Hindrance.NOT_PLUGGED_IN: "probe_vehicle_left",
    Hindrance.NOT_CONNECTED: "probe_station_gone",
}


class Probing:
    """Probes one vehicle at a time."""

    def __init__(
        self,
        view: FleetView,
        rounds: Rounds,
        link: Callable[[str], Link | None],
        learn: Callable[[EvseKey, V2xAbility], None],
        now: Callable[[], datetime],
    ) -> None:
        """Probe these; `learn` hears what was shown of an EVSE."""
        self._view, self._rounds = view, rounds
        self._link, self._learn, self._now = link, learn, now

    async def probe(self, key: EvseKey) -> bool:
        """Return whether energy came out. Raises `BadSetting` where it cannot be tried, or to its end, and `NotConnected`."""
        vehicle = self._vehicle(key)
        if self._link(key.identity) is None:
            raise NotConnected(key.identity)
        if vehicle.hindrance is not None:
            raise BadSetting("discharge_hindered", reason=vehicle.hindrance.value)
        power_w = min(max(vehicle.least_out_w, _ASKS_W), vehicle.most_out_w)
        for bound in self._view.bounds([vehicle]):
            count = bound.counts.get(key, 0.0)
            if count > 0 and bound.limit < power_w * count:
                raise BadSetting("probe_needs_load", power=f"{power_w:g}")
        try:
            proven = await self._ask(key, power_w)
        finally:
            self._rounds.probes.pop(key, None)
            self._rounds.look()
        self._note(key, vehicle, proven=proven)
        return proven

    async def _ask(self, key: EvseKey, power_w: float) -> bool:
        """Return whether it came out. Raises `BadSetting` where nobody knows."""
        began_at = self._now()
        taken = False
        for step in range(int(PROBE_S / _STEP_S)):
            vehicle = self._vehicle(key)
            if vehicle.hindrance is not None:
                raise _cut_short(vehicle.hindrance)
            if not self._fits(vehicle, power_w):
                raise BadSetting("probe_load_gone", power=f"{power_w:g}")
            self._rounds.probes[key] = -power_w
            self._rounds.look()
            await asyncio.sleep(_STEP_S)
            last = self._view.feeding.last(key)
            if last is None or last.order is None:
                if key in self._rounds.refused:
                    return False
                continue
            taken = taken or last.answered_at is not None
            measured_at = vehicle.flow.at
            came_w = -(vehicle.flow.power_w or 0.0)
            if (
                measured_at is not None
                and measured_at > began_at
                and came_w >= _COMES_OUT * power_w
            ):
                return True
            if step % int(_ASKS_EVERY_S) == int(_ASKS_EVERY_S) - 1:
                await self._have_measured(key)
        if not taken:
            raise BadSetting("probe_unanswered")
        return False

    def _fits(self, vehicle: Vehicle, power_w: float) -> bool:
        """Whether the house still takes what is asked for."""
        return all(
            bound.limit >= power_w * bound.counts.get(vehicle.key, 0.0)
            for bound in self._view.bounds([vehicle])
        )

    async def _have_measured(self, key: EvseKey) -> None:
        link = self._link(key.identity)
        if link is not None:
            with contextlib.suppress(EvenloadError):
                await link.commands.trigger("MeterValues", key.evse)

    def _vehicle(self, key: EvseKey) -> Vehicle:
        for one in self._view.vehicles(probing=True):
            if one.key == key:
                return one
        raise BadSetting("v2g_not_set_up")

    def _note(self, key: EvseKey, vehicle: Vehicle, *, proven: bool) -> None:
        """Keep what was shown of the station."""
        ability, dialect = ability_of(vehicle.station, key.evse), vehicle.dialect
        if dialect is None:
            return
        ability = replace(
            ability,
            proven=having(ability.proven, dialect.method, there=proven),
            disproven=having(ability.disproven, dialect.method, there=not proven),
        )
        self._learn(key, ability)


def _cut_short(why: Hindrance) -> BadSetting:
    """Return what is told of a probe that could not be made to its end: it says nothing of the station."""
    if (key := _CUT_SHORT.get(why)) is not None:
        return BadSetting(key)
    return BadSetting("probe_cut_short", reason=why.value)
