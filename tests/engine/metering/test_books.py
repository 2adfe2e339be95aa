"""Energy that was fed back is counted as energy that was taken: no register of either freezes or falls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.books import EXPORTED, Books
from custom_components.evenload.engine.control.transitions import with_evses
from custom_components.evenload.engine.model.events import (
    MetersSampled,
    TransactionUpdated,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.readings import (
    Context,
    Location,
    Reading,
    Sample,
)
from custom_components.evenload.engine.model.stations import Station
from custom_components.evenload.engine.sessions.ledger import Ledger

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
KEY = EvseKey("garage", 1)


def exported(value: float, phase: str | None = None, **more: object) -> Sample:
    return Sample(EXPORTED, value, "Wh", phase, **more)


class House:
    """Books and the station that they are of."""

    def __init__(self) -> None:
        self.books = Books(Ledger(1000))
        self.station = with_evses(Station("garage"), 1)
        self.minutes = 0.0

    def sampled(self, *samples: Sample, minutes: float = 1) -> float | None:
        self.minutes += minutes
        at = T0 + timedelta(minutes=self.minutes)
        event = MetersSampled(identity="garage", at=at, evse=1, samples=samples)
        self.station = self.books.after(self.station, event)
        return self.station.evses[1].reading.energy_export_wh


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ([[Sample("Energy.Active.Import.Register", 500, "Wh")]], [None]),
        ([[exported(100, "L1"), exported(200, "L2"), exported(0, "N")]], [300]),
        ([[exported(42)], [exported(43)]], [42, 43]),
        # A station that blinks shows less for a moment.
        (
            [[exported(4200)], [exported(0)], [exported(0)], [exported(4300)]],
            [4200, 4200, 4200, 4300],
        ),
        # A register that began anew goes on.
        (
            [[exported(wh)] for wh in (5000, 0, 100, 200, 300)],
            [5000, 5000, 5000, 5200, 5300],
        ),
        ([[exported(42, context=Context.TRANSACTION_BEGIN)]], [None]),
        ([[exported(42, location=Location.INLET)]], [None]),
    ],
)
def test_exported_energy(told: list[list[Sample]], shown: list[float | None]) -> None:
    house = House()
    assert [house.sampled(*samples) for samples in told] == shown


def test_exported_energy_says_nothing_of_now() -> None:
    house = House()
    house.sampled(exported(42))
    assert house.station.evses[1].reading == Reading(energy_export_wh=42)


def test_exported_energy_goes_on_after_a_restart() -> None:
    house, later = House(), House()
    for wh in (5000, 0, 100, 200):
        house.sampled(exported(wh))
    later.books.take_up(KEY, EXPORTED, house.books.register(KEY, EXPORTED))
    assert later.sampled(exported(300), minutes=10) == 5300
    # What was told late in between changes nothing that it held already.
    assert later.sampled(exported(250), minutes=-1) == 5300


def test_what_is_forgotten_begins_anew() -> None:
    house = House()
    house.sampled(exported(42))
    house.books.forget("garage", T0)
    house.station = replace(house.station, evses={})
    assert house.books.register(KEY, EXPORTED) is None


def test_what_is_fed_back_before_the_evse_is_known_counts_when_it_is() -> None:
    """2.0.1 E01.FR.16: the EVSE of a transaction is told once, in whichever message."""
    books, station = Books(Ledger(1000)), with_evses(Station("garage"), 1)

    def told(minutes: float, wh: float) -> MetersSampled:
        at = T0 + timedelta(minutes=minutes)
        samples = (exported(wh),)
        return MetersSampled(
            identity="garage", at=at, evse=0, samples=samples, transaction_id="T"
        )

    for minutes, wh in ((3, 130), (1, 100), (2, 110), (1, 100)):
        station = books.after(station, told(minutes, wh))
    assert station.evses[1].reading.energy_export_wh is None
    for _ in range(2):
        named = TransactionUpdated(identity="garage", at=T0, transaction_id="T", evse=1)
        station = books.after(station, named)
        assert station.evses[1].reading.energy_export_wh == 130
        register = books.register(KEY, EXPORTED)
        assert register is not None
        assert [wh for _, wh in register.readings] == [100, 110, 130]
    # One of the whole station, of no transaction, is nobody's.
    nobodys = replace(told(4, 900), transaction_id=None)
    station = books.after(station, nobodys)
    assert station.evses[1].reading.energy_export_wh == 130
