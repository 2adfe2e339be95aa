"""What the owner wishes of EVSEs and circuits while they run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from math import isfinite

from .fleet import Fleet
from .live import LiveNode, check_live_limit, check_live_strategy
from .memory import Memory
from .model.configuration import Strategy
from .model.errors import BadSetting
from .model.identity import EvseKey
from .model.kinds import EvseKind
from .model.limits import Limit
from .model.pauses import checked
from .model.stations import EvseSettings
from .settings import checked_cap, with_maximum, with_priority


class Wishes:
    """Each is checked, obeyed at once, and on the disk when it returns."""

    _fleet: Fleet
    _memory: Memory
    _now: Callable[[], datetime]

    def kind(self, key: EvseKey) -> EvseKind:
        """Return what an EVSE is, and in which unit it is limited. Raises `KeyError` where there is no such station."""
        return self._fleet.enforcer.commitments.kind(key)

    async def set_maximum(self, key: EvseKey, maximum: float) -> None:
        """Set the owner's maximum of an EVSE, in amperes per phase (of a DC EVSE in watts). Raises `BadSetting`."""
        settings = self._fleet.evse(key).settings
        await self._set(key, with_maximum(settings, self.kind(key), maximum))

    async def set_phases(self, key: EvseKey, phases: int | None) -> None:
        """Set on how many phases (1 or 3) an EVSE that can switch charges; None leaves it to us."""
        settings = self._fleet.evse(key).settings
        await self._set(key, replace(settings, phases=phases))

    async def set_charging_allowed(self, key: EvseKey, *, allowed: bool) -> None:
        """Pause an EVSE without ending its session, or let it go on."""
        settings = self._fleet.evse(key).settings
        await self._set(key, replace(settings, charging_allowed=allowed))

    async def pause(self, key: EvseKey, reason: str, until: datetime) -> None:
        """Pause an EVSE for a reason until a moment, or until it is resumed; others may have it pause beside. Raises `BadSetting`."""
        pause = checked(reason, until, self._now())
        if self._fleet.pauses.put(key, pause):
            await self._memory.save()
        else:
            # Losing the later end costs a renewal.
            self._memory.save_soon()

    async def resume(self, key: EvseKey, reason: str) -> None:
        """Pause an EVSE for this reason no more. Raises `KeyError`."""
        if self._fleet.pauses.take(key, reason):
            await self._memory.save()

    async def set_priority(self, key: EvseKey, priority: int) -> None:
        """Set an EVSE's priority, 1 to 10. Raises `BadSetting`."""
        await self._set(key, with_priority(self._fleet.evse(key).settings, priority))

    async def set_departure(self, key: EvseKey, departs_at: datetime | None) -> None:
        """Set when the vehicle at an EVSE leaves, or that this is not known."""
        settings = self._fleet.evse(key).settings
        await self._set(key, replace(settings, departs_at=departs_at))

    async def boost(self, key: EvseKey, *, on: bool) -> None:
        """Put an EVSE before all others until its vehicle is unplugged, or among them again."""
        settings = self._fleet.evse(key).settings
        await self._set(key, replace(settings, boosted=on))

    async def set_strategy(self, node_id: str, strategy: Strategy) -> None:
        """Set how the site (`ROOT`) or a group shares, until its form says otherwise. Raises `BadSetting`."""
        check_live_strategy(self._fleet.config, node_id, strategy)
        await self._change(node_id, strategy=strategy)

    async def set_limit(self, node_id: str, value: float) -> None:
        """Set the limit of a node, in the unit of its form's and at most that. Raises `BadSetting`."""
        check_live_limit(self._fleet.config, node_id, value)
        await self._change(node_id, limit=value)

    async def set_shadow(self, node_id: str, shadow: bool) -> None:
        """Set whether a node is only watched."""
        await self._change(node_id, shadow=shadow)

    async def set_cap(self, cap: Limit | None) -> None:
        """Limit all stations together from outside, or no more. Raises `BadSetting` below 0."""
        self._fleet.sharing.circuits.cap = checked_cap(cap)
        await self._share()

    async def set_import_limit(
        self, source: str, watts: float | None, until: datetime | None = None
    ) -> None:
        """Limit what the site draws from the grid until a moment, as a grid programme asks; None: no more. Raises `BadSetting`."""
        if watts is not None and not (isfinite(watts) and watts >= 0):
            raise BadSetting("limit_not_positive")
        self._fleet.sharing.circuits.import_limits.put(source, watts, until)
        await self._share()

    async def _set(self, key: EvseKey, settings: EvseSettings) -> None:
        self._fleet.set_settings(key, settings)
        await self._memory.save()

    async def _change(
        self,
        node_id: str,
        *,
        strategy: Strategy | None = None,
        limit: float | None = None,
        shadow: bool | None = None,
    ) -> None:
        known = self._fleet.live.get(node_id, LiveNode())
        self._fleet.live[node_id] = LiveNode(
            strategy or known.strategy,
            known.limit if limit is None else limit,
            known.shadow if shadow is None else shadow,
        )
        await self._share()

    async def _share(self) -> None:
        self._fleet.retarget()
        await self._memory.save()
