"""What held in each quarter hour: written down as it passes, and looked up later where it was not known then."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from .model.planning import QUARTER, Outlook, Series
from .model.sessions import Booked, Price, Prices, Tariff
from .sessions.curves import QUARTER_S, slot_of
from .sessions.shares import Shares

# So long quarter hours wait for their price.
LONGEST_WAIT = timedelta(days=31)
MOST_WAITING = slot_of(LONGEST_WAIT.total_seconds())


class Pricing:
    """Prices and shares of quarter hours."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Know no prices yet."""
        self.prices: Prices | None = None
        self.shares = Shares()
        self._now = now
        # Quarter hours in which something flowed while their price was not known.
        self._waiting: set[int] = set()

    def present(self) -> dict[int, Tariff]:
        """Return what holds now, and held in the quarter hour that is just over."""
        here = slot_of(self._now().timestamp())
        found = {slot: self._tariff(slot) for slot in (here - 1, here)}
        self.shares.forget(here - 1)
        return {slot: tariff for slot, tariff in found.items() if tariff != Tariff()}

    def missing(self, booked: Iterable[Booked] = ()) -> dict[int, Tariff]:
        """Return what has become known of quarter hours without a price; those of these sessions wait from now on."""
        self._waiting |= {
            slot_of(quarter.start.timestamp())
            for one in booked
            for quarter in one.account.quarters
            if quarter.cost is None
        }
        found = {slot: self._tariff(slot) for slot in self._waiting}
        known = {
            slot: tariff
            for slot, tariff in found.items()
            if tariff.import_price is not None
        }
        waiting = sorted(self._waiting - known.keys())
        self._waiting = set(waiting[-MOST_WAITING:])
        return known

    def wait(self, tariffs: Iterable[int]) -> None:
        """Have quarter hours wait again: what was known of them could not be written."""
        self._waiting.update(tariffs)

    def _tariff(self, slot: int) -> Tariff:
        own, fed = self.shares.of(slot)
        price = self._price(slot)
        if price is None:
            return Tariff(own_share=own, fed_share=fed)
        bought, sold = price.import_per_kwh, price.export_per_kwh
        return Tariff(bought, sold, own, fed, price.currency or None)

    def _price(self, slot: int) -> Price | None:
        if self.prices is None:
            return None
        return self.prices.price_at(datetime.fromtimestamp(slot * QUARTER_S, UTC))


class OutlookPrices:
    """Implements `model.sessions.Prices` with what is expected of prices, and what was: what was told once, holds."""

    def __init__(
        self, outlook: Callable[[], Outlook], now: Callable[[], datetime]
    ) -> None:
        """Ask for what is expected by now."""
        self._outlook = outlook
        self._now = now
        self._seen: Outlook | None = None
        self._known: dict[int, Price] = {}

    def price_at(self, moment: datetime) -> Price | None:
        """Return the price at a moment, or None where none is known."""
        if (outlook := self._outlook()) is not self._seen:
            self._seen = outlook
            self._learn(outlook)
        return self._known.get(slot_of(moment.timestamp()))

    def _learn(self, outlook: Outlook) -> None:
        """Keep what is told. A source that falls silent later has told what the next hours cost."""
        here = slot_of(self._now().timestamp())
        for slot, price in _told(outlook, *outlook.past):
            if slot < here:
                self._known.setdefault(slot, price)
        for slot, price in _told(outlook, outlook.import_price, outlook.export_price):
            self._known[slot] = price
        for slot in [slot for slot in self._known if slot < here - MOST_WAITING]:
            del self._known[slot]


def _told(
    outlook: Outlook, bought: Series | None, sold: Series | None
) -> Iterator[tuple[int, Price]]:
    """Go through the quarter hours whose price is told."""
    if bought is None:
        return
    for place, value in enumerate(bought.values):
        if value is not None:
            at = bought.start + place * QUARTER
            earned = None if sold is None else sold.at(at)
            yield (
                slot_of(at.timestamp()),
                Price(value, earned, outlook.currency),
            )
