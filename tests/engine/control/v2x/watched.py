"""A house whose vehicles feed back, and a watch for what must not be, second by second."""

from dataclasses import replace
from typing import Any, override

from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.stations import EvseSettings
from custom_components.evenload.engine.model.v2x import SETPOINT_LASTS_S
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse

GROUP_A = 20.0

# What meters and vehicles round, and what comes out while a vehicle of 50 W follows.
ABOUT_W = 120.0

# A vehicle that is so near to its limit counts as having followed it.
ABOUT_A = 0.6

# Until a silent meter is noticed: three of its beats and more, for it may only speak when its value changes.
SILENCE_S = 15.0
BEATS = 5

# Between two writes, and a turn of the loop.
SETTLES_S = 3.0
SLACK_S = 2.0

# A group follows a lower limit within this: stations take it, and vehicles let go.
LOWERS_S = 30

# When our clock leaps, all leases end in the same second: who rises does so before who falls has.
LEAPS_S = 12

# Until a meter without signs is found out: less is given by and by, and it has to stay with what it says.
UNSIGNED_S = 40.0

# Until one is that shows nothing below 0: less is given in so many steps, each of which is looked at for a while.
CLIPPED_STEPS = 4
CLIPPED_STAYS_S = 10.0


class Watched(V2gHouse):
    """A house that is watched for what must not be."""

    def watch_it(self) -> None:
        """Begin."""
        self.broken: list[str] = []
        self._too_long_s = 0.0
        self._grace_s = 0.0
        self._troubled_s = 1e9
        # What the group may have: a lower limit counts as soon as it can be followed.
        self._group_a, self._lowered_s = 0.0, 0
        self._leapt_at = -LEAPS_S
        # How full each vehicle has to stay: the same.
        self._least_percent: dict[str, float] = {}
        self._raised_s: dict[str, int] = {}

    def look(self, moment: str) -> None:
        """Look at the second that has passed."""
        self._troubled_s = 0.0 if self._is_troubled() else self._troubled_s + 1
        self._look_at_export(moment)
        self._look_at_group(moment)
        self._look_at_batteries(moment)

    def _look_at_export(self, moment: str) -> None:
        given_w = -sum(min(0.0, one.power_w) for one in self.vehicles.values())
        # A meter that shows another part of it shows so much of the cap.
        cap_w = self._cap_w() / min(1.0, self.scale)
        beyond_w = min(given_w, -self.grid_w[-1] - cap_w)
        if beyond_w <= ABOUT_W:
            self._too_long_s = self._grace_s = 0.0
            return
        self._too_long_s += 1
        self._grace_s = max(self._grace_s, self._reaction_s())
        if self._too_long_s > self._grace_s:
            self._break(moment, f"{beyond_w:.0f} W too much for {self._too_long_s:g} s")

    def _look_at_group(self, moment: str) -> None:
        drawn_a = fed_a = 0.0
        for name, one in self.stations.items():
            flows_a = one.drawn_a()
            if name in self.vehicles:
                flows_a = self.vehicles[name].power_w / 690
            drawn_a += max(0.0, flows_a)
            fed_a += max(0.0, -flows_a)
        most_a = self._most_a()
        has_leapt = self.second - self._leapt_at <= LEAPS_S
        if drawn_a > most_a + ABOUT_A and not has_leapt:
            self._break(moment, f"the group draws {drawn_a:.1f} of {most_a:g} A")
        gain = max(one.temper.gain for one in self.vehicles.values())
        if fed_a > max(1.0, gain) * most_a + ABOUT_A:
            self._break(moment, f"the group gives {fed_a:.1f} of {most_a:g} A")

    def _look_at_batteries(self, moment: str) -> None:
        for name, one in self.vehicles.items():
            least_percent = self._must_keep(name)
            if one.power_w < 0 and one.soc_percent < least_percent:
                self._break(moment, f"{name} is down to {one.soc_percent:.2f} %")

    def _cap_w(self) -> float:
        """Return what may flow into the grid: nothing, where vehicles are there for the house only."""
        stations = self.fleet.site.stations.values()
        may = any(v2g.to_grid for one in stations for v2g in one.v2g.values())
        form_w = self.fleet.site.export_cap_w
        outside_w = self.fleet.v2x.orders.export_cap_w
        cap_w = form_w if outside_w is None else min(form_w, outside_w)
        return cap_w if may else 0.0

    def _must_keep(self, name: str) -> float:
        """Return how full a vehicle has to stay: of what it says too much of itself nobody else knows."""
        one, settings = self.vehicles[name], self.settings(name)
        own_percent = settings.minimum_soc_percent
        now_percent = own_percent or V2G.minimum_soc_percent
        before_percent = self._least_percent.get(name, V2G.minimum_soc_percent)
        raised_s = self._raised_s.get(name, 0) + 1
        if now_percent <= before_percent or raised_s > self._reaction_s():
            before_percent, raised_s = now_percent, 0
        self._least_percent[name], self._raised_s[name] = before_percent, raised_s
        return before_percent - max(0.0, one.soc_error_percent)

    def _most_a(self) -> float:
        """Return what the group may have at most."""
        limit = self.fleet.site.groups["g"].limit
        assert isinstance(limit, Current)
        can_follow = self.is_alive and all(
            one.connected for one in self.stations.values()
        )
        self._lowered_s = self._lowered_s + 1 if can_follow else 0
        if limit.a >= self._group_a or self._lowered_s > LOWERS_S:
            self._group_a, self._lowered_s = limit.a, 0
        return self._group_a

    def _break(self, moment: str, what: str) -> None:
        self.broken.append(f"{self.second} s, {moment}: {what}")

    def _is_troubled(self) -> bool:
        """Whether what it tells anybody may not be heard, so that only lapsing helps."""
        return not self.is_alive or any(
            not one.connected
            or one.temper.loses_answers
            or one.temper.refuses
            or one.temper.ignores
            for one in self.vehicles.values()
        )

    def _reaction_s(self) -> float:
        tempers = [one.temper for one in self.vehicles.values()]
        slowest = max(2 * one.answer_s + one.follows_s for one in tempers)
        meter_s = self.pace.meter + self.pace.late
        reaction_s = meter_s + slowest + SETTLES_S + SLACK_S
        again_s = slowest + SETTLES_S
        if any(one.most_w < V2G.maximum_w for one in tempers):
            # Who makes less of a setpoint shows that when it was lowered once.
            reaction_s += again_s
        if any(one.gain != 1.0 for one in tempers) or self.scale != 1.0:
            # What is left of too much after the first step is as much smaller as they are off.
            reaction_s += 2 * (meter_s + again_s)
        if not self.has_signs:
            reaction_s += UNSIGNED_S
        if self.is_clipped:
            reaction_s += CLIPPED_STEPS * (CLIPPED_STAYS_S + meter_s + again_s)
        if not self.is_metered:
            reaction_s += max(SILENCE_S, BEATS * self.pace.meter)
        if self._troubled_s < SETPOINT_LASTS_S:
            reaction_s += SETPOINT_LASTS_S
        return reaction_s

    def settings(self, name: str) -> EvseSettings:
        """Return what the owner set on a vehicle's EVSE."""
        return self.fleet.evse(EvseKey(name, 1)).settings

    def set(self, name: str, **settings: Any) -> None:
        """Let the owner set something there."""
        changed = replace(self.settings(name), **settings)
        self.fleet.set_settings(EvseKey(name, 1), changed)

    @override
    def jump(self, seconds: float) -> None:
        super().jump(seconds)
        self._leapt_at = self.second

    def change(self, config: SiteConfig) -> None:
        """Let the owner change his forms: they outlive Home Assistant."""
        self.first_config = config
        self.fleet.configure(config)
