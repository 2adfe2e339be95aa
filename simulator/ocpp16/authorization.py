"""Who may charge: local list, cache, and the central system (OCPP 1.6 §3.5, §4.1, §5.15)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.ocppj.fields import parse_time
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint


@dataclass
class KnownTags:
    """Tags the station can judge by itself."""

    list_version: int = 0
    listed: dict[str, Payload] = field(default_factory=dict)
    cached: dict[str, Payload] = field(default_factory=dict)

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

    def __init__(self, charge_point: ChargePoint) -> None:
        """Start knowing nobody."""
        self._charge_point = charge_point
        self.known = KnownTags()

    async def allows(self, id_tag: str) -> bool:
        """Whether a tag may charge now: asked of the central system, or judged here when that must or may be."""
        configuration = self._charge_point.configuration
        known = self._judge(id_tag)
        if self._charge_point.ready.is_set():
            if known and configuration.flag("LocalPreAuthorize"):
                return True
            answer = await self._charge_point.try_call("Authorize", {"idTag": id_tag})
            if answer is not None:
                info = id_tag_info(answer)
                self.remember(id_tag, info)
                return bool(info.get("status") == "Accepted")
        if known is None:
            return configuration.flag("AllowOfflineTxForUnknownId")
        return known and configuration.flag("LocalAuthorizeOffline")

    def remember(self, id_tag: str, info: Payload) -> None:
        """Keep what the central system said about a tag; the local list comes before the cache (§3.5.3)."""
        if (
            self._charge_point.configuration.flag("AuthorizationCacheEnabled")
            and id_tag not in self.known.listed
        ):
            self.known.cached[id_tag] = info

    def parent(self, id_tag: str) -> str | None:
        """The group a tag belongs to, as far as the station knows."""
        parent: str | None = self._info(id_tag).get("parentIdTag")
        return parent

    def same_user(self, one: str, other: str) -> bool:
        """Whether two tags are the same, or of the same group."""
        parent = self.parent(one)
        return one.lower() == other.lower() or (
            parent is not None and parent == self.parent(other)
        )

    def _info(self, id_tag: str) -> Payload:
        if (
            self._charge_point.configuration.flag("LocalAuthListEnabled")
            and id_tag in self.known.listed
        ):
            return self.known.listed[id_tag]
        return self.known.cached.get(id_tag, {})

    def _judge(self, id_tag: str) -> bool | None:
        """What the station itself thinks of a tag; None when it does not know it."""
        info = self._info(id_tag)
        if not info:
            return None
        return bool(info.get("status") == "Accepted") and not _is_over(
            info.get("expiryDate"), self._charge_point.now()
        )


def id_tag_info(answer: Payload) -> Payload:
    """What an answer says about a tag; nothing at all if it is no proper answer."""
    info = answer.get("idTagInfo")
    return info if isinstance(info, dict) else {}


def _is_over(expiry: str | None, now: datetime) -> bool:
    return expiry is not None and parse_time(expiry) <= now
