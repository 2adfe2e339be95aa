"""Setpoints of OCPP 2.1: operation modes, dynamic profiles and those that are set as a whole (2.1 block Q, K28)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ...model.capabilities import Purpose
from ...model.limits import RateUnit
from ...model.orders import WHOLE_STATION, Outcome
from ...model.v2x import Hindrance
from ...model.v2x_ability import OperationMode, V2xAbility
from ..discharging.replies import APPLIED, Verdict, impossible, of_clearing, of_profile
from ..discharging.setpoints import Step, Steps
from ..discharging.target import Target, as_limits, level_of
from ..limiting.amounts import moment, spell
from ..limiting.terms import Knowledge
from .balancing import thresholds
from .operation_modes import CHANGING, period, update
from .profiles import PURPOSES

# A no to a dynamic profile that may mean its kind alone.
_OF_KIND = frozenset({"unsupportedkind", "rejected", ""})


@dataclass(frozen=True, slots=True)
class _Running:
    """A dynamic profile that the station holds."""

    target: Target
    until: datetime

    def fits(self, target: Target, now: datetime) -> bool:
        """Whether a setpoint changes nothing of it but its numbers."""
        ours = self.target
        return (
            now < self.until
            and target.mode is ours.mode
            and target.seconds == ours.seconds
            and target.order.transaction_id == ours.order.transaction_id
            # A field that an update leaves out may stay as it was.
            and update(target).keys() == update(ours).keys()
        )


@dataclass(slots=True)
class Native:
    """Writes setpoints as 2.1 does, over one connection."""

    knowledge: Knowledge
    _running: dict[int, _Running] = field(default_factory=dict)
    # EVSEs that say that they take dynamic profiles, and refused one.
    _static: set[int] = field(default_factory=set)
    # EVSEs that know what to keep to when they carry the house by themselves.
    _balanced: set[int] = field(default_factory=set)

    def setting(self, target: Target, now: datetime) -> Steps:
        """Bring a setpoint: what changes of a dynamic profile that runs, or the whole."""
        if target.order.transaction_id is None:
            return impossible(Hindrance.NOT_PLUGGED_IN)
        ability = ability_of(self.knowledge, target.evse)
        target = with_rest(target, ability)
        if ability.modes and target.mode not in ability.modes:
            return impossible(Hindrance.STATION_CANNOT, target.mode.value)
        if self._is_dynamic(target):
            verdict: Verdict = yield from self._dynamic(target, now)
            if (
                verdict.outcome is not Outcome.REFUSED
                or verdict.code.lower() not in _OF_KIND
                or target.mode is OperationMode.CENTRAL_FREQUENCY
            ):
                return verdict
            self._static.add(target.evse)
        elif target.mode is OperationMode.CENTRAL_FREQUENCY:
            # Q07.FR.02: it is dynamic or nothing.
            return impossible(Hindrance.STATION_CANNOT, "no dynamic profiles")
        self._running.pop(target.evse, None)
        if target.mode is OperationMode.LOCAL_LOAD_BALANCING:
            verdict = yield from self._balancing(target.evse)
            if verdict.outcome is not Outcome.APPLIED:
                return verdict
        return (yield self._whole(target, now, dynamic=False))

    def _balancing(self, evse: int) -> Steps:
        """Say between what a station is to keep the grid connection; once for each connection."""
        if evse in self._balanced:
            return APPLIED
        verdict: Verdict = yield thresholds(evse)
        if verdict.outcome is Outcome.APPLIED:
            self._balanced.add(evse)
        return verdict

    def ending(self, target: Target, now: datetime) -> Steps:
        """Take the profile away by its id, or overwrite it with one that only limits."""
        self._running.pop(target.evse, None)
        payload = {"chargingProfileId": target.profile_id}
        verdict: Verdict = yield Step("ClearChargingProfile", payload, of_clearing)
        if verdict.outcome is not Outcome.REFUSED:
            return verdict
        return (yield self._whole(as_limits(target), now, dynamic=False))

    def pulled(self, profile_id: int, now: datetime) -> dict[str, Any] | None:
        """Return what a dynamic profile holds, or None where it has ended or is none of these."""
        for running in self._running.values():
            if running.target.profile_id == profile_id and now < running.until:
                return update(running.target)
        return None

    def _is_dynamic(self, target: Target) -> bool:
        return (
            target.mode in CHANGING
            and target.evse not in self._static
            and self.knowledge.abilities().dynamic_profiles is True
        )

    def _dynamic(self, target: Target, now: datetime) -> Steps:
        running = self._running.get(target.evse)
        verdict = None
        if running is not None and running.fits(target, now):
            payload = {
                "chargingProfileId": target.profile_id,
                "scheduleUpdate": update(target),
            }
            verdict = yield Step("UpdateDynamicSchedule", payload, of_profile)
        if verdict is None or verdict.outcome is Outcome.REFUSED:
            self._running.pop(target.evse, None)
            verdict = yield self._whole(target, now, dynamic=True)
        if verdict.outcome is Outcome.APPLIED:
            until = now + timedelta(seconds=target.seconds)
            self._running[target.evse] = _Running(target, until)
        return verdict

    def _whole(self, target: Target, now: datetime, *, dynamic: bool) -> Step:
        """Return the whole profile; its duration is the dead man's switch (K28.FR.13), and offline it ends as soon."""
        now = self.knowledge.as_read(now)
        begin, duration_s = spell(target.seconds, now)
        schedule: dict[str, Any] = {
            "id": target.profile_id,
            "duration": target.seconds if dynamic else duration_s,
            "chargingRateUnit": RateUnit.WATTS.value,
            "chargingSchedulePeriod": [period(target)],
        }
        profile: dict[str, Any] = {
            "id": target.profile_id,
            "stackLevel": level_of(self.knowledge.abilities(), Purpose.TX),
            "chargingProfilePurpose": PURPOSES[Purpose.TX],
            "chargingProfileKind": "Dynamic" if dynamic else "Absolute",
        }
        if target.order.transaction_id is not None:
            profile["transactionId"] = target.order.transaction_id
        if dynamic:
            profile["dynUpdateTime"] = moment(now)
        else:
            schedule["startSchedule"] = begin
        if ability_of(self.knowledge, target.evse).ends_offline:
            # Q11, Q12.
            profile["maxOfflineDuration"] = target.seconds
            profile["invalidAfterOfflineDuration"] = True
        payload = {
            "evseId": target.evse,
            "chargingProfile": {**profile, "chargingSchedule": [schedule]},
        }
        return Step("SetChargingProfile", payload, of_profile)


def ability_of(knowledge: Knowledge, evse: int) -> V2xAbility:
    """Return what an EVSE says of discharging, or the station for all of them."""
    said = knowledge.capabilities().v2x
    return said.get(evse) or said.get(WHOLE_STATION) or V2xAbility()


def with_rest(target: Target, ability: V2xAbility) -> Target:
    """Return a rest as the station knows it: who has no mode for it is told to let nothing flow."""
    if target.mode is OperationMode.IDLE and OperationMode.IDLE not in ability.modes:
        return target.at_zero()
    return target
