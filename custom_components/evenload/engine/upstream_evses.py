"""What those above allow at the EVSEs of one uplink, what is in force there, and where it is the house that allows less."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .model.allotments import Reason
from .model.identity import EvseKey
from .model.limits import Limit
from .model.orders import WHOLE_STATION
from .model.stations import Evse
from .soon import Paced
from .uplink.limit_news import EMS, GRID, Binding
from .uplink.outbox import Outbox
from .uplink.profile import Profile
from .upstream_kept import Kept

if TYPE_CHECKING:
    from .fleet import Fleet

# Sharing takes milliseconds, for which all else waits: so often those above may have it done, in seconds.
PACE_S = 0.2

# A schedule is told in so many steps at most.
_MOST_STEPS = 100

# Less than this is no difference between two limits.
_SAME_A = 0.5

# What binds where the house has not lowered anything: those above, the vehicle, and who feeds back.
_NOT_OURS = frozenset(
    {
        Reason.DISCHARGING,
        Reason.DISPATCHED,
        Reason.NOT_CONTROLLABLE,
        Reason.NOT_PLUGGED_IN,
        Reason.OTHER_EVSE,
        Reason.UNPLUG_NEEDED,
        Reason.UPSTREAM,
        Reason.V2G_IDLE,
        Reason.VEHICLE_TAKES_NO_MORE,
    }
)

type Steps = list[tuple[int, float]]


class BoundEvses(Kept, ABC):
    """The EVSEs of one uplink, by the numbers that those above know them by."""

    def __init__(
        self, fleet: Fleet, outbox: Outbox, key: str, now: Callable[[], datetime]
    ) -> None:
        """Look everything up in the fleet."""
        super().__init__(outbox, key)
        self._fleet = fleet
        self.now = now
        self._sharing = Paced(fleet.retarget, PACE_S)

    @abstractmethod
    def key_of(self, number: int) -> EvseKey:
        """Return which EVSE has a number. Raises `KeyError`."""

    @abstractmethod
    def numbers(self) -> Sequence[int]:
        """Return the numbers of all EVSEs that are there."""

    @abstractmethod
    def called_above(self, transaction: str, key: EvseKey) -> str:
        """Return what those above call a transaction."""

    def running(self) -> Collection[str]:
        """Return the transactions that go on, as those above call them."""
        found = (self._running(self._evse(number)) for number in self.numbers())
        return {transaction for transaction in found if transaction is not None}

    def running_at(self, number: int) -> str | None:
        """Return the transaction that goes on at an EVSE, as those above call it."""
        return self._running(self._evse(number)) if number in self.numbers() else None

    def close(self) -> None:
        """Have nobody share by them any more."""
        self._sharing.cancel()

    def profiles_changed(self) -> None:
        """Keep the profiles, and have everybody share by them: at once, and while they change again and again a few times a second."""
        self.keep_profiles()
        self._sharing.ask()

    def bound(
        self, number: int, now: datetime
    ) -> tuple[tuple[Limit, ...], datetime | None]:
        """Return all that bounds an EVSE by itself, and when that changes."""
        evse = self._evse(number)
        return self.profiles.limits(number, self._running(evse), now, _since(evse))

    def asking(
        self, number: int, now: datetime
    ) -> tuple[tuple[Profile, Mapping[str, object]] | None, datetime | None]:
        """Return what says what is to flow at an EVSE (0: at all together), and when that changes."""
        if number == WHOLE_STATION:
            return self.profiles.asking(WHOLE_STATION, None, now, None)
        evse = self._evse(number)
        return self.profiles.asking(number, self._running(evse), now, _since(evse))

    def steps(self, number: int, seconds: int) -> Steps:
        """Return what an EVSE may draw now, and what it is bound to by those above later, in amperes per phase."""
        key, now = self.key_of(number), self.now()
        allotment = self._fleet.evse(key).allotment
        steps = [(0, 0.0 if allotment is None else allotment.current.a)]
        kind, at = self._fleet.enforcer.commitments.kind(key), now
        while (change := self.bound(number, at)[1]) is not None:
            start = round((change - now).total_seconds())
            if start >= seconds or len(steps) > _MOST_STEPS:
                break
            at = change
            limits = self.bound(number, at)[0]
            bound_a = min(map(kind.amperes, limits), default=kind.rated_a)
            steps.append((start, min(bound_a, kind.rated_a)))
        return steps

    def binding(self) -> Mapping[int, Binding]:
        """Return where the house leaves a vehicle that wants energy less than those above do, by the EVSE's number."""
        found: dict[int, Binding] = {}
        for number in self.numbers():
            evse = self._evse(number)
            allotment = evse.allotment
            if allotment is None or not evse.wants_energy:
                continue
            kind = self._fleet.enforcer.commitments.kind(evse.key)
            limits, _ = self.bound(number, self.now())
            theirs_a = min([kind.rated_a, *map(kind.amperes, limits)])
            if (
                allotment.reason not in _NOT_OURS
                and allotment.current.a < theirs_a - _SAME_A
            ):
                is_grid = allotment.reason is Reason.GRID_OPERATOR
                source = GRID if is_grid else EMS
                found[number] = Binding(source, round(allotment.current.a, 1))
        return found

    def _evse(self, number: int) -> Evse:
        return self._fleet.evse(self.key_of(number))

    def _running(self, evse: Evse) -> str | None:
        running = evse.transaction
        if running is None or not running.is_open:
            return None
        return self.called_above(running.id, evse.key)


def together(each: Sequence[Steps]) -> Steps:
    """Return what several may draw together."""
    starts = sorted({start for steps in each for start, _ in steps})
    return [(at, sum(_value_at(steps, at) for steps in each)) for at in starts]


def _since(evse: Evse) -> datetime | None:
    session = evse.session
    return session.started_at if session is not None and session.is_open else None


def _value_at(steps: Steps, at: int) -> float:
    """Return what holds at a time: the last step that has begun by then."""
    return next(value for start, value in reversed(steps) if start <= at)
