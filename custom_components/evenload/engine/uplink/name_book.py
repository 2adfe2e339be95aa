"""The names that both sides have for one thing, of all stations: in memory, and what changed of them for the disk."""

from collections.abc import Iterable

# None: forgotten.
type Named = dict[tuple[str, str, str], str | None]


class NameBook:
    """Holds names by station, kind and our name."""

    def __init__(self) -> None:
        """Know none yet."""
        self._names: dict[tuple[str, str], dict[str, str]] = {}
        self._named: Named = {}

    def _flush_soon(self) -> None:
        """See to it that what changed is kept."""

    def name(self, station: str, kind: str, ours: str, theirs: str) -> None:
        """Keep by which name the other side knows something."""
        self._names.setdefault((station, kind), {})[ours] = theirs
        self._named[station, kind, ours] = theirs
        self._flush_soon()

    def unname(self, station: str, kind: str, ours: str) -> None:
        """Forget a name."""
        if self._names.get((station, kind), {}).pop(ours, None) is not None:
            self._named[station, kind, ours] = None
            self._flush_soon()

    def named(self, station: str, kind: str) -> dict[str, str]:
        """Return all names of a kind, theirs by ours."""
        return dict(self._names.get((station, kind), {}))

    def theirs(self, station: str, kind: str, ours: str) -> str | None:
        """Return their name of something, or None."""
        return self._names.get((station, kind), {}).get(ours)

    def ours(self, station: str, kind: str, theirs: str) -> str | None:
        """Return our name of something, the newest that has it; None where there is none."""
        names = self._names.get((station, kind), {})
        return next(
            (ours for ours, name in reversed(names.items()) if name == theirs), None
        )

    def _take_up(self, names: Iterable[tuple[str, str, str, str]]) -> None:
        """Know what an earlier life knew."""
        for station, kind, ours, theirs in names:
            self._names.setdefault((station, kind), {})[ours] = theirs

    def _forget(self, station: str) -> None:
        """Forget all names of a station."""
        for key in [key for key in self._names if key[0] == station]:
            del self._names[key]
        for named in [named for named in self._named if named[0] == station]:
            del self._named[named]
