"""What those above want to flow at circuits and EVSEs, as dispatches: discharging divides and bounds them as it does all others."""

from datetime import datetime, timedelta

from .model.orders import WHOLE_STATION
from .model.uplink import Domain, Role
from .model.v2x import UPSTREAM
from .nodes_above import NodesAbove
from .soon import Later, Soon

# None lasts longer, and is renewed when half of it is over.
_LASTS = timedelta(minutes=10)


class NodeDispatching:
    """That of all circuits; it touches no dispatch of anybody else's."""

    def __init__(self, above: NodesAbove) -> None:
        """Dispatch nothing yet."""
        self._fleet, self._houses, self._now = above.fleet, above.houses, above.now
        self._soon = Soon(self.look)
        self._later = Later(self.look, above.now)
        self._given: set[str] = set()

    def close(self) -> None:
        """Renew nothing any more."""
        self._later.close()

    def look_soon(self) -> None:
        """Look once what has been said."""
        if self._houses or self._given:
            self._soon.ask()

    def look(self) -> None:
        """Let dispatches be what is wanted now."""
        now, orders = self._now(), self._fleet.v2x.orders
        wanted = self._wanted(now)
        mine = {target for target, source in orders.dispatches if source == UPSTREAM}
        is_news = False
        for target in mine - wanted.keys():
            self._fleet.v2x.end_dispatch(target, UPSTREAM)
            is_news = True
        for target, (power_w, until) in wanted.items():
            known = orders.dispatches.get((target, UPSTREAM))
            # It outlives nobody who would have to end it.
            end = min(until or now + _LASTS, now + _LASTS)
            if known is not None and known.until > now:
                lasts = known.until == end or end - known.until < _LASTS / 2
                if known.power_w == power_w and known.until <= end and lasts:
                    continue
            self._fleet.v2x.dispatch(target, power_w, end, UPSTREAM, None)
            is_news = True
        self._given = {*wanted}
        self._later.set(now + _LASTS / 2 if wanted else None)
        if is_news:
            self._fleet.v2x.look()

    def _wanted(self, now: datetime) -> dict[str, tuple[float, datetime | None]]:
        """Return what is to flow, by target, and until when."""
        found: dict[str, tuple[float, datetime | None]] = {}
        if not any(one.v2g for one in self._fleet.config.stations.values()):
            # Nobody feeds back: that there is no more than is wanted is a limit.
            return found
        for house in self._houses.values():
            if not house.decides(Domain.LIMITS):
                continue
            is_one = house.config.role is Role.STATION
            for number in (WHOLE_STATION, *(house.numbers() if is_one else ())):
                power_w, until = house.wanted(number, now)
                if power_w is not None:
                    target = str(house.key_of(number)) if number else house.config.node
                    found.setdefault(target, (power_w, until))
        return found
