"""Who may charge: local list, cache, and the central system (C01-C16, D01)."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulator.ocpp2.outlet import Permission, Token
from simulator.ocppj.fields import format_time, parse_time
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

type Name = str


@dataclass
class KnownTokens:
    """Tokens the station can judge by itself."""

    list_version: int = 0
    listed: dict[Name, Payload] = field(default_factory=dict)
    cached: dict[Name, Payload] = field(default_factory=dict)

    def snapshot(self) -> dict[str, Any]:
        """What to keep over a reboot."""
        return {
            "list_version": self.list_version,
            "listed": self.listed,
            "cached": self.cached,
        }

    def restore(self, saved: dict[str, Any]) -> None:
        """Take up again what was kept."""
        self.list_version, self.listed, self.cached = (
            saved["list_version"],
            saved["listed"],
            saved["cached"],
        )


class Authorization:
    """The judge of one station."""

    def __init__(self, station: ChargingStation) -> None:
        """Start knowing nobody."""
        self._station = station
        self.known = KnownTokens()

    async def permit(self, token: Token) -> Permission | None:
        """A permission for a token, if it may charge now: asked of the central system, or judged here when that must or may be."""
        device_model = self._station.device_model
        if token["type"] == "NoAuthorization":
            return Permission(token)
        info = self._known(token)
        if self._station.ready.is_set():
            if self._is_good(info) and device_model.flag("AuthCtrlr.LocalPreAuthorize"):
                return Permission(token, _group(info))
            answer = await self._station.try_call("Authorize", {"idToken": token})
            if answer is not None:
                told = answer.get("idTokenInfo")
                told = told if isinstance(told, dict) else {}
                self.remember(token, told)
                permission = self._permission(token, told)
                allowed = self._station.transfer.allowed_in(answer)
                return permission and replace(permission, allowed=allowed)
        if info is None:
            unknown_may = device_model.flag("AuthCtrlr.OfflineTxForUnknownIdEnabled")
            return Permission(token) if unknown_may else None
        offline = device_model.flag("AuthCtrlr.LocalAuthorizeOffline")
        return self._permission(token, info) if offline else None

    def remember(self, token: Token, info: Payload) -> None:
        """Keep what the central system said about a token; the local list comes before the cache (C10, D01)."""
        name = name_of(token)
        enabled = self._station.device_model.flag("AuthCacheCtrlr.Enabled")
        if not enabled or name in self.known.listed:
            return
        if "cacheExpiryDateTime" not in info:
            life_s = self._station.device_model.number("AuthCacheCtrlr.LifeTime")
            until = self._station.now() + timedelta(seconds=life_s)
            info = info | {"cacheExpiryDateTime": format_time(until)}
        self.known.cached[name] = info

    def group(self, token: Token) -> Token | None:
        """The group a token belongs to, as far as the station knows."""
        return _group(self._known(token))

    def same_user(self, token: Token, other: Token | None, group: Token | None) -> bool:
        """Whether a token may end what another began: it is the same, of the same group, or the master pass (C01, C09, C16)."""
        if other is not None and name_of(token) == name_of(other):
            return True
        own_group = self.group(token)
        if own_group is None:
            return False
        master = self._station.device_model.text("AuthCtrlr.MasterPassGroupId")
        if master and own_group["idToken"].lower() == master.lower():
            return True
        return group is not None and name_of(own_group) == name_of(group)

    def _known(self, token: Token) -> Payload | None:
        """What the station itself knows of a token."""
        name, device_model = name_of(token), self._station.device_model
        if (
            device_model.flag("LocalAuthListCtrlr.Enabled")
            and name in self.known.listed
        ):
            return self.known.listed[name]
        if not device_model.flag("AuthCacheCtrlr.Enabled"):
            return None
        info = self.known.cached.get(name)
        if info and parse_time(info["cacheExpiryDateTime"]) <= self._station.now():
            del self.known.cached[name]
            return None
        return info

    def _permission(self, token: Token, info: Payload) -> Permission | None:
        return Permission(token, _group(info)) if self._is_good(info) else None

    def _is_good(self, info: Payload | None) -> bool:
        return info is not None and info.get("status") == "Accepted"


def name_of(token: Token) -> Name:
    """What makes it the same token; ids are case-insensitive (IdTokenType.idToken)."""
    return f"{token['type']}:{token['idToken'].lower()}"


def _group(info: Payload | None) -> Token | None:
    group = info.get("groupIdToken") if info else None
    return group if isinstance(group, dict) else None
