"""What a CSMS of 2.x asks about a station's settings (2.0.1 B05, B06)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ..csms.commands import ConfigurationValue
from ..model.errors import InvalidRequest, StationRefused
from ..model.stations import OcppVersion
from ..model.uplink import Domain
from .house import House
from .pairs import as_value_2, as_value_16, is_known, key_asked

type Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class SettingCalls2:
    """Answers those calls; what a station of 1.6 has as keys is shown as variables."""

    def __init__(self, house: House) -> None:
        """Ask the station through the house."""
        self._house = house
        self.handlers: dict[str, Handler] = {
            "GetVariables": self._get_variables,
            "SetVariables": self._set_variables,
        }

    async def _get_variables(self, payload: dict[str, Any]) -> dict[str, Any]:
        asked = payload["getVariableData"]
        # A station may show its password, though it is to be written only.
        results = [_result(one, "Rejected") for one in asked if _names(one) in _SECRET]
        if wanted := [one for one in asked if _names(one) not in _SECRET]:
            if speaks_2(self._house):
                answer = await self._house.commands.call(
                    "GetVariables", {"getVariableData": wanted}
                )
                results += answer.get("getVariableResult", [])
            else:
                results += await self._read_keys(wanted)
        return {"getVariableResult": results}

    async def _read_keys(self, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Read the keys of 1.6 that variables stand for (1.6 §5.8)."""
        keys = {key: None for one in asked if (key := key_asked(one)) is not None}
        found: Mapping[str, ConfigurationValue] = {}
        refused = False
        if keys:
            try:
                found = await self._house.commands.get_configuration([*keys])
            except StationRefused, InvalidRequest:
                refused = True
        shown = {key.casefold(): value for key, value in found.items()}
        results = []
        for one in asked:
            key = key_asked(one)
            value = None if key is None else shown.get(key.casefold())
            if (status := _hindrance(one, key)) is None:
                status = "Rejected" if refused else "UnknownVariable"
                if key is not None and value is not None and not refused:
                    # Who does not show a value has it to be written only.
                    status = "Rejected" if value.value is None else "Accepted"
            result = _result(one, status)
            if status == "Accepted" and key is not None and value is not None:
                result["attributeValue"] = as_value_2(key, value.value or "")
            results.append(result)
        return results

    async def _set_variables(self, payload: dict[str, Any]) -> dict[str, Any]:
        asked = payload["setVariableData"]
        if not self._house.decides(Domain.CONFIGURATION):
            results = [_result(one, "Rejected") for one in asked]
            return {"setVariableResult": results}
        results = [_result(one, "Rejected") for one in asked if _is_ours(one)]
        if wanted := [one for one in asked if not _is_ours(one)]:
            if speaks_2(self._house):
                answer = await self._house.commands.call(
                    "SetVariables", {"setVariableData": wanted}
                )
                results += answer.get("setVariableResult", [])
            else:
                results += [_result(one, await self._write_key(one)) for one in wanted]
        return {"setVariableResult": results}

    async def _write_key(self, asked: dict[str, Any]) -> str:
        """Write the key of 1.6 that a variable stands for (1.6 §5.3); returns how that went, in the words of 2.x."""
        key = key_asked(asked)
        if (status := _hindrance(asked, key)) is not None or key is None:
            return status or "UnknownVariable"
        value = as_value_16(key, asked["attributeValue"])
        try:
            waits = await self._house.commands.set_configuration(key, value)
        except StationRefused as refusal:
            is_unknown = refusal.answer == "NotSupported"
            return "UnknownVariable" if is_unknown else "Rejected"
        except InvalidRequest:
            return "Rejected"
        return "RebootRequired" if waits else "Accepted"


def _hindrance(asked: dict[str, Any], key: str | None) -> str | None:
    """Return why a variable can be no key of 1.6, or None."""
    if key is None:
        return "UnknownVariable" if is_known(asked) else "UnknownComponent"
    if asked.get("attributeType", "Actual") != "Actual":
        return "NotSupportedAttributeType"
    return None


def speaks_2(house: House) -> bool:
    """Whether the station itself speaks 2.x."""
    return house.station.version in {OcppVersion.V201, OcppVersion.V21}


def _result(asked: dict[str, Any], status: str) -> dict[str, Any]:
    """Return what became of one variable."""
    named = ("component", "variable", "attributeType")
    return {key: asked[key] for key in named if key in asked} | {
        "attributeStatus": status
    }


_SECRET = frozenset({("securityctrlr", "basicauthpassword")})

# What the house itself has the station say, and how often (component and variable, in lower case).
_OURS = _SECRET | {
    ("sampleddatactrlr", "txupdatedinterval"),
    ("sampleddatactrlr", "txupdatedmeasurands"),
    ("ocppcommctrlr", "heartbeatinterval"),
    ("ocppcommctrlr", "networkconfigurationpriority"),
    ("ocppcommctrlr", "websocketpinginterval"),
    ("securityctrlr", "identity"),
    ("securityctrlr", "securityprofile"),
    ("smartchargingctrlr", "enabled"),
}

# 2.1 has what takes the station from the house as variables of it.
_MOVES = "networkconfiguration"


def _is_ours(said: dict[str, Any]) -> bool:
    names = _names(said)
    return names in _OURS or names[0] == _MOVES


def _names(said: dict[str, Any]) -> tuple[str, str]:
    """Return what is asked for; names are the same in capitals and not (2.0.1 part 2, appendix)."""
    component, variable = said["component"]["name"], said["variable"]["name"]
    return component.strip().casefold(), variable.strip().casefold()
