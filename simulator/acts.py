"""Things that happen to a station once, by name: what a hand at the console or over HTTP may ask for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from simulator.simulated import SimulatedStation


async def _clear(station: SimulatedStation, _: Any) -> None:
    station.faults.clear()


async def _drop(station: SimulatedStation, _: Any) -> None:
    await station.drop()


async def _lose_profiles(station: SimulatedStation, _: Any) -> None:
    station.lose_profiles()


async def _outside_limit(station: SimulatedStation, limit_a: Any) -> None:
    none = limit_a in (None, "", "none")
    station.limit_from_outside(0, None if none else float(limit_a))


async def _offline(station: SimulatedStation, _: Any) -> None:
    station.go_offline()


async def _online(station: SimulatedStation, _: Any) -> None:
    station.go_online()


async def _raw(station: SimulatedStation, text: Any) -> None:
    await station.send_raw(str(text))


async def _reboot(station: SimulatedStation, reason: Any) -> None:
    why = reason if isinstance(reason, str) and reason else "HardReset"
    station.brain.keep(asyncio.ensure_future(station.reboot(why)))


async def _resend(station: SimulatedStation, action: Any) -> None:
    await station.resend(str(action))


async def _soc(station: SimulatedStation, percent: Any) -> None:
    for evse in station.station.evses.values():
        if evse.vehicle:
            evse.vehicle.soc_percent = max(0.0, min(100.0, float(percent)))


async def _frequency(station: SimulatedStation, hertz: Any) -> None:
    station.station.frequency_hz = float(hertz)


async def _grid_event(station: SimulatedStation, fault: Any) -> None:
    station.brain.grid_event(None if fault in (None, "", "none") else str(fault))


async def _outside_setpoint(station: SimulatedStation, power_w: Any) -> None:
    for evse_id in station.station.evses:
        station.brain.setpoint_from_outside(evse_id, float(power_w))


async def _error(station: SimulatedStation, code: Any) -> None:
    for evse_id in station.station.evses:
        station.set_error(evse_id, str(code) if code else None)


ACTS: dict[str, Callable[[SimulatedStation, Any], Awaitable[None]]] = {
    "clear": _clear,
    "drop": _drop,
    "error": _error,
    "frequency": _frequency,
    "grid_event": _grid_event,
    "lose_profiles": _lose_profiles,
    "offline": _offline,
    "outside_limit": _outside_limit,
    "outside_setpoint": _outside_setpoint,
    "online": _online,
    "raw": _raw,
    "reboot": _reboot,
    "resend": _resend,
    "soc": _soc,
}


async def misbehave(station: SimulatedStation, wanted: dict[str, Any]) -> None:
    """Switch faults and do acts; raises ValueError for a name that is neither.

    The other exceptions are those of the acts: NotConnected, CallError, TimeoutError, KeyError.
    """
    switches = {name: value for name, value in wanted.items() if name not in ACTS}
    station.faults.change(switches)
    for name, argument in wanted.items():
        if name in ACTS:
            await ACTS[name](station, argument)
