"""What is kept of a station over a restart."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from .books import EXPORTED, IMPORTED
from .control.holdings import Holding
from .model.capabilities import Capabilities
from .model.identity import EvseKey
from .model.orders import WHOLE_STATION
from .model.readings import Reading
from .model.stations import Evse, EvseSettings, EvseStatus, Station, StationInfo
from .sessions.history import History


@dataclass(frozen=True, slots=True)
class EvseRecord:
    """One EVSE as it was."""

    number: int
    status: EvseStatus | None
    operative: bool
    settings: EvseSettings
    holding: Holding
    reading: Reading
    register: History | None
    export: History | None = None


@dataclass(frozen=True, slots=True)
class StationRecord:
    """One station as it was."""

    identity: str
    info: StationInfo
    capabilities: Capabilities
    operative: bool
    holding: Holding
    evses: tuple[EvseRecord, ...]
    last_seen: datetime | None = None

    def holdings(self) -> dict[EvseKey, Holding]:
        """Return the limits that it and its EVSEs may hold."""
        return {
            EvseKey(self.identity, WHOLE_STATION): self.holding,
            **{
                EvseKey(self.identity, kept.number): kept.holding for kept in self.evses
            },
        }


def recorded(
    station: Station,
    holding: Callable[[EvseKey], Holding],
    register: Callable[[EvseKey, str], History | None],
) -> StationRecord:
    """Return what must survive a restart of a station."""
    return StationRecord(
        identity=station.identity,
        info=station.info,
        capabilities=station.capabilities,
        operative=station.operative,
        last_seen=station.last_seen,
        holding=holding(EvseKey(station.identity, WHOLE_STATION)),
        evses=tuple(
            EvseRecord(
                number=evse.key.evse,
                status=evse.status,
                operative=evse.operative,
                settings=evse.settings,
                holding=holding(evse.key),
                reading=evse.reading,
                register=register(evse.key, IMPORTED),
                export=register(evse.key, EXPORTED),
            )
            for evse in station.evses.values()
        ),
    )


def restored(station: Station, record: StationRecord) -> Station:
    """Return a station as it was."""
    evses = {
        kept.number: Evse(
            key=EvseKey(record.identity, kept.number),
            status=kept.status,
            operative=kept.operative,
            settings=kept.settings,
            reading=kept.reading,
        )
        for kept in record.evses
    }
    return replace(
        station,
        info=record.info,
        capabilities=record.capabilities,
        operative=record.operative,
        last_seen=record.last_seen,
        evses={**station.evses, **evses},
    )
