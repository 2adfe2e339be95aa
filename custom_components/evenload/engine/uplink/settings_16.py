"""What a CSMS of 1.6 asks about a station's settings (1.6 §5.3, §5.8); keys are the same in capitals and not (§9)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from ..csms.commands import ConfigurationValue
from ..model.errors import InvalidRequest, NotConnected, StationRefused
from ..model.stations import OcppVersion
from ..model.uplink import Domain
from .deeds import REJECTED, Deeds
from .pairs import as_value_2, as_value_16, key_of, variable_of
from .settings_2 import speaks_2

type Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

_SECRET = frozenset({"authorizationkey"})

# What the house itself has the station say, and how often, and what would take the station from the house; in lower case.
# 1.6 has no key for the address of the CSMS, so makers have their own.
OURS = _SECRET | {
    *("heartbeatinterval", "metervaluesampleinterval", "metervaluessampleddata"),
    *("securityprofile", "websocketpinginterval"),
    *("backendurl", "backofficeurl", "centralsystemaddress", "centralsystemurl"),
    *("chargeboxidentity", "csmsurl", "csurl", "ocppcsmsurl", "ocppserverurl"),
    *("ocppurl", "ocppcentralsystemurl", "serverurl", "websocketurl"),
}


# What several stations that are one can do in the words of 1.6 (§3.3), and a station of 2.x beside that; limits are the house's.
_OF_MANY = "Core,Reservation,SmartCharging,RemoteTrigger"
_OF_ONE = f"{_OF_MANY},FirmwareManagement,LocalAuthListManagement"

# 1.6 §7.22 and SetVariableStatusEnum: it has no such setting.
_UNKNOWN_KEY = dict.fromkeys(
    ("NotSupported", "UnknownComponent", "UnknownVariable"), "NotSupported"
)


class SettingCalls16:
    """Answers those calls; a station of 2.x shows its variables as keys."""

    def __init__(self, deeds: Deeds) -> None:
        """Ask the station through the house."""
        self._deeds = deeds
        self._house = deeds.house
        self.handlers: dict[str, Handler] = {
            "ChangeConfiguration": self._change,
            "GetConfiguration": self._get,
        }

    async def _get(self, payload: dict[str, Any]) -> dict[str, Any]:
        asked = payload.get("key", [])
        wanted = [key for key in asked if not _is_secret(key)]
        if asked and not wanted:
            return {"configurationKey": [], "unknownKey": asked}
        found = {
            key: value
            for key, value in (await self._read(wanted)).items()
            if not _is_secret(key)
        }
        shown = [
            {
                "key": key[:50],
                "readonly": value.readonly or is_ours(key),
                **({} if value.value is None else {"value": value.value[:500]}),
            }
            for key, value in found.items()
        ]
        known = {_plain(key) for key in found}
        return {
            "configurationKey": shown,
            "unknownKey": [key for key in asked if _plain(key) not in known],
        }

    async def _read(self, keys: list[str]) -> dict[str, ConfigurationValue]:
        """Return what the station shows, under the keys that were asked for; nothing where it shows nothing: 1.6 has no word for a no."""
        asked, own = keys, dict[str, ConfigurationValue]()
        if self._house.station.version is not OcppVersion.V16:
            own = {
                name: ConfigurationValue(value, readonly=True)
                for name, value in self._own().items()
                if not keys or _plain(name) in map(_plain, keys)
            }
            # A station of 2.x knows variables alone.
            asked = [name for key in keys if "/" in (name := variable_of(key) or key)]
            if keys and not asked:
                return own
        try:
            found = await self._house.commands.get_configuration(asked)
        except StationRefused, InvalidRequest, NotConnected:
            return own
        return own | {
            key: replace(value, value=as_value_16(key, value.value))
            if value.value is not None
            else value
            for name, value in found.items()
            for key in (_as_asked(name, keys),)
        }

    def _own(self) -> dict[str, str]:
        """Return what 1.6 wants to know of every station, and no variable of 2.x says (1.6 §9.1)."""
        return {
            "NumberOfConnectors": str(len(self._house.station.evses)),
            "SupportedFeatureProfiles": _OF_ONE if speaks_2(self._house) else _OF_MANY,
        }

    async def _change(self, payload: dict[str, Any]) -> dict[str, Any]:
        key, value = payload["key"], payload["value"]
        if is_ours(key):
            return dict(REJECTED)
        if self._house.station.version is not OcppVersion.V16:
            name = variable_of(key) or key
            if "/" not in name:
                return {"status": "NotSupported"}
            key, value = name, as_value_2(key_of(name) or "", value)
        waits = False

        async def change() -> None:
            nonlocal waits
            waits = await self._house.commands.set_configuration(key, value)

        said = await self._deeds.done(
            Domain.CONFIGURATION, change(), words=_UNKNOWN_KEY
        )
        return {"status": "RebootRequired"} if waits else said


def _as_asked(name: str, keys: list[str]) -> str:
    """Return the key for what a station shows: as it was asked for, as 1.6 calls it, or as the station does."""
    plain = _plain(name)
    for key in keys:
        if _plain(key) == plain or _plain(variable_of(key) or "") == plain:
            return key
    return key_of(name) or name


def is_ours(key: str) -> bool:
    """Whether nobody but the house changes a key: one of 1.6, or a component and its variable."""
    plain = _plain(key)
    return plain in OURS or plain.rpartition("/")[2] in _OF_VARIABLES


# A station of 2.x under 1.6 has these by the names of its variables.
_OF_VARIABLES = frozenset(
    {
        *("basicauthpassword", "heartbeatinterval", "identity", "ocppcsmsurl"),
        *("networkconfigurationpriority", "securityprofile", "txupdatedinterval"),
        *("txupdatedmeasurands", "websocketpinginterval"),
    }
)


def _is_secret(key: str) -> bool:
    plain = _plain(key)
    return plain in _SECRET or plain.rpartition("/")[2] == "basicauthpassword"


def _plain(key: str) -> str:
    """Return a key without what makes no difference to stations: capitals, blanks around it, and what parts words."""
    return "".join(
        letter for letter in key.casefold() if letter.isalnum() or letter == "/"
    )
