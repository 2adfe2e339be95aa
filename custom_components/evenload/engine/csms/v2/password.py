"""Gives a 2.x station its password, and has it use it (OCPP 2.0.1 and 2.1 part 2, A01, A05, B09)."""

from collections.abc import Awaitable, Callable, Sequence
import logging
from typing import Any

from ...model.errors import EvenloadError, StationRefused
from ...model.identity import masked
from ...model.security import SecurityProfile
from ...model.stations import OcppVersion

_LOGGER = logging.getLogger(__name__)

type Call = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
type Variable = tuple[str, str]

_PASSWORD: Variable = ("SecurityCtrlr", "BasicAuthPassword")
_PROFILE: Variable = ("SecurityCtrlr", "SecurityProfile")
_PRIORITY: Variable = ("OCPPCommCtrlr", "NetworkConfigurationPriority")

_TAKEN = frozenset({"Accepted", "RebootRequired"})

# How a slot of the network configuration names the version; 2.0.1 speaks of "OCPP20".
_VERSIONS = {OcppVersion.V201: "OCPP20", OcppVersion.V21: "OCPP21"}
_INTERFACES = {OcppVersion.V201: "Wired0", OcppVersion.V21: "Any"}

MESSAGE_TIMEOUT_S = 30


async def set_password(
    identity: str,
    call: Call,
    password: str,
    *,
    version: OcppVersion,
    url: str | None,
) -> None:
    """Write the password, and raise a station that shows none to profile 1 at the address that it dials now.

    Raises:
        EvenloadError: `StationRefused`, or what `call` raises.

    """
    await _write(identity, call, _PASSWORD, password)
    try:
        profile = await _read(call, _PROFILE)
        if profile == "0" and url is not None:
            await _raise_profile(identity, call, version, url)
    except EvenloadError as error:
        # The password is in the station, which may dial again at once: whether it uses it is seen when it does.
        _LOGGER.debug(
            "%s was not raised to profile 1: %s",
            masked(identity),
            type(error).__name__,
        )


async def _raise_profile(
    identity: str, call: Call, version: OcppVersion, url: str
) -> None:
    """Add a connection with a password before those that the station has: it falls back to them if it fails."""
    slots = _slots(await _read(call, _PRIORITY))
    free = next(slot for slot in range(1, len(slots) + 2) if slot not in slots)
    profile = {
        "ocppVersion": _VERSIONS[version],
        "ocppTransport": "JSON",
        "ocppCsmsUrl": url,
        "messageTimeout": MESSAGE_TIMEOUT_S,
        "securityProfile": int(SecurityProfile.PASSWORD),
        "ocppInterface": _INTERFACES[version],
    }
    answer = await call(
        "SetNetworkProfile", {"configurationSlot": free, "connectionData": profile}
    )
    if answer.get("status") != "Accepted":
        raise StationRefused(identity, "SetNetworkProfile", str(answer.get("status")))
    priority = ",".join(str(slot) for slot in (free, *slots))
    await _write(identity, call, _PRIORITY, priority)
    # A05.FR.05: the priority counts from the next start on; a vehicle that charges is not disturbed.
    await call("Reset", {"type": "OnIdle"})


async def _write(identity: str, call: Call, variable: Variable, value: str) -> None:
    answer = await call(
        "SetVariables",
        {"setVariableData": [{**_named(variable), "attributeValue": value}]},
    )
    status = str(_first(answer.get("setVariableResult")).get("attributeStatus"))
    if status not in _TAKEN:
        raise StationRefused(identity, "SetVariables", status)


async def _read(call: Call, variable: Variable) -> str | None:
    answer = await call("GetVariables", {"getVariableData": [_named(variable)]})
    result = _first(answer.get("getVariableResult"))
    value = result.get("attributeValue")
    if result.get("attributeStatus") != "Accepted" or value is None:
        return None
    return str(value).strip()


def _named(variable: Variable) -> dict[str, Any]:
    component, name = variable
    return {"component": {"name": component}, "variable": {"name": name}}


def _first(results: object) -> dict[str, Any]:
    """Return the only result; an answer without one is no consent."""
    if isinstance(results, Sequence) and results and isinstance(results[0], dict):
        return results[0]
    return {}


def _slots(text: str | None) -> tuple[int, ...]:
    parts = (part.strip() for part in (text or "").split(","))
    return tuple(int(part) for part in parts if part.isdecimal())
