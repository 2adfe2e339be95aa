"""Orders to discharge, and what a test compares of the calls that they become."""

from collections.abc import Iterable
from typing import Any

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.v2x import SetpointOrder, V2xDialect
from custom_components.evenload.engine.model.v2x_ability import Method
from tests.engine.csms.dialler import Dialler, Payload

VENDOR = "org.evenload.v2x"
START = "startSchedule"


def setpoint(
    method: Method,
    power_w: float = -3000.0,
    *,
    said: Payload | None = None,
    **more: Any,
) -> SetpointOrder:
    """An order for EVSE 1 within 7360 W in and 5000 W out; `said` is what its dialect says beyond the method."""
    fields: Payload = {
        "evse": 1,
        "power_w": power_w,
        "charge_limit_w": 7360.0,
        "discharge_limit_w": -5000.0,
        "transaction_id": "17",
        "dialect": V2xDialect(method=method, **(said or {})),
    }
    return SetpointOrder(**fields | more)


async def sent(
    commands: Commands, station: Dialler, order: SetpointOrder
) -> tuple[Outcome, list[tuple[str, Payload]]]:
    """What becomes of a setpoint, and the calls that brought it."""
    station.calls.clear()
    outcome = await commands.set_setpoint(order)
    return outcome, list(station.calls)


async def ended(
    commands: Commands, station: Dialler, order: SetpointOrder
) -> tuple[Outcome, list[tuple[str, Payload]]]:
    """What becomes of its end, and the calls that brought it."""
    station.calls.clear()
    outcome = await commands.end_setpoint(order)
    return outcome, list(station.calls)


def profile_of(payload: Payload) -> Payload:
    """The profile of a SetChargingProfile, without the time at which its schedule begins."""
    profile = dict(payload.get("csChargingProfiles") or payload["chargingProfile"])
    schedule = profile["chargingSchedule"]
    schedules = schedule if isinstance(schedule, list) else [schedule]
    bare = [without(one, START) for one in schedules]
    return without(profile, "dynUpdateTime") | {
        "chargingSchedule": bare if isinstance(schedule, list) else bare[0]
    }


def without(payload: Payload, *names: str) -> Payload:
    return {name: value for name, value in payload.items() if name not in names}


def actions(calls: Iterable[tuple[str, Payload]]) -> list[str]:
    return [action for action, _ in calls]


def period_of(payload: Payload) -> Payload:
    """The one period of a 2.x SetChargingProfile."""
    [schedule] = profile_of(payload)["chargingSchedule"]
    [period] = schedule["chargingSchedulePeriod"]
    return period
