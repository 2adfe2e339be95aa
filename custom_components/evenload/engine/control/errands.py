"""What a station is asked beside its limits: what it says of them, and to stop and start where that is how it pauses."""

from collections.abc import Callable, Iterator, Mapping
import contextlib
from datetime import datetime
from typing import Protocol

from ..csms.commands import Commands
from ..model.capabilities import PauseMethod
from ..model.errors import InvalidRequest, StationRefused, StationSilent
from ..model.identity import EvseKey
from ..model.stations import Evse, Station
from .commitments import Commitments
from .findings import Findings
from .inquiry import Inquiry
from .pausing import Act, Pausing
from .readback import ReadBack
from .targets import Targets


class Errand(Protocol):
    """Something that stations are asked now and then."""

    def next(self, station: Station) -> tuple[Act | None, float | None]:
        """Return what to ask a station now, or None and after how many seconds to look again."""

    def reconnected(self, identity: str) -> None:
        """Take that a station listens again, that was away."""

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""


class Errands:
    """Runs when no limit waits to be sent. What is found out of a station is told to `changed`."""

    def __init__(
        self,
        commitments: Commitments,
        stations: Callable[[], Mapping[str, Station]],
        now: Callable[[], datetime],
        changed: Callable[[str], None],
        learn: Callable[[str, PauseMethod], None],
        repeat: Callable[[EvseKey], None],
    ) -> None:
        """Begin with nothing found; `learn` hears how a station pauses, `repeat` has a limit said again."""
        self.findings = Findings()
        self._stations = stations
        self._now = now
        self._changed = changed
        self._pausing = Pausing(commitments, self.findings, now, learn, repeat)
        self._read_back = ReadBack(commitments, self.findings, now)
        self._inquiry = Inquiry(commitments)
        # What else there is to ask of stations, by what is more urgent.
        self.others: list[Errand] = []

    def observe(self, evse: Evse) -> None:
        """Compare a reading with what the EVSE should obey."""
        with self._telling(evse.key.identity):
            self._read_back.observe(evse)

    def reconnected(self, identity: str) -> None:
        """Ask a station soon again what it allows, that was away."""
        self._read_back.reconnected(identity)
        for errand in self.others:
            errand.reconnected(identity)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        self._read_back.forget(identity)
        self._pausing.forget(identity)
        self._inquiry.forget(identity)
        for errand in self.others:
            errand.forget(identity)
        self.findings.forget(identity)

    def next(self, identity: str, targets: Targets) -> tuple[Act | None, float | None]:
        """Return what to ask a station now, or None and after how many seconds to look again."""
        station = self._stations()[identity]
        others_s: list[float | None] = []
        with self._telling(identity):
            act, wait_s = self._pausing.next(station, targets)
            if act is not None:
                return act, None
            inquiry, quiet_s = self._inquiry.next(station, self._now())
            if inquiry is not None:
                return inquiry, None
            for errand in self.others:
                act, other_s = errand.next(station)
                if act is not None:
                    return act, None
                others_s.append(other_s)
            ask, ask_s = self._read_back.next(station)
            if ask is not None:
                return ask, None
        waits = [s for s in (wait_s, quiet_s, ask_s, *others_s) if s is not None]
        return None, min(waits, default=None)

    async def run(self, identity: str, act: Act, commands: Commands) -> None:
        """Ask it; what a station does not take is asked again in its time. Raises `NotConnected`."""
        with (
            self._telling(identity),
            contextlib.suppress(StationRefused, StationSilent, InvalidRequest),
        ):
            await act(commands)

    @contextlib.contextmanager
    def _telling(self, identity: str) -> Iterator[None]:
        """Tell of a station about which something was found out."""
        before = self.findings.of(identity)
        yield
        if self.findings.of(identity) != before:
            self._changed(identity)
