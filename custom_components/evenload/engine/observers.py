"""Who is told when something changes: each only of what it asked for."""

import asyncio
from collections.abc import Callable, Hashable

type Unsubscribe = Callable[[], None]


class _Ticket[*Args]:
    """One subscription; calling it ends it. There are thousands: a closure for each would cost several times as much."""

    __slots__ = ("_observers", "_topic")

    def __init__(
        self,
        observers: dict[Hashable, dict[_Ticket[*Args], Callable[[*Args], None]]],
        topic: Hashable,
    ) -> None:
        """Be one of those who are told of a topic."""
        self._observers = observers
        self._topic = topic

    def __call__(self) -> None:
        """Leave."""
        told = self._observers.get(self._topic, {})
        told.pop(self, None)
        if not told:
            self._observers.pop(self._topic, None)


class Observers[*Args]:
    """Callbacks by topic, called in the order they came."""

    def __init__(self) -> None:
        """Begin with nobody."""
        # Each under a ticket of its own: comparing callbacks would cost more than calling them.
        self._by_topic: dict[
            Hashable, dict[_Ticket[*Args], Callable[[*Args], None]]
        ] = {}

    def add(self, topic: Hashable, observer: Callable[[*Args], None]) -> Unsubscribe:
        """Tell an observer of a topic until the returned callback is called."""
        ticket = _Ticket(self._by_topic, topic)
        self._by_topic.setdefault(topic, {})[ticket] = observer
        return ticket

    def tell(self, topic: Hashable, *args: *Args) -> None:
        """Call every observer of a topic; one that is removed meanwhile is not called."""
        observers = self._by_topic.get(topic)
        if observers is None:
            return
        for ticket in tuple(observers):
            if (observer := observers.get(ticket)) is not None:
                observer(*args)

    def has(self, topic: Hashable) -> bool:
        """Whether anybody wants to be told of a topic."""
        return topic in self._by_topic


class Digest:
    """Passes changes on at once, and then no more often than once a period; the last change is always passed on."""

    def __init__(self, source: Observers[()], period_s: float) -> None:
        """Pass on what this source tells."""
        self._source = source
        self._period_s = period_s
        self._observers = Observers[()]()
        self._following: dict[Hashable, Unsubscribe] = {}
        self._resting: dict[Hashable, asyncio.TimerHandle] = {}
        self._news: set[Hashable] = set()

    def add(self, topic: Hashable, observer: Callable[[], None]) -> Unsubscribe:
        """Tell an observer of a topic until the returned callback is called."""
        leave = self._observers.add(topic, observer)
        if topic not in self._following:
            self._following[topic] = self._source.add(topic, lambda: self._tell(topic))

        def remove() -> None:
            leave()
            if not self._observers.has(topic):
                self._forget(topic)

        return remove

    def close(self) -> None:
        """Tell nothing more."""
        for topic in tuple(self._following):
            self._forget(topic)

    def _tell(self, topic: Hashable) -> None:
        """Tell now, or at the end of the period that another change began."""
        if topic in self._resting:
            self._news.add(topic)
            return
        self._resting[topic] = asyncio.get_running_loop().call_later(
            self._period_s, self._rested, topic
        )
        self._observers.tell(topic)

    def _rested(self, topic: Hashable) -> None:
        del self._resting[topic]
        if topic in self._news:
            self._news.discard(topic)
            self._tell(topic)

    def _forget(self, topic: Hashable) -> None:
        if topic in self._following:
            self._following.pop(topic)()
        if topic in self._resting:
            self._resting.pop(topic).cancel()
        self._news.discard(topic)
