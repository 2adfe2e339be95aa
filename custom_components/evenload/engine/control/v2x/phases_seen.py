"""On how many phases each vehicle was seen, for as long as its transaction lasts: while it rests its station shows none."""

from ...model.identity import EvseKey
from ...model.stations import Evse
from ..bound import use_of


class PhasesSeen:
    """Remembers them."""

    def __init__(self) -> None:
        """Begin with nobody seen."""
        # In which transaction, and on how many: whoever comes while a station is away has another one.
        self._seen: dict[EvseKey, tuple[str | None, int]] = {}

    def of(self, evse: Evse) -> int | None:
        """Return on how many phases a vehicle is, or was when something flowed last; None: that was not seen."""
        if (count := evse.reading.phases_in_use()) is not None:
            return count
        transaction, count = self._seen.get(evse.key, (None, None))
        return count if transaction == use_of(evse).transaction else None

    def observe(self, evse: Evse) -> None:
        """Look at a reading."""
        if (count := evse.reading.phases_in_use()) is not None:
            self._seen[evse.key] = use_of(evse).transaction, count

    def forget(self, key: EvseKey) -> None:
        """Forget a vehicle that has gone: the next may use others."""
        self._seen.pop(key, None)
