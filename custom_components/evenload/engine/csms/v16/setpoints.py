"""Setpoints of a 1.6 station: profiles with a limit below zero, keys, and messages (docs/v2g-extension.md D1 to D4)."""

from collections.abc import Mapping
from datetime import datetime
import json
from typing import Any

from ...model.capabilities import Purpose
from ...model.orders import WHOLE_STATION, Outcome
from ...model.v2x import Hindrance
from ...model.v2x_ability import Method
from ..discharging.replies import (
    Verdict,
    impossible,
    of_clearing,
    of_message,
    of_profile,
    of_status,
)
from ..discharging.setpoints import Step, Steps
from ..discharging.target import Target, as_limits, level_of, signed_limit
from ..discharging.words import key_of, message_of, releasing_value, reply_of, value_of
from ..limiting.amounts import spell
from ..limiting.terms import Knowledge
from .ids import to_send
from .profiles import PURPOSES


class Setpoints16:
    """Implements `csms.discharging.setpoints.Writer`."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Serve one connection."""
        self._knowledge = knowledge

    def setting(self, target: Target, now: datetime) -> Steps:
        """Bring a setpoint."""
        match target.order.dialect.method:
            case Method.NEGATIVE_LIMIT:
                return (yield from self._below_zero(target, now))
            case Method.CONFIGURATION_KEY:
                return (yield _written(target, value_of(target)))
            case Method.DATA_TRANSFER:
                return (yield _told(target, {}))
            case method:
                return impossible(Hindrance.STATION_CANNOT, f"OCPP 1.6 has no {method}")

    def ending(self, target: Target, now: datetime) -> Steps:
        """End one."""
        match target.order.dialect.method:
            case Method.CONFIGURATION_KEY:
                return (yield _written(target, releasing_value(target)))
            case Method.DATA_TRANSFER:
                fields = target.order.dialect.release_fields
                return (yield _told(target, fields))
            case _:
                verdict: Verdict = yield _cleared(target)
                if verdict.outcome is not Outcome.REFUSED:
                    return verdict
                # What cannot be taken away can be overwritten, and ends by itself.
                return (yield from self._below_zero(as_limits(target), now))

    def _below_zero(self, target: Target, now: datetime) -> Steps:
        dialect = target.order.dialect
        if dialect.purpose is Purpose.TX and target.order.transaction_id is None:
            return impossible(Hindrance.NOT_PLUGGED_IN)
        if dialect.clear_before_set:
            cleared: Verdict = yield _cleared(target)
            if cleared.outcome is Outcome.UNKNOWN:
                return cleared
        profile = self._profile(target, self._knowledge.as_read(now))
        return (yield Step("SetChargingProfile", profile, of_profile))

    def _profile(self, target: Target, now: datetime) -> dict[str, Any]:
        """Return the payload of SetChargingProfile (§6.43)."""
        dialect = target.order.dialect
        begin, duration_s = spell(target.seconds, now)
        profile: dict[str, Any] = {
            "chargingProfileId": target.profile_id,
            "stackLevel": level_of(self._knowledge.abilities(), dialect.purpose),
            "chargingProfilePurpose": PURPOSES[dialect.purpose],
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {
                "startSchedule": begin,
                "duration": duration_s,
                "chargingRateUnit": dialect.unit.value,
                "chargingSchedulePeriod": [
                    {"startPeriod": 0, "limit": signed_limit(target)}
                ],
            },
        }
        if dialect.purpose is Purpose.TX and target.order.transaction_id is not None:
            profile["transactionId"] = to_send(target.order.transaction_id)
        # A maximum of the station is one of connector 0 (§3.13.1).
        is_whole = dialect.purpose is Purpose.STATION_MAXIMUM
        return {
            "connectorId": WHOLE_STATION if is_whole else target.evse,
            "csChargingProfiles": profile,
        }


def _cleared(target: Target) -> Step:
    return Step("ClearChargingProfile", {"id": target.profile_id}, of_clearing)


def _written(target: Target, value: str) -> Step:
    payload = {"key": key_of(target), "value": value}
    return Step("ChangeConfiguration", payload, of_status)


def _told(target: Target, fields: Mapping[str, str]) -> Step:
    """Return a message of the maker's own; 1.6 carries only texts, so its data is JSON in one."""
    vendor, message, data = message_of(target, fields)
    field, value = reply_of(target.order.dialect)
    payload = {"vendorId": vendor, "messageId": message, "data": json.dumps(data)}
    return Step(
        "DataTransfer", payload, lambda answer: of_message(answer, field, value)
    )
