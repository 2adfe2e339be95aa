"""What the fake site is asked and told about discharging."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse
from custom_components.evenload.engine.model.v2x import (
    Battery,
    Dispatch,
    V2gConfig,
    V2gMode,
)


class FakeDischarges:
    """Keeps the facade's promises with nothing behind it."""

    config: SiteConfig
    asked: list[tuple[Any, ...]]

    def __init__(self) -> None:
        """Nothing was said yet."""
        self.said_soc: list[tuple[EvseKey, float | None]] = []
        self.said_frequency: list[float | None] = []
        self.batteries: dict[str, Battery] = {}
        self.dispatched: dict[str, Dispatch] = {}
        self.offered: dict[str, float] = {"": 4000.0}
        self.outside_export_cap_w: float | None = None
        # What a test of discharging finds, and the powers that are measured meanwhile.
        self.proves = True
        self.measures: tuple[float, ...] = ()

    def evse(self, key: EvseKey) -> Evse:
        raise NotImplementedError

    def put(self, evse: Evse) -> None:
        raise NotImplementedError

    def v2g_config(self, key: EvseKey) -> V2gConfig | None:
        return self.config.stations[key.identity].v2g.get(key.evse)

    async def set_v2g_mode(self, key: EvseKey, mode: V2gMode) -> None:
        self.asked.append(("set_v2g_mode", key, mode))
        if self.v2g_config(key) is None:
            raise BadSetting("v2g_not_set_up")
        self._set(key, v2g_mode=mode)

    async def set_discharge_limit(self, key: EvseKey, watts: float) -> None:
        self.asked.append(("set_discharge_limit", key, watts))
        self._set(key, discharge_limit_w=watts)

    async def set_minimum_soc(self, key: EvseKey, percent: float) -> None:
        self.asked.append(("set_minimum_soc", key, percent))
        self._set(key, minimum_soc_percent=percent)

    async def discharge_until(
        self,
        key: EvseKey,
        *,
        until: datetime | None = None,
        energy_wh: float | None = None,
        power_w: float | None = None,
    ) -> None:
        self.asked.append(("discharge_until", key, until, energy_wh, power_w))

    def check_discharge(
        self,
        key: EvseKey,
        *,
        until: datetime | None = None,
        energy_wh: float | None = None,
        power_w: float | None = None,
    ) -> None:
        if self.v2g_config(key) is None:
            raise BadSetting("v2g_not_set_up")
        if until is None and energy_wh is None:
            raise BadSetting("discharge_without_end")

    async def end_discharge(self, key: EvseKey) -> None:
        self.asked.append(("end_discharge", key))

    async def respond_to_frequency(self, target: str, power_w: float | None) -> None:
        if power_w is not None:
            self.asked.append(("respond_to_frequency", target, power_w))

    async def probe_discharge(self, key: EvseKey) -> bool:
        self.asked.append(("probe_discharge", key))
        for power_w in self.measures:
            evse = self.evse(key)
            self.put(replace(evse, reading=replace(evse.reading, power_w=power_w)))
        return self.proves

    def set_soc(self, key: EvseKey, percent: float | None) -> None:
        self.said_soc.append((key, percent))

    def set_frequency(self, hz: float | None) -> None:
        self.said_frequency.append(hz)

    def battery_of(self, target: str) -> Battery:
        return self.batteries.get(target, Battery())

    async def dispatch(
        self,
        target: str,
        power_w: float,
        until: datetime,
        *,
        source: str = "action",
        afterwards: V2gMode | None = None,
    ) -> Dispatch:
        self.asked.append(("dispatch", target, power_w, until, source))
        self.dispatched[target] = Dispatch(
            id=f"{source}-1",
            target=target,
            power_w=power_w,
            until=until,
            source=source,
            afterwards=afterwards,
        )
        return self.dispatched[target]

    async def end_dispatch(self, target: str, *, source: str = "action") -> None:
        self.asked.append(("end_dispatch", target))
        dispatched = self.dispatched.get(target)
        if dispatched is not None and dispatched.source == source:
            del self.dispatched[target]

    def share_grid_signal(self, signal: int) -> None:
        self.asked.append(("share_grid_signal", signal))
        if not self.offered:
            raise BadSetting("signal_for_nobody")

    @property
    def responses(self) -> dict[str, float]:
        return self.offered

    @property
    def dispatches(self) -> tuple[Dispatch, ...]:
        return tuple(self.dispatched.values())

    async def set_export_cap(self, watts: float | None) -> None:
        self.asked.append(("set_export_cap", watts))
        self.outside_export_cap_w = watts

    async def set_import_limit(
        self, source: str, watts: float | None, until: datetime | None = None
    ) -> None:
        self.asked.append(("set_import_limit", source, watts, until))

    @property
    def export_cap_w(self) -> float:
        return self.config.export_cap_w

    def _set(self, key: EvseKey, **changes: Any) -> None:
        evse = self.evse(key)
        self.put(replace(evse, settings=replace(evse.settings, **changes)))
