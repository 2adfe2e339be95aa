"""Who is told what of a site. Every subscription returns how to end it; observers are called on the event loop, after the change."""

from collections.abc import Callable

from .absences import Absences
from .fleet import Fleet
from .model.events import Event
from .model.identity import EvseKey
from .model.notices import Notice
from .model.stations import PendingStation
from .noticeboard import Noticeboard
from .observers import Digest, Observers, Unsubscribe

type Observer = Callable[[], None]


class Telling:
    """What Home Assistant may ask to be told of."""

    _fleet: Fleet
    _absences: Absences
    _group_news: Digest
    _events: Observers[Event]
    _pending: Observers[PendingStation]
    _notices: Noticeboard

    def on_station(self, identity: str, observer: Observer) -> Unsubscribe:
        """Tell when anything of the station itself changes (connection, info, firmware)."""
        return self._fleet.news.changes.add(identity, observer)

    def on_evse(self, key: EvseKey, observer: Observer) -> Unsubscribe:
        """Tell when anything of this EVSE changes, or its station connects or goes."""
        return self._fleet.news.changes.add(key, observer)

    def on_group(self, group_id: str, observer: Observer) -> Unsubscribe:
        """Tell when the figures of a group, or of the site (""), change, at most once a second."""
        return self._group_news.add(("group", group_id), observer)

    def on_new_evse(self, observer: Callable[[EvseKey], None]) -> Unsubscribe:
        """Tell when an EVSE becomes known that was not in `stations` before."""
        return self._fleet.news.discoveries.add(None, observer)

    def on_event(self, observer: Callable[[Event], None]) -> Unsubscribe:
        """Tell every model event of adopted stations, after the state was replaced."""
        return self._events.add(None, observer)

    def on_pending(self, observer: Callable[[PendingStation], None]) -> Unsubscribe:
        """Tell when an unknown station has said what it is (or has been silent about it for some seconds)."""
        return self._pending.add(None, observer)

    def on_pending_left(self, observer: Callable[[str], None]) -> Unsubscribe:
        """Tell when an unknown station has been away for some minutes: its announcement can go."""
        return self._absences.add(observer)

    def on_notice(self, observer: Callable[[Notice], None]) -> Unsubscribe:
        """Tell what the owner has to be told; those that last are told to a new observer at once."""
        return self._notices.add(observer)
