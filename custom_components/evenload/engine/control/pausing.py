"""Pausing without ending the session: by a limit of nothing, or, where that was seen to fail, by stopping and starting.

A stopped transaction goes on in a new one with the same token; the session stays what it is, as the vehicle is not
unplugged. Some stations and vehicles want to be unplugged first: the owner is told, nothing is ever reset.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..csms.commands import Commands
from ..model.capabilities import PauseMethod
from ..model.drivers import OWN_TOKEN
from ..model.identity import EvseKey
from ..model.stations import Evse, EvseStatus, Station
from .commitments import DISOBEDIENCE_A, Commitments
from .findings import Findings
from .stopped import Stopped
from .targets import Targets
from .wish import SAME_A

# A limit of nothing has worked, or not, by then.
PAUSED_AFTER = timedelta(seconds=45)

# Between the end of a transaction and a start from here: sooner, some stations begin one in which nothing flows.
RESTART_AFTER = timedelta(seconds=10)

# A stop or start that had no effect is asked again after this, so often at the most.
ASK_AGAIN_AFTER = timedelta(seconds=60)
MOST_STARTS = 3

# A vehicle that may charge again does so by then; else it is told once more, and then its owner.
RESUMED_AFTER = timedelta(seconds=120)

type Act = Callable[[Commands], Awaitable[None]]

_HELD_BACK = frozenset({EvseStatus.SUSPENDED_EVSE, EvseStatus.SUSPENDED_EV})


@dataclass(frozen=True, slots=True)
class _Watch:
    """What is being looked at since a moment; `repeated`: the limit was said once more."""

    since: datetime
    repeated: bool = False


class Pausing:
    """Learns how each station pauses, and stops and starts those that need it."""

    def __init__(
        self,
        commitments: Commitments,
        findings: Findings,
        now: Callable[[], datetime],
        learn: Callable[[str, PauseMethod], None],
        repeat: Callable[[EvseKey], None],
    ) -> None:
        """Begin with nobody paused; `findings` hears who is stuck, `learn` how a station pauses; `repeat` has a limit said again."""
        self._stuck = findings.stuck
        self._commitments = commitments
        self._now = now
        self._learn = learn
        self._repeat = repeat
        self._pausing: dict[EvseKey, _Watch] = {}
        # Who was charging when the pause began, and since when it may go on.
        self._paused: set[EvseKey] = set()
        self._resuming: dict[EvseKey, _Watch] = {}
        self._asked: dict[EvseKey, datetime] = {}

    def next(
        self, station: Station, targets: Targets
    ) -> tuple[Act | None, float | None]:
        """Return what to ask a station now, or None and after how many seconds to look again."""
        waits: list[float] = []
        for evse in station.evses.values():
            act, wait_s = self._look(station, evse, targets)
            if act is not None:
                return act, None
            if wait_s is not None:
                waits.append(max(1.0, wait_s))
        return None, min(waits, default=None)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        mine = {key for key in self._keys() if key.identity == identity}
        for key in mine:
            self._over(key)

    def _look(
        self, station: Station, evse: Evse, targets: Targets
    ) -> tuple[Act | None, float | None]:
        if not evse.wants_energy and evse.status is not EvseStatus.FINISHING:
            # Nobody is plugged in, or nobody knows.
            self._over(evse.key)
            return None, None
        if self._commitments.is_told(evse.key):
            # It goes by its setpoint: neither a pause nor that it does not charge means anything.
            return None, None
        if targets.allotments[evse.key].current.a > 0:
            self._pausing.pop(evse.key, None)
            if self._commitments.own_in_force_a(evse.key) < SAME_A:
                # It has to wait for room.
                return None, None
            stopped = self._commitments.holding(evse.key).stopped
            if stopped is not None:
                return self._start(evse, stopped)
            return None, self._resume(evse)
        self._resuming.pop(evse.key, None)
        if evse.is_charging:
            self._paused.add(evse.key)
        if station.capabilities.pause is PauseMethod.STOP:
            return self._stop(evse)
        return None, self._judge(station, evse)

    def _judge(self, station: Station, evse: Evse) -> float | None:
        """Look whether a limit of nothing pauses a vehicle that was charging; returns after how long to look again."""
        key, now = evse.key, self._now()
        if station.capabilities.pause is not None:
            return None
        watch = self._pausing.get(key)
        if self._commitments.own_in_force_a(key) > SAME_A:
            self._pausing.pop(key, None)
            return None
        if watch is None:
            if evse.is_charging:
                self._pausing[key] = _Watch(now)
            return PAUSED_AFTER.total_seconds() if evse.is_charging else None
        if evse.status in _HELD_BACK:
            self._learn(key.identity, PauseMethod.ZERO_LIMIT)
            return None
        measured_at, over = evse.metered_at, now >= watch.since + PAUSED_AFTER
        if measured_at is not None and measured_at >= watch.since + RESTART_AFTER:
            if self._commitments.drawn_a(evse) < DISOBEDIENCE_A:
                self._learn(key.identity, PauseMethod.ZERO_LIMIT)
                return None
            if over:
                self._learn(key.identity, PauseMethod.STOP)
                return 0.0
        return (watch.since + PAUSED_AFTER - now).total_seconds() if not over else None

    def _stop(self, evse: Evse) -> tuple[Act | None, float | None]:
        """Stop a transaction that goes on although nothing is allowed to it."""
        key, now = evse.key, self._now()
        running = evse.transaction
        if not evse.is_charging or running is None or not running.is_open:
            return None, None
        asked_at = self._asked.get(key)
        if asked_at is not None and now < asked_at + ASK_AGAIN_AFTER:
            return None, (asked_at + ASK_AGAIN_AFTER - now).total_seconds()
        self._asked[key] = now
        self._note(key, Stopped(running.token or OWN_TOKEN, now))

        async def stop(commands: Commands) -> None:
            await commands.stop(running.id)

        return stop, None

    def _start(self, evse: Evse, stopped: Stopped) -> tuple[Act | None, float | None]:
        """Let a stopped transaction go on in a new one."""
        key, now = evse.key, self._now()
        if evse.transaction is not None and evse.transaction.is_open:
            if evse.is_charging or now >= stopped.at + ASK_AGAIN_AFTER:
                # It goes on, or was never stopped.
                self._over(key)
            return None, ASK_AGAIN_AFTER.total_seconds()
        due = stopped.at + RESTART_AFTER
        if stopped.asked_at is not None:
            due = stopped.asked_at + ASK_AGAIN_AFTER
        if now < due:
            return None, (due - now).total_seconds()
        if stopped.starts >= MOST_STARTS:
            self._stuck.add(key)
            return None, None
        self._note(key, replace(stopped, starts=stopped.starts + 1, asked_at=now))

        async def start(commands: Commands) -> None:
            await commands.start(key.evse, stopped.token)

        return start, None

    def _resume(self, evse: Evse) -> float | None:
        """Look whether a vehicle goes on that was paused; returns after how long to look again."""
        key, now = evse.key, self._now()
        if key in self._paused:
            self._paused.discard(key)
            self._resuming[key] = _Watch(now)
        watch = self._resuming.get(key)
        if watch is None:
            return None
        if evse.is_charging:
            self._over(key)
            return None
        if now < watch.since + RESUMED_AFTER:
            return (watch.since + RESUMED_AFTER - now).total_seconds()
        if not watch.repeated:
            self._repeat(key)
            self._resuming[key] = _Watch(now, repeated=True)
            return RESUMED_AFTER.total_seconds()
        if evse.status in {EvseStatus.SUSPENDED_EVSE, EvseStatus.FINISHING}:
            # A vehicle that holds itself back may be full; a station that holds it back may not.
            self._stuck.add(key)
        return None

    def _note(self, key: EvseKey, stopped: Stopped | None) -> None:
        holding = self._commitments.holding(key)
        if holding.stopped != stopped:
            self._commitments.holdings[key] = replace(holding, stopped=stopped)

    def _over(self, key: EvseKey) -> None:
        """Forget a pause: the vehicle goes on, or is gone."""
        self._note(key, None)
        for known in (self._pausing, self._resuming, self._asked):
            known.pop(key, None)
        self._paused.discard(key)
        self._stuck.discard(key)

    def _keys(self) -> set[EvseKey]:
        return {
            *self._pausing,
            *self._resuming,
            *self._asked,
            *self._paused,
            *self._stuck,
        }
