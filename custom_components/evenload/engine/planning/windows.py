"""When something that runs for a while costs least: for appliances, which nobody plans together with vehicles."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..model.planning import QUARTER, Series, Span, Windows

# Of what costs the same the first is taken; sums of prices are not exact.
_SAME = 1e-9

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A time in which one price holds."""

    begin: datetime
    end: datetime
    price: float

    def costs(self, begin: datetime, end: datetime) -> float:
        """Return what a kilowatt comes to in it between two moments, times an hour."""
        length = min(end, self.end) - max(begin, self.begin)
        return self.price * max(length, _NOTHING).total_seconds()


def cheapest(
    prices: Series | None,
    earliest: datetime,
    latest: datetime,
    length: timedelta,
    *,
    together: bool = True,
) -> Windows:
    """Return when something runs for so long between two moments, in one piece or in several.

    Where the prices of a time that is long enough are not known it is as late as possible, and where there is not
    enough time at once: nobody knows better.
    """
    if latest - earliest < length:
        return Windows((Span(earliest, earliest + length),), None, fits=False)
    pieces = list(_pieces(prices, earliest, latest))
    found = _whole(pieces, length) if together else _parts(pieces, length)
    if not found:
        return Windows((Span(latest - length, latest),), None)
    cost = sum(piece.costs(span.start, span.end) for span in found for piece in pieces)
    return Windows(found, cost / length.total_seconds())


def _pieces(
    prices: Series | None, earliest: datetime, latest: datetime
) -> Iterator[_Piece]:
    """Yield what is known between two moments, in order."""
    for place, price in enumerate(prices.values if prices else ()):
        begin = prices.start + place * QUARTER if prices else earliest
        begin, end = max(begin, earliest), min(begin + QUARTER, latest)
        if price is not None and begin < end:
            yield _Piece(begin, end, price)


def _whole(pieces: list[_Piece], length: timedelta) -> tuple[Span, ...]:
    """Return the cheapest time in one piece; it begins or ends where a price does, since in between the cost is linear."""
    best: tuple[float, Span] | None = None
    begins = {piece.begin for piece in pieces}
    begins |= {piece.end - length for piece in pieces}
    for begin in sorted(begins):
        end = begin + length
        within = [one for one in pieces if one.begin < end and one.end > begin]
        if _length(within, begin, end) < length:
            # It begins too early, or a part of it has no known price.
            continue
        cost = sum(piece.costs(begin, end) for piece in within)
        if best is None or cost < best[0] - _SAME:
            best = cost, Span(begin, end)
    return (best[1],) if best else ()


def _length(pieces: Iterable[_Piece], begin: datetime, end: datetime) -> timedelta:
    return sum((min(end, one.end) - max(begin, one.begin) for one in pieces), _NOTHING)


def _parts(pieces: list[_Piece], length: timedelta) -> tuple[Span, ...]:
    """Return the cheapest times, in as many pieces as they come in."""
    taken: list[Span] = []
    left = length
    for piece in sorted(pieces, key=lambda one: (one.price, one.begin)):
        part = min(left, piece.end - piece.begin)
        if part > _NOTHING:
            taken.append(Span(piece.begin, piece.begin + part))
            left -= part
    return _joined(taken) if left == _NOTHING else ()


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, those that follow each other as one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if joined and joined[-1].end == span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return tuple(joined)
