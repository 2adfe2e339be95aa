"""Who is told when something changes: each only of what it asked for."""

from collections.abc import Callable, Hashable

type Unsubscribe = Callable[[], None]


class Observers[*Args]:
    """Callbacks by topic, called in the order they came."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._by_topic: dict[Hashable, list[Callable[[*Args], None]]] = {}

    def add(self, topic: Hashable, observer: Callable[[*Args], None]) -> Unsubscribe:
        """Tell an observer of a topic until the returned callback is called."""
        self._by_topic.setdefault(topic, []).append(observer)

        def remove() -> None:
            observers = self._by_topic.get(topic, [])
            if observer in observers:
                observers.remove(observer)
            if not observers:
                self._by_topic.pop(topic, None)

        return remove

    def tell(self, topic: Hashable, *args: *Args) -> None:
        """Call every observer of a topic; one that is removed meanwhile is not called."""
        for observer in tuple(self._by_topic.get(topic, ())):
            if observer in self._by_topic.get(topic, ()):
                observer(*args)
