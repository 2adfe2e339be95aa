"""What was found out about the obedience of stations, for their owners to be told."""

from dataclasses import dataclass, field

from ..model.identity import EvseKey


@dataclass(slots=True)
class Findings:
    """EVSEs that draw more than they may, that say they allow more than they were told, and that do not go on."""

    ignoring: set[EvseKey] = field(default_factory=set)
    overruled: set[EvseKey] = field(default_factory=set)
    stuck: set[EvseKey] = field(default_factory=set)

    def of(self, identity: str) -> tuple[bool, bool, bool]:
        """Return whether there is any of each in a station."""
        return (
            any(key.identity == identity for key in self.ignoring),
            any(key.identity == identity for key in self.overruled),
            any(key.identity == identity for key in self.stuck),
        )

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        for found in (self.ignoring, self.overruled, self.stuck):
            found -= {key for key in found if key.identity == identity}
