"""The vehicles that a programme may dispatch, as the engine shows them: their state, and registers of what flowed."""

from homeassistant.util import dt as dt_util

from .configuration import site_config
from .data import EvenloadConfigEntry
from .engine.grid.charge_state import towards
from .engine.grid.storage import Sample
from .engine.model.identity import EvseKey
from .engine.model.stations import Evse
from .engine.model.tree import ROOT


class Battery:
    """The vehicles below a target as one battery."""

    def __init__(self, entry: EvenloadConfigEntry, target: str) -> None:
        """Look at them now."""
        site = entry.runtime_data
        self.evses = evses_of(entry, target)
        self._site = site
        try:
            self.together = site.battery_of(target)
        except KeyError:
            # The target was removed a moment ago.
            self.together = site.battery_of(ROOT)
            self.evses = []

    @property
    def capacity_wh(self) -> float | None:
        """What those that are plugged in hold when they are full, as far as the owner says it."""
        capacities = [
            config.capacity_wh
            for evse in self.evses
            if _is_there(evse)
            and (config := self._site.v2g_config(evse.key)) is not None
            and config.capacity_wh is not None
        ]
        return sum(capacities) if capacities else None

    @property
    def stored_wh(self) -> float | None:
        """What they hold now."""
        soc, capacity_wh = self.together.soc_percent, self.capacity_wh
        if soc is None or capacity_wh is None:
            return None
        return soc / 100 * capacity_wh


class Registers:
    """What flowed in and out of a programme's vehicles since it began: registers of stations begin anywhere, and jump."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._last: dict[EvseKey, tuple[float | None, float | None]] = {}
        self._drawn_wh = 0.0
        self._fed_wh = 0.0

    def sample(self, entry: EvenloadConfigEntry, target: str) -> Sample:
        """Return how things are."""
        battery = Battery(entry, target)
        for evse in battery.evses:
            drawn_wh = evse.reading.energy_import_wh
            fed_wh = evse.reading.energy_export_wh
            last_drawn, last_fed = self._last.get(evse.key, (None, None))
            self._drawn_wh += _rise(last_drawn, drawn_wh)
            self._fed_wh += _rise(last_fed, fed_wh)
            self._last[evse.key] = (
                last_drawn if drawn_wh is None else drawn_wh,
                last_fed if fed_wh is None else fed_wh,
            )
        return Sample(
            at=dt_util.utcnow(),
            capacity_wh=battery.capacity_wh,
            stored_wh=battery.stored_wh,
            charge_w=battery.together.charge_w,
            discharge_w=battery.together.discharge_w,
            power_w=sum(evse.reading.power_w or 0.0 for evse in battery.evses),
            drawn_wh=self._drawn_wh,
            fed_wh=self._fed_wh,
        )


def power_towards(battery: Battery, wanted: float, *, in_wh: bool) -> float | None:
    """Return the power to a state of charge: a part of 1, or an energy."""
    if in_wh:
        if (capacity_wh := battery.capacity_wh) is None:
            return None
        wanted = min(1.0, wanted / capacity_wh)
    together = battery.together
    return towards(
        100 * wanted, together.soc_percent, together.charge_w, together.discharge_w
    )


def evses_of(entry: EvenloadConfigEntry, target: str) -> list[Evse]:
    """Return the connectors that a target stands for."""
    stations = entry.runtime_data.stations.values()
    every = [evse for station in stations for evse in station.evses.values()]
    if target == ROOT:
        return every
    site = site_config(entry)
    below = site.stations_below(target) if target in site.groups else ()
    return [
        evse for evse in every if str(evse.key) == target or evse.key.identity in below
    ]


def _rise(before: float | None, now: float | None) -> float:
    """Return by how much a register rose; one that begins anew rose by nothing that is known."""
    if before is None or now is None:
        return 0.0
    return max(0.0, now - before)


def _is_there(evse: Evse) -> bool:
    return evse.status is not None and evse.status.is_plugged_in
