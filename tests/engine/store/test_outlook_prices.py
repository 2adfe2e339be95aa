"""What a quarter hour cost: as it was told once, whoever has fallen silent since; and not what nobody has told."""

from datetime import UTC, datetime, timedelta

from custom_components.evenload.engine.model.planning import Outlook, Series
from custom_components.evenload.engine.model.sessions import Price
from custom_components.evenload.engine.pricing import OutlookPrices

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


class Teller:
    """What is expected, and the time."""

    def __init__(self) -> None:
        self.outlook = Outlook()
        self.at = T0
        self.prices = OutlookPrices(lambda: self.outlook, lambda: self.at)

    def bought(self, quarters: int) -> float | None:
        """The price so many quarters of an hour after the beginning."""
        found = self.prices.price_at(T0 + quarters * QUARTER)
        return None if found is None else found.import_per_kwh

    def tell(self, *values: float | None, past: tuple[float | None, ...] = ()) -> None:
        """Tell the prices from now on, and those until now."""
        begun = Series(self.at - len(past) * QUARTER, past) if past else None
        price = Series(self.at, values) if values else None
        self.outlook = Outlook(import_price=price, currency="EUR", past=(begun, None))
        # Prices are looked up at least once a quarter of an hour.
        self.prices.price_at(self.at)


def test_what_was_announced_holds_when_its_source_is_silent() -> None:
    teller = Teller()
    teller.tell(0.1, 0.2, None, 0.4)
    teller.at += QUARTER
    teller.tell()
    assert [teller.bought(n) for n in range(-1, 5)] == [None, 0.1, 0.2, None, 0.4, None]


def test_a_price_that_is_announced_anew_counts_unless_it_has_held() -> None:
    teller = Teller()
    teller.tell(0.1, 0.2, 0.3)
    teller.at += QUARTER
    teller.tell(0.5, 0.6, past=(0.9,))
    assert [teller.bought(n) for n in range(3)] == [0.1, 0.5, 0.6]


def test_what_is_told_of_the_past_fills_what_nobody_knew() -> None:
    teller = Teller()
    teller.at += 3 * QUARTER
    teller.tell(0.4, past=(0.1, None, 0.3))
    assert [teller.bought(n) for n in range(5)] == [0.1, None, 0.3, 0.4, None]


def test_what_is_fed_in_and_the_currency_are_told_with_it() -> None:
    teller = Teller()
    teller.outlook = Outlook(
        import_price=Series(T0, (0.3,)),
        export_price=Series(T0, (0.08,)),
        currency="CHF",
    )
    assert teller.prices.price_at(T0) == Price(0.3, 0.08, "CHF")


def test_no_more_is_kept_than_can_be_asked_for() -> None:
    teller = Teller()
    for _ in range(40):
        teller.tell(*(0.1,) * 96)
        teller.at += timedelta(days=1)
    teller.tell()
    assert len(teller.prices._known) <= 31 * 96 + 1
