"""How limits reach stations: what lowers at once, what raises when there is room for it (promises 1 to 4)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
import contextlib
from datetime import datetime, timedelta
from functools import partial

from ..csms.host import Link
from ..model.capabilities import PauseMethod, Place
from ..model.configuration import SiteConfig
from ..model.errors import NotConnected
from ..model.identity import EvseKey
from ..model.orders import LimitOrder, Outcome
from ..model.stations import Evse, Station
from .beside import beside
from .commitments import Commitments
from .doubts import Doubts
from .errands import Errands
from .fitting import Fittings
from .holdings import Holding
from .pace import Pace
from .renewals import renewals_s
from .repeats import Repeats
from .sights import Sight, sights_of
from .targets import Targets, differing
from .wishes import Wishes

# How often an order that waits for room looks whether there is some: vehicles settle without a message.
ROOM_POLL_S = 1.0


class Enforcer:
    """Brings every connected station to its targets, one order at a time, and never the sum above a limit."""

    def __init__(
        self,
        site: SiteConfig,
        stations: Callable[[], Mapping[str, Station]],
        now: Callable[[], datetime],
        save: Callable[[], Awaitable[bool]],
        changed: Callable[[str], None],
        look: Callable[[str], float | None] = lambda _: None,
        learn: Callable[[str, PauseMethod], None] = lambda *_: None,
    ) -> None:
        """Begin with no station; `save` writes durably and tells whether it could, `changed` hears whose limits did.

        `look` is called before a station's limits are looked at; returns after how many seconds it should be again.
        `learn` hears how a station pauses.
        """
        self.commitments = Commitments(site, stations, now)
        self.targets = Targets({}, {}, {}, {})
        self._site = site
        self._stations = stations
        self._now = now
        self._save = save
        self._changed = changed
        self._look = look
        self._writers: dict[str, tuple[Link, asyncio.Task[None], asyncio.Event]] = {}
        self._fittings = Fittings(self.commitments, self._writers.keys())
        self._doubts = Doubts(self.commitments, now)
        self.errands = Errands(
            self.commitments,
            stations,
            now,
            changed,
            learn,
            self._say_again,
        )
        self._seen: dict[EvseKey, Sight] = {}
        # Who waits for room.
        self._waiting: set[str] = set()
        self._repeats = Repeats()
        self._pace = Pace()

    def set_targets(self, site: SiteConfig, targets: Targets) -> set[str]:
        """Take new targets; who is concerned, or waits for room, looks what that changes. Returns who is to hold something else."""
        self.commitments.site = site
        self._fittings.end()
        changed = differing(self.targets, targets)
        self._repeats.forget(changed, self._now())
        self.targets = targets
        self.commitments.shares = {
            identity: share.current_a for identity, share in targets.shares.items()
        }
        if site != self._site:
            self._site, changed = site, set(self._writers)
        switching = {key.identity for key in targets.use_phases}
        concerned = changed | switching | self._waiting
        for identity in self._writers:
            if identity in concerned:
                self.wake(identity)
        return changed

    @property
    def is_busy(self) -> bool:
        """Whether limits are on their way to more stations than one turn of the event loop has room for."""
        return self._pace.is_busy

    def attach(self, link: Link) -> None:
        """Begin to write to a station that listens; limits that it took long ago are written again."""
        self.detach(link.identity)
        self._repeats.forget({link.identity}, self._now())
        self._doubts.reconnected(link.identity)
        self.errands.reconnected(link.identity)
        wake = asyncio.Event()
        task = asyncio.create_task(self._write(link, wake), name="evenload limits")
        self._writers[link.identity] = (link, task, wake)

    def rebooted(self, identity: str) -> None:
        """Write a station's limits again: it has started anew and may have lost them."""
        self._doubts.rebooted(identity)
        self._repeats.forget({identity}, self._now())
        self.wake(identity)

    def reset_clock(self, identity: str) -> None:
        """Write a station's leases again: its clock goes otherwise than was thought."""
        self._doubts.reset_clock(identity)
        self._fittings.changed(identity)
        self._repeats.forget({identity}, self._now())
        self.wake(identity)

    def repeat(self, identity: str) -> None:
        """Write all limits of a station again: it does what it was not told."""
        self._doubts.repeat(identity)
        self.reset_clock(identity)

    def clock_was_set(self, by: timedelta) -> None:
        """Write everybody's leases again: our own clock was set."""
        self._doubts.clock_was_set(by)
        self._fittings.end()
        self._repeats.forget(set(self._writers), self._now())
        for identity in self._writers:
            self.wake(identity)

    def contradicted(self, evse: Evse) -> Place | None:
        """Write a station's limits again that its meter contradicts; returns which leases are in vain there."""
        in_vain = self._doubts.contradicted(evse)
        self.wake(evse.key.identity)
        return in_vain

    def detach(self, identity: str) -> None:
        """Stop writing to a station."""
        writer = self._writers.pop(identity, None)
        if writer is not None:
            writer[1].cancel()

    def link(self, identity: str) -> Link | None:
        """Return the connection of a station that listens."""
        writer = self._writers.get(identity)
        return None if writer is None else writer[0]

    async def close(self) -> None:
        """Stop writing to everybody."""
        tasks = [task for _, task, _ in self._writers.values()]
        for identity in tuple(self._writers):
            self.detach(identity)
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, identity: str) -> None:
        """Let a station's writer look again."""
        if identity in self._writers:
            self._writers[identity][2].set()

    def _there_may_be_room(self) -> None:
        """Let those look again that wait for room."""
        for identity in self._writers if self._waiting else ():
            if identity in self._waiting:
                self.wake(identity)

    def observe(self, evse: Evse) -> None:
        """Look whether a vehicle has followed a lowered limit, which makes room for others."""
        if self.commitments.observe(evse):
            self._there_may_be_room()
        self.errands.observe(evse)

    def look(self, station: Station) -> None:
        """Look whether a transaction, or what its vehicle does, asks for another limit."""
        for evse in station.evses.values():
            self.commitments.disobedience.look(evse, self.commitments.drawn_a(evse))
        seen = sights_of(self.commitments, station)
        if any(self._seen.get(key) != now_seen for key, now_seen in seen.items()):
            self.wake(station.identity)
        self._seen |= seen

    def _say_again(self, key: EvseKey) -> None:
        """Have a limit said again that has no effect."""
        self._doubts.unverified.add(key)
        self.wake(key.identity)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        self.detach(identity)
        for key in [
            key for key in self.commitments.holdings if key.identity == identity
        ]:
            del self.commitments.holdings[key]
        self.commitments.heard(identity, Outcome.APPLIED)
        self.commitments.disobedience.forget(identity)
        self.errands.forget(identity)

    def next_order(self, identity: str) -> tuple[LimitOrder | None, float | None]:
        """Return what to send to a station now, or None and after how many seconds to look again."""
        soon_s = self._look(identity)
        if identity in self.targets.silent:
            return None, soon_s
        station = self._stations()[identity]
        config = self.commitments.site.stations[identity]
        now = self._now()
        wishes = Wishes(self.commitments, now, self.commitments.site.voltage_v).of(
            station, config, self.targets, self._doubts.unverified
        )
        fitting = self._fittings.now(self.targets, self._stations(), now)
        self._waiting.discard(identity)
        waits = renewals_s(self.commitments, station, now)
        waits += [] if soon_s is None else [soon_s]
        for wish in wishes:
            order = fitting.order_for(identity, wish)
            if order is None:
                self._waiting.add(identity)
                waits.append(ROOM_POLL_S)
            elif (wait_s := self._repeats.wait_s(identity, order, now)) > 0:
                waits.append(wait_s)
            else:
                return order, None
        return None, min(waits, default=None)

    async def _write(self, link: Link, wake: asyncio.Event) -> None:
        with contextlib.suppress(NotConnected):
            while True:
                wake.clear()
                await self._pace.keep()
                order, wait_s = self.next_order(link.identity)
                if order is not None:
                    await self._send(link, order)
                    continue
                act, look_s = None, None
                if link.identity not in self.targets.silent:
                    act, look_s = self.errands.next(link.identity, self.targets)
                if act is not None:
                    errand = self.errands.run(link.identity, act, link.commands)
                    await beside(errand, wake, partial(self._lower, link))
                    continue
                wait_s = min(
                    (s for s in (wait_s, look_s) if s is not None), default=None
                )
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), wait_s)

    async def _lower(self, link: Link) -> bool:
        """Send an order that lowers, if there is one; returns whether there was."""
        order, _ = self.next_order(link.identity)
        if order is None or self.commitments.raises(link.identity, order):
            return False
        await self._send(link, order)
        return True

    async def _send(self, link: Link, order: LimitOrder) -> None:
        key = EvseKey(link.identity, order.evse)
        before, use = self.commitments.holding(key), self.commitments.use(key)
        raises = self.commitments.raises(link.identity, order)
        self.commitments.holdings[key] = before.sending(order, use)
        self._fittings.changed(link.identity)
        # Before a raise leaves, the disk knows of it: after a crash it must count.
        settings = self._doubts.settings(link.identity)
        saved = not raises or await self._save()
        outcome = await link.commands.set_limit(order) if saved else Outcome.REFUSED
        if link.identity not in self.commitments.site.stations:
            return
        self._note(key, order, outcome, before)
        self._fittings.changed(link.identity)
        if self._doubts.settings(link.identity) != settings:
            # It began, and ends, by a clock that was set while nobody knew of it yet.
            self.reset_clock(link.identity)
        if saved:
            self.commitments.heard(link.identity, outcome)
        self._changed(link.identity)
        self._there_may_be_room()

    def _note(
        self, key: EvseKey, order: LimitOrder, outcome: Outcome, before: Holding
    ) -> None:
        """Keep what became of an order."""
        holding, applied = self.commitments.holding(key), outcome is Outcome.APPLIED
        self._repeats.told(key.identity, order, self._now(), applied=applied)
        if applied:
            self._doubts.unverified.discard(key)
            self.commitments.holdings[key] = holding.applied(
                order,
                self._now(),
                self.commitments.unlimited_a(key),
                idle=self.commitments.is_idle(key),
                use=self.commitments.use(key),
            )
            return
        if outcome is Outcome.REFUSED:
            self.commitments.holdings[key] = holding.not_sent(before)
