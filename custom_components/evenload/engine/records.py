"""What is kept of a station over a restart."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from .books import EXPORTED, IMPORTED
from .control.holdings import Holding
from .model.capabilities import Capabilities
from .model.identity import EvseKey
from .model.orders import WHOLE_STATION
from .model.pauses import Pauses
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
    # Whether it drew more than its limit when it last measured.
    disobeys: bool = False
    paused_for: Pauses = ()


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
    # By how much its clock was set back.
    set_back_s: float = 0.0

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
    disobeys: Callable[[Evse], bool],
) -> StationRecord:
    """Return what must survive a restart of a station."""
    return StationRecord(
        identity=station.identity,
        info=station.info,
        capabilities=station.capabilities,
        operative=station.operative,
        last_seen=station.last_seen,
        set_back_s=station.set_back_s,
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
                disobeys=disobeys(evse),
                paused_for=evse.paused_for,
            )
            for evse in station.evses.values()
        ),
    )


def kept(record: StationRecord) -> StationRecord:
    """Return a record as it is written: of registers with the readings that matter. To find those takes a while."""
    return replace(
        record,
        evses=tuple(
            replace(
                evse,
                register=evse.register and evse.register.kept(),
                export=evse.export and evse.export.kept(),
            )
            for evse in record.evses
        ),
    )


class Records:
    """The record of every station; the same object for as long as nothing of it changes."""

    def __init__(
        self,
        holding: Callable[[EvseKey], Holding],
        register: Callable[[EvseKey, str], History | None],
        disobeys: Callable[[Evse], bool],
    ) -> None:
        """Look holdings, registers and who disobeys up here."""
        self._holding = holding
        self._register = register
        self._disobeys = disobeys
        self._known: dict[str, tuple[tuple[object, ...], StationRecord]] = {}

    def of(self, stations: Iterable[Station]) -> tuple[StationRecord, ...]:
        """Return what must survive a restart of these, and forget all others."""
        self._known = {
            station.identity: self._recorded(station) for station in stations
        }
        return tuple(record for _, record in self._known.values())

    def _recorded(self, station: Station) -> tuple[tuple[object, ...], StationRecord]:
        parts = (
            station,
            self._holding(EvseKey(station.identity, WHOLE_STATION)),
            *(
                part
                for evse in station.evses.values()
                for part in (
                    self._holding(evse.key),
                    self._register(evse.key, IMPORTED),
                    self._register(evse.key, EXPORTED),
                    self._disobeys(evse),
                )
            ),
        )
        known = self._known.get(station.identity)
        # Nothing in it can change: what is the same object is the same.
        if known is not None and [*map(id, known[0])] == [*map(id, parts)]:
            return known
        return parts, recorded(station, self._holding, self._register, self._disobeys)


def restored(station: Station, record: StationRecord) -> Station:
    """Return a station as it was."""
    evses = {
        kept.number: Evse(
            key=EvseKey(record.identity, kept.number),
            status=kept.status,
            operative=kept.operative,
            settings=kept.settings,
            reading=kept.reading,
            paused_for=kept.paused_for,
        )
        for kept in record.evses
    }
    return replace(
        station,
        info=record.info,
        capabilities=record.capabilities,
        operative=record.operative,
        last_seen=record.last_seen,
        set_back_s=record.set_back_s,
        evses={**station.evses, **evses},
    )
