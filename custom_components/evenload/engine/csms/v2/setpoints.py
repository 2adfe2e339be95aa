"""Setpoints of a 2.x station: 2.1's own, the extension of 2.0.1, limits below zero, variables and messages (docs/v2g-extension.md)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ...model.capabilities import Purpose
from ...model.errors import InvalidRequest
from ...model.limits import RateUnit
from ...model.orders import WHOLE_STATION, Outcome
from ...model.stations import OcppVersion
from ...model.v2x import Hindrance
from ...model.v2x_ability import Method, OperationMode
from ..discharging.replies import (
    Verdict,
    impossible,
    of_clearing,
    of_message,
    of_profile,
    of_variable,
)
from ..discharging.setpoints import Step, Steps
from ..discharging.target import Target, as_limits, level_of, signed_limit, tenths
from ..discharging.words import (
    VENDOR,
    key_of,
    message_of,
    releasing_value,
    reply_of,
    value_of,
)
from ..limiting.amounts import spell
from ..limiting.terms import Knowledge
from .device_model import Key
from .native import Native, ability_of, with_rest
from .profiles import PURPOSES

# A limit below zero is for those who know nothing better (errata 2.62): never for 2.1.
_METHODS = {
    OcppVersion.V201: frozenset(
        {
            Method.EXTENSION,
            Method.NEGATIVE_LIMIT,
            Method.VARIABLE,
            Method.DATA_TRANSFER,
        }
    ),
    OcppVersion.V21: frozenset(
        # Who announces both has the extension's fields of its own.
        {
            Method.NATIVE,
            Method.EXTENSION,
            Method.VARIABLE,
            Method.DATA_TRANSFER,
        }
    ),
}

_EXTENDED = frozenset({OperationMode.CENTRAL_SETPOINT, OperationMode.IDLE})

UNREAD = "customData was not read"


class Setpoints2:
    """Implements `csms.discharging.setpoints.Writer`."""

    def __init__(self, knowledge: Knowledge, version: OcppVersion) -> None:
        """Serve one connection."""
        self._knowledge = knowledge
        self._version = version
        self.native = Native(knowledge)
        # It accepted a profile and showed that it had not read what was meant.
        self._is_ignorant = False

    def setting(self, target: Target, now: datetime) -> Steps:
        """Bring a setpoint."""
        method = target.order.dialect.method
        if method not in _METHODS[self._version]:
            reason = f"OCPP {self._version} has no {method}"
            return impossible(Hindrance.STATION_CANNOT, reason)
        match method:
            case _ if self._is_native(method):
                return (yield from self.native.setting(target, now))
            case Method.EXTENSION:
                return (yield from self._extended(target, now))
            case Method.NEGATIVE_LIMIT:
                return (yield from self._below_zero(target, now))
            case Method.VARIABLE:
                return (yield _written(target, value_of(target)))
            case _:
                return (yield _told(target, {}))

    def ending(self, target: Target, now: datetime) -> Steps:
        """End one."""
        match method := target.order.dialect.method:
            case _ if self._is_native(method):
                return (yield from self.native.ending(target, now))
            case Method.VARIABLE:
                return (yield _written(target, releasing_value(target)))
            case Method.DATA_TRANSFER:
                fields = target.order.dialect.release_fields
                return (yield _told(target, fields))
            case _:
                verdict: Verdict = yield _cleared(target)
                if verdict.outcome is not Outcome.REFUSED:
                    return verdict
                return (yield from self._below_zero(as_limits(target), now))

    def _is_native(self, method: Method) -> bool:
        is_21 = self._version is OcppVersion.V21
        return method is Method.NATIVE or (is_21 and method is Method.EXTENSION)

    def _extended(self, target: Target, now: datetime) -> Steps:
        """Send 2.1's fields in `customData`; who does not show that it has read them gets no more of them."""
        if self._is_ignorant:
            return impossible(Hindrance.STATION_CANNOT, UNREAD)
        if target.order.transaction_id is None:
            return impossible(Hindrance.NOT_PLUGGED_IN)
        target = with_rest(target, ability_of(self._knowledge, target.evse))
        if target.mode not in _EXTENDED:
            return impossible(Hindrance.STATION_CANNOT, target.mode.value)
        payload = self._profile(target, now, Purpose.TX, RateUnit.WATTS, _both(target))
        verdict: Verdict = yield Step("SetChargingProfile", payload, _of_extension)
        if verdict.refusal is not None and verdict.refusal.detail == UNREAD:
            self._is_ignorant = True
            yield _cleared(target)
        return verdict

    def _below_zero(self, target: Target, now: datetime) -> Steps:
        dialect = target.order.dialect
        if dialect.purpose is Purpose.TX and target.order.transaction_id is None:
            return impossible(Hindrance.NOT_PLUGGED_IN)
        if dialect.clear_before_set:
            cleared: Verdict = yield _cleared(target)
            if cleared.outcome is Outcome.UNKNOWN:
                return cleared
        period = {"startPeriod": 0, "limit": signed_limit(target)}
        payload = self._profile(target, now, dialect.purpose, dialect.unit, period)
        return (yield Step("SetChargingProfile", payload, of_profile))

    def _profile(
        self,
        target: Target,
        now: datetime,
        purpose: Purpose,
        unit: RateUnit,
        period: dict[str, Any],
    ) -> dict[str, Any]:
        """Return the payload of SetChargingProfile (2.0.1 K01)."""
        begin, duration_s = spell(target.seconds, self._knowledge.as_read(now))
        profile: dict[str, Any] = {
            "id": target.profile_id,
            "stackLevel": level_of(self._knowledge.abilities(), purpose),
            "chargingProfilePurpose": PURPOSES[purpose],
            "chargingProfileKind": "Absolute",
            "chargingSchedule": [
                {
                    "id": target.profile_id,
                    "startSchedule": begin,
                    "duration": duration_s,
                    "chargingRateUnit": unit.value,
                    "chargingSchedulePeriod": [period],
                }
            ],
        }
        if purpose is Purpose.TX and target.order.transaction_id is not None:
            profile["transactionId"] = target.order.transaction_id
        is_whole = purpose is Purpose.STATION_MAXIMUM
        return {
            "evseId": WHOLE_STATION if is_whole else target.evse,
            "chargingProfile": profile,
        }


def _both(target: Target) -> dict[str, Any]:
    """Return a period for those who read the extension, and (`limit`) for those who do not."""
    said: dict[str, Any] = {"vendorId": VENDOR, "operationMode": target.mode.value}
    if target.mode is OperationMode.IDLE:
        if target.order.sleeps:
            said["evseSleep"] = True
        return {"startPeriod": 0, "limit": 0.0, "customData": said}
    said["setpoint"] = tenths(target.power_w)
    said["dischargeLimit"] = tenths(target.discharge_w)
    return {"startPeriod": 0, "limit": tenths(target.charge_w), "customData": said}


def _of_extension(answer: dict[str, Any]) -> Verdict:
    """Read the answer to a profile: accepted it is only by who names the mode that it has taken."""
    verdict = of_profile(answer)
    if verdict.outcome is not Outcome.APPLIED:
        return verdict
    match answer.get("customData"):
        case {"vendorId": str(vendor), "operationMode": str()} if (
            vendor.lower() == VENDOR
        ):
            return verdict
        case _:
            return impossible(Hindrance.STATION_CANNOT, UNREAD)


def _cleared(target: Target) -> Step:
    payload = {"chargingProfileId": target.profile_id}
    return Step("ClearChargingProfile", payload, of_clearing)


def _written(target: Target, value: str) -> Step:
    try:
        key = Key.parse(key_of(target))
    except ValueError as error:
        raise InvalidRequest("SetVariables", str(error)) from error
    payload = {"setVariableData": [{**key.written(), "attributeValue": value}]}
    return Step("SetVariables", payload, of_variable)


def _told(target: Target, fields: Mapping[str, str]) -> Step:
    vendor, message, data = message_of(target, fields)
    field, value = reply_of(target.order.dialect)
    payload = {"vendorId": vendor, "messageId": message, "data": data}
    return Step(
        "DataTransfer", payload, lambda answer: of_message(answer, field, value)
    )
