"""When a vehicle was at an EVSE and when it was not, as far as its statuses told."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime

# How many changes are remembered of one EVSE: what is told later than that of an earlier time settles nothing any more.
PLUGS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Plug:
    """What a status showed: a vehicle is plugged in, or none is."""

    at: datetime
    plugged: bool


@dataclass(frozen=True, slots=True)
class Plugs:
    """What the statuses of one EVSE showed, in the order of time; all of it since `since` (None: since ever)."""

    told: tuple[Plug, ...] = ()
    since: datetime | None = None

    def after(self, plug: Plug) -> Plugs:
        """Return it with another one; told again it changes nothing, nor what lies before the memory."""
        if self.since is not None and plug.at < self.since:
            return self
        at = bisect_right(self.told, plug.at, key=lambda known: known.at)
        if plug in self.told[max(0, at - 8) : at]:
            return self
        told = [*self.told[:at], plug, *self.told[at:]]
        if plug.plugged and at >= 2 and told[at - 2].plugged and told[at - 1].plugged:
            # The first and the last that show a vehicle say it all.
            del told[at - 1]
        return _shortened(replace(self, told=tuple(told)))


def _shortened(plugs: Plugs) -> Plugs:
    """Return no more than are kept: a station that dials in often says each time that no vehicle is there."""
    if len(plugs.told) <= PLUGS_KEPT:
        return plugs
    told = [
        plug
        for number, plug in enumerate(plugs.told)
        if number % 2 == 0 or not _is_among_equals(plugs.told, number)
    ]
    told = told[-(PLUGS_KEPT * 3 // 4) :]
    return Plugs(tuple(told), told[0].at)


def _is_among_equals(told: tuple[Plug, ...], number: int) -> bool:
    around = told[max(0, number - 1) : number + 2]
    return len(around) == 3 and len({plug.plugged for plug in around}) == 1
