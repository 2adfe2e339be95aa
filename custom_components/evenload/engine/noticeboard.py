"""What the owner has to be told at the moment, each thing once."""

from collections.abc import Callable
from dataclasses import replace

from .model.notices import Notice, NoticeKind
from .observers import Observers, Unsubscribe


class Noticeboard:
    """The notices that last, and who wants to hear of them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lasting: dict[tuple[NoticeKind, str], Notice] = {}
        self._observers = Observers[Notice]()

    def add(self, observer: Callable[[Notice], None]) -> Unsubscribe:
        """Tell of notices; those that last are told to a new observer at once."""
        for notice in self._lasting.values():
            observer(notice)
        return self._observers.add(None, observer)

    def tell(self, notice: Notice) -> None:
        """Tell a notice when it begins, changes or ends."""
        key = (notice.kind, notice.subject)
        if not notice.active:
            if self._lasting.pop(key, None) is not None:
                self._observers.tell(None, notice)
        elif self._lasting.get(key) != notice:
            self._lasting[key] = notice
            self._observers.tell(None, notice)

    def clear(self, subject: str) -> None:
        """End all that is told of a station that is no longer part of the site."""
        for notice in tuple(self._lasting.values()):
            if notice.subject == subject:
                self.tell(replace(notice, active=False))
