"""What is done, or answered, when somebody speaks; by sentences and by language models alike."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from homeassistant.core import HomeAssistant

from ..amounts import check_limit, for_circuit, for_connector, highest_of
from ..configuration import site_config
from ..engine.model.errors import BadSetting
from ..engine.model.identity import EvseKey
from ..engine.model.limits import Limit
from ..engine.model.planning import ChargeGoal, ChargeMode
from .names import EVERYONE, Known, Named, async_known
from .words import Percent, Refusal, Said

# What is said is no switch that somebody forgets: it counts beside the owner's own, and ends.
_BY_VOICE = "voice"


class Deeds:
    """What somebody who speaks to this assistant may do."""

    def __init__(
        self, hass: HomeAssistant, assistant: str, area_id: str | None = None
    ) -> None:
        """Know what is exposed to it now, and where somebody speaks, if that is known."""
        self.known: Known = async_known(hass, assistant)
        self._area_id = area_id

    async def limit(self, name: str | None, amount: Limit) -> list[Said]:
        """Limit connectors, or a circuit."""
        target = self._target(name)
        if isinstance(target, Named):
            return [await _limit_circuit(_changeable(target), amount)]
        several = _all_may(target)
        for one in several:
            # All of them, or none.
            with _refusing(one):
                check_limit(one.entry, one.key or one.node_id, amount)
        return [await _limit_connector(one, amount) for one in several]

    async def unlimit(self, name: str | None) -> list[Said]:
        """Let connectors, or a circuit, have as much as their settings allow."""
        target = self._target(name)
        several = [target] if isinstance(target, Named) else target
        answers = []
        for one in _all_may(several):
            highest = highest_of(one.entry, one.key or one.node_id)
            limit = _limit_connector if one.key else _limit_circuit
            said = await limit(one, highest)
            answers.append(Said("unlimited", said.values))
        return answers

    async def allow(
        self, name: str | None, *, allowed: bool, until: datetime | None = None
    ) -> list[Said]:
        """Pause connectors, until a moment where one is said, or let them go on."""
        answers = []
        for one, key in self._keys(name):
            site = one.entry.runtime_data
            if until is not None:
                with _refusing(one):
                    await site.pause(key, _BY_VOICE, until)
                values = {"name": one.name, "time": until}
                answers.append(Said("paused_until", values))
                continue
            await site.set_charging_allowed(key, allowed=allowed)
            if allowed and any(
                pause.reason == _BY_VOICE for pause in site.evse(key).paused_for
            ):
                await site.resume(key, _BY_VOICE)
            reasons = [pause.reason for pause in site.evse(key).paused_for]
            if allowed and reasons:
                values = {"name": one.name, "paused_for": reasons}
                answers.append(Said("still_paused", values))
                continue
            answers.append(Said("resumed" if allowed else "paused", {"name": one.name}))
        return answers

    async def boost(self, name: str | None, *, on: bool) -> list[Said]:
        """Put connectors first, or take them back."""
        answers = []
        for one, key in self._keys(name):
            await one.entry.runtime_data.boost(key, on=on)
            answers.append(Said("first" if on else "not_first", {"name": one.name}))
        return answers

    async def depart(self, name: str | None, when: datetime) -> list[Said]:
        """Say when vehicles leave."""
        answers = []
        for one, key in self._keys(name):
            await one.entry.runtime_data.set_departure(key, when)
            answers.append(Said("departs", {"name": one.name, "day": when}))
        return answers

    async def charge_to(
        self, name: str | None, percent: float, when: datetime | None
    ) -> list[Said]:
        """Charge vehicles so far, by a departure as cheaply as that goes."""
        goals = [
            (one, key, _charging_to(_goal(one, key), percent, by_departure=bool(when)))
            for one, key in self._keys(name)
        ]
        await _set_goals(goals)
        answers = []
        for one, key, _ in goals:
            values = {"name": one.name, "percent": Percent(percent)}
            if when is None:
                answers.append(Said("charges_to", values))
                continue
            await one.entry.runtime_data.set_departure(key, when)
            answers.append(Said("charges_to_by", {**values, "day": when}))
        return answers

    async def charge_how(self, name: str | None, mode: ChargeMode) -> list[Said]:
        """Charge vehicles in another way: fast, with the sun, or when it is cheapest."""
        goals = [
            (one, key, replace(_goal(one, key), mode=mode))
            for one, key in self._keys(name)
        ]
        await _set_goals(goals)
        return [Said(f"mode_{mode.value}", {"name": one.name}) for one, *_ in goals]

    async def discharge(self, name: str | None, until: datetime) -> list[Said]:
        """Let vehicles feed back until a moment."""
        several = list(self._keys(name))
        for one, key in several:
            # All of them, or none.
            with _refusing(one):
                one.entry.runtime_data.check_discharge(key, until=until)
            if not _is_plugged_in(one):
                raise Refusal("no_vehicle", name=one.name)
        answers = []
        for one, key in several:
            site = one.entry.runtime_data
            with _refusing(one):
                await site.discharge_until(key, until=until)
            hindrance = site.evse(key).discharge.hindrance
            values = {"name": one.name, "time": until}
            if hindrance is None:
                answers.append(Said("discharging_until", values))
            else:
                values["hindrance"] = hindrance.value
                answers.append(Said("discharging_later", values))
        return answers

    async def end_discharge(self, name: str | None) -> list[Said]:
        """Let vehicles feed back no more."""
        answers = []
        for one, key in self._keys(name):
            await one.entry.runtime_data.end_discharge(key)
            answers.append(Said("discharging_ended", {"name": one.name}))
        return answers

    def connectors(self, name: str | None) -> list[Named]:
        """Return the connectors that are meant: of a circuit, all behind it that may be known. Raises `Refusal`."""
        target = self._target(name)
        if not isinstance(target, Named):
            return target
        behind = site_config(target.entry).stations_below(target.node_id)
        found = [
            one
            for one in self.known.connectors
            if one.key and one.key.identity in behind and one.entry is target.entry
        ]
        if not found:
            raise Refusal("nothing_here")
        return found

    def circuit(self, name: str | None) -> Named:
        """Return the circuit that is meant; of a connector, the one that it is behind. Raises `Refusal`."""
        if not name:
            if (site := self.known.site) is None:
                raise Refusal("nothing_here")
            return site
        called = self._called(name)
        for one in called:
            if one.key is None:
                return one
        behind = called[0]
        if behind.key is not None:
            node_id = site_config(behind.entry).circuits_above(behind.key.identity)[0]
            for one in self.known.circuits:
                if one.entry is behind.entry and one.node_id == node_id:
                    return one
        raise Refusal("no_circuit", name=name)

    def _keys(self, name: str | None) -> Iterator[tuple[Named, EvseKey]]:
        """Yield the connectors that are meant and may be changed. Raises `Refusal` before the first."""
        for one in _all_may(self.connectors(name)):
            if one.key is not None:
                yield one, one.key

    def _target(self, name: str | None) -> Named | list[Named]:
        """Return a circuit, or connectors. Raises `Refusal`."""
        if not name:
            return [self._only_connector()]
        if name == EVERYONE:
            if not self.known.connectors:
                raise Refusal("nothing_here")
            return list(self.known.connectors)
        called = self._called(name)
        connectors = [one for one in called if one.key]
        return connectors or called[0]

    def _called(self, name: str) -> list[Named]:
        if called := self.known.called(name):
            return called
        raise Refusal("unknown_name", name=name)

    def _only_connector(self) -> Named:
        """Return the one connector that there is, or the only one with a vehicle: where somebody speaks, else anywhere."""
        connectors = self.known.connectors
        if not connectors:
            raise Refusal("nothing_here")
        here = [one for one in connectors if self._area_id in one.area_ids]
        near = here or list(connectors)
        with_vehicle = [one for one in near if _is_plugged_in(one)]
        for found in (near, with_vehicle):
            if len(found) == 1:
                return found[0]
        raise Refusal("which_one", names=[one.name for one in near])


def _goal(one: Named, key: EvseKey) -> ChargeGoal:
    return one.entry.runtime_data.goal(key)


async def _set_goals(goals: Sequence[tuple[Named, EvseKey, ChargeGoal]]) -> None:
    """Set all of them, or none. Raises `Refusal`."""
    for one, key, goal in goals:
        with _refusing(one):
            one.entry.runtime_data.check_charge_goal(key, goal)
    for one, key, goal in goals:
        with _refusing(one):
            await one.entry.runtime_data.set_charge_goal(key, goal)


def _charging_to(goal: ChargeGoal, percent: float, *, by_departure: bool) -> ChargeGoal:
    """Return a goal that charges so far: full is when the vehicle says so, and who says when it leaves does not mean now."""
    mode = goal.mode
    if by_departure and mode in {ChargeMode.OFF, ChargeMode.FAST}:
        mode = ChargeMode.CHEAPEST
    elif mode is ChargeMode.OFF:
        mode = ChargeMode.FAST
    soc_percent = None if percent == 100 else percent
    return replace(goal, mode=mode, soc_percent=soc_percent)


async def _limit_connector(one: Named, amount: Limit) -> Said:
    if one.key is None:
        raise Refusal("failed", name=one.name)
    site = one.entry.runtime_data
    maximum = for_connector(one.entry, one.key, amount)
    with _refusing(one):
        await site.set_maximum(one.key, maximum)
    return Said("limited", {"name": one.name, "limit": amount})


async def _limit_circuit(one: Named, amount: Limit) -> Said:
    site = one.entry.runtime_data
    number = for_circuit(one.entry, one.node_id, amount)
    with _refusing(one):
        await site.set_limit(one.node_id, number)
    return Said("limited", {"name": one.name, "limit": amount})


def _is_plugged_in(one: Named) -> bool:
    if one.key is None:
        return False
    status = one.entry.runtime_data.evse(one.key).status
    return status is not None and status.is_plugged_in


def _all_may(named: list[Named]) -> list[Named]:
    return [_changeable(one) for one in named]


def _changeable(one: Named) -> Named:
    if not one.may_change:
        raise Refusal("may_not", name=one.name)
    return one


@contextmanager
def _refusing(one: Named) -> Iterator[None]:
    """Turn what the engine refuses into what is answered."""
    try:
        yield
    except BadSetting as err:
        values = {"name": one.name, **err.placeholders}
        raise Refusal(err.key, **values) from err
