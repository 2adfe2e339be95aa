"""How calls from above are answered: a wrong one is told so, and no answer of ours is wrong."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..csms.frames import CallFault
from ..csms.framing import Fault
from ..csms.line import for_others
from ..csms.schemas import Schemas, as_fault
from ..model.errors import StationRefused, StationSilent
from .tongue import Tongue
from .trimming import trimmed

# Limits and starts, which the house keeps: who is told that they are taken counts on it, whatever becomes of the house.
_KEPT = frozenset(
    {
        *("ClearChargingProfile", "SetChargingProfile", "UpdateDynamicSchedule"),
        *("RemoteStartTransaction", "RequestStartTransaction"),
    }
)


async def answered(
    tongue: Tongue,
    schemas: Schemas,
    action: str,
    payload: dict[str, Any],
    kept: Callable[[], Awaitable[None]],
) -> dict[str, Any]:
    """Answer a call; `kept` returns when what it changed is on the disk. Raises `CallFault`."""
    if action not in schemas.actions:
        raise CallFault(Fault.NOT_IMPLEMENTED, f"{action[:50]} is not known here")
    if violations := schemas.violations(action, payload):
        raise as_fault(violations[0])
    try:
        # What the station is asked for this waits behind what the house asks.
        with for_others():
            answer = await tongue.answer(action, payload)
    except StationRefused as refusal:
        raise CallFault(Fault.GENERIC, refusal.answer[:100]) from refusal
    except StationSilent as silent:
        raise CallFault(Fault.GENERIC, "The station does not answer") from silent
    if action in _KEPT:
        await kept()
    fitting = trimmed(schemas, f"{action}Response", answer, is_answer=True)
    if fitting is None:
        raise CallFault(Fault.GENERIC, "The station's answer does not fit")
    return fitting
